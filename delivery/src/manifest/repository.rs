//! Where artifacts are kept, as a manifest writes it: a default registry, and repositories that stand under it.

use promotion_ledger::meaning::names::Repository;

use super::error::quoted;

const LAYOUT: &str = "oci-layout:";
const CLEAR: &str = "http://";

/// Text that is no registry or no repository: what was expected, what is shown of it, what to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) hint: Option<String>,
}

/// The default registry: a host, a host with the beginning of a path, a whole repository, or a directory.
#[derive(Debug)]
pub(super) struct Registry(String);

impl Registry {
    /// Checks that repositories can stand under the text.
    pub(super) fn new(text: &str) -> Result<Self, Fault> {
        let below = |text: &str| Repository::new(format!("{text}/x")).is_ok();
        let fits = if text.starts_with(LAYOUT) {
            Repository::new(text).is_ok()
        } else {
            begins_with_host(text) && (Repository::new(text).is_ok() || (is_bare(text) && below(text)))
        };
        if fits { Ok(Self(text.to_owned())) } else { Err(Fault::registry(text)) }
    }

    /// The repository that the whole text is, with the last part of its path, when it is more than a host.
    pub(super) fn whole(&self) -> Option<(&str, Repository)> {
        let repository = Repository::new(self.0.as_str()).ok()?;
        let path = self.0.strip_prefix(LAYOUT).unwrap_or(&self.0);
        Some((path.rsplit('/').next().unwrap_or(path), repository))
    }

    /// The text as it was written.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The repository that a component's text means.
pub(super) fn resolve(text: &str, registry: Option<&Registry>) -> Result<Repository, Fault> {
    if is_full(text) {
        return Repository::new(text).map_err(|_| Fault::full(text));
    }
    if !is_path(text) {
        return Err(Fault::path(text));
    }
    let registry = registry.ok_or_else(|| Fault::homeless(text))?;
    let full = format!("{}/{text}", registry.0);
    Repository::new(full.as_str()).map_err(|_| Fault::full(&full))
}

/// Whether the text says where it is by itself: it names a host or a layout directory.
pub(super) fn is_full(text: &str) -> bool {
    text.starts_with(LAYOUT) || text.contains("://") || (text.contains('/') && begins_with_host(text))
}

/// Whether the text is the path of a repository: what may stand after a host.
pub(super) fn is_path(text: &str) -> bool {
    Repository::new(format!("localhost/{text}")).is_ok()
}

/// A first part with a dot or a colon is a host, as in the names of images everywhere; `localhost` is one too.
fn begins_with_host(text: &str) -> bool {
    let first = text.split('/').next().unwrap_or(text);
    let can_be_one = first.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '[');
    text.starts_with(CLEAR) || (can_be_one && first.contains(['.', ':'])) || first == "localhost"
}

/// Whether the text is a host without a path.
fn is_bare(text: &str) -> bool {
    !text.strip_prefix(CLEAR).unwrap_or(text).contains('/')
}

impl Fault {
    fn registry(text: &str) -> Self {
        let expected = format!("a registry: [http://]HOST[:PORT][/PATH], or {LAYOUT}DIR");
        let hint = common_slip(text).or_else(|| {
            (!begins_with_host(text)).then(|| "a host holds a dot or a port, such as `registry.acme.example` or `registry:443`".to_owned())
        });
        Self { expected, found: shown(text), hint }
    }

    fn full(text: &str) -> Self {
        Self { expected: format!("a repository: {}", Repository::RULE), found: shown(text), hint: common_slip(text) }
    }

    fn path(text: &str) -> Self {
        let expected = "a repository: parts of a-z 0-9 . _ - with / between them, each beginning and ending with a letter or a digit";
        let lower = text.to_ascii_lowercase();
        let hint = common_slip(text).or_else(|| is_path(&lower).then(|| format!("write `{lower}`")));
        Self { expected: expected.to_owned(), found: shown(text), hint }
    }

    fn homeless(text: &str) -> Self {
        Self {
            expected: "a repository with its host, since `artifacts.registry` is not set".to_owned(),
            found: shown(text),
            hint: Some(format!("write `registry.acme.example/{text}`, or set `artifacts.registry`")),
        }
    }
}

/// The text as a message may show it. What stands before an `@` may be a password, so it is not repeated.
fn shown(text: &str) -> String {
    if text.contains('@') {
        "text with an `@`, not repeated here since it may hold a password".to_owned()
    } else {
        format!("text {}", quoted(text))
    }
}

fn common_slip(text: &str) -> Option<String> {
    let last = text.rsplit('/').next().unwrap_or(text);
    if text.contains('@') {
        return Some(
            "leave out the user and password before the `@`, or the digest after it; credentials never stand in a manifest".to_owned(),
        );
    }
    if text.starts_with("https://") {
        return Some("leave out `https://`: it is the default".to_owned());
    }
    if text.ends_with('/') {
        return Some("leave out the `/` at the end".to_owned());
    }
    (last != text && last.contains(':')).then(|| "leave out the tag after the `:`: a repository is meant, not one image".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str, registry: Option<&str>) -> Result<String, Fault> {
        let registry = registry.map(|text| Registry::new(text).unwrap());
        resolve(text, registry.as_ref()).map(String::from)
    }

    #[test]
    fn repositories_stand_under_the_registry_unless_they_name_a_host() {
        let table = [
            ("shop/api", "registry.acme.example", "registry.acme.example/shop/api"),
            ("api", "registry.acme.example/shop", "registry.acme.example/shop/api"),
            ("shop/api", "http://127.0.0.1:5000", "http://127.0.0.1:5000/shop/api"),
            ("shop/api", "oci-layout:images", "oci-layout:images/shop/api"),
            ("my.api", "registry.acme.example", "registry.acme.example/my.api"),
            ("ghcr.example/a/b", "registry.acme.example", "ghcr.example/a/b"),
            ("localhost/a", "registry.acme.example", "localhost/a"),
            ("registry:5000/a", "registry.acme.example", "registry:5000/a"),
            ("http://registry/a", "registry.acme.example", "http://registry/a"),
            ("oci-layout:there", "registry.acme.example", "oci-layout:there"),
        ];
        for (text, registry, full) in table {
            assert_eq!(resolved(text, Some(registry)).unwrap(), full);
        }
        assert_eq!(resolved("ghcr.example/a", None).unwrap(), "ghcr.example/a");
    }

    #[test]
    fn paths_cannot_leave_the_registry() {
        for text in ["../secrets", "a/../../b", "/etc", "a//b", "./a", "a b", "A", "", "api:1.2"] {
            assert!(resolved(text, Some("oci-layout:images")).is_err(), "{text}");
        }
    }

    #[test]
    fn registries_are_hosts_or_directories() {
        for good in ["registry.acme.example", "localhost", "registry:443", "http://registry", "oci-layout:images", "r.example/a/b"] {
            assert!(Registry::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "registry",
            "shop/api",
            "https://r.example",
            "r.example/",
            "http://",
            "oci-layout:",
            "u:p@r.example",
            "r.example/A",
            "../r",
        ] {
            assert!(Registry::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_is_never_repeated() {
        for text in ["bob:hunter2@r.example/api", "http://bob:hunter2@r.example/api"] {
            let fault = resolved(text, None).unwrap_err();
            assert!(!format!("{fault:?}").contains("hunter2"), "{fault:?}");
            assert!(fault.hint.unwrap().contains("credentials never stand in a manifest"));
        }
    }

    #[test]
    fn hints_name_the_usual_slips() {
        let hint = |text: &str| resolved(text, None).unwrap_err().hint.unwrap_or_default();
        assert!(hint("https://r.example/api").contains("https://"));
        assert!(hint("r.example/api/").contains("at the end"));
        assert!(hint("r.example/api:1.2").contains("tag"));
        assert!(hint("Shop/API").contains("`shop/api`"));
        assert!(hint("shop/api").contains("`artifacts.registry`"));
    }
}

//! The manifest that a new ledger begins with: commented, every option shown, the optional ones commented out.

use promotion_ledger::meaning::names::{Pipeline, Repository};
use promotion_ledger::meaning::rules::ComponentRule;

use super::environments::DEFAULT_ENVIRONMENTS;
use super::read::DEFAULT_PIPELINE;
use super::repository::{is_full, is_path};
use super::scalar::other_reading;

const HEAD: &str = "\
# The rules by which artifacts are promoted.
#
# In force are the rules that the ledger adopted last, never this file by itself. After a change:
#
#   promoledger manifest check manifest.yaml     says whether the file is in order
#   promoledger manifest diff manifest.yaml      says what it would change
#   promoledger manifest adopt manifest.yaml     puts it in force; needs an admin's key
#
# Only the section `artifacts` is read here: other tools may keep sections of their own beside it.
# Passwords and private keys never stand in this file.

artifacts:
  # Where artifacts are kept, unless a component says otherwise: a host reached over https,
  # `http://HOST:PORT` for one in the clear, or `oci-layout:DIR` for a directory of OCI image layouts.
";

const COMPONENTS: &str = "
    # What is promoted, and where each is kept: a path in the registry above, or HOST/PATH for another one.
    components:
";

const ENVIRONMENTS: &str = "
    # The path that a release takes, first to last. Gates must have passed before a release enters:
    #
    #   - name: prod
    #     gates: [tests, {name: security_scan, max_age: 7d}, {name: cost, advisory: true}]
    #     approvals: {count: 2, groups: [release-managers]}
    #
    # The reference names every guard: authorization, approvals, soak, versions, signature, freezes.
    environments:
";

const CHECKS: &str = "
    # What every promotion is asked about, in Rego: files, from the folder of this one.
    # policies: [policies/release.rego]

    # Gates that are run when somebody promotes; results of all others are recorded by those who know them.
    # gate_commands:
    #   tests: make test

    # What reports of vulnerability scanners are judged by, for the gate security_scan.
    # security_scan: {block_on_severity: [CRITICAL, HIGH], ignore_unfixed: false, scanner_format: trivy}
";

const VERIFICATION: &str = "
  # Whose signatures of artifacts count, for environments with `signature: warn` or `signature: enforce`.
  # verification: {keys: [release.pub]}
";

const ON_INCOMPARABLE: &str = "
    # What to do when a version cannot be compared with the one in place: `warn` lets it pass with
    # a warning, `block` refuses it like a downgrade.
    # on_incomparable: warn
";

/// Writes a manifest of the given components with the default environments.
///
/// [`super::parse`] reads exactly these rules from it, provided that there is at least one component and that the host
/// of every repository is written as one: with a dot, with a port, after `http://`, or `localhost`.
pub fn template(pipeline: &Pipeline, components: &[ComponentRule]) -> String {
    let registry = components.first().and_then(|component| registry_of(&component.repository));
    let mut text = HEAD.to_owned();
    match &registry {
        Some(registry) => text.push_str(&format!("  registry: {}\n", scalar(registry))),
        None => text.push_str("  # registry: registry.acme.example\n"),
    }
    text.push_str("\n  promotion:\n");
    text.push_str(&format!("    # The name of this path of environments; `{DEFAULT_PIPELINE}` when left out.\n"));
    text.push_str(&format!("    pipeline: {}\n", scalar(pipeline.as_str())));
    text.push_str(COMPONENTS);
    for component in components {
        let repository = below(&component.repository, registry.as_deref());
        text.push_str(&format!("      {}: {}\n", scalar(component.name.as_str()), scalar(repository)));
    }
    text.push_str(ENVIRONMENTS);
    for environment in DEFAULT_ENVIRONMENTS {
        text.push_str(&format!("      - {environment}\n"));
    }
    for part in [CHECKS, ON_INCOMPARABLE, VERIFICATION] {
        text.push_str(part);
    }
    text
}

/// The registry that a repository stands in: its host, or the directory above it.
fn registry_of(repository: &Repository) -> Option<String> {
    let text = repository.as_str();
    let end = match text.strip_prefix("oci-layout:") {
        Some(_) => text.rfind('/'),
        None => {
            let scheme = if text.starts_with("http://") { "http://".len() } else { 0 };
            text.get(scheme..).and_then(|rest| rest.find('/')).map(|slash| scheme + slash)
        }
    };
    text.get(..end?).filter(|registry| *registry != "oci-layout:").map(str::to_owned)
}

/// How the repository is written under the registry: its path when that reads back as the same, the whole otherwise.
fn below<'r>(repository: &'r Repository, registry: Option<&str>) -> &'r str {
    let whole = repository.as_str();
    let path = registry.and_then(|registry| whole.strip_prefix(registry)).and_then(|rest| rest.strip_prefix('/'));
    path.filter(|path| !is_full(path) && is_path(path)).unwrap_or(whole)
}

/// The text as a YAML scalar: bare where every reader takes it for text, in double quotes elsewhere.
fn scalar(text: &str) -> String {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/' | b':'))
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && !text.ends_with(':')
        && other_reading(text).is_none();
    if plain {
        return text.to_owned();
    }
    let escaped: String = text.chars().map(escape).collect();
    format!("\"{escaped}\"")
}

fn escape(letter: char) -> String {
    match letter {
        '"' | '\\' => format!("\\{letter}"),
        ' '..='~' => letter.to_string(),
        other => format!("\\U{:08x}", u32::from(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_quoted_where_they_must_be() {
        assert_eq!(scalar("shop/api"), "shop/api");
        assert_eq!(scalar("no"), "\"no\"");
        assert_eq!(scalar("1.0"), "\"1.0\"");
        assert_eq!(scalar("oci-layout:my images # here"), "\"oci-layout:my images # here\"");
        assert_eq!(scalar("a\"\u{85}"), "\"a\\\"\\U00000085\"");
    }

    #[test]
    fn registries_are_hosts_and_directories() {
        let registry = |text: &str| registry_of(&Repository::new(text).unwrap());
        assert_eq!(registry("r.example:5000/shop/api").as_deref(), Some("r.example:5000"));
        assert_eq!(registry("http://r/shop/api").as_deref(), Some("http://r"));
        assert_eq!(registry("oci-layout:images/shop/api").as_deref(), Some("oci-layout:images/shop"));
        assert_eq!(registry("oci-layout:api"), None);
        assert_eq!(registry("oci-layout:/api"), None);
    }
}

//! The names that people give to things, each with its rules checked once, in its one constructor.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

/// A name that breaks its rules: which kind of name, what was found, what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} {found:?} is not valid: expected {expected}")]
pub struct InvalidName {
    /// Which kind of name it was to be.
    pub kind: &'static str,
    /// What was given, shortened to 80 characters.
    pub found: String,
    /// The rule that it breaks.
    pub expected: &'static str,
}

/// Makes a name type: a checked constructor, decoding that goes through it, and display. Names stand in every key of a fact and
/// are copied by the thousand: a copy shares its text.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $expected:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The rule that every such name keeps.
            pub const RULE: &'static str = $expected;

            /// Checks the rule and takes the name.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidName> {
                let text = text.into();
                let check: fn(&str) -> bool = $check;
                if check(&text) {
                    return Ok(Self(text.into()));
                }
                let found = text.chars().take(80).collect();
                Err(InvalidName { kind: $kind, found, expected: $expected })
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;
            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.as_str().to_owned()
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidName;
            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::new(text)
            }
        }
    };
}

name!(
    /// A named path of environments with its rules.
    Pipeline,
    "pipeline",
    "1 to 64 of a-z 0-9 . _ -, beginning with a letter or a digit",
    |text| label(text, 64)
);

name!(
    /// A deployable thing that versions on its own. It may have parts, as repositories have: `team/api`.
    Component,
    "component",
    "1 to 128 of a-z 0-9 . _ - /, each part between slashes beginning with a letter or a digit",
    |text| bounded(text, 128) && text.split('/').all(|part| label(part, 128))
);

name!(
    /// A logical stage of a pipeline. `none` means "not promoted yet" and is nobody's name;
    /// `rollback-N` would read like the end of a rollback's tag.
    Environment,
    "environment",
    "1 to 32 of a-z 0-9 . _ -, beginning with a letter or a digit, neither `none` nor `rollback-N`",
    |text| label(text, 32) && text != "none" && !reads_like_a_rollback(text)
);

name!(
    /// A check that must pass before a promotion.
    GateName,
    "gate",
    "1 to 64 of a-z 0-9 . _ -, beginning with a letter or a digit",
    |text| label(text, 64)
);

name!(
    /// A release's name: one OCI tag, short enough that the tags made from it are tags too.
    /// `latest` and `latest-…` belong to the tags that promotion moves.
    Version,
    "version",
    "1 to 75 of A-Z a-z 0-9 . _ -, beginning with a letter, a digit or _, neither `latest` nor `latest-…`",
    |text| tag(text, 75) && text != "latest" && !text.starts_with("latest-")
);

name!(
    /// A tag in a registry, as the OCI distribution specification 1.1 bounds it.
    TagName,
    "tag",
    "1 to 128 of A-Z a-z 0-9 . _ -, beginning with a letter, a digit or _ (OCI distribution 1.1)",
    |text| tag(text, 128)
);

name!(
    /// Where a component's artifacts are kept: `HOST[:PORT]/PATH` in a registry reached over https, with
    /// `http://` before it for one reached in the clear, or `oci-layout:DIR` for an OCI image layout directory.
    Repository,
    "repository",
    "[http://]HOST[:PORT]/PATH with a lower-case path, or oci-layout:DIR, at most 255 visible ASCII characters without spaces",
    repository
);

name!(
    /// The person or workload that a key stands for. Duties and approvals compare principals, never keys.
    Principal,
    "principal",
    "1 to 255 visible ASCII characters without spaces or quotes",
    |text| visible(text, 255)
);

name!(
    /// A set of principals, by the name that a manifest, a key or an identity provider gives it.
    Group,
    "group",
    "1 to 255 visible ASCII characters without spaces or quotes",
    |text| visible(text, 255)
);

name!(
    /// A key's name in signature lines (C2SP signed-note): no spaces, no plus sign.
    KeyName,
    "key name",
    "1 to 255 visible ASCII characters without spaces, quotes or +",
    |text| visible(text, 255) && !text.contains('+')
);

name!(
    /// A ledger's own name, as checkpoints carry it.
    Origin,
    "origin",
    "1 to 255 visible ASCII characters without spaces, quotes or +",
    |text| visible(text, 255) && !text.contains('+')
);

name!(
    /// The program that wrote an entry: `promoledger/0.1.0`.
    Agent,
    "agent",
    "1 to 64 visible ASCII characters without spaces or quotes",
    |text| visible(text, 64)
);

name!(
    /// A media type (RFC 6838): `application/json`.
    MediaType,
    "media type",
    "TYPE/SUBTYPE, at most 127 visible ASCII characters",
    |text| visible(text, 127) && text.split('/').count() == 2 && !text.starts_with('/') && !text.ends_with('/')
);

name!(
    /// Why somebody did something, in their own words. It is part of the record and cannot be removed.
    Reason,
    "reason",
    "1 to 1,024 bytes of text, not only white space",
    |text| text.len() <= 1024 && !text.trim().is_empty()
);

name!(
    /// A part of a manifest that is a text of its own: a policy, a public key, a trust root.
    Document,
    "document",
    "1 to 60,000 bytes of text",
    |text| bounded(text, 60_000)
);

name!(
    /// A program or one of its arguments.
    Argument,
    "argument",
    "at most 4,096 bytes of text without a zero byte",
    |text| text.len() <= 4096 && !text.contains('\0')
);

name!(
    /// The name of an environment variable.
    Variable,
    "variable",
    "1 to 128 of A-Z a-z 0-9 _, not beginning with a digit",
    |text| bounded(text, 128)
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !text.starts_with(|first: char| first.is_ascii_digit())
);

name!(
    /// What a policy is called: mostly the name of its file.
    PolicyName,
    "policy",
    "1 to 100 of A-Z a-z 0-9 . _ -, beginning with a letter, a digit or _",
    |text| tag(text, 100)
);

name!(
    /// The commit that an artifact was built from: a git object id, whole or shortened.
    SourceSha,
    "source commit",
    "7 to 64 hexadecimal digits in lower case",
    |text| (7..=64).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
);

fn label(text: &str, longest: usize) -> bool {
    bounded(text, longest)
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
        && !text.starts_with(['.', '_', '-'])
}

fn tag(text: &str, longest: usize) -> bool {
    bounded(text, longest)
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        && !text.starts_with(['.', '-'])
}

fn visible(text: &str, longest: usize) -> bool {
    bounded(text, longest) && text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'\\'))
}

fn bounded(text: &str, longest: usize) -> bool {
    !text.is_empty() && text.len() <= longest
}

fn reads_like_a_rollback(text: &str) -> bool {
    text.strip_prefix("rollback-").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

fn repository(text: &str) -> bool {
    if !bounded(text, 255) {
        return false;
    }
    if let Some(directory) = text.strip_prefix("oci-layout:") {
        return !directory.is_empty() && directory.bytes().all(|byte| byte.is_ascii_graphic());
    }
    let plain = text.strip_prefix("http://").unwrap_or(text);
    let Some((host, path)) = plain.split_once('/') else {
        return false;
    };
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let host_ok = name.split('.').all(|part| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    }) && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port));
    let path_ok = path.split('/').all(|part| {
        part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
            && part.starts_with(|first: char| first.is_ascii_alphanumeric())
            && part.ends_with(|last: char| last.is_ascii_alphanumeric())
    });
    host_ok && path_ok
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_may_have_parts() {
        for good in ["api", "team/api", "a/b/c.d_e-f", &"x".repeat(128)] {
            assert!(Component::new(good).is_ok(), "{good}");
        }
        for bad in ["", "/", "/api", "team/", "team//api", "team/-api", "Team/api", &"x".repeat(129)] {
            assert!(Component::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn environments_never_read_like_rollback_tags() {
        assert!(Environment::new("prod-eu").is_ok());
        assert!(Environment::new("none").is_err());
        assert!(Environment::new("rollback-2").is_err());
        assert!(Environment::new("rollback-plan").is_ok());
    }

    #[test]
    fn versions_leave_latest_to_promotion() {
        assert!(Version::new("v1.4.2-rc.1").is_ok());
        assert!(Version::new("latest").is_err());
        assert!(Version::new("latest-prod").is_err());
        assert!(Version::new("1.0+build").is_err(), "a plus sign is not allowed in an OCI tag");
    }

    #[test]
    fn repositories_are_hosts_with_paths_or_layouts() {
        for good in ["registry.acme.example/shop/api", "http://127.0.0.1:5000/api", "oci-layout:images/api"] {
            assert!(Repository::new(good).is_ok(), "{good}");
        }
        for bad in
            ["api", "registry.acme.example/", "registry.acme.example/Shop", "oci-layout:", "https://a/b/", "../api", "a:b/c", "a:0/c"]
        {
            assert!(Repository::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_invalid_name_says_what_was_expected() {
        let error = Component::new("API!").unwrap_err();
        assert_eq!(
            error.to_string(),
            "component \"API!\" is not valid: expected 1 to 128 of a-z 0-9 . _ - /, each part between slashes beginning with a letter or a digit"
        );
    }
}

//! Digests: of artifacts as registries spell them, of entries, of bodies kept beside the log.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

/// A text that is not a digest of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not {kind}: expected {expected}")]
pub struct InvalidDigest {
    kind: &'static str,
    expected: &'static str,
    found: String,
}

impl InvalidDigest {
    fn new(kind: &'static str, expected: &'static str, found: &str) -> Self {
        Self { kind, expected, found: found.chars().take(80).collect() }
    }
}

/// An artifact's identity: `sha256:` and 64 hexadecimal digits in lower case (OCI image specification 1.1, descriptors).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Digest(Arc<str>);

impl Digest {
    /// Checks the spelling and takes the digest.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidDigest> {
        let text = text.into();
        match text.strip_prefix("sha256:") {
            Some(hex) if from_hex(hex).is_some() => Ok(Self(text.into())),
            _ => Err(InvalidDigest::new("an artifact digest", "sha256: and 64 lower-case hexadecimal digits", &text)),
        }
    }

    /// From the 32 bytes that SHA-256 gave.
    pub fn from_sha256(bytes: &[u8; 32]) -> Self {
        Self(format!("sha256:{}", to_hex(bytes)).into())
    }

    /// `sha256:` and 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 64 digits alone.
    pub fn hex(&self) -> &str {
        self.0.strip_prefix("sha256:").unwrap_or(&self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for Digest {
    type Error = InvalidDigest;
    fn try_from(text: String) -> Result<Self, InvalidDigest> {
        Self::new(text)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.as_str().to_owned()
    }
}

impl std::str::FromStr for Digest {
    type Err = InvalidDigest;
    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        Self::new(text)
    }
}

/// Makes a 32-byte hash type, spelled as 64 hexadecimal digits in lower case.
macro_rules! hash {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 32]);

        impl $name {
            /// From its 32 bytes.
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Its 32 bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// From 64 hexadecimal digits in lower case.
            pub fn from_hex(text: &str) -> Result<Self, InvalidDigest> {
                from_hex(text).map(Self).ok_or_else(|| InvalidDigest::new($kind, "64 lower-case hexadecimal digits", text))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&to_hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidDigest;
            fn try_from(text: String) -> Result<Self, InvalidDigest> {
                Self::from_hex(&text)
            }
        }

        impl From<$name> for String {
            fn from(hash: $name) -> String {
                hash.to_string()
            }
        }
    };
}

hash!(
    /// An entry's place in the chain: the RFC 6962 leaf hash of the whole entry, signature line included.
    EntryHash,
    "an entry hash"
);

hash!(
    /// What names a body kept beside the log: SHA-256 of its 16-byte salt and its bytes.
    BodyDigest,
    "a body digest"
);

hash!(
    /// What tells one imported line from another: SHA-256 of all that it says.
    LineId,
    "a line's id"
);

impl EntryHash {
    /// What stands as `prev` in entry 0.
    pub const NONE: Self = Self([0; 32]);
}

/// Lower-case hexadecimal digits.
pub fn to_hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).expect("a nibble is below 16");
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// 32 bytes from exactly 64 lower-case hexadecimal digits.
pub fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    let mut bytes = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let &[high, low] = pair else { return None };
        *byte = nibble(high)? << 4 | nibble(low)?;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_have_one_spelling() {
        let good = format!("sha256:{}", "0a".repeat(32));
        assert_eq!(Digest::new(&*good).unwrap().as_str(), good);
        for bad in ["", "sha256:", "0a", &good.to_uppercase(), &good[..70], &format!("{good}0"), "sha512:00"] {
            assert!(Digest::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn hex_round_trips() {
        let bytes: [u8; 32] = std::array::from_fn(|at| u8::try_from(at * 8).unwrap_or(255));
        assert_eq!(from_hex(&to_hex(&bytes)), Some(bytes));
    }
}

//! Identities and counters that the ledger itself hands out.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::names::KeyName;

/// The largest integer that every JSON reader holds exactly (RFC 7493): 2^53 - 1.
pub const LARGEST_INTEGER: u64 = (1 << 53) - 1;

/// An entry's place in its ledger, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sequence(u64);

impl Sequence {
    /// The place of `ledger.created`.
    pub const GENESIS: Self = Self(0);

    /// The place counted from 0.
    pub const fn new(place: u64) -> Self {
        Self(place)
    }

    /// The place counted from 0.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The place after this one.
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Which holder of a promotion is writing: 1 for who asked for it, one more for each that took it over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(u32);

impl Epoch {
    /// The epoch of the one who asked.
    pub const FIRST: Self = Self(1);

    /// The epoch of the next one to take over.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Counted from 1.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A text that is not an identifier as entries spell them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not {kind}: expected a UUID in lower case with hyphens")]
pub struct InvalidId {
    kind: &'static str,
    found: String,
}

/// Makes an identifier: a UUID (RFC 9562) in its lower-case, hyphenated spelling.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// From a UUID made elsewhere.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// As a UUID.
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }

            /// From its one spelling.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                match Uuid::try_parse(text) {
                    Ok(uuid) if uuid.hyphenated().to_string() == text => Ok(Self(uuid)),
                    _ => Err(InvalidId { kind: $kind, found: text.chars().take(80).collect() }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    };
}

id!(
    /// The writer's idempotency key for one entry, unique in the ledger.
    EntryId,
    "an entry id"
);

id!(
    /// One run of moving a release into an environment, forwards or by rollback.
    PromotionId,
    "a promotion id"
);

id!(
    /// The random part of a ledger's identity, chosen when it was created.
    LedgerId,
    "a ledger id"
);

/// An ed25519 public key as RFC 8032 encodes it, spelled as 64 hexadecimal digits in lower case.
/// Whether it is a point that may be trusted is for evidence to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// From its 32 bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::digest::to_hex(&self.0))
    }
}

impl TryFrom<String> for PublicKey {
    type Error = InvalidPublicKey;
    fn try_from(text: String) -> Result<Self, InvalidPublicKey> {
        super::digest::from_hex(&text).map(Self).ok_or(InvalidPublicKey { found: text })
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> String {
        key.to_string()
    }
}

/// A text that is not a public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a public key: expected 64 lower-case hexadecimal digits")]
pub struct InvalidPublicKey {
    found: String,
}

/// A key by its name and its public half.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKey {
    /// The name that its signature lines carry.
    pub name: KeyName,
    /// The key.
    pub public: PublicKey,
}

/// The first four bytes of the hash of a key and its name (C2SP signed-note), spelled as 8 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 4]);

impl KeyId {
    /// From its four bytes.
    pub const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// Its four bytes.
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::digest::to_hex(&self.0))
    }
}

/// What names a key in a signature line: the pair, never one of them alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyRef {
    /// The key's name.
    pub name: KeyName,
    /// The key's id.
    pub id: KeyId,
}

impl fmt::Display for KeyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.name, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_one_spelling() {
        let text = "0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c77";
        assert_eq!(EntryId::parse(text).unwrap().to_string(), text);
        for bad in ["", "0198f0a46f3a7c1e8a553f0a2b9d1c77", "0198F0A4-6F3A-7C1E-8A55-3F0A2B9D1C77", "{0198f0a4}"] {
            assert!(EntryId::parse(bad).is_err(), "{bad}");
        }
    }
}

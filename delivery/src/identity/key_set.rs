//! The keys of an issuer: a JWK Set (RFC 7517, 5), and which of them a token means.

use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::algorithm;
use super::key::{Key, Misfit};
use super::object::{self, ObjectError};

/// The most keys that are read of one issuer.
pub const MOST_KEYS: usize = 100;

/// The members of a JWK that only its owner may know (RFC 7518, 6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A text that is no set of keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// Not the JSON of one.
    #[error("the JWK Set {0}")]
    Object(#[from] ObjectError),
    /// JSON of something else.
    #[error("it is no JWK Set: expected {{\"keys\":[{{…}}]}}")]
    NoKeys,
    /// More keys than any issuer has.
    #[error("it has {found} keys: expected at most {MOST_KEYS}")]
    TooMany {
        /// How many there are.
        found: usize,
    },
    /// A secret where everybody reads.
    #[error(
        "the key {key} has the member {member:?}, which is secret: expected the public key alone, and whoever reads the rules now has the other one"
    )]
    Private {
        /// The key, by its id or its place.
        key: String,
        /// The member.
        member: &'static str,
    },
    /// Nothing could ever be checked with it.
    #[error(
        "none of its {found} keys can check a token: expected an RSA key of 2048 bits or more, an EC key on P-256 or P-384, or an Ed25519 key"
    )]
    Useless {
        /// How many there are.
        found: usize,
    },
}

/// How looking for a token's key ends without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotChosen {
    /// There is none of that id, or none that could be meant.
    None,
    /// There are several that could be meant.
    Several(usize),
    /// The one that is meant cannot check the token.
    Unfit(Misfit),
}

/// The public keys of an issuer.
#[derive(Debug, Clone)]
pub struct KeySet(Vec<Key>);

impl KeySet {
    /// Reads a set as an issuer publishes it. Keys of kinds that are not known here are passed over.
    ///
    /// # Errors
    ///
    /// When it is no set of keys.
    pub fn parse(text: &[u8]) -> Result<Self, KeySetError> {
        let keys = jwks(text)?;
        Ok(Self(keys.iter().filter_map(Key::of).collect()))
    }

    /// Reads a set that stands in the rules: at least one key must be of use, and none may be secret.
    pub(super) fn pinned(text: &[u8]) -> Result<Self, KeySetError> {
        let keys = jwks(text)?;
        for (at, key) in keys.iter().enumerate() {
            let Some(key) = key.as_object() else { continue };
            if let Some(member) = PRIVATE.into_iter().find(|member| key.contains_key(*member)) {
                return Err(KeySetError::Private { key: name(at, key), member });
            }
        }
        let set = Self::parse(text)?;
        let of_use = |key: &Key| algorithm::all().any(|algorithm| key.fits(algorithm).is_ok());
        if set.0.iter().any(of_use) { Ok(set) } else { Err(KeySetError::Useless { found: keys.len() }) }
    }

    /// The ids that its keys have.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Key::id)
    }

    /// The key that a token means: the one of that id, or without an id the only one that fits.
    pub(super) fn choose(&self, id: Option<&str>, algorithm: Algorithm) -> Result<&Key, NotChosen> {
        let meant: Vec<&Key> = self.0.iter().filter(|key| id.is_none() || key.id() == id).collect();
        let fitting: Vec<&Key> = meant.iter().copied().filter(|key| key.fits(algorithm).is_ok()).collect();
        match (fitting.as_slice(), meant.as_slice()) {
            ([one], _) => Ok(one),
            ([], [one]) => Err(one.fits(algorithm).err().map_or(NotChosen::None, NotChosen::Unfit)),
            ([], _) => Err(NotChosen::None),
            (several, _) => Err(NotChosen::Several(several.len())),
        }
    }
}

fn jwks(text: &[u8]) -> Result<Vec<Value>, KeySetError> {
    let mut set = object::read(text)?;
    let Some(Value::Array(keys)) = set.remove("keys") else { return Err(KeySetError::NoKeys) };
    if keys.len() > MOST_KEYS {
        return Err(KeySetError::TooMany { found: keys.len() });
    }
    Ok(keys)
}

fn name(at: usize, key: &Map<String, Value>) -> String {
    let id = key.get("kid").and_then(Value::as_str).map(|id| id.chars().take(80).collect::<String>());
    id.map_or_else(|| format!("number {}", at + 1), |id| format!("{id:?}"))
}

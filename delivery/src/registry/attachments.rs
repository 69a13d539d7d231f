//! What other tools attach to artifacts in a repository: blobs, and manifests that name an artifact as their subject.

use std::collections::BTreeMap;

use promotion_ledger::meaning::digest::Digest;
use serde::{Deserialize, Deserializer};

use super::error::RegistryError;

/// The most referrers of one artifact that are listed.
pub const MOST_REFERRERS: usize = 10_000;

/// A repository where what other tools attached to an artifact can be read.
///
/// The calls block, and must not be made from inside an asynchronous runtime.
pub trait Attachments {
    /// The blob of that digest, of at most [`LONGEST_MANIFEST`](super::LONGEST_MANIFEST) bytes; they are hashed and compared.
    ///
    /// # Errors
    ///
    /// [`RegistryError::NotFound`] when the repository does not have it.
    fn blob(&self, digest: &Digest) -> Result<Vec<u8>, RegistryError>;

    /// What names the artifact as its subject, all of it; `None` where the repository keeps no such list, and the tag
    /// `sha256-<hex>` stands in for it (OCI distribution specification 1.1, "Listing Referrers").
    ///
    /// # Errors
    ///
    /// Whenever the list is not known to be whole.
    fn referrers(&self, digest: &Digest) -> Result<Option<Vec<Referrer>>, RegistryError>;
}

/// What a list of referrers says of one. None of it is proven.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Referrer {
    /// The manifest's digest, as it is written there.
    pub digest: String,
    /// What it is.
    pub artifact_type: Option<String>,
    #[serde(default)]
    annotations: Option<BTreeMap<String, String>>,
}

impl Referrer {
    /// Reads a list of referrers: an image index.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn list(bytes: &[u8]) -> Result<Vec<Self>, String> {
        let index: List = serde_json::from_slice(bytes).map_err(|error| format!("it is not an image index: {error}"))?;
        Ok(index.manifests.unwrap_or_default())
    }

    /// What it says under that name.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(name).map(String::as_str)
    }
}

#[derive(Deserialize)]
struct List {
    /// Some registries write `null` for none; an answer without the word is no list.
    #[serde(deserialize_with = "present")]
    manifests: Option<Vec<Referrer>>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Referrer>>, D::Error> {
    Option::deserialize(deserializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read() {
        let text = r#"{"manifests":[{"digest":"sha256:1","artifactType":"a","annotations":{"b":"c"}},{"digest":"x","annotations":null}]}"#;
        let list = Referrer::list(text.as_bytes()).unwrap();
        assert_eq!((list[0].artifact_type.as_deref(), list[0].annotation("b"), list[1].annotation("b")), (Some("a"), Some("c"), None));
        assert_eq!(Referrer::list(br#"{"manifests":null}"#).unwrap(), []);
        assert_eq!(Referrer::list(br#"{"manifests":[]}"#).unwrap(), []);
    }

    #[test]
    fn what_is_no_list_is_not_an_empty_one() {
        for text in ["{}", "[]", "", "<html>", r#"{"manifests":{}}"#, r#"{"manifests":[{}]}"#, r#"{"manifests":[1]}"#] {
            assert!(Referrer::list(text.as_bytes()).is_err(), "{text}");
        }
    }
}

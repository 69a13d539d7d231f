//! What a promotion needs of a repository: the trait that every keeper has, and manifests as they are.

use std::fmt;

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::{MediaType, TagName};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::attachments::Attachments;
use super::error::RegistryError;

/// The longest manifest that is read or written, in bytes (the bound that registries keep, too).
pub const LONGEST_MANIFEST: usize = 4 * 1024 * 1024;

/// The most tags that [`Registry::tags`] gives.
pub const MOST_TAGS: usize = 10_000;

/// One repository: what a promotion needs of a registry, and nothing else.
///
/// The calls block, and must not be made from inside an asynchronous runtime.
pub trait Registry {
    /// Which digest the tag points at; `None` when the tag is not there.
    fn resolve(&self, tag: &TagName) -> Result<Option<Digest>, RegistryError>;

    /// The manifest of that digest, raw; its bytes are hashed and compared.
    ///
    /// # Errors
    ///
    /// [`RegistryError::NotFound`] when the repository does not have it.
    fn manifest(&self, digest: &Digest) -> Result<Manifest, RegistryError>;

    /// Points the tag at the manifest, reads it back and compares.
    ///
    /// A registry cannot compare and swap a tag: whoever needs that decides in the ledger first.
    fn tag(&self, tag: &TagName, manifest: &Manifest) -> Result<(), RegistryError>;

    /// The tags there are, in order, at most [`MOST_TAGS`]; none when there is no such repository yet.
    fn tags(&self) -> Result<Vec<TagName>, RegistryError>;

    /// Whether tags may be pushed here. Leaves nothing behind.
    fn check_push(&self) -> Result<(), RegistryError>;

    /// Where what other tools attached to artifacts can be read; `None` where nothing can be attached.
    fn attachments(&self) -> Option<&dyn Attachments> {
        None
    }
}

/// An image manifest or index exactly as a registry gave it.
#[derive(Clone, PartialEq, Eq)]
pub struct Manifest {
    digest: Digest,
    media_type: MediaType,
    bytes: Vec<u8>,
}

impl Manifest {
    /// Takes the bytes as they are; the digest is theirs.
    pub fn new(media_type: MediaType, bytes: Vec<u8>) -> Self {
        Self { digest: digest_of(&bytes), media_type, bytes }
    }

    /// The bytes' digest: the artifact's identity.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// What kind of manifest or index it is.
    pub fn media_type(&self) -> &MediaType {
        &self.media_type
    }

    /// The bytes, never written anew.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes bytes that were read, with the media type that was `announced` outside of them.
    ///
    /// What the bytes say of themselves and what was announced must agree, or one digest would mean two things
    /// (CVE-2021-41190). A general type such as `application/json` announces nothing.
    pub(super) fn read(announced: Option<&str>, bytes: Vec<u8>) -> Result<Self, String> {
        let own: Own = serde_json::from_slice(&bytes).map_err(|_| "it is not a JSON object".to_owned())?;
        let announced = announced.map(essence).filter(|text| text.starts_with("application/vnd."));
        let text = match (own.media_type.as_deref(), announced) {
            (Some(own), Some(announced)) if own != announced => {
                return Err(format!("it says it is {own:?}, and was announced as {announced:?}"));
            }
            (Some(text), _) | (None, Some(text)) => text,
            (None, None) => return Err("nothing says which kind of manifest it is".to_owned()),
        };
        let media_type = MediaType::new(text).map_err(|error| error.to_string())?;
        Ok(Self::new(media_type, bytes))
    }
}

impl fmt::Debug for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Manifest({}, {}, {} bytes)", self.digest, self.media_type, self.bytes.len())
    }
}

/// What a manifest says of itself.
#[derive(Deserialize)]
struct Own {
    #[serde(rename = "mediaType")]
    media_type: Option<String>,
}

/// A content type without its parameters.
fn essence(content_type: &str) -> &str {
    content_type.split_once(';').map_or(content_type, |(essence, _)| essence).trim()
}

pub(super) fn digest_of(bytes: &[u8]) -> Digest {
    Digest::from_sha256(&Sha256::digest(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = "application/vnd.oci.image.index.v1+json";
    const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

    #[test]
    fn a_manifests_kind_is_what_it_says_or_what_was_announced() {
        let saying = format!(r#"{{"mediaType":"{INDEX}"}}"#).into_bytes();
        for (announced, bytes, expected) in [
            (None, saying.clone(), INDEX),
            (Some(INDEX), saying.clone(), INDEX),
            (Some("application/vnd.oci.image.index.v1+json; charset=utf-8"), saying.clone(), INDEX),
            (Some("application/json"), saying.clone(), INDEX),
            (Some(MANIFEST), b"{}".to_vec(), MANIFEST),
        ] {
            assert_eq!(Manifest::read(announced, bytes).unwrap().media_type().as_str(), expected, "{announced:?}");
        }
    }

    #[test]
    fn a_manifest_that_means_two_things_is_not_taken() {
        let saying = format!(r#"{{"mediaType":"{INDEX}"}}"#).into_bytes();
        assert!(Manifest::read(Some(MANIFEST), saying).unwrap_err().contains("announced as"));
        assert!(Manifest::read(Some("application/json"), b"{}".to_vec()).is_err());
        assert!(Manifest::read(Some(MANIFEST), b"<html>".to_vec()).is_err());
    }

    #[test]
    fn a_manifests_digest_is_that_of_its_bytes() {
        let manifest = Manifest::new(MediaType::new(MANIFEST).unwrap(), b"{}".to_vec());
        assert_eq!(manifest.digest().hex(), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    }
}

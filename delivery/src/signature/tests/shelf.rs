//! A repository in memory, filled from the fixtures, whose signatures can be changed.

use std::cell::Cell;
use std::collections::BTreeMap;

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::{MediaType, Repository, TagName};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::registry::{Attachments, Manifest, Referrer, Registry, RegistryError};

pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(super) const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// A repository in memory.
pub(super) struct Shelf {
    blobs: BTreeMap<Digest, Vec<u8>>,
    tags: BTreeMap<TagName, Digest>,
    /// A list of referrers for every artifact; none, and tags stand in for it.
    pub(super) listed: Option<Vec<Referrer>>,
    /// How many manifests and blobs were read.
    pub(super) reads: Cell<usize>,
}

impl Shelf {
    /// All of the fixtures.
    pub(super) fn fixtures() -> Self {
        let root = format!("{}/../fixtures/signature/layout", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(format!("{root}/blobs/sha256")).unwrap();
        let blobs = files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).map(|bytes| (digest_of(&bytes), bytes)).collect();
        let index: Value = serde_json::from_slice(&std::fs::read(format!("{root}/index.json")).unwrap()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let tag = |entry: &Value| TagName::new(text(&entry["annotations"]["org.opencontainers.image.ref.name"])).unwrap();
        let entries = index["manifests"].as_array().unwrap();
        let tags = entries.iter().map(|entry| (tag(entry), Digest::new(text(&entry["digest"])).unwrap())).collect();
        Self { blobs, tags, listed: None, reads: Cell::new(0) }
    }

    /// The digest of the image under that tag.
    pub(super) fn image(&self, tag: &str) -> Digest {
        self.tags[&TagName::new(tag).unwrap()].clone()
    }

    /// The tag of the image's signatures: `.sig`, or the one that stands in for the list of referrers.
    pub(super) fn tag_of(&self, image: &str, end: &str) -> TagName {
        TagName::new(format!("sha256-{}{end}", self.image(image).hex())).unwrap()
    }

    /// Puts a blob on the shelf.
    pub(super) fn put(&mut self, bytes: impl Into<Vec<u8>>) -> Digest {
        let bytes = bytes.into();
        let digest = digest_of(&bytes);
        self.blobs.insert(digest.clone(), bytes);
        digest
    }

    /// Puts bytes in the place of a blob, under its digest.
    pub(super) fn corrupt(&mut self, digest: &str, bytes: &[u8]) {
        self.blobs.insert(Digest::new(digest).unwrap(), bytes.to_vec());
    }

    pub(super) fn point(&mut self, tag: TagName, digest: Digest) {
        self.tags.insert(tag, digest);
    }

    pub(super) fn text(&self, digest: &str) -> String {
        String::from_utf8(self.blobs[&Digest::new(digest).unwrap()].clone()).unwrap()
    }

    pub(super) fn json(&self, digest: &str) -> Value {
        serde_json::from_str(&self.text(digest)).unwrap()
    }

    /// The manifest under the image's `.sig` tag.
    pub(super) fn simple(&self, image: &str) -> Value {
        self.json(self.tags[&self.tag_of(image, ".sig")].as_str())
    }

    /// Puts another manifest under the image's `.sig` tag.
    pub(super) fn set_simple(&mut self, image: &str, manifest: &Value) {
        let digest = self.put(manifest.to_string());
        self.point(self.tag_of(image, ".sig"), digest);
    }

    /// The image's last bundle.
    pub(super) fn bundle(&self, image: &str) -> Value {
        let index = self.json(self.tags[&self.tag_of(image, "")].as_str());
        let manifest = self.json(index["manifests"].as_array().unwrap().last().unwrap()["digest"].as_str().unwrap());
        self.json(manifest["layers"][0]["digest"].as_str().unwrap())
    }

    /// Makes the bundle the only one of the image.
    pub(super) fn set_bundle(&mut self, image: &str, bundle: &Value) {
        let referrer = self.referrer(bundle.to_string().as_bytes());
        let index =
            json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [{"digest": referrer}]});
        let digest = self.put(index.to_string());
        self.point(self.tag_of(image, ""), digest);
    }

    /// A manifest with one layer that is called a bundle.
    pub(super) fn referrer(&mut self, bundle: &[u8]) -> String {
        let layer = self.put(bundle);
        let layer = json!({"mediaType": BUNDLE, "digest": layer, "size": bundle.len()});
        self.put(json!({"schemaVersion": 2, "mediaType": MANIFEST, "layers": [layer]}).to_string()).to_string()
    }

    fn read(&self, digest: &Digest) -> Result<Vec<u8>, RegistryError> {
        self.reads.set(self.reads.get() + 1);
        let absent = || RegistryError::NotFound { repository: repository(), what: digest.to_string() };
        let bytes = self.blobs.get(digest).ok_or_else(absent)?.clone();
        let found = digest_of(&bytes);
        if found == *digest {
            return Ok(bytes);
        }
        Err(RegistryError::DigestDiffers { repository: repository(), expected: digest.clone(), found })
    }
}

impl Registry for Shelf {
    fn resolve(&self, tag: &TagName) -> Result<Option<Digest>, RegistryError> {
        Ok(self.tags.get(tag).cloned())
    }

    fn manifest(&self, digest: &Digest) -> Result<Manifest, RegistryError> {
        let bytes = self.read(digest)?;
        let own = serde_json::from_slice::<Value>(&bytes).ok().and_then(|value| Some(value["mediaType"].as_str()?.to_owned()));
        let reason =
            || RegistryError::Malformed { repository: repository(), what: "a manifest", reason: "nobody knows its kind".to_owned() };
        Ok(Manifest::new(MediaType::new(own.ok_or_else(reason)?).unwrap(), bytes))
    }

    fn tag(&self, _: &TagName, _: &Manifest) -> Result<(), RegistryError> {
        panic!("a check writes nothing")
    }

    fn tags(&self) -> Result<Vec<TagName>, RegistryError> {
        panic!("a check lists nothing")
    }

    fn check_push(&self) -> Result<(), RegistryError> {
        panic!("a check writes nothing")
    }

    fn attachments(&self) -> Option<&dyn Attachments> {
        Some(self)
    }
}

impl Attachments for Shelf {
    fn blob(&self, digest: &Digest) -> Result<Vec<u8>, RegistryError> {
        self.read(digest)
    }

    fn referrers(&self, _: &Digest) -> Result<Option<Vec<Referrer>>, RegistryError> {
        Ok(self.listed.clone())
    }
}

fn repository() -> Repository {
    Repository::new("r.example/shop/api").unwrap()
}

fn digest_of(bytes: &[u8]) -> Digest {
    Digest::from_sha256(&Sha256::digest(bytes).into())
}

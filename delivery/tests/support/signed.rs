//! Images that cosign signed (`fixtures/signature`), by the names that a registry is asked by.

use std::collections::BTreeMap;
use std::path::PathBuf;

use promotion_ledger::meaning::digest::Digest;
use serde_json::Value;

use super::digest_of;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/signature"))
}

/// The repository of the image layout that the fixtures are.
pub fn layout() -> String {
    format!("oci-layout:{}", folder().join("layout").display())
}

/// A key of the fixtures in PEM form.
pub fn key(name: &str) -> String {
    std::fs::read_to_string(folder().join("keys").join(format!("{name}.pub"))).unwrap()
}

pub fn trusted_root() -> String {
    std::fs::read_to_string(folder().join("trusted_root.json")).unwrap()
}

/// The fixtures' blobs and manifests.
pub struct Fixtures {
    blobs: BTreeMap<String, Vec<u8>>,
    tags: BTreeMap<String, String>,
}

impl Fixtures {
    pub fn read() -> Self {
        let files = std::fs::read_dir(folder().join("layout/blobs/sha256")).unwrap();
        let blobs = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
        let blobs = blobs.map(|bytes| (digest_of(&bytes).to_string(), bytes)).collect();
        let index: Value = serde_json::from_slice(&std::fs::read(folder().join("layout/index.json")).unwrap()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let entries = index["manifests"].as_array().unwrap();
        let tag = |entry: &Value| (text(&entry["annotations"]["org.opencontainers.image.ref.name"]), text(&entry["digest"]));
        Self { blobs, tags: entries.iter().map(tag).collect() }
    }

    /// What lies under a tag or a digest.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        let digest = self.tags.get(name).map_or(name, String::as_str);
        self.blobs.get(digest).map(Vec::as_slice)
    }

    pub fn image(&self, tag: &str) -> Digest {
        Digest::new(self.tags[tag].as_str()).unwrap()
    }

    /// Every tag, and the manifest that it stands on.
    pub fn tags(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.tags.iter().map(|(tag, digest)| (tag.as_str(), self.blobs[digest].as_slice()))
    }

    pub fn blobs(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.blobs.iter().map(|(digest, bytes)| (digest.as_str(), bytes.as_slice()))
    }

    /// The manifest of the image's bundle.
    pub fn referrer(&self, image: &str) -> String {
        let index = self.json(&format!("sha256-{}", self.image(image).hex()));
        index["manifests"][0]["digest"].as_str().unwrap().to_owned()
    }

    /// The blob of the image's first signature.
    pub fn signature(&self, image: &str) -> String {
        let tag = format!("sha256-{}.sig", self.image(image).hex());
        let manifest = if self.tags.contains_key(&tag) { tag } else { self.referrer(image) };
        self.json(&manifest)["layers"][0]["digest"].as_str().unwrap().to_owned()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_slice(self.get(name).unwrap()).unwrap()
    }
}

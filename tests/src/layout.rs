//! An OCI image layout with little images in it, made by hand so that it shares no code with what is tested.
//!
//! Source: OCI image specification 1.1, image-layout.md, manifest.md and config.md.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::skopeo::digest_of;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// A folder that holds an OCI image layout.
#[derive(Debug)]
pub struct Layout {
    folder: PathBuf,
    entries: Vec<Value>,
}

impl Layout {
    /// An empty layout in `folder`, which is made if it is not there.
    #[must_use]
    pub fn create(folder: &Path) -> Self {
        fs::create_dir_all(folder.join("blobs/sha256")).expect("the layout's folders can be made");
        fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).expect("the layout's marker can be written");
        let layout = Self { folder: folder.to_owned(), entries: Vec::new() };
        layout.write_index();
        layout
    }

    /// Where the layout lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Adds an image of one layer with one file, whose text is `seed`, and gives its digest: the same seed, the same digest.
    pub fn add_image(&mut self, seed: &str) -> String {
        let layer = tar(seed.as_bytes());
        let config = json!({
            "architecture": "amd64",
            "os": "linux",
            "config": { "Labels": { "seed": seed } },
            "rootfs": { "type": "layers", "diff_ids": [digest_of(&layer)] },
        });
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self.add_blob(CONFIG, config.to_string().as_bytes()),
            "layers": [self.add_blob(LAYER, &layer)],
        });
        let entry = self.add_blob(MANIFEST, manifest.to_string().as_bytes());
        let digest = entry["digest"].as_str().expect("a descriptor holds its digest").to_owned();
        self.entries.push(entry);
        self.write_index();
        digest
    }

    /// Lets `name` stand on an image that was added before.
    pub fn tag(&mut self, digest: &str, name: &str) {
        let known = self.entries.iter().find(|entry| entry["digest"] == digest);
        let mut entry = known.unwrap_or_else(|| panic!("{digest} is not in the layout: add_image gives the digests that are")).clone();
        entry["annotations"] = json!({ "org.opencontainers.image.ref.name": name });
        self.entries.retain(|entry| entry["annotations"]["org.opencontainers.image.ref.name"] != name);
        self.entries.push(entry);
        self.write_index();
    }

    /// Writes a blob and gives its descriptor.
    fn add_blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = digest_of(bytes);
        let file = self.folder.join("blobs").join(digest.replace(':', "/"));
        fs::write(file, bytes).expect("a blob can be written");
        json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
    }

    fn write_index(&self) {
        let index = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": self.entries,
        });
        fs::write(self.folder.join("index.json"), index.to_string()).expect("the layout's index can be written");
    }
}

/// A POSIX ustar archive of one file, `seed.txt`, dated 1970.
fn tar(contents: &[u8]) -> Vec<u8> {
    const BLOCK: usize = 512;
    let mut header = [0_u8; BLOCK];
    let mut put = |at: usize, field: &[u8]| header[at..at + field.len()].copy_from_slice(field);
    put(0, b"seed.txt");
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{:011o}\0", contents.len()).as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        "); // the checksum counts itself as spaces
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());

    let mut archive = header.to_vec();
    archive.extend_from_slice(contents);
    // The file is filled up to whole blocks; two empty ones end the archive.
    archive.resize(archive.len().next_multiple_of(BLOCK) + 2 * BLOCK, 0);
    archive
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs;

    #[test]
    fn the_seed_alone_makes_the_digest() {
        let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
        let [first, again] = folders.each_ref().map(|folder| Layout::create(folder.path()).add_image("one"));
        assert_eq!(first, again);
        assert_ne!(first, Layout::create(folders[0].path()).add_image("two"));
    }

    #[test]
    fn tar_reads_the_layer() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("layer.tar");
        fs::write(&file, tar(b"some text")).expect("the archive can be written");
        let text = programs::stdout(programs::quiet("tar").arg("-xOf").arg(&file).arg("seed.txt"));
        assert_eq!(text, b"some text");
    }

    #[test]
    fn a_name_stands_on_one_image() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut layout = Layout::create(folder.path());
        let (first, second) = (layout.add_image("one"), layout.add_image("two"));
        layout.tag(&first, "x");
        layout.tag(&second, "x");
        let index = fs::read(folder.path().join("index.json")).expect("the index was written");
        let index: Value = serde_json::from_slice(&index).expect("the index is JSON");
        let manifests = index["manifests"].as_array().expect("the index lists manifests");
        let named: Vec<&Value> = manifests.iter().filter(|entry| entry["annotations"].is_object()).collect();
        assert_eq!(named.len(), 1);
        assert_eq!(named[0]["digest"], second.as_str());
    }

    #[test]
    #[should_panic(expected = "is not in the layout")]
    fn an_unknown_digest_cannot_be_named() {
        let folder = tempfile::tempdir().expect("a folder");
        Layout::create(folder.path()).tag("sha256:00", "x");
    }
}

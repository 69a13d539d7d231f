//! Little images, made on the spot: an OCI image layout directory with two images of one layer with one file.
//!
//! Source: OCI image specification 1.1 (`image-layout.md`, `manifest.md`, `config.md`) and POSIX `ustar`.

use std::fs;
use std::io;
use std::path::Path;

use promotion_ledger::evidence::hash::sha256;
use promotion_ledger::meaning::digest::Digest;
use serde_json::{Value, json};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// A blob that was written.
struct Blob {
    media_type: &'static str,
    digest: Digest,
    size: usize,
}

/// Makes an image layout in the folder with two untagged images, whose only files hold these texts, and gives their
/// digests: the same text, the same digest.
pub(super) fn lay_out(folder: &Path, texts: [&str; 2]) -> io::Result<[Digest; 2]> {
    fs::create_dir_all(folder.join("blobs").join("sha256"))?;
    fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)?;
    let [one, two] = texts;
    let images = [image(folder, one)?, image(folder, two)?];
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": images.each_ref().map(descriptor) });
    fs::write(folder.join("index.json"), index.to_string())?;
    Ok(images.map(|image| image.digest))
}

/// Writes an image of one layer.
fn image(folder: &Path, text: &str) -> io::Result<Blob> {
    let layer = tar(text.as_bytes());
    let config = json!({
        "architecture": "amd64",
        "os": "linux",
        "rootfs": { "type": "layers", "diff_ids": [Digest::from_sha256(&sha256(&layer))] },
    });
    let config = blob(folder, CONFIG, config.to_string().as_bytes())?;
    let layer = blob(folder, LAYER, &layer)?;
    let manifest = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor(&config), "layers": [descriptor(&layer)] });
    blob(folder, MANIFEST, manifest.to_string().as_bytes())
}

fn blob(folder: &Path, media_type: &'static str, bytes: &[u8]) -> io::Result<Blob> {
    let digest = Digest::from_sha256(&sha256(bytes));
    fs::write(folder.join("blobs").join("sha256").join(digest.hex()), bytes)?;
    Ok(Blob { media_type, digest, size: bytes.len() })
}

fn descriptor(blob: &Blob) -> Value {
    json!({ "mediaType": blob.media_type, "digest": blob.digest, "size": blob.size })
}

/// An archive of one file, `release.txt`, dated 1970.
fn tar(contents: &[u8]) -> Vec<u8> {
    const BLOCK: usize = 512;
    let size = format!("{:011o}\0", contents.len());
    // Each field of the header at its offset; the checksum counts itself as spaces.
    let fields: [(usize, &[u8]); 9] = [
        (0, b"release.txt"),
        (100, b"0000644\0"),
        (108, b"0000000\0"),
        (116, b"0000000\0"),
        (124, size.as_bytes()),
        (136, b"00000000000\0"),
        (148, b"        "),
        (156, b"0"),
        (257, b"ustar\x0000"),
    ];
    let mut archive = Vec::new();
    for (offset, field) in fields {
        archive.resize(offset, 0);
        archive.extend_from_slice(field);
    }
    archive.resize(BLOCK, 0);
    let sum: u32 = archive.iter().copied().map(u32::from).sum();
    archive.splice(148..156, format!("{sum:06o}\0 ").into_bytes());
    archive.extend_from_slice(contents);
    // The file is filled up to whole blocks; two empty ones end the archive.
    archive.resize(archive.len().next_multiple_of(BLOCK) + 2 * BLOCK, 0);
    archive
}

#[cfg(test)]
mod tests {
    use promotion_delivery::registry::{self, Settings};
    use promotion_ledger::meaning::names::Repository;

    use super::*;
    use crate::machine::SystemPace;

    #[test]
    fn the_text_alone_makes_the_digest() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let [first, again] = folders.each_ref().map(|folder| lay_out(folder.path(), ["a", "b"]).unwrap());
        assert_eq!(first, again);
        assert_ne!(first[0], first[1]);
    }

    #[test]
    fn a_registry_has_the_images() {
        let folder = tempfile::tempdir().unwrap();
        let digests = lay_out(folder.path(), ["a", "b"]).unwrap();
        let repository = Repository::new(format!("oci-layout:{}", folder.path().display())).unwrap();
        let registry = registry::open(&repository, &Settings::new(std::sync::Arc::new(SystemPace::new()))).unwrap();
        registry.check_push().unwrap();
        for digest in digests {
            assert_eq!(registry.manifest(&digest).unwrap().digest(), &digest);
        }
    }

    #[test]
    fn tar_reads_the_layer() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("layer.tar");
        fs::write(&file, tar(b"some text")).unwrap();
        let read = std::process::Command::new("tar").arg("-xOf").arg(&file).arg("release.txt").output().unwrap();
        assert_eq!(read.stdout, b"some text", "{}", String::from_utf8_lossy(&read.stderr));
    }
}

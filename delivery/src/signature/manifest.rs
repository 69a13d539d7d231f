//! The manifests that signatures lie in: which of their layers are signatures, and of which shape.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::reason::Reason;

/// The longest blob that is read as a signature, in bytes. cosign's have a few thousand.
pub const LONGEST_BLOB: u64 = 1024 * 1024;

const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const OLDER_BUNDLE: &str = "application/vnd.dev.sigstore.bundle";
const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
const CERTIFICATE: &str = "dev.sigstore.cosign/certificate";

/// A layer that is a signature.
pub(super) struct Layer {
    pub(super) kind: Kind,
    pub(super) digest: String,
    pub(super) size: u64,
}

/// What a layer says it is.
pub(super) enum Kind {
    /// A payload; what signs it stands beside it.
    SimpleSigning {
        /// The signature, in base64.
        signature: Option<String>,
        /// Whether a certificate stands beside it.
        certificate: bool,
    },
    /// A sigstore bundle of version 0.3.
    Bundle,
    /// A sigstore bundle of an earlier version, or one not known yet.
    OtherBundle(String),
}

#[derive(Deserialize)]
struct Manifest {
    layers: Vec<Descriptor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: String,
    size: u64,
    annotations: Option<BTreeMap<String, String>>,
}

/// The manifest's layers that are signatures; whatever else it holds is somebody else's.
pub(super) fn signatures(bytes: &[u8]) -> Result<Vec<Layer>, Reason> {
    let manifest: Manifest = serde_json::from_slice(bytes).map_err(|error| Reason::malformed(format!("its manifest: {error}")))?;
    Ok(manifest.layers.into_iter().filter_map(Descriptor::into_layer).collect())
}

impl Descriptor {
    fn into_layer(self) -> Option<Layer> {
        let mut annotations = self.annotations.unwrap_or_default();
        let kind = match self.media_type.as_str() {
            SIMPLE_SIGNING => {
                Kind::SimpleSigning { signature: annotations.remove(SIGNATURE), certificate: annotations.contains_key(CERTIFICATE) }
            }
            BUNDLE => Kind::Bundle,
            other if other.starts_with(OLDER_BUNDLE) => Kind::OtherBundle(self.media_type),
            _ => return None,
        };
        Some(Layer { kind, digest: self.digest, size: self.size })
    }
}

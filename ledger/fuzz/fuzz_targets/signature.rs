//! Arbitrary bytes in the place of a signature, its manifest or a list of them: an answer always, a good one never.
#![no_main]

use libfuzzer_sys::fuzz_target;
use promotion_delivery::registry::{Attachments, Manifest, Referrer, Registry, RegistryError};
use promotion_delivery::signature::{Policy, SignatureError, check};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::{MediaType, TagName};

const KIND: &str = "application/vnd.oci.image.manifest.v1+json";

/// A repository that answers everything with what was drawn: manifests, blobs and lists, whatever they are asked by.
struct Drawn<'a> {
    manifest: &'a [u8],
    blob: &'a [u8],
    list: Option<Vec<Referrer>>,
}

impl Registry for Drawn<'_> {
    fn resolve(&self, _: &TagName) -> Result<Option<Digest>, RegistryError> {
        Ok(Some(artifact()))
    }
    fn manifest(&self, _: &Digest) -> Result<Manifest, RegistryError> {
        Ok(Manifest::new(MediaType::new(KIND).expect("a media type"), self.manifest.to_vec()))
    }
    fn tag(&self, _: &TagName, _: &Manifest) -> Result<(), RegistryError> {
        unreachable!("a check writes nothing")
    }
    fn tags(&self) -> Result<Vec<TagName>, RegistryError> {
        unreachable!("a check lists nothing")
    }
    fn check_push(&self) -> Result<(), RegistryError> {
        unreachable!("a check writes nothing")
    }
    fn attachments(&self) -> Option<&dyn Attachments> {
        Some(self)
    }
}

impl Attachments for Drawn<'_> {
    fn blob(&self, _: &Digest) -> Result<Vec<u8>, RegistryError> {
        Ok(self.blob.to_vec())
    }
    fn referrers(&self, _: &Digest) -> Result<Option<Vec<Referrer>>, RegistryError> {
        Ok(self.list.clone())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let policy = policy();
    let now = "2030-01-01T00:00:00Z".parse().expect("a time");
    let list = Referrer::list(bytes).ok();
    let simple = layer("application/vnd.dev.cosign.simplesigning.v1+json", bytes);
    let bundle = layer("application/vnd.dev.sigstore.bundle.v0.3+json", bytes);
    for manifest in [bytes, simple.as_bytes(), bundle.as_bytes()] {
        let drawn = Drawn { manifest, blob: bytes, list: list.clone() };
        match check(&drawn, &artifact(), &policy, now) {
            Ok(checked) => panic!("{checked}"),
            Err(SignatureError::Bad { found, .. } | SignatureError::Unsupported { found, .. }) => assert!(!found.is_empty()),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
});

/// A manifest whose one layer is what was drawn, so that the drawn bytes are read as a signature.
fn layer(kind: &str, bytes: &[u8]) -> String {
    let signature = r#""annotations":{"dev.cosignproject.cosign/signature":"MEUCIEsb2qOHqAQ2r+a+rH9/cHyWfrUsbAogtYqc2mkYNw/HAiEA05XPeGzM0hHHJQWBcZN6PU3HcFGaavc8IXSk/ovGGXI="}"#;
    format!(r#"{{"layers":[{{"mediaType":"{kind}","digest":"{}","size":{},{signature}}}]}}"#, artifact(), bytes.len())
}

fn artifact() -> Digest {
    Digest::from_sha256(&[0x11; 32])
}

/// Somebody's key, and somebody whom a certificate could name.
fn policy() -> Policy {
    let policy = serde_json::json!({
        "keys": [include_str!("../../../fixtures/signature/keys/release.pub")],
        "identities": [{"identity": "https://ci.example/*", "issuer": "https://token.example/ci"}],
        "trust_root": include_str!("../../../fixtures/signature/trusted_root.json"),
    });
    serde_json::from_value(policy).expect("a policy")
}

//! Where signatures are looked for: under the tag `sha256-<hex>.sig`, and among what refers to the artifact.
//!
//! The first one that counts ends the search. A repository that cannot be read ends it too: what was not read is
//! neither there nor absent.

use std::collections::BTreeSet;

use jiff::Timestamp;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::TagName;

use super::bundle::{self, Found};
use super::error::{Rejected, SignatureError};
use super::manifest::{Kind, LONGEST_BLOB, Layer, signatures};
use super::policy::Policy;
use super::reason::Reason;
use super::shown::shown;
use super::simple;
use super::statement::SIGNED;
use super::verdict::{Checked, LogInclusion, Shape};
use crate::registry::{Attachments, Referrer, Registry, RegistryError};

/// The most signatures of one artifact that are looked at, and the most manifests that are read for them.
pub const MOST_SIGNATURES: usize = 256;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const PREDICATE: &str = "dev.sigstore.bundle.predicateType";

/// What a list may call a manifest that holds signatures; some lists name the type of an empty configuration instead.
const TYPES: [&str; 4] = [
    "application/vnd.dev.sigstore.bundle",
    "application/vnd.dev.cosign.",
    "application/vnd.oci.empty.v1+json",
    "application/vnd.oci.image.config.v1+json",
];

type Step = Result<Option<Checked>, SignatureError>;

/// Looks for a signature that satisfies the policy.
pub(super) fn run(registry: &dyn Registry, digest: &Digest, policy: &Policy, now: Timestamp) -> Result<Checked, SignatureError> {
    let Some(attachments) = registry.attachments() else { return Err(SignatureError::NoStore { digest: digest.clone() }) };
    let mut search = Search { registry, attachments, digest, policy, now, read: BTreeSet::new(), judged: 0, found: Vec::new() };
    match search.everywhere()? {
        Some(checked) => Ok(checked),
        None => Err(search.failed()),
    }
}

struct Search<'a> {
    registry: &'a dyn Registry,
    attachments: &'a dyn Attachments,
    digest: &'a Digest,
    policy: &'a Policy,
    now: Timestamp,
    read: BTreeSet<Digest>,
    judged: usize,
    found: Vec<Rejected>,
}

impl Search<'_> {
    fn everywhere(&mut self) -> Step {
        if let Some(checked) = self.under_the_tag()? {
            return Ok(Some(checked));
        }
        for referrer in self.referrers()?.into_iter().filter(may_hold_signatures) {
            if self.read.len() >= MOST_SIGNATURES || self.judged >= MOST_SIGNATURES {
                self.reject("what refers to it", Reason::TooMany { most: MOST_SIGNATURES });
                break;
            }
            if let Some(checked) = self.manifest(&referrer.digest)? {
                return Ok(Some(checked));
            }
        }
        Ok(None)
    }

    fn under_the_tag(&mut self) -> Step {
        let tag = self.tag(".sig");
        let Some(manifest) = self.registry.resolve(&tag).map_err(|error| self.unavailable(error))? else { return Ok(None) };
        let before = (self.judged, self.found.len());
        let checked = self.manifest(manifest.as_str())?;
        if checked.is_none() && before == (self.judged, self.found.len()) {
            self.reject(&format!("the tag {tag}"), Reason::malformed("no layer of its manifest is a signature"));
        }
        Ok(checked)
    }

    fn tag(&self, end: &str) -> TagName {
        TagName::new(format!("sha256-{}{end}", self.digest.hex())).expect("a digest's digits and a short word make a tag")
    }

    /// What refers to the artifact, as the registry lists it, or the tag that stands in for such a list.
    fn referrers(&mut self) -> Result<Vec<Referrer>, SignatureError> {
        if let Some(listed) = self.attachments.referrers(self.digest).map_err(|error| self.unavailable(error))? {
            return Ok(listed);
        }
        let tag = self.tag("");
        let Some(index) = self.registry.resolve(&tag).map_err(|error| self.unavailable(error))? else { return Ok(Vec::new()) };
        let listed = match self.registry.manifest(&index) {
            Ok(manifest) if manifest.media_type().as_str() == INDEX => Referrer::list(manifest.bytes()).map_err(Reason::malformed),
            Ok(manifest) => Err(Reason::malformed(format!("expected an image index, found {}", manifest.media_type()))),
            Err(error) => Err(self.weigh(error)?),
        };
        Ok(listed.unwrap_or_else(|reason| {
            self.reject(&format!("the tag {tag}"), reason);
            Vec::new()
        }))
    }

    /// Judges every signature of a manifest, each by itself.
    fn manifest(&mut self, named: &str) -> Step {
        let Some(digest) = self.digest_of(named) else { return Ok(None) };
        if !self.read.insert(digest.clone()) {
            return Ok(None);
        }
        let layers = match self.registry.manifest(&digest) {
            Ok(manifest) => signatures(manifest.bytes()),
            Err(error) => Err(self.weigh(error)?),
        };
        match layers {
            Ok(layers) => self.layers(layers),
            Err(reason) => {
                self.reject(named, reason);
                Ok(None)
            }
        }
    }

    fn layers(&mut self, layers: Vec<Layer>) -> Step {
        for layer in layers {
            if self.judged >= MOST_SIGNATURES {
                self.reject(&layer.digest, Reason::TooMany { most: MOST_SIGNATURES });
                break;
            }
            self.judged += 1;
            match self.layer(&layer)? {
                Ok(Some(checked)) => return Ok(Some(checked)),
                Ok(None) => {}
                Err(reason) => self.reject(&layer.digest, reason),
            }
        }
        Ok(None)
    }

    /// Whether one signature counts; neither where it is an attestation.
    fn layer(&self, layer: &Layer) -> Result<Result<Option<Checked>, Reason>, SignatureError> {
        if layer.size > LONGEST_BLOB {
            return Ok(Err(Reason::TooLarge { size: layer.size, most: LONGEST_BLOB }));
        }
        let Ok(digest) = Digest::new(layer.digest.as_str()) else { return Ok(Err(Reason::malformed("its digest is no SHA-256"))) };
        let bytes = match self.attachments.blob(&digest) {
            Ok(bytes) => bytes,
            Err(error) => return self.weigh(error).map(Err),
        };
        if u64::try_from(bytes.len()) != Ok(layer.size) {
            return Ok(Err(Reason::malformed(format!("it has {} bytes, and its manifest says {}", bytes.len(), layer.size))));
        }
        Ok(self.judge(&layer.kind, digest, &bytes))
    }

    fn judge(&self, kind: &Kind, signature: Digest, bytes: &[u8]) -> Result<Option<Checked>, Reason> {
        let found = match kind {
            Kind::SimpleSigning { signature, certificate } => {
                let signer = simple::judge(bytes, signature.as_deref(), *certificate, self.digest, self.policy)?;
                Found::Counts(signer, Shape::SimpleSigning, LogInclusion::NotAsked)
            }
            Kind::Bundle => bundle::judge(bytes, self.digest, self.policy, self.now)?,
            Kind::OtherBundle(media_type) => return Err(Reason::Unsupported { what: shown(media_type) }),
        };
        Ok(match found {
            Found::Counts(signer, shape, log) => Some(Checked { log, shape, signature, signer }),
            Found::Attestation => None,
        })
    }

    fn digest_of(&mut self, named: &str) -> Option<Digest> {
        let digest = Digest::new(named).ok();
        if digest.is_none() {
            self.reject(named, Reason::malformed("its digest is no SHA-256"));
        }
        digest
    }

    fn reject(&mut self, found_in: &str, reason: Reason) {
        self.found.push(Rejected { found_in: shown(found_in), reason });
    }

    /// A failure that is of one signature alone; any other one leaves nothing known.
    fn weigh(&self, error: RegistryError) -> Result<Reason, SignatureError> {
        match &error {
            RegistryError::NotFound { .. }
            | RegistryError::DigestDiffers { .. }
            | RegistryError::TooLarge { .. }
            | RegistryError::Malformed { .. } => Ok(Reason::NotWhole { detail: shown(&error.to_string()) }),
            _ => Err(self.unavailable(error)),
        }
    }

    fn unavailable(&self, source: RegistryError) -> SignatureError {
        SignatureError::Unavailable { digest: self.digest.clone(), source }
    }

    fn failed(self) -> SignatureError {
        let (digest, found) = (self.digest.clone(), self.found);
        match found.iter().all(|rejected| rejected.reason.is_of_form()) {
            true if found.is_empty() => SignatureError::Missing { digest },
            true => SignatureError::Unsupported { digest, found },
            false => SignatureError::Bad { digest, found },
        }
    }
}

/// What a list says of a manifest is not proven; it only saves reading what is said to be something else.
fn may_hold_signatures(referrer: &Referrer) -> bool {
    let kind = referrer.artifact_type.as_deref().is_none_or(|kind| TYPES.iter().any(|start| kind.starts_with(start)));
    kind && referrer.annotation(PREDICATE).is_none_or(|predicate| predicate == SIGNED)
}

//! Whose certificates and logs are believed: a sigstore `trusted_root.json`, given and never fetched.

use sigstore_verify::Verifier;
use sigstore_verify::trust_root::TrustedRoot;

use super::shown::shown;

/// Which authorities, logs and time stampers are believed.
pub(super) struct TrustRoot(Verifier);

impl TrustRoot {
    /// Reads the text of a `trusted_root.json`, and says what is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let root = TrustedRoot::from_json(text).map_err(|error| shown(&error.to_string()))?;
        for (missing, what) in [
            (root.certificate_authorities.is_empty(), "certificate authority"),
            (root.tlogs.is_empty(), "transparency log"),
            (root.ctlogs.is_empty(), "certificate log"),
        ] {
            if missing {
                return Err(format!("it names no {what}, and nothing could hold under it"));
            }
        }
        Verifier::new(&root).map(Self).map_err(|error| shown(&error.to_string()))
    }

    pub(super) fn verifier(&self) -> &Verifier {
        &self.0
    }
}

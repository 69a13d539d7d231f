//! What a signature must be to count: whose it may be, and what it must say.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use promotion_ledger::evidence::encoding::canonical;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::rules::{IdentityRule, VerificationRule};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::key::{KeyError, PublicKey};
use super::pattern::{InvalidPattern, Pattern};
use super::trust_root::TrustRoot;

/// A policy that cannot be held to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Nobody is named, and anybody would do.
    #[error("a policy for artifact signatures names no key and no identity: expected at least one of `keys` or `identities`")]
    NamesNobody,
    /// A key that cannot be used.
    #[error("key {number} of a policy for artifact signatures cannot be used: {source}")]
    Key {
        /// Which of the keys, from 1.
        number: usize,
        /// What is wrong with it.
        source: KeyError,
    },
    /// Identities, and nothing that says which certificates to believe.
    #[error(
        "a policy for artifact signatures names identities and no trust root: expected `trust_root`, the text of a sigstore trusted_root.json"
    )]
    NoTrustRoot,
    /// Authorities to believe, and nobody whom they may vouch for.
    #[error("a policy for artifact signatures has a trust root and names no identity: name identities, or leave the trust root out")]
    NoIdentity,
    /// A trust root that cannot be used.
    #[error("the trust root of a policy for artifact signatures cannot be used: {reason}")]
    TrustRoot {
        /// What is wrong with it.
        reason: String,
    },
    /// A pattern that nobody, or anybody, would meet.
    #[error("a policy for artifact signatures has a pattern that cannot be used: {0}")]
    Pattern(#[source] InvalidPattern),
    /// Text that the record cannot hold.
    #[error("a policy for artifact signatures cannot be recorded: {reason}")]
    NotRecordable {
        /// What is wrong with it.
        reason: String,
    },
}

/// Somebody who signs with certificates: both must be met by one certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Whom the certificate names: a workflow's address, an email address.
    pub identity: Pattern,
    /// Who told the certificate's authority so.
    pub issuer: Pattern,
}

/// What a policy is written as.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    identities: Vec<Identity>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trust_root: Option<String>,
}

/// What a signature must be to count. Decoding goes through the same checks as [`Policy::new`].
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Form", into = "Form")]
pub struct Policy {
    form: Form,
    digest: Digest,
    keys: Vec<PublicKey>,
    trust_root: Option<Arc<TrustRoot>>,
}

impl Policy {
    /// A policy that is met by a signature of any of the keys (PEM), or of any of the identities under the trust root (the text
    /// of a sigstore `trusted_root.json`), which has all of the annotations.
    ///
    /// # Errors
    ///
    /// A policy that names nobody, and whatever of it cannot be used.
    pub fn new(
        keys: Vec<String>,
        identities: Vec<Identity>,
        trust_root: Option<String>,
        annotations: BTreeMap<String, String>,
    ) -> Result<Self, PolicyError> {
        Self::try_from(Form { annotations, identities, keys, trust_root })
    }

    /// SHA-256 of the policy's canonical form: what verdicts are kept under, and recorded with.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// What messages call its keys.
    pub fn fingerprints(&self) -> impl Iterator<Item = &Digest> {
        self.keys.iter().map(PublicKey::fingerprint)
    }

    pub(super) fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    pub(super) fn identities(&self) -> &[Identity] {
        &self.form.identities
    }

    pub(super) fn annotations(&self) -> &BTreeMap<String, String> {
        &self.form.annotations
    }

    /// There is one wherever there are identities.
    pub(super) fn trust_root(&self) -> Option<&TrustRoot> {
        self.trust_root.as_deref()
    }
}

impl TryFrom<Form> for Policy {
    type Error = PolicyError;

    fn try_from(form: Form) -> Result<Self, PolicyError> {
        if form.keys.is_empty() && form.identities.is_empty() {
            return Err(PolicyError::NamesNobody);
        }
        let keys =
            form.keys.iter().zip(1..).map(|(text, number)| PublicKey::from_pem(text).map_err(|source| PolicyError::Key { number, source }));
        let keys = keys.collect::<Result<_, _>>()?;
        let trust_root = match (form.identities.is_empty(), &form.trust_root) {
            (true, None) => None,
            (true, Some(_)) => return Err(PolicyError::NoIdentity),
            (false, None) => return Err(PolicyError::NoTrustRoot),
            (false, Some(text)) => Some(Arc::new(TrustRoot::read(text).map_err(|reason| PolicyError::TrustRoot { reason })?)),
        };
        let text = canonical(&form).map_err(|error| PolicyError::NotRecordable { reason: error.to_string() })?;
        let digest = Digest::from_sha256(&Sha256::digest(text).into());
        Ok(Self { form, digest, keys, trust_root })
    }
}

/// As a pipeline's rules say it.
impl TryFrom<&VerificationRule> for Policy {
    type Error = PolicyError;

    fn try_from(rule: &VerificationRule) -> Result<Self, PolicyError> {
        let identity = |rule: &IdentityRule| {
            let pattern = |text: &str| Pattern::new(text).map_err(PolicyError::Pattern);
            Ok(Identity { identity: pattern(rule.identity.as_str())?, issuer: pattern(rule.issuer.as_str())? })
        };
        Self::new(
            rule.keys.iter().map(|key| key.as_str().to_owned()).collect(),
            rule.identities.iter().map(identity).collect::<Result<_, PolicyError>>()?,
            rule.trust_root.as_ref().map(|root| root.as_str().to_owned()),
            rule.annotations.iter().map(|annotation| (annotation.name.to_string(), annotation.value.to_string())).collect(),
        )
    }
}

impl From<Policy> for Form {
    fn from(policy: Policy) -> Self {
        policy.form
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.form == other.form
    }
}

impl Eq for Policy {}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policy").field(&self.form).finish()
    }
}

//! Whose signatures of artifacts count.

use serde::{Deserialize, Serialize};

use super::error::InvalidRules;
use super::named::Name;
use super::order::ascends;
use crate::meaning::digest::Digest;
use crate::meaning::names::{Document, Reason};

/// What begins the bytes that name a policy of signatures.
const VERIFICATION: &str = "promoledger verification 1\n";

/// Whose signatures of artifacts count, and what they must say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerificationRule {
    /// What a signature must say of itself, by name.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub annotations: Vec<AnnotationRule>,
    /// Whom a certificate may name.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub identities: Vec<IdentityRule>,
    /// Public keys in PEM form.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub keys: Vec<Document>,
    /// The sigstore trust root under which certificates are believed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trust_root: Option<Document>,
}

/// An annotation that a signature must carry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnotationRule {
    /// Its name.
    pub name: Reason,
    /// Its value.
    pub value: Reason,
}

/// Whom a certificate may name, and who must have told its authority so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityRule {
    /// A pattern of identities.
    pub identity: Reason,
    /// A pattern of issuers.
    pub issuer: Reason,
}

impl VerificationRule {
    /// What it is known by in entries: SHA-256 over each of its lists, behind the number of its texts.
    pub fn digest(&self) -> Digest {
        let mut digest = Name::of(VERIFICATION);
        let annotations = self.annotations.iter().flat_map(|annotation| [annotation.name.as_str(), annotation.value.as_str()]);
        let identities = self.identities.iter().flat_map(|identity| [identity.identity.as_str(), identity.issuer.as_str()]);
        let keys = self.keys.iter().map(Document::as_str);
        let trust_root = self.trust_root.iter().map(Document::as_str);
        let lists: [Vec<&str>; 4] = [annotations.collect(), identities.collect(), keys.collect(), trust_root.collect()];
        for list in lists {
            digest.count(list.len());
            list.into_iter().for_each(|text| digest.text(text));
        }
        digest.digest()
    }
}

pub(super) fn check(rule: &VerificationRule) -> Result<(), InvalidRules> {
    let somebody = !(rule.keys.is_empty() && rule.identities.is_empty());
    let rooted = rule.identities.is_empty() == rule.trust_root.is_none();
    let names: Vec<&Reason> = rule.annotations.iter().map(|annotation| &annotation.name).collect();
    if somebody && rooted && ascends(&names) && ascends(&rule.identities) && ascends(&rule.keys) {
        Ok(())
    } else {
        Err(InvalidRules::Verification)
    }
}

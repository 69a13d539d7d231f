//! Why one signature that was found does not count.

use super::shown::shown;

/// Why one signature that was found does not count: a sentence's end, after which signature it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// No key of the policy made it, or what it was made over has changed since.
    #[error("no key of the policy made it over these bytes")]
    WrongKey,
    /// Made with a key, where the policy names identities alone.
    #[error("it was made with a key, and the policy names no key")]
    NoKeyNamed,
    /// Made with a certificate, where the policy names keys alone.
    #[error("it was made with a certificate, and the policy names no identity")]
    NoIdentityNamed,
    /// A good signature of another artifact.
    #[error("it is of another artifact, {}", shown(.named))]
    OtherArtifact {
        /// What it names.
        named: String,
    },
    /// A good signature that does not say what the policy asks for.
    #[error("it says {} where the policy wants {name}={wanted}", said(name, .found.as_deref()))]
    Annotation {
        /// The annotation's name.
        name: String,
        /// What it says.
        found: Option<String>,
        /// What the policy wants.
        wanted: String,
    },
    /// A good signature of somebody else.
    #[error("it was made by {} (issuer {}), whom the policy does not name", shown(identity), shown(issuer))]
    OtherIdentity {
        /// Whom the certificate names.
        identity: String,
        /// Who told the authority so.
        issuer: String,
    },
    /// A certificate that is not believed, or was not valid when it signed.
    #[error("its certificate does not hold: {detail}")]
    Certificate {
        /// What the check said.
        detail: String,
    },
    /// No proof that a transparency log has it.
    #[error("it has no proof that the transparency log has it")]
    NoProof,
    /// A proof of a transparency log that does not hold.
    #[error("the transparency log does not vouch for it: {detail}")]
    Log {
        /// What the check said.
        detail: String,
    },
    /// No trusted time of signing, or one that has not come yet.
    #[error("its time of signing does not hold: {detail}")]
    Time {
        /// What the check said.
        detail: String,
    },
    /// A certificate's signature that is not one.
    #[error("it is not a signature over these bytes: {detail}")]
    Signature {
        /// What the check said.
        detail: String,
    },
    /// A form that cosign writes and that is not checked here.
    #[error("it has a form that is not checked here: {what}")]
    Unsupported {
        /// Which form.
        what: String,
    },
    /// Something that is no signature in the place of one.
    #[error("it cannot be read: {detail}")]
    Malformed {
        /// What is wrong with it.
        detail: String,
    },
    /// More bytes than a signature has.
    #[error("it has {size} bytes: a signature has at most {most}")]
    TooLarge {
        /// How many bytes it is said to have.
        size: u64,
        /// How many are read.
        most: u64,
    },
    /// Part of it is not in the repository, or is not what it is asked by.
    #[error("it is not whole: {detail}")]
    NotWhole {
        /// What the registry said.
        detail: String,
    },
    /// So many that the rest was not looked at.
    #[error("there are more than {most} signatures, and only so many are looked at")]
    TooMany {
        /// How many are looked at.
        most: usize,
    },
}

impl Reason {
    pub(super) fn malformed(detail: impl AsRef<str>) -> Self {
        Self::Malformed { detail: shown(detail.as_ref()) }
    }

    /// Whether it is the form alone that stands in the way.
    pub(super) fn is_of_form(&self) -> bool {
        matches!(self, Self::Unsupported { .. })
    }
}

fn said(name: &str, found: Option<&str>) -> String {
    found.map_or_else(|| format!("nothing of {name}"), |found| format!("{name}={}", shown(found)))
}

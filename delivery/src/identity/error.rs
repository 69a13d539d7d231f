//! How proving who somebody is can fail: one sentence for each check, an exit code, and what to do.

use promotion_ledger::meaning::exit_code::ExitCode;
use promotion_ledger::meaning::time::Timestamp;

use super::algorithm;
use super::key::Misfit;
use super::limits::LONGEST_TOKEN;
use super::object::ObjectError;
use super::source::KeysError;
use super::template::FillError;

/// How proving who somebody is can fail. No variant ever holds the token or its signature.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// More than any issuer writes.
    #[error("the token has {found} bytes: expected at most {most}", most = LONGEST_TOKEN)]
    TooLong {
        /// How many it has.
        found: usize,
    },
    /// No token.
    #[error("the token has {found} parts between dots: expected three, the header, the claims and the signature")]
    Parts {
        /// How many it has.
        found: usize,
    },
    /// Letters that do not belong there.
    #[error("the {part} of the token is not base64url without padding (RFC 7515, 2)")]
    Base64 {
        /// Which part.
        part: &'static str,
    },
    /// Text that is not the JSON of one object.
    #[error("the {part} of the token {reason}")]
    Object {
        /// Which part.
        part: &'static str,
        /// What is wrong with it.
        #[source]
        reason: ObjectError,
    },
    /// Something else where text belongs, or nothing.
    #[error("the {part} of the token has no text as {name:?}: expected it there")]
    NotText {
        /// Which part.
        part: &'static str,
        /// What is not there.
        name: &'static str,
    },
    /// No algorithm.
    #[error("the header of the token has no text as \"alg\": expected one of {}", algorithm::names())]
    NoAlgorithm,
    /// An algorithm that proves nothing, or that nobody needs.
    #[error("the token is signed with the algorithm {found:?}: expected one with a public key, {}", algorithm::names())]
    Algorithm {
        /// The algorithm.
        found: String,
    },
    /// Another kind of token. An issuer signs its access tokens with the same keys, and they say what may be done, not who asks.
    #[error("the token is of the type {found:?}: expected an ID token, which has the type \"JWT\" or none")]
    Type {
        /// The type.
        found: String,
    },
    /// Something that must be understood (RFC 7515, 4.1.11).
    #[error("the header of the token has \"crit\": expected none, for no extension is understood here")]
    Critical,
    /// Somebody whose word does not count.
    #[error("the token was issued by {found:?}: expected one of those that the rules name, {known}")]
    Issuer {
        /// The token's `iss`.
        found: String,
        /// Whom the rules name.
        known: String,
    },
    /// Rules that say two things.
    #[error("the rules name the issuer {issuer} more than once: expected once, or a token of it could mean two things")]
    IssuerTwice {
        /// The issuer.
        issuer: String,
    },
    /// There are no keys to be had.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// A key that the issuer does not have.
    #[error("the issuer {issuer} has no key {key} that could have signed the token: expected one of its keys, {known}")]
    NoKey {
        /// The issuer.
        issuer: String,
        /// What the token calls the key.
        key: String,
        /// The ids of the keys that there are.
        known: String,
    },
    /// Keys that cannot be told from each other.
    #[error("the issuer {issuer} has {found} keys {key} that could have signed the token: expected just one")]
    SeveralKeys {
        /// The issuer.
        issuer: String,
        /// What the token calls the key.
        key: String,
        /// How many there are.
        found: usize,
    },
    /// A key for something else.
    #[error("the token is signed with {algorithm}, and the key {key} of the issuer {issuer} {reason}")]
    Unfit {
        /// The issuer.
        issuer: String,
        /// What the token calls the key.
        key: String,
        /// The token's algorithm.
        algorithm: &'static str,
        /// Why the key does not fit.
        #[source]
        reason: Misfit,
    },
    /// Not signed by the issuer, or changed since.
    #[error("the signature of the token is not of the key {key} of the issuer {issuer}: the token was made by somebody else, or changed")]
    Signature {
        /// The issuer.
        issuer: String,
        /// What the token calls the key.
        key: String,
    },
    /// A token for somebody else.
    #[error("the token is for {found:?}: expected the audience {expected:?}")]
    Audience {
        /// Our audience.
        expected: String,
        /// The token's `aud`.
        found: String,
    },
    /// A token that would count for ever.
    #[error("the token has no claim {claim:?}: expected seconds since 1970")]
    NoTime {
        /// The claim.
        claim: &'static str,
    },
    /// A time that is none.
    #[error("the claim {claim:?} of the token is not a time: expected whole seconds since 1970, before the year 9999")]
    NotATime {
        /// The claim.
        claim: &'static str,
    },
    /// Its end is before its beginning.
    #[error("the token was issued at {issued} and ends at {ends}: expected it to end later")]
    Backwards {
        /// The token's `iat`.
        issued: Timestamp,
        /// The token's `exp`.
        ends: Timestamp,
    },
    /// A token that somebody could find long after.
    #[error("the token was issued at {issued} and ends at {ends}: expected it to end within a day")]
    LivesLong {
        /// The token's `iat`.
        issued: Timestamp,
        /// The token's `exp`.
        ends: Timestamp,
    },
    /// Too late.
    #[error("the token ended at {ends}, and it is {now}: expected one that counts now")]
    Expired {
        /// The token's `exp`.
        ends: Timestamp,
        /// When it was looked at.
        now: Timestamp,
    },
    /// From a clock that is wrong.
    #[error("the token was issued at {issued}, and it is {now}: expected one from before now")]
    FromTheFuture {
        /// The token's `iat`.
        issued: Timestamp,
        /// When it was looked at.
        now: Timestamp,
    },
    /// Too early.
    #[error("the token counts from {begins}, and it is {now}: expected one that counts now")]
    NotYet {
        /// The token's `nbf`.
        begins: Timestamp,
        /// When it was looked at.
        now: Timestamp,
    },
    /// About nobody.
    #[error("the claim \"sub\" of the token is blank: expected whom the token is about")]
    NoSubject,
    /// Claims that make no principal.
    #[error("the token {0}")]
    Principal(#[from] FillError),
}

impl TokenError {
    /// The exit code of a command that this ends.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Keys(error) => error.exit_code(),
            // A credential that was not accepted.
            _ => ExitCode::Usage,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Keys(error) => error.hint().to_owned(),
            Self::Parts { .. } | Self::Base64 { .. } | Self::TooLong { .. } => {
                "give the ID token as the CI system hands it out, whole, without anything around it".to_owned()
            }
            Self::Issuer { .. } => "use a CI system that the rules name, or let the rules name its issuer".to_owned(),
            Self::IssuerTwice { .. } => "let the rules name each issuer once".to_owned(),
            Self::Audience { expected, .. } => format!("ask the CI system for a token with the audience {expected}"),
            Self::NoKey { .. } | Self::Signature { .. } => {
                "ask for a new token; where the rules pin the issuer's keys, see whether it has new ones".to_owned()
            }
            Self::Expired { .. } => "ask for a new token".to_owned(),
            Self::FromTheFuture { .. } | Self::NotYet { .. } => "set this machine's clock right, or wait".to_owned(),
            Self::LivesLong { .. } => "ask for a token that lives for minutes".to_owned(),
            Self::Principal(_) => "let the rules make the principal of claims that every token of the issuer has".to_owned(),
            _ => "ask the issuer for an ID token that is signed with one of its public keys, and give it unchanged".to_owned(),
        }
    }
}

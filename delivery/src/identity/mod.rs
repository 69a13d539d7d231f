//! Who a CI job or a person is, proven by an OIDC ID token: a JWT that an issuer signed for us and nobody else.
//!
//! A pipeline's rules name the issuers whose tokens count, [`Issuer`]. [`prove`] holds a token against them and ends with
//! a principal and its groups, or with what is wrong. The keys of an issuer come from a [`KeySource`]: pinned in the
//! rules, or fetched from the issuer by [`Discovery`]. The checks are those of OpenID Connect Core 1.0, 3.1.3.7, and of
//! RFC 8725; whatever is not understood refuses.

mod address;
mod algorithm;
mod claims;
mod discovery;
mod error;
mod issuer;
mod kept;
mod key;
mod key_set;
mod limits;
mod object;
mod proof;
mod rule;
mod source;
mod template;
#[cfg(test)]
mod tests;
mod token;

pub use address::InvalidAddress;
pub use discovery::{Discovery, LONGEST_ANSWER};
pub use error::TokenError;
pub use issuer::{GroupCondition, Issuer, IssuerError};
pub use kept::{Claimed, KeptError, claimed};
pub use key::Misfit;
pub use key_set::{KeySet, KeySetError, MOST_KEYS};
pub use limits::{LEEWAY_SECONDS, LONGEST_LIFE_SECONDS, LONGEST_TOKEN};
pub use object::{DEEPEST, ObjectError};
pub use proof::{Proven, prove};
pub use source::{KeySource, KeysError, Pinned};
pub use template::{FillError, TemplateError};

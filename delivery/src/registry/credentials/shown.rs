//! What is shown to a registry, and what it is asked for.

use crate::registry::secret::Secret;

/// A user name and a password, given by somebody who knows where they belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The user name.
    pub username: String,
    /// The password or access token.
    pub password: Secret,
}

/// What is shown to a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::registry) enum Credential {
    /// A user name and a password.
    Password(Login),
    /// An OAuth2 refresh token, which a token server changes into an access token.
    IdentityToken(Secret),
}

/// What credentials are asked for: a host, and the path of a repository in it.
#[derive(Debug, Clone, Copy)]
pub(in crate::registry) struct Target<'a> {
    pub(in crate::registry) host: &'a str,
    pub(in crate::registry) path: &'a str,
}

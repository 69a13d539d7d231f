//! The algorithms that a token may be signed with: those with a public key, and no others.

use jsonwebtoken::Algorithm;

/// By their names in RFC 7518, 3.1 and RFC 8037, 3.1. `none` is no signature at all, and whoever can check an HMAC can make one.
const ALLOWED: [(&str, Algorithm); 9] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];

/// The algorithm of that name, if tokens may be signed with it.
pub(super) fn named(name: &str) -> Option<Algorithm> {
    ALLOWED.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
}

/// What it is called.
pub(super) fn name(algorithm: Algorithm) -> &'static str {
    ALLOWED.iter().find(|(_, known)| *known == algorithm).map_or("another algorithm", |(name, _)| name)
}

/// Every algorithm that a token may be signed with.
pub(super) fn all() -> impl Iterator<Item = Algorithm> {
    ALLOWED.into_iter().map(|(_, algorithm)| algorithm)
}

/// The names, for sentences.
pub(super) fn names() -> String {
    ALLOWED.map(|(name, _)| name).join(", ")
}

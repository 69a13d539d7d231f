//! Signatures that cosign made (`fixtures/signature`), as they are and changed in every way that must not count.

mod cache;
mod changed;
mod keyless;
mod many;
mod policies;
mod refusing;
mod shapes;
mod shelf;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Checked, Identity, Pattern, Policy, Reason, SignatureError, check};
use shelf::Shelf;

/// Whom the keyless fixtures name, and who said so.
const WORKFLOW: &str = "https://ci.example/shop/api/release@refs/heads/main";
const ISSUER: &str = "https://token.example/ci";

/// A file of the fixtures.
fn fixture(path: &str) -> String {
    let path = format!("{}/../fixtures/signature/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn key(name: &str) -> String {
    fixture(&format!("keys/{name}.pub"))
}

/// A policy of these keys alone.
fn keys(names: &[&str]) -> Policy {
    Policy::new(names.iter().map(|name| key(name)).collect(), Vec::new(), None, BTreeMap::new()).unwrap()
}

/// A policy of one key that asks for an annotation.
fn annotated(name: &str, annotation: (&str, &str)) -> Policy {
    let annotations = BTreeMap::from([(annotation.0.to_owned(), annotation.1.to_owned())]);
    Policy::new(vec![key(name)], Vec::new(), None, annotations).unwrap()
}

fn identity(identity: &str, issuer: &str) -> Identity {
    Identity { identity: Pattern::new(identity).unwrap(), issuer: Pattern::new(issuer).unwrap() }
}

/// A policy of these identities under the fixtures' own trust root.
fn identities(named: &[(&str, &str)]) -> Policy {
    let named = named.iter().map(|(whom, issuer)| identity(whom, issuer)).collect();
    Policy::new(Vec::new(), named, Some(fixture("trusted_root.json")), BTreeMap::new()).unwrap()
}

/// A day after the keyless fixtures were signed.
fn now() -> Timestamp {
    "2026-01-06T12:00:00Z".parse().unwrap()
}

/// What checking the image under that tag gives.
fn checked(shelf: &Shelf, image: &str, policy: &Policy) -> Result<Checked, SignatureError> {
    check(shelf, &shelf.image(image), policy, now())
}

/// The reasons why nothing counts.
#[track_caller]
fn reasons(shelf: &Shelf, image: &str, policy: &Policy) -> Vec<Reason> {
    match checked(shelf, image, policy).unwrap_err() {
        SignatureError::Bad { found, .. } => found.into_iter().map(|rejected| rejected.reason).collect(),
        other => panic!("expected signatures that do not count, found: {other}"),
    }
}

/// The one reason why nothing counts.
#[track_caller]
fn reason(shelf: &Shelf, image: &str, policy: &Policy) -> Reason {
    let mut all = reasons(shelf, image, policy);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

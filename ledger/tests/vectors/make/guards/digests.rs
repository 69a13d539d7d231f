//! What parts of the rules are known by elsewhere: put together here from the format's words, not by the code under test.

use promotion_ledger::evidence::hash::sha256;
use promotion_ledger::meaning::digest::to_hex;
use serde_json::{Value, json};

/// Policies by name, each with its text.
pub(super) type Policies<'a> = &'a [(&'a str, &'a str)];

/// The policies of the rules in these vectors.
pub(super) const POLICIES: Policies<'_> =
    &[("owners.rego", "package promoledger\n"), ("shop.rego", "package promoledger\n\ndeny if false\n")];

/// The same as rules hold them.
pub(super) fn listed(policies: Policies<'_>) -> Value {
    policies.iter().map(|(name, text)| json!({"name": name, "text": text})).collect()
}

/// The policies digest.
pub(super) fn policies_digest(policies: Policies<'_>) -> String {
    let texts = policies.iter().flat_map(|(name, text)| [*name, *text]);
    named("promoledger policies 1\n", texts.map(counted).collect::<Vec<_>>().concat())
}

/// Whose signatures count in these vectors.
pub(super) fn verification() -> Value {
    json!({
        "annotations": [{"name": "branch", "value": "main"}],
        "identities": [{"identity": "https://ci.acme.example/shop/*", "issuer": "https://ci.acme.example"}],
        "keys": ["a public key in PEM\n"],
        "trust_root": "{\"certificates\":[]}",
    })
}

/// The digest of these.
pub(super) fn verified_by() -> String {
    verification_digest(&[
        &["branch", "main"],
        &["https://ci.acme.example/shop/*", "https://ci.acme.example"],
        &["a public key in PEM\n"],
        &["{\"certificates\":[]}"],
    ])
}

/// The verification digest over its four lists.
pub(super) fn verification_digest(lists: &[&[&str]; 4]) -> String {
    let list = |texts: &&[&str]| [number(texts.len()).to_vec(), texts.iter().copied().flat_map(counted).collect()].concat();
    named("promoledger verification 1\n", lists.iter().flat_map(list).collect())
}

fn named(head: &str, bytes: Vec<u8>) -> String {
    format!("sha256:{}", to_hex(&sha256(&[head.as_bytes().to_vec(), bytes].concat())))
}

fn counted(text: &str) -> Vec<u8> {
    [number(text.len()).to_vec(), text.as_bytes().to_vec()].concat()
}

fn number(number: usize) -> [u8; 8] {
    (number as u64).to_be_bytes()
}

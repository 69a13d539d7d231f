//! The files that manifests of these tests name.

use crate::manifest::Files;

/// Files in memory, by the path that a manifest writes.
pub(crate) struct Shelf(pub(crate) &'static [(&'static str, &'static str)]);

/// A policy that denies one version.
pub(crate) const SHOP: &str = "package promoledger\n\ndeny contains \"not this one\" if input.artifact.version == \"v0\"\n";

/// A policy of the same name that denies nothing.
pub(crate) const LENIENT: &str = "package promoledger\n\nwarn contains \"look\" if input.artifact.version == \"v0\"\n";

/// The keys of an issuer: the point that the curve is counted from.
const KEYS: &str = r#"{"keys": [{"kty": "EC", "crv": "P-256", "kid": "one", "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY", "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"}]}"#;

pub(crate) const SHELF: Shelf = Shelf(&[
    ("policies/shop.rego", SHOP),
    ("other/shop.rego", LENIENT),
    ("policies/warn.rego", LENIENT),
    ("other/warn.rego", "package promoledger\n\nwarn contains 1\n"),
    ("policies/fault.rego", "package promoledger\n\ndeny contains \"x\" if {\n\tinput.a ==\n}\n"),
    ("policies/clock.rego", "package promoledger\n\ndeny contains \"late\" if time.now_ns() > 0\n"),
    ("policies/library.rego", "package library\n\none := 1\n"),
    ("release.pub", include_str!("../../../../fixtures/signature/keys/release.pub")),
    ("stranger.pub", include_str!("../../../../fixtures/signature/keys/stranger.pub")),
    ("trusted_root.json", include_str!("../../../../fixtures/signature/trusted_root.json")),
    ("stranger_root.json", include_str!("../../../../fixtures/signature/stranger_root.json")),
    ("ci.jwks.json", KEYS),
    ("empty", ""),
    ("short.txt", "-----BEGIN\n"),
]);

impl Files for Shelf {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match path {
            "bytes" => Ok(vec![0xff]),
            "huge" => Ok(vec![b' '; crate::manifest::LONGEST + 1]),
            _ => self
                .0
                .iter()
                .find(|(known, _)| *known == path)
                .map(|(_, text)| text.as_bytes().to_vec())
                .ok_or("it is not there".to_owned()),
        }
    }
}

//! More signatures and referrers than anybody writes.

use serde_json::json;

use super::super::MOST_SIGNATURES;
use super::*;
use crate::registry::Referrer;

fn list(manifests: &serde_json::Value) -> Vec<Referrer> {
    Referrer::list(json!({"manifests": manifests}).to_string().as_bytes()).unwrap()
}

// proves: FR-018
#[test]
fn a_thousand_other_referrers_hide_nothing_and_are_not_read() {
    let mut shelf = Shelf::fixtures();
    let bundle = shelf.bundle("bundle").to_string();
    let signature = shelf.referrer(bundle.as_bytes());
    let sbom = |at: usize| json!({"digest": format!("sha256:{at:064x}"), "artifactType": "application/spdx+json"});
    let attestation = |at: usize| {
        let annotations = json!({"dev.sigstore.bundle.predicateType": "https://slsa.dev/provenance/v1"});
        json!({"digest": format!("sha256:{at:064x}"), "artifactType": super::shelf::BUNDLE, "annotations": annotations})
    };
    let mut all: Vec<_> = (0..500).map(sbom).chain((500..1000).map(attestation)).collect();
    all.push(json!({"digest": signature, "artifactType": super::shelf::BUNDLE}));
    shelf.listed = Some(list(&json!(all)));
    checked(&shelf, "bundle", &keys(&["release"])).unwrap();
    assert_eq!(shelf.reads.get(), 2);
}

// proves: FR-018
#[test]
fn of_a_thousand_bad_signatures_only_so_many_are_looked_at() {
    let mut shelf = Shelf::fixtures();
    let bad = |shelf: &mut Shelf, at: usize| json!({"digest": shelf.referrer(format!("[{at}]").as_bytes())});
    let mut all: Vec<_> = (0..1000).map(|at| bad(&mut shelf, at)).collect();
    let bundle = shelf.bundle("bundle").to_string();
    all.push(json!({"digest": shelf.referrer(bundle.as_bytes())}));
    shelf.listed = Some(list(&json!(all)));
    let found = reasons(&shelf, "bundle", &keys(&["release"]));
    assert_eq!(found.len(), MOST_SIGNATURES + 1);
    assert_eq!(found.last(), Some(&Reason::TooMany { most: MOST_SIGNATURES }));
    assert_eq!(shelf.reads.get(), 2 * MOST_SIGNATURES);
    let error = checked(&shelf, "bundle", &keys(&["release"])).unwrap_err().to_string();
    assert!(error.ends_with("; and 252 more"), "{error}");
    assert!(error.len() < 1500, "{error}");
}

// proves: FR-018
#[test]
fn of_a_thousand_layers_only_so_many_are_looked_at() {
    let mut shelf = Shelf::fixtures();
    let mut manifest = shelf.simple("tag-stranger");
    let layer = manifest["layers"][0].clone();
    manifest["layers"] = vec![layer; 1000].into();
    shelf.set_simple("tag-stranger", &manifest);
    let found = reasons(&shelf, "tag-stranger", &keys(&["release"]));
    assert_eq!(found.len(), MOST_SIGNATURES + 1);
}

// proves: FR-018
#[test]
fn one_manifest_is_read_once_however_often_it_is_named() {
    let mut shelf = Shelf::fixtures();
    let bundle = shelf.bundle("bundle-stranger").to_string();
    let referrer = json!({"digest": shelf.referrer(bundle.as_bytes())});
    shelf.listed = Some(list(&json!(vec![referrer; 1000])));
    assert_eq!(reason(&shelf, "bundle", &keys(&["release"])), Reason::WrongKey);
}

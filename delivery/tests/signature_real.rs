//! Signatures that cosign made, in Debian's `docker-registry` and in an image layout.

#[cfg(test)]
mod support;

use std::collections::BTreeMap;

use jiff::Timestamp;
use promotion_delivery::registry::Settings;
use promotion_delivery::signature::{Checked, Identity, Pattern, Policy, Shape, SignatureError, check};
use serde_json::Value;

use support::signed::{Fixtures, key, layout, trusted_root};
use support::{Reached, RealRegistry, opened, settings, with_login};

const ISSUER: &str = "https://token.example/ci";

/// Puts all of the fixtures into the registry, byte by byte.
#[cfg(test)]
fn fill(real: &RealRegistry, fixtures: &Fixtures) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::new();
        let base = format!("http://127.0.0.1:{}/v2/shop/api", real.port);
        let login = |request: reqwest::RequestBuilder| request.basic_auth(support::USER, Some(support::PASSWORD));
        for (digest, bytes) in fixtures.blobs() {
            let begun = login(client.post(format!("{base}/blobs/uploads/"))).send().await.unwrap();
            let mut to = reqwest::Url::parse(begun.headers()["location"].to_str().unwrap()).unwrap();
            to.query_pairs_mut().append_pair("digest", digest);
            let put = login(client.put(to)).header("Content-Type", "application/octet-stream").body(bytes.to_vec()).send().await;
            assert_eq!(put.unwrap().status(), 201, "{digest}");
        }
        let mut manifests: Vec<_> = fixtures
            .blobs()
            .chain(fixtures.tags())
            .filter_map(|(name, bytes)| {
                let kind = serde_json::from_slice::<Value>(bytes).ok()?["mediaType"].as_str()?.to_owned();
                kind.starts_with("application/vnd.oci.image.").then_some((name, bytes, kind))
            })
            .collect();
        // An index is taken only once there is what it names.
        manifests.sort_by_key(|(_, _, kind)| kind.contains("index"));
        for (name, bytes, kind) in manifests {
            let put = login(client.put(format!("{base}/manifests/{name}"))).header("Content-Type", kind).body(bytes.to_vec()).send().await;
            assert_eq!(put.unwrap().status(), 201, "{name}");
        }
    });
}

/// A key and an identity, either of which will do.
#[cfg(test)]
fn policy() -> Policy {
    let identity = Pattern::new("https://ci.example/shop/*").unwrap();
    let identities = vec![Identity { identity, issuer: Pattern::new(ISSUER).unwrap() }];
    Policy::new(vec![key("release")], identities, Some(trusted_root()), BTreeMap::new()).unwrap()
}

#[cfg(test)]
fn checking(repository: &str, settings: &Settings, image: &str) -> Result<Checked, SignatureError> {
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    check(&*opened(repository, settings), &Fixtures::read().image(image), &policy(), now)
}

/// What every place that keeps the fixtures must say of them.
#[cfg(test)]
fn walk(repository: &str, settings: &Settings) {
    for (image, shape) in [
        ("tag", Shape::SimpleSigning),
        ("mixed", Shape::SimpleSigning),
        ("bundle", Shape::KeyBundle),
        ("both", Shape::KeyBundle),
        ("mixed-bundles", Shape::KeyBundle),
        ("keyless", Shape::KeylessBundle),
    ] {
        assert_eq!(checking(repository, settings, image).unwrap().shape, shape, "{image}");
    }
    for image in ["tag-stranger", "bundle-stranger", "tag-ed25519", "keyless-stranger"] {
        let error = checking(repository, settings, image).unwrap_err();
        assert!(matches!(error, SignatureError::Bad { .. }), "{image}: {error}");
    }
    for image in ["unsigned", "attested"] {
        let error = checking(repository, settings, image).unwrap_err();
        assert!(matches!(error, SignatureError::Missing { .. }), "{image}: {error}");
    }
}

// proves: FR-018, FR-019, FR-020
#[test]
fn in_a_registry() {
    let real = RealRegistry::start(Reached::WithLogin);
    fill(&real, &Fixtures::read());
    let repository = real.repository("shop/api");
    walk(&repository, &with_login(settings()));

    // Whoever may not look does not learn that it is unsigned.
    let error = checking(&repository, &settings(), "unsigned").unwrap_err();
    assert!(matches!(error, SignatureError::Unavailable { .. }), "{error}");
}

// proves: FR-018, FR-019, FR-020
#[test]
fn in_an_image_layout() {
    walk(&layout(), &settings());
    let error = checking("oci-layout:no/such/folder", &settings(), "unsigned").unwrap_err();
    assert!(matches!(error, SignatureError::Unavailable { .. }), "{error}");
}

//! A registry that misbehaves while signatures are looked for: what cannot be read is never called unsigned.

#[cfg(test)]
mod support;

use std::collections::BTreeMap;

use jiff::Timestamp;
use promotion_delivery::registry::{Attachments, MOST_REFERRERS, RegistryError};
use promotion_delivery::signature::{Checked, Policy, Reason, SignatureError, check};
use promotion_ledger::meaning::digest::Digest;
use serde_json::{Value, json};

use support::fake::{Asked, FakeRegistry, Reply};
use support::signed::{Fixtures, key};
use support::{opened, settings};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

#[cfg(test)]
fn policy(name: &str) -> Policy {
    Policy::new(vec![key(name)], Vec::new(), None, BTreeMap::new()).unwrap()
}

#[cfg(test)]
fn checking(fake: &FakeRegistry, image: &Digest, policy: &Policy) -> Result<Checked, SignatureError> {
    let registry = opened(&fake.repository(), &settings());
    check(&*registry, image, policy, Timestamp::from_second(1_800_000_000).unwrap())
}

/// A registry that has the fixtures and no list of referrers; `fault` answers first.
fn serving(fault: impl Fn(&Asked, u16) -> Option<Reply> + Send + 'static) -> FakeRegistry {
    let fixtures = Fixtures::read();
    FakeRegistry::start(move |asked, port, _| fault(asked, port).unwrap_or_else(|| good(&fixtures, asked)))
}

#[cfg(test)]
fn good(fixtures: &Fixtures, asked: &Asked) -> Reply {
    let name = asked.target.rsplit('/').next().unwrap();
    match fixtures.get(name) {
        Some(bytes) if asked.target.contains("/manifests/") => {
            let kind: Value = serde_json::from_slice(bytes).unwrap();
            Reply::new(200).header("Content-Type", kind["mediaType"].as_str().unwrap()).body(bytes)
        }
        Some(bytes) if asked.target.contains("/blobs/") => Reply::new(200).body(bytes),
        _ => Reply::new(404).body(r#"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#),
    }
}

/// Where a search asks first, and then.
const TAG: &str = ".sig";
const LIST: &str = "/referrers/";

fn at(part: &'static str, reply: impl Fn() -> Reply + Send + 'static) -> FakeRegistry {
    serving(move |asked, _| asked.target.contains(part).then(&reply))
}

// proves: FR-018
#[test]
fn without_a_list_the_tag_stands_in_for_it() {
    let fixtures = Fixtures::read();
    let fake = serving(|_, _| None);
    for image in ["tag", "bundle", "both"] {
        checking(&fake, &fixtures.image(image), &policy("release")).unwrap();
    }
    let error = checking(&fake, &fixtures.image("unsigned"), &policy("release")).unwrap_err();
    assert!(matches!(error, SignatureError::Missing { .. }), "{error}");
}

// proves: FR-004, FR-018
#[test]
fn what_cannot_be_read_is_not_unsigned() {
    let image = Fixtures::read().image("unsigned");
    for place in [TAG, LIST] {
        for status in [401, 403, 405, 429, 500, 503] {
            let fake = at(place, move || Reply::new(status).header("Retry-After", "0"));
            let error = checking(&fake, &image, &policy("release")).unwrap_err();
            assert!(matches!(error, SignatureError::Unavailable { .. }), "{status} at {place}: {error}");
            assert_eq!(error.exit_code().number(), 6);
            assert!(error.warning().starts_with("WARNING: the signatures of sha256:"), "{}", error.warning());
            assert!(!error.warning().contains("unsigned"), "{}", error.warning());
        }
    }
    for body in ["", "<html>", "{}", "[]", r#"{"manifests":7}"#] {
        let fake = at(LIST, move || Reply::new(200).header("Content-Type", INDEX).body(body));
        let error = checking(&fake, &image, &policy("release")).unwrap_err();
        assert!(matches!(error, SignatureError::Unavailable { .. }), "{body:?}: {error}");
    }
    let cut = || Reply::new(200).header("Content-Type", INDEX).body(r#"{"manifests":[]}  "#).cut_at(16);
    let error = checking(&at(LIST, cut), &image, &policy("release")).unwrap_err();
    assert!(matches!(error, SignatureError::Unavailable { .. }), "{error}");
}

// proves: FR-004, FR-018
#[test]
fn a_signature_that_cannot_be_read_is_not_absent() {
    let fixtures = Fixtures::read();
    for image in ["tag", "bundle"] {
        let digest = fixtures.image(image);
        let blob = fixtures.signature(image);
        for status in [401, 403, 500] {
            let name = blob.clone();
            let fake = serving(move |asked, _| asked.target.ends_with(&name).then(|| Reply::new(status)));
            let error = checking(&fake, &digest, &policy("release")).unwrap_err();
            assert!(matches!(error, SignatureError::Unavailable { .. }), "{status} of {image}: {error}");
        }
        let (name, bytes) = (blob.clone(), fixtures.get(&blob).unwrap().to_vec());
        let fake = serving(move |asked, _| asked.target.ends_with(&name).then(|| Reply::new(200).body(bytes.clone()).cut_at(40)));
        let error = checking(&fake, &digest, &policy("release")).unwrap_err();
        assert!(matches!(&error, SignatureError::Unavailable { source: RegistryError::GaveUp { .. }, .. }), "{image}: {error}");
        // Whole by its length, and yet not what was asked for; or not there at all.
        for reply in [|| Reply::new(200).body("cut"), || Reply::new(404), || Reply::new(200).body(vec![b' '; 5 << 20])] {
            let name = blob.clone();
            let fake = serving(move |asked, _| asked.target.ends_with(&name).then(reply));
            match checking(&fake, &digest, &policy("release")).unwrap_err() {
                SignatureError::Bad { found, .. } => assert!(matches!(found[0].reason, Reason::NotWhole { .. }), "{image}: {found:?}"),
                other => panic!("{image}: {other}"),
            }
        }
    }
}

fn list(digests: &[String], next: Option<String>) -> Reply {
    let manifests: Vec<_> = digests.iter().map(|digest| json!({"digest": digest})).collect();
    let reply = Reply::new(200).header("Content-Type", INDEX).body(json!({"schemaVersion": 2, "manifests": manifests}).to_string());
    next.into_iter().fold(reply, |reply, next| reply.header("Link", format!("<{next}>; rel=\"next\"")))
}

// proves: FR-018
#[test]
fn a_list_is_read_page_by_page() {
    let fixtures = Fixtures::read();
    let (image, bundle) = (fixtures.image("bundle"), fixtures.referrer("bundle"));
    let fake = serving(move |asked, _| {
        let page = asked.target.contains(LIST).then(|| asked.target.rsplit_once("page=").map_or(0, |(_, page)| page.parse().unwrap()))?;
        let next = |page: u32| Some(format!("/v2/shop/api/referrers/x?page={page}"));
        Some(if page < 3 { list(&[], next(page + 1)) } else { list(std::slice::from_ref(&bundle), None) })
    });
    checking(&fake, &image, &policy("release")).unwrap();
    assert_eq!(fake.lines().iter().filter(|line| line.contains(LIST)).count(), 4);
}

// proves: FR-018
#[test]
fn a_list_that_is_not_whole_is_not_read_as_one() {
    let image = Fixtures::read().image("unsigned");
    let unavailable = |fake: &FakeRegistry| match checking(fake, &image, &policy("release")).unwrap_err() {
        SignatureError::Unavailable { source, .. } => source.to_string(),
        other => panic!("{other}"),
    };
    let elsewhere = unavailable(&at(LIST, || list(&[], Some("http://elsewhere.example/next".to_owned()))));
    assert!(elsewhere.contains("its next page is no address of this registry"), "{elsewhere}");
    let gone = unavailable(&serving(|asked, _| {
        asked.target.contains(LIST).then(|| match asked.target.contains("page") {
            true => Reply::new(404),
            false => list(&[], Some("/v2/shop/api/referrers/x?page=2".to_owned())),
        })
    }));
    assert!(gone.contains("a page of it is not there"), "{gone}");
    let many = vec!["sha256:0".to_owned(); MOST_REFERRERS / 2];
    let endless = unavailable(&serving(move |asked, _| asked.target.contains(LIST).then(|| list(&many, Some(asked.target.clone())))));
    assert!(endless.contains("more than 10000"), "{endless}");
}

// proves: FR-018
#[test]
fn blobs_are_read_and_compared() {
    let fixtures = Fixtures::read();
    let name = fixtures.signature("tag");
    let fake = serving(|_, _| None);
    let registry = opened(&fake.repository(), &settings());
    let attachments: &dyn Attachments = registry.attachments().unwrap();
    assert_eq!(attachments.blob(&Digest::new(name.as_str()).unwrap()).unwrap(), fixtures.get(&name).unwrap());
    let absent = attachments.blob(&support::digest_of(b"absent")).unwrap_err();
    assert!(matches!(absent, RegistryError::NotFound { .. }), "{absent}");
}

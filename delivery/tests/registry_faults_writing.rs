//! A registry that misbehaves while a tag is written: nothing is believed that was not read back.

#[cfg(test)]
mod support;

use std::sync::Arc;

use promotion_delivery::registry::{Manifest, RegistryError, Settings};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::MediaType;
use promotion_ledger::meaning::refusal::ExitCode;

use support::fake::{FakeRegistry, Reply, bearer};
use support::{Fake, KIND, digest_of, opened, settings, tag, with_login};

const BYTES: &[u8] = br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"}"#;

#[cfg(test)]
fn manifest() -> Manifest {
    Manifest::new(MediaType::new(KIND).unwrap(), BYTES.to_vec())
}

fn digest() -> Digest {
    digest_of(BYTES)
}

fn good() -> Reply {
    Reply::new(200).header("Content-Type", KIND).header("Docker-Content-Digest", digest().as_str()).body(BYTES)
}

fn watched() -> (Arc<Fake>, Settings) {
    let pace = Arc::new(Fake::default());
    (Arc::clone(&pace), Settings::new(pace))
}

#[test]
fn a_push_asks_for_both_rights_and_renews_its_token() {
    let fake = FakeRegistry::start(|asked, port, before| {
        // The token runs out between the first greeting and the push.
        let accepted = if before < 3 { "t1" } else { "t2" };
        bearer(asked, port, accepted).unwrap_or_else(|| match asked.method.as_str() {
            "PUT" => Reply::new(201).header("Location", "/v2/shop/api/manifests/v1"),
            _ => good(),
        })
    });
    opened(&fake.repository(), &with_login(settings())).tag(&tag("v1"), &manifest()).unwrap();
    let asked = fake.asked();
    assert!(fake.lines()[1].ends_with("scope=repository%3Ashop%2Fapi%3Apull%2Cpush"), "{:?}", fake.lines());
    let puts: Vec<_> = asked.iter().filter(|asked| asked.method == "PUT").collect();
    let sent: Vec<_> = puts.iter().map(|asked| asked.header("authorization").unwrap()).collect();
    assert_eq!(sent, ["Bearer t1", "Bearer t2"]);
    assert_eq!((puts[1].body.as_slice(), puts[1].header("content-type")), (BYTES, Some(KIND)));
}

#[test]
fn a_throttled_push_looks_before_it_pushes_again() {
    let fake = FakeRegistry::start(|asked, _, before| match (asked.method.as_str(), before) {
        ("PUT", 0..=1) => Reply::new(429).header("Retry-After", "7"),
        ("PUT", _) => Reply::new(201).header("Location", "/"),
        ("HEAD", 0..=2) => Reply::new(429).header("Retry-After", "11"),
        ("HEAD", _) => Reply::new(404),
        _ => good(),
    });
    let (pace, settings) = watched();
    opened(&fake.repository(), &settings).tag(&tag("v1"), &manifest()).unwrap();
    let methods: Vec<_> = fake.asked().iter().map(|asked| asked.method.clone()).collect();
    assert_eq!(methods, ["GET", "PUT", "HEAD", "HEAD", "GET", "PUT", "GET"]);
    assert_eq!(pace.waits(), [7_000, 11_000], "what the registry asks for after a push is heard");
}

#[test]
fn a_push_that_went_well_unheard_is_not_repeated() {
    let fake = FakeRegistry::start(|asked, _, _| match asked.method.as_str() {
        "PUT" => Reply::new(504),
        _ => good(),
    });
    opened(&fake.repository(), &settings()).tag(&tag("v1"), &manifest()).unwrap();
    assert_eq!(fake.asked().iter().filter(|asked| asked.method == "PUT").count(), 1);
}

#[test]
fn a_push_that_fails_for_good_names_the_tag_and_what_it_was_to_be() {
    let fake = FakeRegistry::start(|asked, _, _| match asked.method.as_str() {
        "PUT" => Reply::new(500),
        "HEAD" => Reply::new(404),
        _ => good(),
    });
    let error = opened(&fake.repository(), &settings()).tag(&tag("v1-dev"), &manifest()).unwrap_err();
    let server = format!("127.0.0.1:{}", fake.port);
    let sentence = format!(
        "tag v1-dev of {} is not known to point at {}: the registry {server} answered 500: it cannot serve now (tried 4 times)",
        fake.repository(),
        digest()
    );
    assert_eq!((error.to_string(), error.exit_code()), (sentence, ExitCode::Unavailable));
    assert_eq!(fake.asked().iter().filter(|asked| asked.method == "PUT").count(), 4);
}

#[test]
fn a_tag_that_is_not_known_everywhere_at_once_is_asked_for_again() {
    let eventually = |absences: usize| {
        FakeRegistry::start(move |asked, _, before| match asked.method.as_str() {
            "PUT" => Reply::new(201),
            // The greeting and the push came before the first look.
            "GET" if asked.target.contains("/manifests/") && before < 2 + absences => Reply::new(404),
            _ => good(),
        })
    };
    let (pace, settings) = watched();
    let fake = eventually(2);
    opened(&fake.repository(), &settings).tag(&tag("v1"), &manifest()).unwrap();
    assert_eq!(pace.waits(), [500, 1000]);

    let fake = eventually(usize::MAX - 2);
    let error = opened(&fake.repository(), &settings).tag(&tag("v1"), &manifest()).unwrap_err();
    assert_eq!(error.exit_code(), ExitCode::Immutability);
    let sentence = format!("tag v1 of {} was pointed at {}, and read back as nothing (tried 4 times)", fake.repository(), digest());
    assert_eq!(error.to_string(), sentence);
}

#[test]
fn a_page_that_is_no_manifest_says_nothing_of_a_tag() {
    let page = || Reply::new(200).header("Content-Type", "text/html").body("<html>log in</html>");
    let fake = FakeRegistry::start(move |asked, _, _| if asked.method == "PUT" { Reply::new(201) } else { page() });
    let error = opened(&fake.repository(), &settings()).tag(&tag("v1"), &manifest()).unwrap_err();
    assert_eq!(error.exit_code(), ExitCode::Unavailable, "{error}");
    assert!(error.to_string().contains("a manifest of ") && error.to_string().contains("it is not a JSON object"), "{error}");
}

#[test]
fn a_tag_that_reads_back_as_another_is_an_alarm() {
    let fake = FakeRegistry::start(|asked, _, _| match asked.method.as_str() {
        "PUT" => Reply::new(201).header("Location", "/"),
        // The header agrees, the bytes do not.
        _ => good().body("{}"),
    });
    let error = opened(&fake.repository(), &settings()).tag(&tag("v1-prod"), &manifest()).unwrap_err();
    assert!(matches!(error, RegistryError::ReadBackDiffers { .. }), "{error}");
    assert_eq!(error.exit_code(), ExitCode::Immutability);
    assert!(error.to_string().contains(digest_of(b"{}").as_str()), "{error}");
}

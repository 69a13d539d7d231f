//! A registry that misbehaves: every fault ends in the right error, the right exit code, and no more requests than that.

#[cfg(test)]
mod support;

use std::sync::Arc;
use std::time::Duration;

use promotion_delivery::registry::{LONGEST_MANIFEST, Manifest, RegistryError, Settings};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::MediaType;
use promotion_ledger::meaning::refusal::ExitCode;
use serde_json::json;

use support::fake::{FakeRegistry, Reply, bearer};
use support::{Certificates, Fake, KIND, PASSWORD, USER, digest_of, opened, settings, tag, with_login};

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

/// What a failed `manifest` ends with, and the code that it exits with.
#[cfg(test)]
fn failing(fake: &FakeRegistry, settings: &Settings) -> (RegistryError, ExitCode) {
    let error = opened(&fake.repository(), settings).manifest(&digest()).unwrap_err();
    let code = error.exit_code();
    (error, code)
}

#[test]
fn what_is_not_there_is_not_there() {
    let fake = FakeRegistry::start(|_, _, _| Reply::new(404).body(r#"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#));
    let registry = opened(&fake.repository(), &settings());
    assert_eq!(registry.resolve(&tag("v1")).unwrap(), None);
    assert_eq!(registry.tags().unwrap(), []);
    let error = registry.manifest(&digest()).unwrap_err();
    assert_eq!(error.exit_code(), ExitCode::NotFound);
    assert_eq!(error.to_string(), format!("{} does not have the manifest {}", fake.repository(), digest()));
}

#[test]
fn nobody_listens() {
    let (pace, settings) = watched();
    let repository = format!("http://127.0.0.1:{}/shop/api", support::free_port());
    let error = opened(&repository, &settings).resolve(&tag("v1")).unwrap_err();
    assert_eq!(error.exit_code(), ExitCode::Unavailable);
    assert!(
        error.to_string().contains("cannot reach the registry 127.0.0.1:") && error.to_string().ends_with("(tried 4 times)"),
        "{error}"
    );
    assert_eq!(pace.waits(), [500, 1000, 2000]);
}

#[test]
fn tokens_are_fetched_and_kept() {
    let fake = FakeRegistry::start(|asked, port, _| bearer(asked, port, "t1").unwrap_or_else(good));
    let registry = opened(&fake.repository(), &with_login(settings()));
    assert_eq!(registry.resolve(&tag("v1")).unwrap(), Some(digest()));
    registry.manifest(&digest()).unwrap();
    let asked = fake.asked();
    let lines = fake.lines();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert_eq!(lines[1], "GET /token?service=fake&scope=repository%3Ashop%2Fapi%3Apull");
    assert_eq!(asked[0].header("authorization"), None, "nothing is shown before it is asked for");
    assert!(asked[1].header("authorization").unwrap().starts_with("Basic "));
    assert_eq!(asked[3].header("authorization"), Some("Bearer t1"));
}

#[test]
fn a_token_that_has_run_out_is_fetched_anew() {
    // The token changes after the first answer.
    let fake = FakeRegistry::start(|asked, port, before| bearer(asked, port, if before < 3 { "t1" } else { "t2" }).unwrap_or_else(good));
    let registry = opened(&fake.repository(), &with_login(settings()));
    registry.manifest(&digest()).unwrap();
    registry.manifest(&digest()).unwrap();
    let sent: Vec<_> = fake.asked().iter().map(|asked| asked.header("authorization").unwrap_or("none").to_owned()).collect();
    assert_eq!((sent[2].as_str(), sent[3].as_str(), sent[5].as_str()), ("Bearer t1", "Bearer t1", "Bearer t2"));
}

#[test]
fn an_identity_token_is_changed_for_a_token() {
    let directory = tempfile::tempdir().unwrap();
    let fake = FakeRegistry::start(|asked, port, _| {
        if asked.line() == "POST /token" {
            return Reply::new(200).body(r#"{"access_token":"t1"}"#);
        }
        bearer(asked, port, "t1").unwrap_or_else(good)
    });
    let config = json!({"auths": {format!("127.0.0.1:{}", fake.port): {"identitytoken": "refresh/me"}}});
    std::fs::write(directory.path().join("config.json"), config.to_string()).unwrap();
    let mut settings = settings();
    settings.credentials.docker_config = Some(directory.path().to_owned());
    opened(&fake.repository(), &settings).manifest(&digest()).unwrap();
    let form = String::from_utf8(fake.asked()[1].body.clone()).unwrap();
    assert!(form.contains("grant_type=refresh_token") && form.contains("refresh_token=refresh%2Fme"), "{form}");
    assert!(form.contains("scope=repository%3Ashop%2Fapi%3Apull") && form.contains("service=fake"), "{form}");
}

#[test]
fn a_password_is_sent_where_it_is_asked_for() {
    let fake = FakeRegistry::start(|asked, _, _| match asked.header("authorization") {
        Some(_) => good(),
        None => Reply::new(401).header("WWW-Authenticate", r#"Basic realm="fake""#),
    });
    opened(&fake.repository(), &with_login(settings())).manifest(&digest()).unwrap();
    // printf 'ci:correct horse' | base64
    assert_eq!(fake.asked()[1].header("authorization"), Some("Basic Y2k6Y29ycmVjdCBob3JzZQ=="));

    let (error, code) = failing(&fake, &settings());
    assert!(matches!(error, RegistryError::LoginNeeded { .. }), "{error}");
    assert_eq!(code, ExitCode::Usage);
}

#[test]
fn a_wrong_password_is_asked_for_once() {
    let fake = FakeRegistry::start(|_, _, _| Reply::new(401).header("WWW-Authenticate", "Basic realm=fake"));
    let (error, code) = failing(&fake, &with_login(settings()));
    assert!(matches!(error, RegistryError::LoginRefused { .. }), "{error}");
    assert_eq!((code, fake.asked().len()), (ExitCode::Usage, 2));
    let shown = format!("{error} {error:?} {:?}", error.hint());
    assert!(!shown.contains(PASSWORD) && !shown.contains(USER), "{shown}");
}

#[test]
fn what_is_forbidden_is_not_tried_again() {
    let fake = FakeRegistry::start(|_, _, _| Reply::new(403).body(r#"{"errors":[{"code":"DENIED","message":"not you"}]}"#));
    let (error, code) = failing(&fake, &settings());
    assert_eq!(
        error.to_string(),
        format!("the registry 127.0.0.1:{} does not allow this for {}: DENIED not you", fake.port, fake.repository())
    );
    assert_eq!((code, fake.asked().len()), (ExitCode::Usage, 1));
}

#[test]
fn a_throttling_registry_is_given_its_time() {
    let fake = FakeRegistry::start(|_, _, before| match before {
        0 => Reply::new(429).header("Retry-After", "7"),
        1 => Reply::new(429).header("Date", "Sun, 06 Nov 1994 08:49:37 GMT").header("Retry-After", "Sun, 06 Nov 1994 08:49:57 GMT"),
        _ => good(),
    });
    let (pace, settings) = watched();
    opened(&fake.repository(), &settings).manifest(&digest()).unwrap();
    assert_eq!(pace.waits(), [7_000, 20_000]);
}

#[test]
fn a_registry_that_asks_for_too_much_time_is_left() {
    let fake = FakeRegistry::start(|_, _, _| Reply::new(429).header("Retry-After", "3600"));
    let (pace, settings) = watched();
    let (error, code) = failing(&fake, &settings);
    assert!(error.to_string().ends_with("answered 429: it was asked too often, and asks to wait 3600 s"), "{error}");
    assert_eq!((code, fake.asked().len(), pace.waits().len()), (ExitCode::Unavailable, 1, 0));
}

#[test]
fn a_failing_registry_is_tried_four_times() {
    let fake = FakeRegistry::start(|_, _, before| Reply::new([500, 503, 408, 200][before]).header("Content-Type", KIND).body(BYTES));
    let (pace, settings) = watched();
    opened(&fake.repository(), &settings).manifest(&digest()).unwrap();
    assert_eq!(pace.waits(), [500, 1000, 2000]);

    let fake = FakeRegistry::start(|_, _, _| Reply::new(503));
    let (error, code) = failing(&fake, &settings);
    assert_eq!(error.to_string(), format!("the registry 127.0.0.1:{} answered 503: it cannot serve now (tried 4 times)", fake.port));
    assert_eq!((code, fake.asked().len()), (ExitCode::Unavailable, 4));
}

#[test]
fn what_a_registry_cannot_do_at_all_is_not_tried_again() {
    let fake = FakeRegistry::start(|_, _, _| Reply::new(501));
    let (error, code) = failing(&fake, &settings());
    assert_eq!(error.to_string(), format!("the registry 127.0.0.1:{} answered 501: it cannot serve now", fake.port));
    assert_eq!((code, fake.asked().len()), (ExitCode::Unavailable, 1));
}

#[test]
fn half_a_body_is_asked_for_again() {
    let fake = FakeRegistry::start(|_, _, before| if before == 0 { good().cut_at(20) } else { good() });
    assert_eq!(opened(&fake.repository(), &settings()).manifest(&digest()).unwrap().bytes(), BYTES);

    let fake = FakeRegistry::start(|_, _, _| good().cut_at(20));
    let (error, code) = failing(&fake, &settings());
    assert!(error.to_string().contains("broke off in the middle of its answer"), "{error}");
    assert_eq!(code, ExitCode::Unavailable);
}

#[test]
fn a_slow_body_does_not_outlive_the_limit() {
    let fake = FakeRegistry::start(|_, _, _| good().drip(Duration::from_millis(100))); // no gap is longer, and 76 of them are
    let mut settings = settings();
    settings.limits.attempt = Duration::from_millis(300);
    settings.retry.attempts = 1;
    let (error, code) = failing(&fake, &settings);
    assert_eq!(error.to_string(), format!("the registry 127.0.0.1:{} gave no whole answer within 300ms", fake.port));
    assert_eq!(code, ExitCode::Unavailable);
}

#[test]
fn an_oversized_body_is_not_read_to_its_end() {
    let fake = FakeRegistry::start(|_, _, _| good().body(vec![b' '; LONGEST_MANIFEST + 1]));
    let (error, code) = failing(&fake, &settings());
    assert!(matches!(error, RegistryError::TooLarge { limit: LONGEST_MANIFEST, .. }), "{error}");
    assert_eq!((code, fake.asked().len()), (ExitCode::Failure, 1));
}

#[test]
fn bytes_of_another_digest_are_an_alarm() {
    let fake = FakeRegistry::start(|_, _, _| good().body(br#"{"mediaType":"application/vnd.evil"}"#));
    let (error, code) = failing(&fake, &settings());
    assert!(matches!(error, RegistryError::DigestDiffers { .. }), "{error}");
    assert_eq!(code, ExitCode::Immutability);
}

#[test]
fn an_answer_of_no_registry_is_named() {
    let fake = FakeRegistry::start(|_, _, _| Reply::new(200).header("Content-Type", "text/html").body("<html>"));
    let registry = opened(&fake.repository(), &settings());
    let error = registry.tags().unwrap_err();
    assert!(
        error.to_string().starts_with("the list of tags of ") && error.to_string().ends_with("cannot be read: it is not the JSON of one"),
        "{error}"
    );
    assert_eq!(error.exit_code(), ExitCode::Unavailable);
    let error = registry.manifest(&digest_of(b"<html>")).unwrap_err();
    assert!(matches!(error, RegistryError::Malformed { .. }), "{error}");
}

#[test]
fn tags_come_in_pages_of_the_same_registry() {
    let fake = FakeRegistry::start(|asked, _, _| match asked.target.as_str() {
        "/v2/shop/api/tags/list?n=1000" => {
            Reply::new(200).header("Link", r#"</v2/shop/api/tags/list?last=b&n=1000>; rel="next""#).body(r#"{"tags":["b","a"]}"#)
        }
        _ => Reply::new(200).header("Link", r#"<http://elsewhere.example/tags>; rel="next""#).body(r#"{"tags":["c","not a tag"]}"#),
    });
    let tags = opened(&fake.repository(), &settings()).tags().unwrap();
    assert_eq!(tags, [tag("a"), tag("b"), tag("c")]);
    assert_eq!(fake.asked().len(), 2, "{:?}", fake.lines());
}

#[test]
fn a_redirect_elsewhere_takes_no_password_along() {
    let other = FakeRegistry::start(|_, _, _| good());
    let port = other.port;
    let fake = FakeRegistry::start(move |asked, _, _| match asked.header("authorization") {
        Some(_) => Reply::new(307).header("Location", format!("http://127.0.0.1:{port}/elsewhere")),
        None => Reply::new(401).header("WWW-Authenticate", "Basic realm=fake"),
    });
    opened(&fake.repository(), &with_login(settings())).manifest(&digest()).unwrap();
    assert_eq!(other.lines(), ["GET /elsewhere"]);
    assert_eq!(other.asked()[0].header("authorization"), None);
}

/// A registry over TLS that answers everything but the greeting with the way into the clear.
#[cfg(test)]
fn leading_astray(reply: impl Fn(u16) -> Reply + Send + 'static) -> (FakeRegistry, FakeRegistry, Settings, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let certificates = Certificates::make(directory.path());
    let clear = FakeRegistry::start(|_, _, _| good());
    let port = clear.port;
    let fake = FakeRegistry::start_tls(&certificates, move |asked| match asked.target.as_str() {
        "/v2/" => Reply::new(200),
        _ => reply(port),
    });
    let mut settings = with_login(settings());
    settings.ca_files.push(certificates.authority);
    settings.retry.attempts = 1;
    (fake, clear, settings, directory)
}

#[test]
fn no_redirect_leads_into_the_clear() {
    let (fake, clear, settings, _directory) =
        leading_astray(|port| Reply::new(307).header("Location", format!("http://127.0.0.1:{port}/")));
    let registry = opened(&fake.repository(), &settings);
    let error = registry.manifest(&digest()).unwrap_err();
    assert!(matches!(error, RegistryError::Redirect { .. }), "{error}");
    assert_eq!(error.exit_code(), ExitCode::Unavailable);

    let error = registry.tag(&tag("v1"), &manifest()).unwrap_err();
    assert_eq!(error.exit_code(), ExitCode::Unavailable, "{error}");
    assert!(fake.lines().contains(&"PUT /v2/shop/api/manifests/v1".to_owned()), "{:?}", fake.lines());
    assert_eq!(clear.lines(), [""; 0], "something went out in the clear");
}

#[test]
fn no_password_goes_to_a_token_server_in_the_clear() {
    let (fake, clear, settings, _directory) =
        leading_astray(|port| Reply::new(401).header("WWW-Authenticate", format!(r#"Bearer realm="http://127.0.0.1:{port}/token""#)));
    let (error, _) = failing(&fake, &settings);
    assert!(matches!(error, RegistryError::Redirect { .. }), "{error}");
    assert_eq!(clear.lines(), [""; 0], "something went out in the clear");
}

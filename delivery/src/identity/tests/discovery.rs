//! Keys fetched from an issuer that is really asked, and answers that are not taken for keys.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use promotion_ledger::meaning::exit_code::ExitCode;
use serde_json::{Value, json};

use super::authority::Authority;
use super::server::{Reply, Server};
use super::{AUDIENCE, ISSUER, NOW, TokenError, at, claims, keeps_quiet, prove};
use crate::identity::discovery::keys_at;
use crate::identity::{Discovery, Issuer, KeySource, KeysError, LONGEST_ANSWER};
use crate::registry::Settings;
use crate::registry::retry::Pace;

const DESCRIPTION: &str = "/.well-known/openid-configuration";

/// Time that passes only by sleeping, which takes none.
#[derive(Default)]
struct Still(Mutex<Vec<Duration>>);

impl Pace for Still {
    fn elapsed(&self) -> Duration {
        self.0.lock().unwrap().iter().sum()
    }
    fn sleep(&self, wait: Duration) {
        self.0.lock().unwrap().push(wait);
    }
    fn jitter(&self) -> f64 {
        1.0
    }
}

fn discovery() -> Discovery {
    Discovery::new(Settings::new(Arc::<Still>::default()))
}

fn unpinned(url: &str) -> Issuer {
    Issuer::new(url, AUDIENCE, "github:{repository}", None, vec![]).unwrap()
}

fn described(url: &str) -> Reply {
    Reply::good(json!({"issuer": url, "jwks_uri": format!("{url}/keys"), "claims_supported": ["sub"]}).to_string())
}

fn published(keys: &[Value]) -> Reply {
    Reply::good(json!({"keys": keys}).to_string())
}

/// How asking an issuer ends that describes itself so.
#[track_caller]
fn failing(handler: impl Fn(&str, &str, usize) -> Reply + Send + 'static) -> (KeysError, Vec<String>) {
    let server = Server::start(handler);
    let error = discovery().keys(&unpinned(&server.url)).unwrap_err();
    assert!(!error.hint().is_empty());
    (error, server.asked())
}

// proves: FR-045
#[test]
fn an_issuer_is_asked_for_its_keys() {
    let authority = Authority::ed25519("k");
    let jwk = authority.jwk();
    let server =
        Server::start(move |path, own, _| if path == DESCRIPTION { described(own) } else { published(std::slice::from_ref(&jwk)) });
    let mut claims = claims();
    claims["iss"] = json!(server.url);
    let rules = [unpinned(&server.url)];
    let found = prove(&authority.token(&claims), &rules, &discovery(), at(NOW)).unwrap();
    assert_eq!(found.principal.as_str(), "github:acme/shop");
    assert_eq!(server.asked(), [DESCRIPTION, "/keys"]);
    let forged = Authority::ed25519("k").token(&claims);
    assert!(matches!(prove(&forged, &rules, &discovery(), at(NOW)), Err(TokenError::Signature { .. })));
}

// proves: FR-045
#[test]
fn where_keys_are_pinned_nobody_is_asked() {
    let authority = Authority::ed25519("k");
    let server = Server::start(|_, _, _| Reply::status(500));
    let keys = json!({"keys": [authority.jwk()]}).to_string();
    let rule = Issuer::new(&server.url, AUDIENCE, "github:{repository}", Some(&keys), vec![]).unwrap();
    let mut claims = claims();
    claims["iss"] = json!(server.url);
    assert!(prove(&authority.token(&claims), &[rule], &discovery(), at(NOW)).is_ok());
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[test]
fn somebody_who_does_not_count_is_not_asked() {
    let authority = Authority::ed25519("k");
    let server = Server::start(|_, _, _| Reply::status(500));
    let rules = [unpinned("https://issuer.invalid")];
    let mut claims = claims();
    claims["iss"] = json!(server.url);
    assert!(matches!(prove(&authority.token(&claims), &rules, &discovery(), at(NOW)), Err(TokenError::Issuer { .. })));
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[test]
fn a_slash_at_the_end_of_an_issuer_is_left_out_and_still_counts() {
    let jwk = Authority::ed25519("k").jwk();
    let server = Server::start(move |path, own, _| match path {
        "/a/.well-known/openid-configuration" => {
            Reply::good(json!({"issuer": format!("{own}/a/"), "jwks_uri": format!("{own}/keys?v=1")}).to_string())
        }
        "/keys?v=1" => published(std::slice::from_ref(&jwk)),
        _ => Reply::status(404),
    });
    assert_eq!(discovery().keys(&unpinned(&format!("{}/a/", server.url))).unwrap().ids().collect::<Vec<_>>(), ["k"]);
    assert!(discovery().keys(&unpinned(&format!("{}/a", server.url))).is_err());
}

// proves: FR-045
#[test]
fn a_description_of_somebody_else_is_not_taken() {
    for other in ["https://issuer.example", "", "http://127.0.0.1:1/"] {
        let (error, asked) = failing(move |_, own, _| Reply::good(json!({"issuer": other, "jwks_uri": format!("{own}/keys")}).to_string()));
        assert!(matches!(&error, KeysError::OtherIssuer { found, .. } if found == other), "{error}");
        assert_eq!(asked, [DESCRIPTION]);
    }
    for text in ["{}", r#"{"issuer":null}"#] {
        assert!(matches!(failing(move |_, _, _| Reply::good(text)).0, KeysError::Incomplete { name: "issuer", .. }));
    }
}

// proves: FR-045
#[test]
fn keys_are_fetched_from_safe_addresses_alone() {
    for address in ["http://issuer.example/keys", "file:///etc/passwd", "keys", "https://a:b@issuer.example", "http://169.254.169.254/"] {
        let (error, asked) = failing(move |_, own, _| Reply::good(json!({"issuer": own, "jwks_uri": address}).to_string()));
        assert!(matches!(error, KeysError::Address { .. }), "{address}: {error}");
        assert_eq!(asked, [DESCRIPTION]);
    }
    let (error, _) = failing(|_, own, _| Reply::good(json!({"issuer": own}).to_string()));
    assert!(matches!(error, KeysError::Incomplete { name: "jwks_uri", .. }));
}

// proves: FR-045
#[test]
fn an_issuer_behind_tls_keeps_its_keys_behind_tls() {
    let described = |keys: &str| json!({"issuer": ISSUER, "jwks_uri": keys}).to_string();
    let keys_at = |keys: &str| keys_at(ISSUER, ISSUER, described(keys).as_bytes());
    assert_eq!(keys_at("https://keys.example/all").unwrap(), "https://keys.example/all");
    let error = keys_at("http://127.0.0.1/keys").unwrap_err();
    assert!(error.to_string().contains("expected https, as the issuer itself has"), "{error}");
}

// proves: FR-045
#[test]
fn nobody_is_followed_elsewhere() {
    let jwk = Authority::ed25519("k").jwk();
    let other = Server::start({
        let jwk = jwk.clone();
        move |_, _, _| published(std::slice::from_ref(&jwk))
    });
    for status in [301, 302, 303, 307, 308] {
        let to = format!("{}/keys", other.url);
        let expected = to.clone();
        let (error, _) = failing(move |path, own, _| if path == DESCRIPTION { described(own) } else { Reply::to(status, to.clone()) });
        assert!(matches!(&error, KeysError::Redirect { to, .. } if *to == expected), "{error}");
    }
    assert_eq!(other.asked(), Vec::<String>::new());
    // Within the same host it is only another path, though not without end.
    let server = Server::start(move |path, own, _| match path {
        DESCRIPTION => Reply::to(302, "/described"),
        "/described" => described(own),
        _ => published(std::slice::from_ref(&jwk)),
    });
    assert!(discovery().keys(&unpinned(&server.url)).is_ok());
    assert!(matches!(failing(|path, _, _| Reply::to(302, path)).0, KeysError::Redirect { .. }));
}

#[test]
fn answers_have_an_end() {
    let (error, _) = failing(|_, _, _| Reply::good(vec![b' '; LONGEST_ANSWER + 1]));
    assert!(matches!(error, KeysError::TooLarge { limit: LONGEST_ANSWER, .. }), "{error}");
    let padded = |own: &str| {
        let mut reply = described(own);
        reply.body.resize(LONGEST_ANSWER, b' ');
        reply
    };
    let jwk = Authority::ed25519("k").jwk();
    let server = Server::start(move |path, own, _| if path == DESCRIPTION { padded(own) } else { published(std::slice::from_ref(&jwk)) });
    assert!(discovery().keys(&unpinned(&server.url)).is_ok());
}

#[test]
fn a_server_that_fails_is_asked_again() {
    let jwk = Authority::ed25519("k").jwk();
    let server = Server::start(move |path, own, before| match (path, before) {
        (_, 0 | 2) => Reply::status(500),
        (_, 3) => Reply { headers: vec![("Retry-After", "7".to_owned())], ..Reply::status(429) },
        (DESCRIPTION, _) => described(own),
        _ => published(std::slice::from_ref(&jwk)),
    });
    let pace = Arc::<Still>::default();
    assert!(Discovery::new(Settings::new(pace.clone())).keys(&unpinned(&server.url)).is_ok());
    assert_eq!(server.asked(), [DESCRIPTION, DESCRIPTION, "/keys", "/keys", "/keys"]);
    assert_eq!(pace.0.lock().unwrap().iter().map(Duration::as_millis).collect::<Vec<_>>(), [500, 500, 7_000]);
}

// proves: FR-049
#[test]
fn a_server_that_goes_on_failing_is_given_up() {
    let (error, asked) = failing(|_, _, _| Reply::status(503));
    assert!(
        matches!(&error, KeysError::GaveUp { attempts: 4, last } if matches!(**last, KeysError::Status { status: 503, .. })),
        "{error}"
    );
    assert_eq!((asked.len(), error.exit_code()), (4, ExitCode::Unavailable));
    let (error, asked) = failing(|_, _, _| Reply::status(404));
    assert!(matches!(error, KeysError::Status { status: 404, .. }));
    assert_eq!(asked.len(), 1);
}

#[test]
fn what_is_no_description_or_no_keys_is_said() {
    for text in ["<html>", "", "[]", r#"{"issuer":"a","issuer":"b"}"#] {
        assert!(matches!(failing(move |_, _, _| Reply::good(text)).0, KeysError::Malformed { .. }), "{text}");
        let keys = move |path: &str, own: &str, _| if path == DESCRIPTION { described(own) } else { Reply::good(text) };
        assert!(matches!(failing(keys).0, KeysError::Keys { .. }), "{text}");
    }
}

#[test]
fn nobody_listens() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let authority = Authority::ed25519("k");
    let mut claims = claims();
    claims["iss"] = json!(url);
    let token = authority.token(&claims);
    let error = prove(&token, &[unpinned(&url)], &discovery(), at(NOW)).unwrap_err();
    keeps_quiet(&error, &token);
    assert!(matches!(&error, TokenError::Keys(KeysError::GaveUp { attempts: 4, .. })), "{error}");
    assert_eq!(error.exit_code(), ExitCode::Unavailable);
    let pinned = crate::identity::Pinned.keys(&unpinned(&url)).unwrap_err();
    assert!(matches!(pinned, KeysError::NotPinned { .. }));
}

//! The keys of an issuer, fetched from itself (OpenID Connect Discovery 1.0, 4).
//!
//! A blocking face over an asynchronous client, as for registries: each try has its time limit, and is repeated as
//! [`retry`](crate::registry::retry) says. Keys are fetched anew each time, so that one taken back stops counting.

use std::sync::Arc;

use reqwest::header::{ACCEPT, DATE, LOCATION, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use super::address::{self, InvalidAddress};
use super::issuer::Issuer;
use super::key_set::KeySet;
use super::object;
use super::source::{KeySource, KeysError};
use crate::registry::retry::{Again, Failure, GaveUp, retry_after};
use crate::registry::{Settings, authorities, innermost};

/// How long an answer may be.
pub const LONGEST_ANSWER: usize = 1024 * 1024;

/// How we name ourselves.
const USER_AGENT: &str = concat!("promoledger/", env!("CARGO_PKG_VERSION"));

const MOST_REDIRECTS: usize = 3;

type Outcome<T> = Result<T, Failure<KeysError>>;

/// Keys out of the rules where they are pinned there, and out of the issuer's own hands elsewhere.
#[derive(Debug, Clone)]
pub struct Discovery {
    settings: Arc<Settings>,
}

impl Discovery {
    /// With the certificates, limits and pace of these settings. Their credentials are for registries, and stay there.
    pub fn new(settings: Settings) -> Self {
        Self { settings: Arc::new(settings) }
    }
}

impl KeySource for Discovery {
    fn keys(&self, issuer: &Issuer) -> Result<KeySet, KeysError> {
        match issuer.pinned_keys() {
            Some(keys) => Ok(keys.clone()),
            None => Conversation::begin(&self.settings, issuer)?.keys(),
        }
    }
}

/// One issuer, asked for what it publishes.
struct Conversation<'a> {
    settings: &'a Settings,
    issuer: &'a Issuer,
    client: Client,
    runtime: Runtime,
}

impl<'a> Conversation<'a> {
    fn begin(settings: &'a Settings, issuer: &'a Issuer) -> Result<Self, KeysError> {
        let setup = |reason: String| KeysError::Setup { issuer: issuer.url().to_owned(), reason };
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(settings.limits.connect)
            .redirect(redirect::Policy::custom(stay))
            .https_only(issuer.url().starts_with("https:"))
            .tls_certs_merge(authorities(settings)?)
            .build()
            .map_err(|error| setup(innermost(&error)))?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| setup(error.to_string()))?;
        Ok(Self { settings, issuer, client, runtime })
    }

    fn keys(&self) -> Result<KeySet, KeysError> {
        // Discovery 1.0, 4: a slash at the end of the issuer is left out.
        let url = format!("{}/.well-known/openid-configuration", self.issuer.url().trim_end_matches('/'));
        let (url, text) = self.read(&url)?;
        let keys_at = keys_at(self.issuer.url(), &url, &text)?;
        let (url, text) = self.read(&keys_at)?;
        KeySet::parse(&text).map_err(|reason| KeysError::Keys { url, reason })
    }

    /// What is at the address, and the address; tried until it goes well or makes no sense any more.
    fn read(&self, url: &str) -> Result<(String, Vec<u8>), KeysError> {
        let Settings { limits, retry, pace, .. } = self.settings;
        let outcome = retry.run(&**pace, |left| {
            let limit = left.min(limits.attempt);
            let answer = self.runtime.block_on(async { tokio::time::timeout(limit, self.read_once(url)).await });
            answer.unwrap_or_else(|_| Err(Failure::passing(KeysError::TimedOut { url: url.to_owned(), limit })))
        });
        let body = outcome.map_err(|GaveUp { attempts, last }| match attempts {
            1 => last,
            attempts => KeysError::GaveUp { attempts, last: Box::new(last) },
        })?;
        Ok((url.to_owned(), body))
    }

    async fn read_once(&self, url: &str) -> Outcome<Vec<u8>> {
        let broken = |error: reqwest::Error| Failure::passing(KeysError::Unreachable { url: url.to_owned(), reason: innermost(&error) });
        let mut response = self.client.get(url).header(ACCEPT, "application/json").send().await.map_err(broken)?;
        if response.status() != StatusCode::OK {
            return Err(refusal(url, &response));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(Failure::lasting(KeysError::TooLarge { url: url.to_owned(), limit: LONGEST_ANSWER }));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// Where the keys are, as the issuer describes itself.
pub(super) fn keys_at(issuer: &str, url: &str, text: &[u8]) -> Result<String, KeysError> {
    let url = || url.to_owned();
    let described = object::read(text).map_err(|reason| KeysError::Malformed { url: url(), reason })?;
    let text = |name| described.get(name).and_then(Value::as_str).ok_or_else(|| KeysError::Incomplete { url: url(), name });
    let found = text("issuer")?;
    if found != issuer {
        let (expected, found) = (issuer.to_owned(), found.chars().take(120).collect());
        return Err(KeysError::OtherIssuer { url: url(), expected, found });
    }
    let safe = address::safe(text("jwks_uri")?).and_then(|safe| no_weaker(issuer, safe));
    safe.map(String::from).map_err(|reason| KeysError::Address { url: url(), reason })
}

/// An issuer behind TLS keeps its keys behind TLS, too.
fn no_weaker(issuer: &str, url: Url) -> Result<Url, InvalidAddress> {
    if url.scheme() == "https" || !issuer.starts_with("https:") {
        return Ok(url);
    }
    Err(InvalidAddress { found: url.into(), expected: "https, as the issuer itself has".to_owned() })
}

/// Follows an issuer within itself, and nowhere else.
fn stay(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let at_home = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
    if at_home && attempt.previous().len() <= MOST_REDIRECTS { attempt.follow() } else { attempt.stop() }
}

/// What an answer means that is not 200.
fn refusal(url: &str, response: &Response) -> Failure<KeysError> {
    let text = |name| response.headers().get(name).and_then(|value: &reqwest::header::HeaderValue| value.to_str().ok());
    let (url, status) = (url.to_owned(), response.status());
    if status.is_redirection() {
        let to = text(LOCATION).unwrap_or("an unknown address").chars().take(200).collect::<String>();
        return Failure::lasting(KeysError::Redirect { url, to: to.escape_debug().to_string() });
    }
    let error = KeysError::Status { url, status: status.as_u16() };
    if status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT) {
        let wait = text(RETRY_AFTER).and_then(|value| retry_after(value, text(DATE)));
        return Failure { error, again: wait.map_or(Again::Later, Again::After) };
    }
    Failure::lasting(error)
}

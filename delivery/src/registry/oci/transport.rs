//! One request and its answer: bounded in size, its headers kept, every failure named.
//!
//! The registry client `oci-distribution` reads bodies of any length, loses `Retry-After` and follows redirects into the
//! clear, so what is asked goes through here, over the http library that it stands on; its words for references, media
//! types and operations are used.

use std::time::Duration;

use promotion_ledger::meaning::names::Repository;
use reqwest::header::{DATE, HeaderMap, HeaderName, LINK, LOCATION, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, StatusCode, Url, redirect};
use serde::Deserialize;

use crate::registry::authorities::authorities;
use crate::registry::error::RegistryError;
use crate::registry::place::Remote;
use crate::registry::reasons::{innermost, is_tls};
use crate::registry::repository::LONGEST_MANIFEST;
use crate::registry::retry::{Again, Failure, retry_after};
use crate::registry::settings::Settings;

pub(super) type Outcome<T> = Result<T, Failure<RegistryError>>;

/// How we name ourselves.
const USER_AGENT: &str = concat!("promoledger/", env!("CARGO_PKG_VERSION"));

const MOST_REDIRECTS: usize = 5;
const LONGEST_MESSAGE: usize = 300;

/// An answer, whole.
pub(super) struct Answer {
    pub(super) url: Url,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Where `Location` points, if that is still the same registry: whatever else it names is none of its business.
    pub(super) fn location(&self) -> Option<Url> {
        self.same_registry(self.header(LOCATION)?)
    }

    /// The next page, as `Link: <URL>; rel="next"` names it (OCI distribution specification 1.1, listing tags).
    pub(super) fn next_page(&self) -> Option<Url> {
        let (url, parameters) = self.header(LINK)?.trim().strip_prefix('<')?.split_once('>')?;
        parameters.contains("next").then(|| self.same_registry(url))?
    }

    fn same_registry(&self, address: &str) -> Option<Url> {
        self.url.join(address).ok().filter(|url| url.origin() == self.url.origin())
    }
}

/// The way to one registry.
pub(super) struct Transport {
    pub(super) client: Client,
    repository: Repository,
    server: String,
}

impl Transport {
    pub(super) fn new(repository: &Repository, remote: &Remote, settings: &Settings) -> Result<Self, RegistryError> {
        let server = remote.host.clone();
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(settings.limits.connect)
            // Redirected requests lose their credentials when host, port or scheme change; from https to http none is made.
            .redirect(redirect::Policy::limited(MOST_REDIRECTS))
            .https_only(!remote.in_the_clear)
            .tls_certs_merge(authorities(settings)?)
            .build()
            .map_err(|error| RegistryError::Setup { server: server.clone(), reason: innermost(&error) })?;
        Ok(Self { client, repository: repository.clone(), server })
    }

    /// Sends and takes the whole answer, of at most `limit` bytes, whatever its status.
    pub(super) async fn send(&self, request: RequestBuilder, what: &'static str, limit: usize) -> Outcome<Answer> {
        let mut response = request.send().await.map_err(|error| self.network_failure(&error))?;
        let too_large = || Failure::lasting(RegistryError::TooLarge { repository: self.repository.clone(), what, limit });
        let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.network_failure(&error))? {
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { url, status, headers, body })
    }

    /// What a failure of the network means.
    pub(super) fn network_failure(&self, error: &reqwest::Error) -> Failure<RegistryError> {
        let (server, reason) = (self.server.clone(), innermost(error));
        if error.is_redirect() {
            let to = error.url().map_or_else(|| "an unknown address".to_owned(), shown);
            return Failure::lasting(RegistryError::Redirect { server, to, reason });
        }
        if error.is_builder() {
            return Failure::lasting(RegistryError::Setup { server, reason });
        }
        if is_tls(error) {
            return Failure::lasting(RegistryError::Tls { server, reason });
        }
        Failure::passing(if error.is_connect() || error.is_timeout() {
            RegistryError::Unreachable { server, reason }
        } else {
            RegistryError::BrokenOff { server, reason }
        })
    }

    /// What a status means that is no success. What 401 means depends on what was sent with the request.
    pub(super) fn status_failure(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure<RegistryError> {
        let server = self.server.clone();
        let text = |name| headers.get(name).and_then(|value: &reqwest::header::HeaderValue| value.to_str().ok());
        let wait = text(RETRY_AFTER).and_then(|value| retry_after(value, text(DATE)));
        let again = wait.map_or(Again::Later, Again::After);
        match status {
            StatusCode::TOO_MANY_REQUESTS => Failure { error: RegistryError::Throttled { server, wait }, again },
            // What a server will never do stays so.
            StatusCode::NOT_IMPLEMENTED | StatusCode::HTTP_VERSION_NOT_SUPPORTED => {
                Failure::lasting(RegistryError::Failing { server, status: status.as_u16() })
            }
            // Every request that is made here may be made twice: a manifest that is put again is the same manifest.
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                Failure { error: RegistryError::Failing { server, status: status.as_u16() }, again }
            }
            StatusCode::FORBIDDEN => {
                let (repository, message) = (self.repository.clone(), message(body));
                Failure::lasting(RegistryError::Forbidden { server, repository, message })
            }
            status => {
                let (repository, message) = (self.repository.clone(), message(body));
                Failure::lasting(RegistryError::Refused { server, repository, status: status.as_u16(), message })
            }
        }
    }

    pub(super) fn timed_out(&self, limit: Duration) -> Failure<RegistryError> {
        Failure::passing(RegistryError::TimedOut { server: self.server.clone(), limit })
    }

    pub(super) fn malformed(&self, what: &'static str, reason: impl Into<String>) -> Failure<RegistryError> {
        Failure::lasting(RegistryError::Malformed { repository: self.repository.clone(), what, reason: reason.into() })
    }

    pub(super) fn server(&self) -> &str {
        &self.server
    }

    pub(super) fn repository(&self) -> &Repository {
        &self.repository
    }
}

/// An address without what may be secret in it: a query may hold a signature.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    let _ = url.set_password(None);
    url.to_string()
}

/// What the registry says is wrong (OCI distribution specification 1.1, "Error Codes"), shortened.
pub(super) fn message(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Errors {
        errors: Vec<One>,
    }
    #[derive(Deserialize)]
    struct One {
        code: String,
        #[serde(default)]
        message: String,
    }
    let Ok(Errors { errors }) = serde_json::from_slice(body) else {
        return "it gives no reason".to_owned();
    };
    let all: Vec<_> = errors.iter().map(|one| format!("{} {}", one.code, one.message)).collect();
    all.join("; ").trim().chars().take(LONGEST_MESSAGE).collect()
}

/// How long an answer may be that is no manifest: a page of tags, a token, an error.
pub(super) const LONGEST_ANSWER: usize = LONGEST_MANIFEST;

//! Who we are to a registry: challenges met, tokens fetched and kept until the registry no longer takes them.
//!
//! Tokens are fetched here rather than by the registry client, which knows no identity tokens, follows a token server
//! into the clear, and tells a throttled token server from a wrong password by nothing.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use oci_distribution::RegistryOperation;
use reqwest::header::WWW_AUTHENTICATE;
use reqwest::{RequestBuilder, StatusCode, Url};
use serde::Deserialize;

use super::challenge::Challenge;
use super::transport::{Answer, LONGEST_ANSWER, Outcome, Transport};
use crate::registry::credentials::{Credential, Found, Login, Sources, Target};
use crate::registry::error::RegistryError;
use crate::registry::place::Remote;
use crate::registry::retry::Failure;
use crate::registry::secret::Secret;

/// The id that token servers are told, which they ask for with identity tokens.
const CLIENT_ID: &str = "promoledger";

/// What goes along with a request.
#[derive(Clone)]
pub(super) enum Authorization {
    Basic(Login),
    Bearer(Secret),
}

impl Authorization {
    fn add_to(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::Basic(login) => request.basic_auth(&login.username, Some(login.password.expose())),
            Self::Bearer(token) => request.bearer_auth(token.expose()),
        }
    }
}

/// Who we are to one registry.
pub(super) struct Session {
    sources: Sources,
    remote: Remote,
    /// Looked for when the registry first asks, because a helper may ask the user.
    found: OnceCell<Option<Found>>,
    granted: RefCell<BTreeMap<RegistryOperation, Authorization>>,
}

/// What a token server answers; some say `token`, some `access_token`, some both.
#[derive(Deserialize)]
struct TokenAnswer {
    token: Option<Secret>,
    access_token: Option<Secret>,
}

impl Session {
    pub(super) fn new(sources: Sources, remote: Remote) -> Self {
        Self { sources, remote, found: OnceCell::new(), granted: RefCell::default() }
    }

    /// What was granted for the operation, if anything was.
    pub(super) fn granted(&self, operation: RegistryOperation) -> Option<Authorization> {
        self.granted.borrow().get(&operation).cloned()
    }

    /// Drops what the registry no longer takes.
    pub(super) fn forget(&self, operation: RegistryOperation) {
        self.granted.borrow_mut().remove(&operation);
    }

    /// Sends a request, meets the challenge if there is one, and sends it again, once.
    pub(super) async fn send(
        &self,
        transport: &Transport,
        operation: RegistryOperation,
        what: &'static str,
        limit: usize,
        request: impl Fn() -> RequestBuilder,
    ) -> Outcome<Answer> {
        let granted = self.granted(operation);
        let first = granted.iter().fold(request(), |request, authorization| authorization.add_to(request));
        let answer = transport.send(first, what, limit).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        self.forget(operation);
        let authorization = self.meet(transport, &answer, operation).await?;
        let answer = transport.send(authorization.add_to(request()), what, limit).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            return Err(self.refused(transport));
        }
        self.granted.borrow_mut().insert(operation, authorization);
        Ok(answer)
    }

    /// The registry does not take who we are.
    pub(super) fn refused(&self, transport: &Transport) -> Failure<RegistryError> {
        let server = transport.server().to_owned();
        Failure::lasting(match self.found.get() {
            Some(Some(found)) => RegistryError::LoginRefused { server, origin: found.origin.clone() },
            _ => RegistryError::LoginNeeded { server, repository: transport.repository().clone() },
        })
    }

    async fn meet(&self, transport: &Transport, answer: &Answer, operation: RegistryOperation) -> Outcome<Authorization> {
        let headers = answer.headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
        let challenge = Challenge::choose(headers);
        match (challenge, self.credential()?) {
            (Some(Challenge::Basic), Some(Credential::Password(login))) => Ok(Authorization::Basic(login.clone())),
            (Some(Challenge::Bearer { realm, service }), credential) => {
                let realm = self.safe_realm(transport, &realm)?;
                let asked = Asked { realm, service, scope: self.scope(operation) };
                self.fetch_token(transport, asked, credential).await.map(Authorization::Bearer)
            }
            (Some(Challenge::Basic) | None, _) => Err(self.refused(transport)),
        }
    }

    fn credential(&self) -> Outcome<Option<&Credential>> {
        if self.found.get().is_none() {
            let target = Target { host: &self.remote.host, path: &self.remote.path };
            let found = self.sources.find(target).map_err(|error| Failure::lasting(error.into()))?;
            // It was empty just above, and nothing here runs twice at once.
            let _ = self.found.set(found);
        }
        Ok(self.found.get().and_then(Option::as_ref).map(|found| &found.credential))
    }

    /// The token server may be another host, for the registry says so; but credentials do not leave TLS for it.
    fn safe_realm(&self, transport: &Transport, realm: &str) -> Outcome<Url> {
        let url =
            Url::parse(realm).map_err(|error| transport.malformed("the login challenge", format!("its realm is no address: {error}")))?;
        let safe = url.scheme() == "https" || (self.remote.in_the_clear && url.scheme() == "http");
        let server = transport.server().to_owned();
        safe.then_some(url).ok_or_else(|| {
            Failure::lasting(RegistryError::Redirect {
                server,
                to: realm.to_owned(),
                reason: "a token server must be reached over https".to_owned(),
            })
        })
    }

    fn scope(&self, operation: RegistryOperation) -> String {
        let actions = match operation {
            RegistryOperation::Pull => "pull",
            RegistryOperation::Push => "pull,push",
        };
        format!("repository:{}:{actions}", self.remote.path)
    }

    async fn fetch_token(&self, transport: &Transport, asked: Asked, credential: Option<&Credential>) -> Outcome<Secret> {
        let request = match credential {
            Some(Credential::IdentityToken(token)) => asked.by_identity(transport, token),
            Some(Credential::Password(login)) => Authorization::Basic(login.clone()).add_to(asked.by_query(transport)),
            None => asked.by_query(transport),
        };
        let what = "a token";
        let answer = transport.send(request, what, LONGEST_ANSWER).await?;
        match answer.status {
            StatusCode::OK => read_token(&answer.body).map_err(|reason| transport.malformed(what, reason)),
            // A token server says 400 where an identity token is not valid any more (RFC 6749, 5.2).
            StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST => Err(self.refused(transport)),
            status => Err(transport.status_failure(status, &answer.headers, &answer.body)),
        }
    }
}

/// What a token server is asked for.
struct Asked {
    realm: Url,
    service: Option<String>,
    scope: String,
}

impl Asked {
    fn by_query(mut self, transport: &Transport) -> RequestBuilder {
        self.realm
            .query_pairs_mut()
            .extend_pairs(self.service.iter().map(|service| ("service", service)))
            .append_pair("scope", &self.scope);
        transport.client.get(self.realm)
    }

    /// The refresh-token grant (RFC 6749, 6), as docker sends it.
    fn by_identity(self, transport: &Transport, token: &Secret) -> RequestBuilder {
        let service = self.service.unwrap_or_default();
        transport.client.post(self.realm).form(&[
            ("grant_type", "refresh_token"),
            ("service", &service),
            ("client_id", CLIENT_ID),
            ("scope", &self.scope),
            ("refresh_token", token.expose()),
        ])
    }
}

fn read_token(body: &[u8]) -> Result<Secret, &'static str> {
    let answer: TokenAnswer = serde_json::from_slice(body).map_err(|_| "it is not the JSON of a token server")?;
    let usable = |token: &Secret| !token.expose().is_empty() && token.expose().bytes().all(|byte| byte.is_ascii_graphic());
    answer.token.or(answer.access_token).filter(usable).ok_or("there is no token in it that can be sent")
}

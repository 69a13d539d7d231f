//! The one thing that is written: a tag, put by the registry client `oci-distribution`.
//!
//! What was asked of the client here: always by tag and always raw bytes (by digest it can panic, and typed manifests
//! change their digest). It keeps the first credential that it is given, so that every try has a client of its own.

use oci_distribution::client::{ClientConfig, ClientProtocol};
use oci_distribution::errors::OciDistributionError;
use oci_distribution::secrets::RegistryAuth;
use oci_distribution::token_cache::RegistryTokenType;
use oci_distribution::{Client, Reference, RegistryOperation};
use promotion_ledger::meaning::names::TagName;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue};

use super::session::Authorization;
use super::transport::{Outcome, Transport, USER_AGENT, client_certificates};
use crate::registry::error::RegistryError;
use crate::registry::error::innermost;
use crate::registry::place::Remote;
use crate::registry::repository::Manifest;
use crate::registry::retry::Failure;
use crate::registry::settings::Settings;

/// Where plain http requests go for a registry that is reached over https: nowhere. The client follows redirects into
/// the clear and offers no setting against it; a proxy that does not exist stands in their way.
const NOWHERE: &str = "http://127.0.0.1:0";

/// How a push ended, as far as the registry said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// The registry took it; reading back tells what it made of it.
    Taken,
    /// The registry asks who we are.
    Unauthorized,
}

/// Puts the manifest's bytes under the tag.
pub(super) async fn push(
    transport: &Transport,
    remote: &Remote,
    settings: &Settings,
    authorization: Option<&Authorization>,
    (tag, manifest): (&TagName, &Manifest),
) -> Outcome<Pushed> {
    let reference = remote.reference(tag.as_str());
    let client = client(transport, remote, settings)?;
    authorize(&client, &reference, authorization).await;
    let content_type = HeaderValue::from_str(manifest.media_type().as_str())
        .map_err(|error| transport.malformed("the manifest's media type", error.to_string()))?;
    match client.push_manifest_raw(&reference, manifest.bytes().to_vec(), content_type).await {
        Ok(_) => Ok(Pushed::Taken),
        // Taken too, by a registry that answers 200 for 201, or with a `Location` that is none.
        Err(OciDistributionError::SpecViolationError(_) | OciDistributionError::HeaderValueError(_)) => Ok(Pushed::Taken),
        Err(error) => failure(transport, error),
    }
}

fn client(transport: &Transport, remote: &Remote, settings: &Settings) -> Outcome<Client> {
    let config = ClientConfig {
        protocol: if remote.in_the_clear { ClientProtocol::Http } else { ClientProtocol::Https },
        extra_root_certificates: client_certificates(settings).map_err(Failure::lasting)?,
        connect_timeout: Some(settings.limits.connect),
        read_timeout: Some(settings.limits.attempt),
        user_agent: USER_AGENT,
        http_proxy: (!remote.in_the_clear).then(|| NOWHERE.to_owned()),
        ..ClientConfig::default()
    };
    let server = transport.server().to_owned();
    Client::try_from(config).map_err(|error| Failure::lasting(RegistryError::Setup { server, reason: innermost(&error) }))
}

/// Gives the client what was granted. Given nothing at all it sends nothing; given "anonymous" it would go asking.
async fn authorize(client: &Client, reference: &Reference, authorization: Option<&Authorization>) {
    let registry = reference.resolve_registry();
    match authorization {
        None => {}
        Some(Authorization::Bearer(token)) => {
            client.store_auth_if_needed(registry, &RegistryAuth::Bearer(token.expose().to_owned())).await;
        }
        Some(Authorization::Basic(login)) => {
            // As a token it is used as it is; as a credential the client would take it to whatever token server is named.
            let login = RegistryTokenType::Basic(login.username.clone(), login.password.expose().to_owned());
            client.store_auth_if_needed(registry, &RegistryAuth::Anonymous).await;
            client.tokens.insert(reference, RegistryOperation::Push, login).await;
        }
    }
}

fn failure(transport: &Transport, error: OciDistributionError) -> Outcome<Pushed> {
    let unauthorized = StatusCode::UNAUTHORIZED.as_u16();
    match error {
        OciDistributionError::UnauthorizedError { .. } => Ok(Pushed::Unauthorized),
        OciDistributionError::ServerError { code, .. } if code == unauthorized => Ok(Pushed::Unauthorized),
        OciDistributionError::ServerError { code, message, .. } => {
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            // The client does not pass `Retry-After` on; the read before the next try meets it (`OciRegistry::put`).
            Err(transport.status_failure(status, &HeaderMap::new(), message.as_bytes()))
        }
        OciDistributionError::RequestError(error) => Err(transport.network_failure(&error)),
        other => Err(transport.malformed("the answer to a push", other.to_string())),
    }
}

//! One `config.json` or `auth.json`: its entries, and which of them is meant.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::error::CredentialError;
use super::shown::{Credential, Login, Target};
use crate::registry::secret::Secret;

const LONGEST_FILE: usize = 1024 * 1024;

/// What docker keeps Docker Hub's credentials under.
const HUB_KEY: &str = "https://index.docker.io/v1/";

/// One file of credentials. Docker keeps much else in it, which is not looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct AuthFile {
    auths: BTreeMap<String, Entry>,
    creds_store: String,
    cred_helpers: BTreeMap<String, String>,
}

/// What a file has for one registry. An empty entry only says that a helper knows it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase", default)]
pub(super) struct Entry {
    auth: Option<Secret>,
    username: Option<String>,
    password: Option<Secret>,
    identitytoken: Option<Secret>,
}

impl AuthFile {
    /// Reads a file; `None` when it is not there.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, CredentialError> {
        let unreadable = |source| CredentialError::Unreadable { path: path.to_owned(), source };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(64 * 1024));
        file.take(LONGEST_FILE as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        let malformed = |reason: String| CredentialError::Malformed { path: path.to_owned(), reason };
        if bytes.len() > LONGEST_FILE {
            return Err(malformed(format!("it is larger than {LONGEST_FILE} bytes")));
        }
        // The parser's own sentence quotes what it found, which may be a secret: only the place is told.
        let parsed = serde_json::from_slice(&bytes);
        parsed.map(Some).map_err(|error| {
            malformed(format!("it is not what docker or podman write, at line {} column {}", error.line(), error.column()))
        })
    }

    /// The helper named for this registry, and what to ask it for.
    pub(super) fn helper_for(&self, target: Target<'_>) -> Option<(&str, String)> {
        best(&self.cred_helpers, target).map(|(key, name)| (name.as_str(), key.to_owned()))
    }

    /// The helper named for all registries, and what to ask it for.
    pub(super) fn helper_for_all(&self, target: Target<'_>) -> Option<(&str, String)> {
        let server = if canonical(target.host) == "docker.io" { HUB_KEY } else { target.host };
        (!self.creds_store.is_empty()).then(|| (self.creds_store.as_str(), server.to_owned()))
    }

    /// The file's own entry for this repository, and the key that it stands under.
    pub(super) fn entry_for(&self, target: Target<'_>) -> Option<(&str, &Entry)> {
        best(&self.auths, target)
    }
}

impl Entry {
    /// What the entry holds; `None` when it is empty.
    pub(super) fn credential(&self, path: &Path, key: &str) -> Result<Option<Credential>, CredentialError> {
        let filled = |secret: &&Secret| !secret.expose().is_empty();
        if let Some(token) = self.identitytoken.as_ref().filter(filled) {
            return Ok(Some(Credential::IdentityToken(token.clone())));
        }
        if let Some(auth) = self.auth.as_ref().filter(filled) {
            let login = decode(auth).ok_or_else(|| CredentialError::Malformed {
                path: path.to_owned(),
                reason: format!("`auth` of {key:?} is not the base64 of USER:PASSWORD"),
            })?;
            return Ok(Some(Credential::Password(login)));
        }
        let pair = self.username.as_ref().filter(|name| !name.is_empty()).zip(self.password.as_ref().filter(filled));
        Ok(pair.map(|(username, password)| Credential::Password(Login { username: username.clone(), password: password.clone() })))
    }
}

fn decode(auth: &Secret) -> Option<Login> {
    let bytes = Zeroizing::new(STANDARD.decode(auth.expose().trim()).ok()?);
    let (username, password) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    // Docker pads some passwords with zero bytes, and takes them off again.
    Some(Login { username: username.to_owned(), password: Secret::new(password.trim_matches('\0')) })
}

/// The entry whose key names the repository most closely.
fn best<'a, T>(entries: &'a BTreeMap<String, T>, target: Target<'_>) -> Option<(&'a str, &'a T)> {
    let closeness = |key: &str| closeness(key, target);
    entries
        .iter()
        .filter_map(|(key, value)| Some((closeness(key)?, key.as_str(), value)))
        .max_by_key(|(closeness, ..)| *closeness)
        .map(|(_, key, value)| (key, value))
}

/// How closely a key names the repository: the length of the path that it names, and whether it is spelled plainly.
/// `None` when it names another one.
fn closeness(key: &str, target: Target<'_>) -> Option<(usize, bool)> {
    let plain = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://"));
    let is_plain = plain.is_none();
    let (host, path) = match plain.unwrap_or(key).trim_end_matches('/').split_once('/') {
        // Old keys end with the version of the registry's interface, which is no repository.
        Some((host, "v1" | "v2")) if !is_plain => (host, ""),
        Some(parts) => parts,
        None => (plain.unwrap_or(key).trim_end_matches('/'), ""),
    };
    if !canonical(host).eq_ignore_ascii_case(canonical(target.host)) {
        return None;
    }
    let rest = target.path.strip_prefix(path)?;
    let whole_words = path.is_empty() || rest.is_empty() || rest.starts_with('/');
    whole_words.then_some((path.len(), is_plain))
}

/// Docker Hub goes by several names.
fn canonical(host: &str) -> &str {
    match host {
        "index.docker.io" | "registry-1.docker.io" => "docker.io",
        host => host,
    }
}

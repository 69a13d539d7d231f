//! Where an issuer is: an address that nobody on the way can answer for.

use reqwest::Url;

/// An address that an issuer cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not an address of an issuer: expected {expected}")]
pub struct InvalidAddress {
    /// What was given, shortened.
    pub found: String,
    /// What it should be.
    pub expected: String,
}

/// The address of an issuer, which its tokens carry letter by letter in `iss`.
pub(super) fn issuer(text: &str) -> Result<(), InvalidAddress> {
    let url = safe(text)?;
    if url.query().is_some() {
        return Err(invalid(text, "no `?` with anything after it"));
    }
    // Tokens are compared with the text as it stands, and requests go where the parser says: both must mean the same.
    let spelled = url.as_str();
    if spelled == text || spelled.strip_suffix('/') == Some(text) {
        return Ok(());
    }
    Err(invalid(text, format!("it in its one spelling, {spelled}")))
}

/// An address that keys may be fetched from: https, or http on this machine.
pub(super) fn safe(text: &str) -> Result<Url, InvalidAddress> {
    let https = "https://HOST[:PORT]/PATH, or http:// for a loopback address";
    let url = Url::parse(text).map_err(|_| invalid(text, https))?;
    let safe = match url.scheme() {
        "https" => url.host().is_some(),
        "http" => is_loopback(&url),
        _ => false,
    };
    if !safe {
        return Err(invalid(text, https));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("(not shown)", "no user name and no password in it"));
    }
    if url.fragment().is_some() {
        return Err(invalid(text, "no `#` with anything after it"));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    // `localhost` is this machine by RFC 6761, 6.3.
    host == "localhost" || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn invalid(found: &str, expected: impl Into<String>) -> InvalidAddress {
    InvalidAddress { found: found.chars().take(120).collect(), expected: expected.into() }
}

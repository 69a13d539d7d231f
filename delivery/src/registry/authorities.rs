//! Certificates of further authorities, out of the files that settings name.

use std::path::PathBuf;

use reqwest::Certificate;

use super::reasons::innermost;
use super::settings::Settings;

/// A certificate file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the certificate file {} cannot be used: {reason}", path.display())]
pub struct UnusableAuthority {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

/// Reads every certificate file, and sees that each holds a certificate.
pub(crate) fn authorities(settings: &Settings) -> Result<Vec<Certificate>, UnusableAuthority> {
    let mut all = Vec::new();
    for path in &settings.ca_files {
        let unusable = |reason| UnusableAuthority { path: path.clone(), reason };
        let bytes = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        let certificates = Certificate::from_pem_bundle(&bytes).map_err(|error| unusable(innermost(&error)))?;
        if certificates.is_empty() {
            return Err(unusable("there is no certificate in it".to_owned()));
        }
        all.extend(certificates);
    }
    Ok(all)
}

//! What an artifact says of itself: the annotations of its manifest, the labels of its image configuration.

use std::collections::BTreeMap;

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::Repository;
use serde::Deserialize;

use super::error::RegistryError;
use super::repository::{Manifest, Registry};

/// The most images of an index whose labels are read.
const MOST_IMAGES: usize = 32;

/// The configuration that holds labels (OCI image specification 1.1, and Docker's form of it).
const CONFIGURATIONS: [&str; 2] = ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

/// What marks a manifest of an index that is no image but says something of one.
const ATTESTATION: &str = "vnd.docker.reference.type";

/// What an artifact says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// The annotations of its manifest.
    pub annotations: BTreeMap<String, String>,
    /// The labels of its image configuration; of an index, those that all its images have alike.
    pub labels: BTreeMap<String, String>,
}

/// Reads what the artifact says of itself. Where no configuration can be read at all, it has no labels.
///
/// # Errors
///
/// What the registry says, and a manifest that cannot be read.
pub fn describe(registry: &dyn Registry, repository: &Repository, artifact: &Manifest) -> Result<Description, RegistryError> {
    let reader = Reader { registry, repository };
    let form = reader.form(artifact)?;
    let labels = match (&form.config, form.manifests) {
        (Some(config), _) => reader.labels(config)?,
        (None, Some(images)) => reader.shared_labels(&images)?,
        (None, None) => BTreeMap::new(),
    };
    Ok(Description { annotations: form.annotations.unwrap_or_default(), labels })
}

struct Reader<'a> {
    registry: &'a dyn Registry,
    repository: &'a Repository,
}

impl Reader<'_> {
    /// What all images of an index say alike.
    fn shared_labels(&self, images: &[Image]) -> Result<BTreeMap<String, String>, RegistryError> {
        let images = images.iter().filter(|image| !image.annotations.as_ref().is_some_and(|all| all.contains_key(ATTESTATION)));
        let mut shared: Option<BTreeMap<String, String>> = None;
        for image in images.take(MOST_IMAGES) {
            let form = self.form(&self.registry.manifest(&image.digest)?)?;
            let own = form.config.map_or(Ok(BTreeMap::new()), |config| self.labels(&config))?;
            shared = Some(match shared {
                None => own,
                Some(so_far) => so_far.into_iter().filter(|(name, value)| own.get(name) == Some(value)).collect(),
            });
        }
        Ok(shared.unwrap_or_default())
    }

    fn labels(&self, config: &Descriptor) -> Result<BTreeMap<String, String>, RegistryError> {
        let Some(attachments) = self.registry.attachments().filter(|_| CONFIGURATIONS.contains(&config.media_type.as_str())) else {
            return Ok(BTreeMap::new());
        };
        let bytes = attachments.blob(&config.digest)?;
        let configuration: Configuration =
            serde_json::from_slice(&bytes).map_err(|error| self.malformed("the image configuration", &error))?;
        Ok(configuration.config.and_then(|config| config.labels).unwrap_or_default())
    }

    fn form(&self, manifest: &Manifest) -> Result<Form, RegistryError> {
        serde_json::from_slice(manifest.bytes()).map_err(|error| self.malformed("the manifest", &error))
    }

    fn malformed(&self, what: &'static str, error: &serde_json::Error) -> RegistryError {
        RegistryError::Malformed { repository: self.repository.clone(), what, reason: error.to_string() }
    }
}

#[derive(Deserialize)]
struct Form {
    annotations: Option<BTreeMap<String, String>>,
    config: Option<Descriptor>,
    manifests: Option<Vec<Image>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: Digest,
}

#[derive(Deserialize)]
struct Image {
    digest: Digest,
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Configuration {
    config: Option<Labelled>,
}

#[derive(Deserialize)]
struct Labelled {
    #[serde(rename = "Labels")]
    labels: Option<BTreeMap<String, String>>,
}

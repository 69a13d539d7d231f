//! Registries: what a promotion needs of the place where artifacts are kept, and nothing else.
//!
//! One small trait, [`Registry`], with two keepers behind it: an OCI image layout directory (`layout`) and a
//! registry spoken to over http(s) (`oci`). Both hash every manifest they read; neither decides anything.

mod attachments;
mod authorities;
mod credentials;
mod description;
mod error;
mod layout;
mod oci;
mod place;
mod reasons;
mod repository;
pub mod retry;
mod secret;
mod settings;

use promotion_ledger::meaning::names::Repository;

pub(crate) use authorities::authorities;
pub(crate) use reasons::innermost;

pub use attachments::{Attachments, MOST_REFERRERS, Referrer};
pub use authorities::UnusableAuthority;
pub use credentials::helper::HelperError;
pub use credentials::{CredentialError, Login, Sources};
pub use description::{Description, describe};
pub use error::{RegistryError, TagStep};
pub use layout::LayoutError;
pub use repository::{LONGEST_MANIFEST, MOST_TAGS, Manifest, Registry};
pub use secret::Secret;
pub use settings::{Limits, Settings};

use place::Place;

/// Opens a repository. Nothing is read or connected to before the first call.
///
/// # Errors
///
/// When the address makes no sense, or a certificate file of the settings cannot be used.
pub fn open(repository: &Repository, settings: &Settings) -> Result<Box<dyn Registry>, RegistryError> {
    Ok(match Place::of(repository) {
        Place::Layout(directory) => Box::new(layout::Layout::new(repository.clone(), directory)),
        Place::Remote(remote) => Box::new(oci::OciRegistry::new(repository.clone(), remote, settings)?),
    })
}

//! What other tools attached to an artifact, read from an image layout directory.

use promotion_ledger::meaning::digest::Digest;

use super::Layout;
use crate::registry::attachments::{Attachments, Referrer};
use crate::registry::error::RegistryError;
use crate::registry::repository::{LONGEST_MANIFEST, digest_of};

impl Attachments for Layout {
    fn blob(&self, digest: &Digest) -> Result<Vec<u8>, RegistryError> {
        self.check_version()?;
        let path = self.directory.join("blobs").join("sha256").join(digest.hex());
        let Some(bytes) = self.read(&path, LONGEST_MANIFEST, "a blob")? else {
            return Err(RegistryError::NotFound { repository: self.repository.clone(), what: format!("the blob {digest}") });
        };
        let found = digest_of(&bytes);
        if found != *digest {
            return Err(RegistryError::DigestDiffers { repository: self.repository.clone(), expected: digest.clone(), found });
        }
        Ok(bytes)
    }

    /// A layout has no list of its own: the tag that stands in for it is copied along with everything else.
    fn referrers(&self, _: &Digest) -> Result<Option<Vec<Referrer>>, RegistryError> {
        Ok(None)
    }
}

//! A repository kept as an OCI image layout directory (OCI image specification 1.1, "Image Layout").
//!
//! Tags are the descriptors of `index.json` with the annotation `org.opencontainers.image.ref.name`. Writers take turns
//! by a lock file; readers need no lock, for the index is replaced in one step.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::{Repository, TagName};
use serde_json::Value;

pub use error::LayoutError;
use error::VERSION;

use super::attachments::Attachments;
use super::error::RegistryError;
use super::repository::{LONGEST_MANIFEST, MOST_TAGS, Manifest, Registry, digest_of};

mod attachments;
pub(super) mod error;
mod index;

use index::Index;

/// The lock file of writers; it stays, for removing it would let two writers hold two files of one name.
const LOCK: &str = ".promoledger.lock";
const LONGEST_INDEX: usize = 64 * 1024 * 1024;
const LONGEST_MARKER: usize = 4096;

/// A repository kept as an OCI image layout directory.
pub(super) struct Layout {
    repository: Repository,
    directory: PathBuf,
}

impl Layout {
    pub(super) fn new(repository: Repository, directory: PathBuf) -> Self {
        Self { repository, directory }
    }

    fn index_path(&self) -> PathBuf {
        self.directory.join("index.json")
    }

    fn index(&self) -> Result<Index, RegistryError> {
        self.check_version()?;
        let path = self.index_path();
        let bytes = self.read(&path, LONGEST_INDEX, "the index")?;
        let bytes = bytes.ok_or_else(|| LayoutError::Malformed { path: path.clone(), reason: "it is missing".to_owned() })?;
        Index::parse(&bytes).map_err(|reason| LayoutError::Malformed { path, reason }.into())
    }

    fn check_version(&self) -> Result<(), RegistryError> {
        let path = self.directory.join("oci-layout");
        let Some(bytes) = self.read(&path, LONGEST_MARKER, "the layout's version")? else {
            return Err(LayoutError::NotALayout { directory: self.directory.clone() }.into());
        };
        let found =
            serde_json::from_slice::<Value>(&bytes).ok().and_then(|value| Some(value.get("imageLayoutVersion")?.as_str()?.to_owned()));
        match found.as_deref() {
            Some(VERSION) => Ok(()),
            found => Err(LayoutError::Version { directory: self.directory.clone(), found: found.unwrap_or("none").to_owned() }.into()),
        }
    }

    /// A file's bytes; `None` when it is not there.
    fn read(&self, path: &Path, limit: usize, what: &'static str) -> Result<Option<Vec<u8>>, RegistryError> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(LayoutError::io("read", path)(error).into()),
        };
        let mut bytes = Vec::new();
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        file.take(most).read_to_end(&mut bytes).map_err(LayoutError::io("read", path))?;
        if bytes.len() > limit {
            return Err(RegistryError::TooLarge { repository: self.repository.clone(), what, limit });
        }
        Ok(Some(bytes))
    }

    /// The one writer's lock, held until the file is dropped.
    fn lock(&self) -> Result<File, LayoutError> {
        let path = self.directory.join(LOCK);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(LayoutError::io("open", &path))?;
        file.lock().map_err(LayoutError::io("lock", &path))?;
        Ok(file)
    }

    /// Puts another index in the place of the one there is: whoever reads sees the one or the other, after a crash too.
    fn replace_index(&self, index: &Index) -> Result<(), LayoutError> {
        let path = self.index_path();
        let permissions = fs::metadata(&path).map_err(LayoutError::io("read", &path))?.permissions();
        let mut file = tempfile::NamedTempFile::new_in(&self.directory).map_err(LayoutError::io("write into", &self.directory))?;
        file.write_all(&index.to_bytes()).map_err(LayoutError::io("write", file.path()))?;
        file.as_file().set_permissions(permissions).map_err(LayoutError::io("set the permissions of", file.path()))?;
        file.as_file().sync_all().map_err(LayoutError::io("write", file.path()))?;
        file.persist(&path).map_err(|error| LayoutError::io("replace", &path)(error.error))?;
        // Renaming is durable only once the directory itself is.
        File::open(&self.directory).and_then(|directory| directory.sync_all()).map_err(LayoutError::io("write", &self.directory))
    }
}

impl Registry for Layout {
    fn resolve(&self, tag: &TagName) -> Result<Option<Digest>, RegistryError> {
        self.index()?.resolve(tag).map_err(|reason| LayoutError::Malformed { path: self.index_path(), reason }.into())
    }

    fn manifest(&self, digest: &Digest) -> Result<Manifest, RegistryError> {
        let index = self.index()?;
        let path = self.directory.join("blobs").join("sha256").join(digest.hex());
        let Some(bytes) = self.read(&path, LONGEST_MANIFEST, "a manifest")? else {
            return Err(RegistryError::NotFound { repository: self.repository.clone(), what: format!("the manifest {digest}") });
        };
        let found = digest_of(&bytes);
        if found != *digest {
            return Err(RegistryError::DigestDiffers { repository: self.repository.clone(), expected: digest.clone(), found });
        }
        Manifest::read(index.media_type(digest), bytes).map_err(|reason| LayoutError::Malformed { path, reason }.into())
    }

    fn tag(&self, tag: &TagName, manifest: &Manifest) -> Result<(), RegistryError> {
        // A tag on a manifest that is not in the layout would promise what nobody can pull.
        self.manifest(manifest.digest())?;
        let _lock = self.lock()?;
        let mut index = self.index()?;
        if index.point(tag, manifest) {
            self.replace_index(&index)?;
        }
        let found = self.resolve(tag)?;
        if found.as_ref() == Some(manifest.digest()) {
            return Ok(());
        }
        Err(RegistryError::ReadBackDiffers {
            repository: self.repository.clone(),
            tag: tag.clone(),
            expected: manifest.digest().clone(),
            found,
        })
    }

    fn tags(&self) -> Result<Vec<TagName>, RegistryError> {
        let mut tags = self.index()?.tags();
        tags.truncate(MOST_TAGS);
        Ok(tags)
    }

    fn check_push(&self) -> Result<(), RegistryError> {
        self.index()?;
        tempfile::NamedTempFile::new_in(&self.directory)
            .and_then(tempfile::NamedTempFile::close)
            .map_err(LayoutError::io("write into", &self.directory))?;
        Ok(())
    }

    fn attachments(&self) -> Option<&dyn Attachments> {
        Some(self)
    }
}

#[cfg(test)]
mod tests;

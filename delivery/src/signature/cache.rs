//! Verdicts kept for a while, by the artifact's digest and the policy's. Only good ones: what is bad may be mended any
//! time, and asking again does no harm.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use promotion_ledger::meaning::digest::Digest;
use serde::{Deserialize, Serialize};

use super::error::SignatureError;
use super::policy::Policy;
use super::verdict::Checked;
use crate::registry::Registry;

/// The rules by which kept verdicts were found. Stricter rules have another number, and old verdicts are not found.
const RULES: u32 = 1;

const LONGEST_FILE: u64 = 64 * 1024;

/// A verdict, and when it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// When the signature was checked.
    pub at: Timestamp,
    /// The signature that counts.
    pub checked: Checked,
}

/// Where good verdicts are kept.
pub trait Cache {
    /// The verdict on the artifact by that policy, if there is one that is not older than `longest`. What cannot be read is not there.
    fn find(&self, artifact: &Digest, policy: &Digest, now: Timestamp, longest: SignedDuration) -> Option<Kept>;

    /// Keeps a verdict.
    fn keep(&self, artifact: &Digest, policy: &Digest, kept: &Kept) -> io::Result<()>;
}

/// [`check`](super::check), unless a verdict is kept that is not older than `longest`.
///
/// # Errors
///
/// Those of [`check`](super::check).
pub fn check_cached(
    registry: &dyn Registry,
    digest: &Digest,
    policy: &Policy,
    now: Timestamp,
    cache: &dyn Cache,
    longest: SignedDuration,
) -> Result<Kept, SignatureError> {
    if let Some(kept) = cache.find(digest, policy.digest(), now, longest) {
        return Ok(kept);
    }
    let kept = Kept { at: now, checked: super::search::run(registry, digest, policy, now)? };
    // A verdict that is not kept is found again.
    let _ = cache.keep(digest, policy.digest(), &kept);
    Ok(kept)
}

/// Verdicts as files of one folder. Whoever can write there can vouch for anything: it must be the user's own.
#[derive(Debug, Clone)]
pub struct FolderCache {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    artifact: Digest,
    at: Timestamp,
    checked: Checked,
    policy: Digest,
    rules: u32,
}

impl FolderCache {
    /// Keeps verdicts in that folder, which is made when it is first needed.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn path(&self, artifact: &Digest, policy: &Digest) -> PathBuf {
        self.folder.join(format!("{}-{}.json", artifact.hex(), policy.hex()))
    }
}

impl Cache for FolderCache {
    fn find(&self, artifact: &Digest, policy: &Digest, now: Timestamp, longest: SignedDuration) -> Option<Kept> {
        let file: File = serde_json::from_slice(&read(&self.path(artifact, policy))?).ok()?;
        let age = now.duration_since(file.at);
        let asked = file.rules == RULES && file.artifact == *artifact && file.policy == *policy;
        (asked && age >= SignedDuration::ZERO && age <= longest).then_some(Kept { at: file.at, checked: file.checked })
    }

    fn keep(&self, artifact: &Digest, policy: &Digest, kept: &Kept) -> io::Result<()> {
        make_own(&self.folder)?;
        let file = File { artifact: artifact.clone(), at: kept.at, checked: kept.checked.clone(), policy: policy.clone(), rules: RULES };
        let mut written = tempfile::NamedTempFile::new_in(&self.folder)?;
        written.write_all(&serde_json::to_vec(&file)?)?;
        // Not made durable: a file that a crash cut short is one that is not there.
        written.persist(self.path(artifact, policy)).map_err(|error| error.error)?;
        Ok(())
    }
}

/// Where there is no folder to be had: every signature is checked anew.
#[derive(Debug, Clone, Copy)]
pub struct NothingKept;

impl Cache for NothingKept {
    fn find(&self, _: &Digest, _: &Digest, _: Timestamp, _: SignedDuration) -> Option<Kept> {
        None
    }

    fn keep(&self, _: &Digest, _: &Digest, _: &Kept) -> io::Result<()> {
        Ok(())
    }
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path).ok()?.take(LONGEST_FILE).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Makes the folder, for its owner alone where the system knows owners.
fn make_own(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

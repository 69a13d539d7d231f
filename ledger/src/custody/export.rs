//! Exports: a log as a directory of plain files, to be verified by anybody with no database.
//!
//! ```text
//! tile/entries/000 …       entry bundles of C2SP tlog-tiles: up to 256 entries in a file
//! bodies/<digest>          16 bytes of salt, then the body
//! pins                     origin, genesis hash, size, head and keys, to compare with what one holds; proves nothing
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::log::{Kept, Log, LogError};
use super::store::{Body, Store, StoreError};
use crate::evidence::bundle::{self, BundleError, FULL, Place};
use crate::evidence::chain::{Chain, Fault};
use crate::evidence::keyring::{UnacceptableKey, VerifierKey};
use crate::meaning::digest::BodyDigest;

/// The directory of bodies.
const BODIES: &str = "bodies";
/// The directory of bundles.
const BUNDLES: &str = "tile/entries";
/// The file to compare with what one holds.
const PINS: &str = "pins";
/// The bytes of salt before a body.
const SALT: usize = 16;

/// Why an export was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is something where the export was to be.
    #[error("{} is there already: an export needs a directory that does not exist yet", .0.display())]
    Exists(PathBuf),
    /// A file could not be written.
    #[error("{} cannot be written: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What stood in the way.
        error: io::Error,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry is not sound: an export of it would be refused by every verifier.
    #[error("the ledger is not sound and was not exported: {0}")]
    Fault(#[from] Fault),
    /// Entries that do not fit a bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A key that cannot be written down.
    #[error(transparent)]
    Key(#[from] UnacceptableKey),
}

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// How many entries.
    pub entries: u64,
    /// How many bodies.
    pub bodies: u64,
}

/// Writes the whole ledger to a new directory, verifying every entry on the way.
pub fn write(store: &dyn Store, directory: &Path) -> Result<Exported, ExportError> {
    if directory.exists() {
        return Err(ExportError::Exists(directory.to_owned()));
    }
    let mut writer = Bundles { directory, chain: Chain::begin(), bundle: Vec::new(), next: 0 };
    let mut failed = None;
    store.read(0..store.head()?.size, &mut |entry| match writer.add(entry.note) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    writer.flush()?;
    let bodies = write_bodies(store, directory)?;
    put(&directory.join(PINS), pins(&writer.chain)?.as_bytes())?;
    Ok(Exported { entries: writer.chain.size(), bodies })
}

struct Bundles<'a> {
    directory: &'a Path,
    chain: Chain,
    bundle: Vec<Vec<u8>>,
    next: u64,
}

impl Bundles<'_> {
    fn add(&mut self, note: Vec<u8>) -> Result<(), ExportError> {
        match self.chain.admit(&note) {
            Ok(_) => {}
            Err(fault) => return Err(fault.into()),
        }
        self.bundle.push(note);
        if self.bundle.len() == FULL { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ExportError> {
        if self.bundle.is_empty() {
            return Ok(());
        }
        let place = Place::new(self.next, self.bundle.len())?;
        put(&self.directory.join(place.to_string()), &bundle::encode(&self.bundle)?)?;
        self.bundle.clear();
        self.next += 1;
        Ok(())
    }
}

fn write_bodies(store: &dyn Store, directory: &Path) -> Result<u64, ExportError> {
    let mut digests = Vec::new();
    store.bodies(&mut |digest| {
        digests.push(digest);
        ControlFlow::Continue(())
    })?;
    let mut count = 0;
    for digest in digests {
        if let Some(body) = store.body(&digest)? {
            put(&directory.join(BODIES).join(digest.to_string()), &[&body.salt[..], &body.bytes].concat())?;
            count += 1;
        }
    }
    Ok(count)
}

/// What to compare with what one holds from elsewhere.
fn pins(chain: &Chain) -> Result<String, ExportError> {
    let core = chain.state().core();
    let mut lines = Vec::new();
    lines.extend(core.identity.iter().map(|identity| format!("origin {}", identity.origin)));
    lines.extend(chain.genesis().map(|genesis| format!("genesis {genesis}")));
    lines.push(format!("size {}", chain.size()));
    lines.push(format!("head {}", chain.head()));
    for record in core.keys.iter() {
        let key = VerifierKey::new(record.key.name.clone(), &record.key.public)?;
        lines.push(format!("key {key} {}", record.principal));
    }
    Ok(lines.join("\n") + "\n")
}

/// Writes a file durably, with the directories that lead to it.
fn put(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let write = || -> io::Result<()> {
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| ExportError::Write { path: path.to_owned(), error })
}

/// An export, opened to be verified.
#[derive(Debug)]
pub struct Export {
    directory: PathBuf,
    bundles: Vec<PathBuf>,
}

impl Export {
    /// Finds the bundles of an export. They must begin at 0 and leave no gap.
    pub fn open(directory: &Path) -> Result<Self, LogError> {
        let root = directory.join(BUNDLES);
        if directory.is_dir() && !root.exists() {
            return Err(LogError::Missing {
                detail: format!("{} holds no entries: expected bundles below {BUNDLES}", directory.display()),
            });
        }
        let mut found = BTreeMap::new();
        collect(&root, 0, &mut found)?;
        let mut bundles = Vec::new();
        for (expected, (index, (path, width))) in (0u64..).zip(found) {
            let narrow_before = bundles.last().is_some_and(|(_, width)| *width < FULL);
            if index != expected || narrow_before {
                let missing = if narrow_before { expected - 1 } else { expected };
                let detail = format!(
                    "bundle {missing} is missing or not whole, and bundle {index} is there: entries from {} on are missing",
                    missing * FULL as u64
                );
                return Err(LogError::Missing { detail });
            }
            bundles.push((path, width));
        }
        if bundles.is_empty() {
            return Err(LogError::Missing {
                detail: format!("{} holds no entries: expected bundles below {BUNDLES}", directory.display()),
            });
        }
        Ok(Self { directory: directory.to_owned(), bundles: bundles.into_iter().map(|(path, _)| path).collect() })
    }
}

/// The bundles below a directory, the widest of each index.
fn collect(directory: &Path, above: u64, found: &mut BTreeMap<u64, (PathBuf, usize)>) -> Result<(), LogError> {
    for entry in list(directory)? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        let (digits, deeper, partial) = match (name.strip_prefix('x'), name.strip_suffix(".p")) {
            (Some(digits), _) => (digits, true, false),
            (None, Some(digits)) => (digits, false, true),
            (None, None) => (name.as_str(), false, false),
        };
        let group = (digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse::<u64>().ok()).flatten();
        // Leading groups of zeros would give a bundle a second name.
        let group = group.filter(|group| !(deeper && above == 0 && *group == 0));
        let index = group.and_then(|group| above.checked_mul(1000)?.checked_add(group));
        let Some(index) = index else {
            return Err(LogError::Damaged { detail: format!("{} is not a bundle: expected a name of three digits", path.display()) });
        };
        if deeper {
            collect(&path, index, found)?;
        } else if partial {
            for narrow in list(&path)? {
                let width = narrow.file_name().to_str().and_then(width_named);
                let Some(width) = width else {
                    return Err(LogError::Damaged {
                        detail: format!("{} is not a bundle: expected a width from 1 to 255", narrow.path().display()),
                    });
                };
                keep_widest(found, index, narrow.path(), width);
            }
        } else {
            keep_widest(found, index, path, FULL);
        }
    }
    Ok(())
}

/// A width in its one spelling.
fn width_named(name: &str) -> Option<usize> {
    name.parse::<usize>().ok().filter(|width| (1..FULL).contains(width) && width.to_string() == name)
}

fn keep_widest(found: &mut BTreeMap<u64, (PathBuf, usize)>, index: u64, path: PathBuf, width: usize) {
    if found.get(&index).is_none_or(|(_, other)| *other < width) {
        found.insert(index, (path, width));
    }
}

fn list(directory: &Path) -> Result<Vec<fs::DirEntry>, LogError> {
    let unreadable = |error: io::Error| LogError::Unreadable { detail: format!("{} cannot be read: {error}", directory.display()) };
    fs::read_dir(directory).map_err(unreadable)?.collect::<io::Result<_>>().map_err(unreadable)
}

impl Log for Export {
    fn entries(&self, each: &mut dyn FnMut(Kept) -> ControlFlow<()>) -> Result<(), LogError> {
        for path in &self.bundles {
            let bytes = read(path)?.ok_or_else(|| LogError::Missing { detail: format!("{} is missing", path.display()) })?;
            let entries = bundle::decode(&bytes).map_err(|error| LogError::Damaged { detail: format!("{}: {error}", path.display()) })?;
            let width = width_of(path);
            if entries.len() != width {
                let detail = format!("{} must hold {width} entries, found {}", path.display(), entries.len());
                return Err(LogError::Damaged { detail });
            }
            for entry in entries {
                if each(Kept { note: entry.to_vec(), filed: None }).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn body(&self, digest: &BodyDigest) -> Result<Option<Body>, LogError> {
        let path = self.directory.join(BODIES).join(digest.to_string());
        let Some(bytes) = read(&path)? else { return Ok(None) };
        let Some((salt, bytes)) = bytes.split_first_chunk::<SALT>() else {
            return Err(LogError::Damaged {
                detail: format!("body {digest} has {} bytes: expected at least its {SALT} bytes of salt", bytes.len()),
            });
        };
        Ok(Some(Body { digest: *digest, salt: *salt, bytes: bytes.to_vec() }))
    }

    fn bodies(&self, each: &mut dyn FnMut(BodyDigest) -> ControlFlow<()>) -> Result<(), LogError> {
        let directory = self.directory.join(BODIES);
        if !directory.exists() {
            return Ok(());
        }
        let mut names: Vec<String> = list(&directory)?.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        for name in names {
            let digest = BodyDigest::from_hex(&name)
                .map_err(|error| LogError::Damaged { detail: format!("{}: {error}", directory.join(&name).display()) })?;
            if each(digest).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn width_of(path: &Path) -> usize {
    let partial = path.parent().is_some_and(|parent| parent.extension().is_some_and(|extension| extension == "p"));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if partial { name.parse().unwrap_or(FULL) } else { FULL }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, LogError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(LogError::Unreadable { detail: format!("{} cannot be read: {error}", path.display()) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What opening an export with files of these names comes to.
    fn opened(names: &[&str]) -> Result<usize, LogError> {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"").unwrap();
        }
        Export::open(folder.path()).map(|export| export.bundles.len())
    }

    #[test]
    fn bundles_follow_each_other_and_only_the_last_is_narrow() {
        assert_eq!(opened(&["tile/entries/000", "tile/entries/001.p/7"]), Ok(2));
        assert_eq!(opened(&["tile/entries/000.p/7", "tile/entries/000.p/9"]), Ok(1), "the widest is read");
        for missing in
            [&["pins"][..], &["tile/entries/001"], &["tile/entries/000", "tile/entries/002"], &["tile/entries/000.p/7", "tile/entries/001"]]
        {
            assert!(matches!(opened(missing), Err(LogError::Missing { .. })), "{missing:?}");
        }
    }

    #[test]
    fn a_bundle_has_one_name() {
        for name in ["00", "0000", "+12", "x000/000", "000.p/0", "000.p/256", "000.p/01", "000.p/+5", "notes.txt"] {
            let found = opened(&[&format!("tile/entries/{name}")]);
            assert!(matches!(found, Err(LogError::Damaged { .. })), "{name}: {found:?}");
        }
    }

    #[test]
    fn what_is_not_there_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Export::open(&folder.path().join("nowhere")), Err(LogError::Unreadable { .. })));
    }
}

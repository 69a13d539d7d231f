//! The files of an export: bundles that hold what their names say, and bodies under their digests.

use std::fs;
use std::path::PathBuf;

use promotion_ledger::custody::export::{Export, write};
use promotion_ledger::custody::store::Store as _;
use promotion_ledger::meaning::refusal::ExitCode;
use tempfile::TempDir;

use crate::{expect_tampered, findings, sound};

/// An export of a sound ledger, in a folder that goes with it.
struct Exported {
    folder: TempDir,
    size: u64,
}

impl Exported {
    fn new() -> Self {
        let (folder, store) = (tempfile::tempdir().expect("a folder"), sound());
        let written = write(&store, &folder.path().join("export")).expect("a sound ledger is exported");
        assert_eq!(written.entries, store.head().expect("a head").size);
        Self { folder, size: written.entries }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join("export").join(below)
    }

    /// The one bundle of a log this short, by its width.
    fn bundle(&self, width: u64) -> PathBuf {
        self.path(&format!("tile/entries/000.p/{width}"))
    }

    fn open(&self) -> Export {
        Export::open(&self.folder.path().join("export")).expect("it has bundles")
    }

    /// The file of some body that an entry names.
    fn body(&self) -> PathBuf {
        let bodies = fs::read_dir(self.path("bodies")).expect("there are bodies");
        let mut files: Vec<PathBuf> = bodies.map(|file| file.expect("a folder can be read").path()).collect();
        files.sort();
        files.into_iter().next().expect("there is a body")
    }
}

#[test]
fn what_was_written_is_sound() {
    let (code, found) = findings(&Exported::new().open());
    assert_eq!(code, ExitCode::Done, "{found:?}");
}

#[test]
fn a_bundle_holds_as_many_entries_as_its_name_says() {
    for claimed in [-1, 1] {
        let exported = Exported::new();
        let width = exported.size.checked_add_signed(claimed).expect("a width");
        fs::rename(exported.bundle(exported.size), exported.bundle(width)).expect("a bundle can be renamed");
        expect_tampered(&exported.open(), Some(0), &format!("must hold {width} entries, found {}", exported.size));
    }
}

#[test]
fn an_export_without_bundles_is_incomplete() {
    let exported = Exported::new();
    fs::remove_file(exported.bundle(exported.size)).expect("a bundle can be removed");
    let error = Export::open(&exported.folder.path().join("export")).expect_err("nothing is left to open");
    assert_eq!(error.exit_code(), ExitCode::Incomplete, "{error}");
}

#[test]
fn a_body_file_that_is_shorter_than_its_salt_is_tampered_with() {
    let exported = Exported::new();
    fs::write(exported.body(), [7; 15]).expect("a body can be written");
    let (code, found) = findings(&exported.open());
    assert_eq!(code, ExitCode::Tampered, "{found:?}");
    assert!(found.iter().any(|finding| finding.message.contains("expected at least its 16 bytes of salt")), "{found:?}");
}

#[test]
fn a_name_among_bodies_that_is_no_digest_is_tampered_with() {
    let exported = Exported::new();
    fs::write(exported.path("bodies/notes.txt"), "x").expect("a file can be written");
    let (code, found) = findings(&exported.open());
    assert_eq!(code, ExitCode::Tampered, "{found:?}");
    assert!(found.iter().any(|finding| finding.message.contains("notes.txt")), "{found:?}");
}

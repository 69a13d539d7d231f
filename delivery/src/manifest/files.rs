//! Files that a manifest names: policies, keys, a trust root. They become part of the rules, so that nobody changes them afterwards.

use promotion_ledger::meaning::names::Document;

use super::cursor::Cursor;
use super::error::{ManifestError, quoted};

/// The longest manifest, and the longest file that one names: 1 MiB.
pub const LONGEST: usize = 1 << 20;

/// How the files that a manifest names are read. Nothing here touches a disk.
pub trait Files {
    /// The bytes of the file with the path that the manifest writes; at least one more than [`LONGEST`] where it has more than those.
    ///
    /// # Errors
    ///
    /// Why it cannot be read, as a part of a sentence.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
}

/// For manifests that name no files.
#[derive(Debug, Clone, Copy)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("no files are read here".to_owned())
    }
}

/// Reads the file whose path stands here.
pub(super) fn document(at: &Cursor<'_>, files: &dyn Files, path: &str) -> Result<Document, ManifestError> {
    let hint = "a path begins at the folder of the manifest".to_owned();
    let bytes = files
        .read(path)
        .map_err(|why| at.error("the path of a file that can be read", format!("{}: {why}", quoted(path))).hinting(hint))?;
    let length = bytes.len();
    let text = String::from_utf8(bytes).map_err(|_| at.error("a file of UTF-8 text", format!("other bytes in {}", quoted(path))))?;
    Document::new(text).map_err(|invalid| {
        let found = if length > LONGEST { "more than 1 MiB".to_owned() } else { format!("{length} bytes") };
        at.error(format!("a file of {}", invalid.expected), format!("{found} in {}", quoted(path)))
    })
}

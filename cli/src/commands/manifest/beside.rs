//! The files that a manifest names, read relative to its folder.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use promotion_delivery::manifest::{Files, LONGEST};

/// The files beside a manifest.
pub(super) struct Beside<'p>(pub(super) &'p Path);

impl Files for Beside<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let path = self.0.parent().unwrap_or(Path::new("")).join(path);
        // What is no file, such as a named pipe, might never be opened.
        if fs::metadata(&path).map_err(|error| error.to_string())?.is_file() {
            bytes(&path).map_err(|error| error.to_string())
        } else {
            Err("it is no file".to_owned())
        }
    }
}

/// The file's bytes, one more than it may have at most.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

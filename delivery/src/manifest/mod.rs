//! The manifest: the rules of a pipeline as people write them.
//!
//! The rules live in the section `artifacts` of `manifest.yaml`; the other sections belong to other tools. Nothing
//! here puts rules in force: they are in force once the ledger holds the entry that adopts them.
//!
//! A text is read in three steps. `yaml` keeps the section as a tree with places, `read` turns the tree into rules
//! through a strict `cursor`, one file for each subject, and the ledger's own constructors have the last word. What the
//! reader and the published `schema` must agree on stands in `shape`.

mod commands;
mod components;
mod cursor;
mod demands;
mod differences;
mod environments;
mod error;
mod files;
mod freezes;
mod gates;
mod groups;
mod guards;
mod issuers;
mod leaf;
mod near;
mod policies;
mod read;
mod repository;
mod scalar;
mod scan;
mod schema;
mod shape;
mod span;
mod template;
mod undemanded;
mod verification;
mod words;
mod yaml;

#[cfg(test)]
mod tests;

use promotion_ledger::meaning::rules::Rules;
use promotion_ledger::meaning::time::Timestamp;

pub use self::demands::{demands, provisions};
pub use self::differences::{Difference, differences};
pub use self::error::ManifestError;
pub use self::files::{Files, LONGEST, NoFiles};
pub use self::schema::schema;
pub use self::template::template;

use self::error::{Path, Place};

/// Reads a manifest as it would be adopted now: from then on its freezes are written out. The files that it names are read as well
/// and become part of the rules.
///
/// # Errors
/// The first fault found, with its place: what the YAML parser refuses comes first, then what stands in the section
/// twice or by reference, then fields in the order in which the reference lists them.
pub fn parse(text: &[u8], now: Timestamp, files: &dyn Files) -> Result<Rules, ManifestError> {
    if text.len() > LONGEST {
        let error = ManifestError::new(Place::START, &Path::Root, format!("at most {LONGEST} bytes"), format!("{} bytes", text.len()));
        return Err(error.hinting("this is hardly a manifest: check which file was named".to_owned()));
    }
    read::rules(&yaml::section(decoded(text)?)?, now, files)
}

fn decoded(text: &[u8]) -> Result<&str, ManifestError> {
    std::str::from_utf8(text).map_err(|error| {
        let good = String::from_utf8_lossy(text.get(..error.valid_up_to()).unwrap_or_default());
        let place =
            Place { line: good.matches('\n').count() + 1, column: good.chars().rev().take_while(|letter| *letter != '\n').count() + 1 };
        let byte = text.get(error.valid_up_to()).copied().unwrap_or_default();
        ManifestError::new(place, &Path::Root, "UTF-8 text", format!("the byte 0x{byte:02x}")).hinting("save the file as UTF-8".to_owned())
    })
}

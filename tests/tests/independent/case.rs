//! One log with what an auditor has of it: its entries and bodies, its pins, and the export that they make.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// A log that was or was not tampered with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Case {
    /// Where it comes from, in a word.
    pub(crate) name: String,
    pub(crate) entries: Vec<Vec<u8>>,
    /// File name to salt and bytes.
    pub(crate) bodies: BTreeMap<String, Vec<u8>>,
    /// `origin`, `genesis`, `head` (`SIZE:HASH`) and `key`, as on a command line.
    pub(crate) pins: BTreeMap<&'static str, String>,
}

/// The files of an export, by their paths in it. A path that ends in `/` is an empty directory.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

impl Case {
    /// The vector in that file, with the verdict that it must have.
    pub(crate) fn of_vector(file: &Path) -> (Self, Value) {
        let text = fs::read(file).unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()));
        let vector: Value = serde_json::from_slice(&text).expect("a vector is JSON");
        let list = |name: &str| vector[name].as_array().cloned().unwrap_or_default();
        let entries =
            list("entries").iter().map(|entry| entry.as_str().map_or_else(|| decoded(&entry["base64"]), |text| text.into())).collect();
        let body = |body: &Value| (text_of(&body["digest"]), [decoded(&body["salt_base64"]), decoded(&body["bytes_base64"])].concat());
        let mut pins: BTreeMap<&'static str, String> =
            ["origin", "genesis", "key"].into_iter().filter_map(|name| Some((name, vector["pins"][name].as_str()?.to_owned()))).collect();
        if let Some(head) = vector["pins"]["head"].as_str() {
            pins.insert("head", format!("{}:{head}", vector["pins"]["size"]));
        }
        let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        (Self { name, entries, bodies: list("bodies").iter().map(body).collect(), pins }, vector["expected"].clone())
    }

    /// Whether it can be exported at all: an entry's length is written in two bytes.
    pub(crate) fn fits(&self) -> bool {
        self.entries.iter().all(|entry| u16::try_from(entry.len()).is_ok())
    }

    /// The export of it.
    pub(crate) fn files(&self) -> Files {
        let mut files = Files::new();
        for (index, bundle) in self.entries.chunks(256).enumerate() {
            let partial = if bundle.len() < 256 { format!(".p/{}", bundle.len()) } else { String::new() };
            files.insert(format!("tile/entries/{index:03}{partial}"), encode(bundle));
        }
        files.extend(self.bodies.iter().map(|(name, body)| (format!("bodies/{name}"), body.clone())));
        files
    }

    /// The pins as arguments of the second verifier, for an export in that folder.
    pub(crate) fn arguments(&self, export: &Path) -> String {
        let pins = self.pins.iter().map(|(name, value)| format!(" --{name} {value}"));
        format!("{}{}", export.display(), pins.collect::<String>())
    }
}

/// Entries as a bundle holds them.
pub(crate) fn encode(entries: &[Vec<u8>]) -> Vec<u8> {
    let framed = |entry: &Vec<u8>| [&u16::try_from(entry.len()).unwrap_or(u16::MAX).to_be_bytes()[..], entry].concat();
    entries.iter().flat_map(framed).collect()
}

/// Writes an export to a folder, in the place of what was there.
pub(crate) fn write(files: &Files, folder: &Path) {
    let written = || {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        files.iter().try_for_each(|(name, bytes)| {
            let file = folder.join(name);
            if name.ends_with('/') {
                return fs::create_dir_all(file);
            }
            fs::create_dir_all(file.parent().unwrap_or(folder))?;
            fs::write(file, bytes)
        })
    };
    written().unwrap_or_else(|error| panic!("{} cannot be written: {error}", folder.display()));
}

/// Every file of the vectors, in order.
pub(crate) fn vectors() -> Vec<PathBuf> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/vectors/v1"));
    let list = |folder: &str| fs::read_dir(root.join(folder)).expect("the vectors are in the repository");
    let mut files: Vec<PathBuf> = ["valid", "invalid"].into_iter().flat_map(list).map(|file| file.expect("a file").path()).collect();
    files.sort();
    files
}

fn text_of(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn decoded(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().expect("a text")).expect("a vector's base64 is base64")
}

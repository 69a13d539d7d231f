//! What a disk may hold when the power goes.
//!
//! Durable is what was synced: bytes and size of a file by a sync of the file, names by a sync of the folder. Of all
//! else a disk may have kept anything: nothing, all, some writes and not those before them, some sectors of a write. Names
//! are lost from the newest backwards, since file systems keep a journal of them. What is durable is never touched by a
//! write beside it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::str::FromStr;

use fastrand::Rng;

use crate::journal::{Change, FileId, Journal};

/// The files that a disk holds, by name.
pub type Image = BTreeMap<String, Vec<u8>>;

/// What becomes of that which was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Loss {
    /// It is gone.
    All,
    /// It is there, as if only the program had died.
    Nothing,
    /// Names are there, bytes and sizes are not.
    Bytes,
    /// Bytes and sizes are there, names are not.
    Names,
    /// Some writes are there.
    Some {
        /// Which ones.
        seed: u64,
    },
    /// Some sectors of writes are there, and where a file grew, others may hold what was on the disk before.
    Torn {
        /// The size of a sector.
        sector: u64,
        /// Which ones.
        seed: u64,
    },
}

/// A disk while a journal is played back.
#[derive(Debug, Clone, Default)]
pub struct Platter {
    files: BTreeMap<FileId, Content>,
    names: BTreeMap<String, FileId>,
    unsynced_names: Vec<Naming>,
    acknowledged: u64,
}

#[derive(Debug, Clone, Default)]
struct Content {
    durable: Vec<u8>,
    unsynced: Vec<Edit>,
}

#[derive(Debug, Clone)]
struct Edit {
    what: Edited,
    /// A sync failed after it: no later one makes it durable.
    forsaken: bool,
}

#[derive(Debug, Clone)]
enum Edited {
    Written { at: usize, bytes: Vec<u8> },
    Cut(usize),
}

#[derive(Debug, Clone)]
enum Naming {
    Created(String, FileId),
    Removed(String),
    Renamed(String, String),
}

impl Platter {
    /// The disk as the journal begins.
    #[must_use]
    pub fn of(journal: &Journal) -> Self {
        let mut platter = Self::default();
        for (name, (file, bytes)) in &journal.base {
            platter.names.insert(name.clone(), *file);
            platter.files.insert(*file, Content { durable: bytes.clone(), unsynced: Vec::new() });
        }
        platter
    }

    /// How much was acknowledged by now.
    #[must_use]
    pub const fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// Plays one change.
    pub fn play(&mut self, change: &Change) {
        match change {
            Change::Created { name, file } => {
                self.files.insert(*file, Content::default());
                self.unsynced_names.push(Naming::Created(name.clone(), *file));
            }
            Change::Written { file, at, bytes } => self.edit(*file, Edited::Written { at: place(*at), bytes: bytes.clone() }),
            Change::Cut { file, size } => self.edit(*file, Edited::Cut(place(*size))),
            Change::Synced { file } => self.content(*file).sync(),
            Change::NotSynced { file } => self.content(*file).unsynced.iter_mut().for_each(|edit| edit.forsaken = true),
            Change::Removed { name } => self.unsynced_names.push(Naming::Removed(name.clone())),
            Change::Renamed { from, to } => self.unsynced_names.push(Naming::Renamed(from.clone(), to.clone())),
            Change::NamesSynced => {
                for naming in std::mem::take(&mut self.unsynced_names) {
                    naming.apply(&mut self.names);
                }
            }
            Change::Acknowledged(so_much) => self.acknowledged = *so_much,
        }
    }

    fn edit(&mut self, file: FileId, what: Edited) {
        self.content(file).unsynced.push(Edit { what, forsaken: false });
    }

    fn content(&mut self, file: FileId) -> &mut Content {
        self.files.entry(file).or_default()
    }

    /// What the disk may hold if the power goes now.
    #[must_use]
    pub fn image(&self, loss: Loss) -> Image {
        let mut rng = Rng::with_seed(loss.seed());
        let named = match loss {
            Loss::All | Loss::Names => 0,
            Loss::Nothing | Loss::Bytes => self.unsynced_names.len(),
            Loss::Some { .. } | Loss::Torn { .. } => rng.usize(0..=self.unsynced_names.len()),
        };
        let mut names = self.names.clone();
        self.unsynced_names.iter().take(named).for_each(|naming| naming.apply(&mut names));
        // Now a disk that had written nearly all of it, now one that had written next to nothing.
        let odds = rng.f64();
        let bytes = |(name, file): (String, FileId)| Some((name, self.files.get(&file)?.after(loss, odds, &mut rng)));
        names.into_iter().filter_map(bytes).collect()
    }
}

impl Content {
    fn sync(&mut self) {
        for edit in std::mem::take(&mut self.unsynced) {
            if !edit.forsaken {
                edit.what.apply(&mut self.durable);
            }
        }
    }

    fn after(&self, loss: Loss, odds: f64, rng: &mut Rng) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        for Edit { what, .. } in &self.unsynced {
            match loss {
                Loss::All | Loss::Bytes => {}
                Loss::Nothing | Loss::Names => what.apply(&mut bytes),
                Loss::Some { .. } if rng.f64() < odds => what.apply(&mut bytes),
                Loss::Some { .. } => {}
                Loss::Torn { sector, .. } => what.apply_torn(&mut bytes, place(sector), odds, rng),
            }
        }
        bytes
    }
}

impl Edited {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Written { at, bytes } => put(file, *at, bytes),
            Self::Cut(size) => file.resize(*size, 0),
        }
    }

    /// Applies the part in each sector, or not. A sector that the file grew by and that was not written holds zeros, or
    /// what was there before.
    fn apply_torn(&self, file: &mut Vec<u8>, sector: usize, odds: f64, rng: &mut Rng) {
        let Self::Written { at, bytes } = self else {
            if rng.f64() < odds {
                self.apply(file);
            }
            return;
        };
        let mut start = *at;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (part, behind) = rest.split_at(rest.len().min(sector - start % sector));
            if rng.f64() < odds {
                put(file, start, part);
            } else if start >= file.len() && rng.bool() {
                let stale: Vec<u8> = part.iter().map(|_| rng.u8(..)).collect();
                put(file, start, &stale);
            }
            start += part.len();
            rest = behind;
        }
    }
}

impl Naming {
    fn apply(&self, names: &mut BTreeMap<String, FileId>) {
        match self {
            Self::Created(name, file) => {
                names.insert(name.clone(), *file);
            }
            Self::Removed(name) => {
                names.remove(name);
            }
            Self::Renamed(from, to) => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
        }
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[at..end].copy_from_slice(bytes);
}

fn place(of_bytes: u64) -> usize {
    usize::try_from(of_bytes).expect("a test's file fits into memory")
}

impl Loss {
    fn seed(self) -> u64 {
        match self {
            Self::Some { seed } | Self::Torn { seed, .. } => seed,
            _ => 0,
        }
    }

    /// Writes an image into a folder.
    pub fn write(image: &Image, folder: &Path) -> io::Result<()> {
        image.iter().try_for_each(|(name, bytes)| fs::write(folder.join(name), bytes))
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Nothing => f.write_str("nothing"),
            Self::Bytes => f.write_str("bytes"),
            Self::Names => f.write_str("names"),
            Self::Some { seed } => write!(f, "some-{seed}"),
            Self::Torn { sector, seed } => write!(f, "torn{sector}-{seed}"),
        }
    }
}

impl FromStr for Loss {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || format!("{text:?} is no loss: expected all, nothing, bytes, names, some-SEED or tornSECTOR-SEED");
        let number = |text: &str| text.parse().map_err(|_| unknown());
        match text {
            "all" => Ok(Self::All),
            "nothing" => Ok(Self::Nothing),
            "bytes" => Ok(Self::Bytes),
            "names" => Ok(Self::Names),
            _ => match text.split_once('-') {
                Some(("some", seed)) => Ok(Self::Some { seed: number(seed)? }),
                Some((torn, seed)) if torn.starts_with("torn") => {
                    Ok(Self::Torn { sector: number(torn.trim_start_matches("torn"))?, seed: number(seed)? })
                }
                _ => Err(unknown()),
            },
        }
    }
}

//! Pins: what this user has seen of ledgers, kept in the user's own folder, so that a log that was cut, swapped or
//! rewritten is noticed by whoever saw more of it before.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use promotion_ledger::custody::store::Store;
use promotion_ledger::evidence::hash::leaf_hash;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::names::Origin;
use promotion_ledger::meaning::refusal::ExitCode;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::error::{CommandError, file};

/// What was seen of one ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pin {
    /// Where it is kept.
    pub(crate) ledger: PathBuf,
    /// Its name.
    pub(crate) origin: Origin,
    /// The hash of entry 0.
    pub(crate) genesis: EntryHash,
    /// How many entries were seen.
    pub(crate) size: u64,
    /// The hash of the last of them.
    pub(crate) head: EntryHash,
}

/// Everything that was pinned.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pins {
    pins: Vec<Pin>,
    #[serde(skip)]
    path: PathBuf,
}

impl Pins {
    /// Reads the user's pins; there may be none.
    pub(crate) fn load(context: &Context) -> Result<Self, CommandError> {
        let path = context.config_folder()?.join("trust.json");
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self { path, ..Self::default() }),
            Err(error) => return Err(file(&path, "read", &error)),
        };
        let pins: Self = serde_json::from_slice(&text).map_err(|error| {
            CommandError::usage(format!("{} does not hold pins: {error}", path.display()))
                .hint("restore it, or delete it and run `promoledger trust` again")
        })?;
        Ok(Self { path, ..pins })
    }

    /// What was pinned for the ledger kept there.
    pub(crate) fn of(&self, ledger: &Path) -> Option<&Pin> {
        self.pins.iter().find(|pin| pin.ledger == ledger)
    }

    /// Takes the pin, in place of an earlier one for the same ledger, durably.
    pub(crate) fn keep(&mut self, pin: Pin) -> Result<(), CommandError> {
        self.pins.retain(|other| other.ledger != pin.ledger);
        self.pins.push(pin);
        let write = || -> std::io::Result<()> {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder)?;
            let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
            serde_json::to_writer_pretty(&mut temporary, self)?;
            temporary.write_all(b"\n")?;
            temporary.as_file().sync_all()?;
            temporary.persist(&self.path).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|error| file(&self.path, "written", &error))
    }
}

/// Checks that the log still extends what was seen, and gives the reason when it does not.
pub(crate) fn check(pin: &Pin, store: &dyn Store) -> Result<(), CommandError> {
    let at = |place: u64| -> Result<Option<EntryHash>, CommandError> {
        let mut found = None;
        store.read(place..place + 1, &mut |entry| {
            found = Some(leaf_hash(&entry.note));
            std::ops::ControlFlow::Break(())
        })?;
        Ok(found)
    };
    let advice = "if the ledger was meant to be replaced, pin the new one with `promoledger trust --anew`; if not, keep the file and find out who changed it";
    if at(0)? != Some(pin.genesis) {
        let message = format!("this is not the ledger that was pinned: expected genesis {} of {}", pin.genesis, pin.origin);
        return Err(CommandError::new(ExitCode::Tampered, message).hint(advice));
    }
    match at(pin.size.saturating_sub(1))? {
        Some(found) if found == pin.head => Ok(()),
        Some(found) => {
            let message =
                format!("the log was rewritten: expected entry {} to be {}, as it was seen before, found {found}", pin.size - 1, pin.head);
            Err(CommandError::new(ExitCode::Tampered, message).hint(advice))
        }
        None => {
            let found = store.head()?.size;
            let message = format!("entries are missing: {} were seen before, found {found}", pin.size);
            Err(CommandError::new(ExitCode::Incomplete, message).hint(advice))
        }
    }
}

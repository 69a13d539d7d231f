//! What was seen in each watched folder, and what is to fail there.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::fault::{Act, Fault};
use crate::journal::{Change, FileId, Journal};

pub(crate) static WATCHED: RwLock<Vec<Arc<Watched>>> = RwLock::new(Vec::new());

#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) folder: PathBuf,
    pub(crate) state: Mutex<State>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    names: BTreeMap<String, FileId>,
    files: u32,
    pub(crate) journal: Journal,
    pub(crate) counts: BTreeMap<Act, u64>,
    pub(crate) fault: Option<Fault>,
    pub(crate) struck: bool,
    /// How many bytes files may still grow by.
    pub(crate) room: Option<u64>,
}

/// What becomes of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All of it is written.
    Goes,
    /// So many bytes of it are written, and it fails.
    Fails(usize),
    /// So many bytes of it are written, and then the disk is full.
    Full(usize),
}

/// The watched folder that a path lies in, and its name there.
pub(crate) fn watched(path: &Path) -> Option<(Arc<Watched>, String)> {
    let all = WATCHED.read().unwrap_or_else(PoisonError::into_inner);
    let found = all.iter().find(|watched| path.parent() == Some(&watched.folder))?;
    Some((Arc::clone(found), name_of(path)?))
}

/// The watched folder that a path is.
pub(crate) fn watched_folder(path: &Path) -> Option<Arc<Watched>> {
    WATCHED.read().unwrap_or_else(PoisonError::into_inner).iter().find(|watched| path == watched.folder).cloned()
}

/// A file's name. Shared memory is no part of what a disk keeps: whoever comes first after a crash makes it anew.
pub(crate) fn name_of(path: &Path) -> Option<String> {
    let name = path.file_name().and_then(OsStr::to_str)?;
    (!name.ends_with("-shm")).then(|| name.to_owned())
}

impl Watched {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn record(&self, change: Change) {
        self.state().journal.changes.push(change);
    }

    /// Counts an act, and says whether it is refused.
    pub(crate) fn refuses(&self, act: Act) -> bool {
        self.state().strikes(act).is_some()
    }

    /// Judges a write of so many bytes that makes its file grow by `growth`.
    pub(crate) fn judge_write(&self, length: usize, growth: u64) -> Verdict {
        let mut state = self.state();
        if let Some(fault) = state.strikes(Act::Write) {
            return Verdict::Fails(if fault.torn { length / 2 } else { 0 });
        }
        let Some(room) = state.room else { return Verdict::Goes };
        state.room = Some(room.saturating_sub(growth));
        if growth <= room {
            return Verdict::Goes;
        }
        state.struck = true;
        let missing = usize::try_from(growth - room).unwrap_or(length);
        Verdict::Full(length.saturating_sub(missing))
    }

    pub(crate) fn file(&self, name: &str) -> Option<FileId> {
        self.state().names.get(name).copied()
    }

    pub(crate) fn created(&self, name: &str) {
        let mut state = self.state();
        let file = state.introduce(name);
        state.journal.changes.push(Change::Created { name: name.to_owned(), file });
    }

    pub(crate) fn written(&self, file: FileId, at: u64, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.record(Change::Written { file, at, bytes: bytes.to_vec() });
        }
    }

    pub(crate) fn cut(&self, file: FileId, size: u64, freed: u64) {
        let mut state = self.state();
        state.room = state.room.map(|room| room.saturating_add(freed));
        state.journal.changes.push(Change::Cut { file, size });
    }

    pub(crate) fn synced(&self, file: FileId, well: bool) {
        self.record(if well { Change::Synced { file } } else { Change::NotSynced { file } });
    }

    pub(crate) fn names_synced(&self) {
        self.record(Change::NamesSynced);
    }

    pub(crate) fn removed(&self, name: &str) {
        let mut state = self.state();
        if state.names.remove(name).is_some() {
            state.journal.changes.push(Change::Removed { name: name.to_owned() });
        }
    }

    pub(crate) fn renamed(&self, from: &str, to: &str) {
        let mut state = self.state();
        if let Some(file) = state.names.remove(from) {
            state.names.insert(to.to_owned(), file);
            state.journal.changes.push(Change::Renamed { from: from.to_owned(), to: to.to_owned() });
        }
    }
}

impl State {
    pub(crate) fn introduce(&mut self, name: &str) -> FileId {
        let file = FileId(self.files);
        self.files += 1;
        self.names.insert(name.to_owned(), file);
        file
    }

    /// Counts an act, and gives the fault that refuses it.
    fn strikes(&mut self, act: Act) -> Option<Fault> {
        let count = self.counts.entry(act).or_default();
        *count += 1;
        let fault = self.fault.filter(|fault| fault.act == act && (*count == fault.nth || fault.lasting && *count > fault.nth))?;
        self.struck = true;
        Some(fault)
    }
}

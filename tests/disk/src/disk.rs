//! The folders that are watched: what was seen in each, and what is to fail there.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::fault::{Act, Fault};
use crate::journal::{Change, FileId, Journal};
use crate::vfs;

static WATCHED: RwLock<Vec<Arc<Watched>>> = RwLock::new(Vec::new());

/// A folder on a disk that can fail, watched until this is dropped.
#[derive(Debug)]
pub struct Disk(Arc<Watched>);

#[derive(Debug)]
pub(crate) struct Watched {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    names: BTreeMap<String, FileId>,
    files: u32,
    journal: Journal,
    counts: BTreeMap<Act, u64>,
    fault: Option<Fault>,
    struck: bool,
    /// How many bytes files may still grow by.
    room: Option<u64>,
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

impl Disk {
    /// Watches a folder from now on. What is in it counts as durable. SQLite must not have files in it open.
    pub fn watch(folder: &Path) -> io::Result<Self> {
        vfs::install();
        let folder = fs::canonicalize(folder)?;
        let mut state = State::default();
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_file()
                && let Some(name) = name_of(&entry.path())
            {
                let file = state.introduce(&name);
                state.journal.base.insert(name, (file, fs::read(entry.path())?));
            }
        }
        let watched = Arc::new(Watched { folder, state: Mutex::new(state) });
        WATCHED.write().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&watched));
        Ok(Self(watched))
    }

    /// Notes that this much of the test's work was acknowledged as done for good.
    pub fn acknowledge(&self, so_much: u64) {
        self.0.record(Change::Acknowledged(so_much));
    }

    /// What was seen until now.
    #[must_use]
    pub fn journal(&self) -> Journal {
        self.0.state().journal.clone()
    }

    /// How often that was asked for since a fault was last set, or the watch began.
    #[must_use]
    pub fn count(&self, act: Act) -> u64 {
        self.0.state().counts.get(&act).copied().unwrap_or_default()
    }

    /// Makes something fail from now on.
    pub fn fail(&self, fault: Fault) {
        let mut state = self.0.state();
        state.counts.clear();
        state.fault = Some(fault);
        state.struck = false;
    }

    /// Lets files grow by so many bytes, and by no more.
    pub fn leave_room(&self, bytes: u64) {
        let mut state = self.0.state();
        state.room = Some(bytes);
        state.struck = false;
    }

    /// Lets everything go well again.
    pub fn heal(&self) {
        let mut state = self.0.state();
        state.fault = None;
        state.room = None;
    }

    /// Whether something was refused since it was last told to fail.
    #[must_use]
    pub fn has_struck(&self) -> bool {
        self.0.state().struck
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        WATCHED.write().unwrap_or_else(PoisonError::into_inner).retain(|watched| !Arc::ptr_eq(watched, &self.0));
    }
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
fn name_of(path: &Path) -> Option<String> {
    let name = path.file_name().and_then(OsStr::to_str)?;
    (!name.ends_with("-shm")).then(|| name.to_owned())
}

impl Watched {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, change: Change) {
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
    fn introduce(&mut self, name: &str) -> FileId {
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

//! A folder that is watched, in the hands of a test.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::fault::{Act, Fault};
use crate::journal::{Change, Journal};
use crate::vfs;
use crate::watched::{State, WATCHED, Watched, name_of};

/// A folder on a disk that can fail, watched until this is dropped.
#[derive(Debug)]
pub struct Disk(Arc<Watched>);

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

//! The way through a log: what is read is taken apart, on other threads where there are some, and judged in order.

use std::ops::ControlFlow;

use super::judge::Audit;
use super::report::Effort;
use super::taken::{Batch, Taken, take_apart};
use crate::custody::ahead::{Ahead, ahead};
use crate::custody::log::{Kept, Log, LogError};
use crate::evidence::keyring::Shelf;
use crate::evidence::opened::Keys;

/// How many entries are taken apart together: enough that one division in the field is shared by many, few enough that
/// little has to wait.
const TOGETHER: usize = 256;

/// Reads the log, and has every entry judged until one breaks the chain.
pub(super) fn walk(audit: &mut Audit<'_>, log: &dyn Log, effort: Effort) -> Result<(), LogError> {
    match effort {
        Effort::Plain => log.entries(&mut |kept| audit.entry(Taken::of(kept))),
        Effort::Fast { threads } => {
            let shelf = Shelf::new();
            let work = |batch: Batch| take_apart(batch, &shelf);
            // One thread that works while another waits for it would only cost the handing over.
            let threads = if threads < 2 { 0 } else { threads };
            ahead(threads, &work, |ahead| {
                let mut walk = Walk { audit, ahead, gathered: Vec::with_capacity(TOGETHER), keys: Keys::default() };
                let read = log.entries(&mut |kept| walk.gather(kept));
                let _ = walk.finish();
                read
            })
        }
    }
}

struct Walk<'w, 'a, 't> {
    audit: &'w mut Audit<'a>,
    ahead: &'w mut Ahead<'t, Batch, Vec<Taken>>,
    gathered: Vec<Kept>,
    keys: Keys,
}

impl Walk<'_, '_, '_> {
    fn gather(&mut self, kept: Kept) -> ControlFlow<()> {
        if self.audit.size() == 0 {
            // Entry 0 brings the keys by which those behind it are checked.
            return self.audit.entry(Taken::of(kept));
        }
        self.gathered.push(kept);
        if self.gathered.len() < TOGETHER { ControlFlow::Continue(()) } else { self.hand_over() }
    }

    fn hand_over(&mut self) -> ControlFlow<()> {
        self.keys.keep_up(self.audit.core());
        let entries = std::mem::replace(&mut self.gathered, Vec::with_capacity(TOGETHER));
        let done = self.ahead.hand(Batch { entries, keys: self.keys.clone() });
        done.map_or(ControlFlow::Continue(()), |done| self.judge(done))
    }

    fn judge(&mut self, done: Vec<Taken>) -> ControlFlow<()> {
        done.into_iter().try_for_each(|taken| self.audit.entry(taken))
    }

    /// Judges what was read and not judged yet, unless the chain broke before.
    fn finish(&mut self) -> ControlFlow<()> {
        if self.audit.is_broken() {
            return ControlFlow::Break(());
        }
        self.hand_over()?;
        while let Some(done) = self.ahead.take() {
            self.judge(done)?;
        }
        ControlFlow::Continue(())
    }
}

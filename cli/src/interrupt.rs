//! Ctrl-C while gates run: they are ended first, each with its whole group; without gates, the process ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use promotion_delivery::gate::Cancel;

/// What a shell says of a process that SIGINT ended.
const INTERRUPTED: i32 = 130;

/// How many gates are running, and the wish that they end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    pub(crate) cancel: Cancel,
    running: Arc<AtomicUsize>,
}

impl Interrupt {
    /// A gate begins: from the first on, Ctrl-C and SIGTERM are heard here.
    pub(crate) fn begun(&self) {
        if self.running.fetch_add(1, Ordering::SeqCst) > 0 {
            return;
        }
        let heard = self.clone();
        // Heard already since an earlier gate, or not to be heard on this system: then it ends us, and gates with us as it may.
        let _ = ctrlc::set_handler(move || heard.hear());
    }

    /// A gate has ended.
    pub(crate) fn ended(&self) {
        let _ = self.running.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |running| running.checked_sub(1));
    }

    fn hear(&self) {
        if self.running.load(Ordering::SeqCst) == 0 {
            std::process::exit(INTERRUPTED);
        }
        self.cancel.ask();
    }
}

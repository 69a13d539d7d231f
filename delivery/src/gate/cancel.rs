//! The wish that gates end before their time, from Ctrl-C or whoever waits no longer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A wish that all gates end. Copies share it; it cannot be taken back. Both calls may be made from a signal handler.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<Wish>);

#[derive(Debug, Default)]
struct Wish {
    asked: AtomicBool,
    urgent: AtomicBool,
}

impl Cancel {
    /// Asks all gates to end: SIGTERM, and SIGKILL after the grace. Asked once more, it does not wait for the grace.
    pub fn ask(&self) {
        if self.0.asked.swap(true, Ordering::Relaxed) {
            self.0.urgent.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it was asked.
    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::Relaxed)
    }

    /// Whether it was asked more than once.
    pub fn is_urgent(&self) -> bool {
        self.0.urgent.load(Ordering::Relaxed)
    }
}

//! Work that may crash or not end, done in a thread of its own.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// How long a policy may take, whatever it does. The limits of `meter.rs` end all but single operations on huge values.
pub const LONGEST: Duration = Duration::from_secs(20);

/// Room for rules that need each other, `MOST_RULES` deep.
const STACK: usize = 256 * 1024 * 1024;

/// Why there is no outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// It was not done in time. The thread is left to itself: nothing waits for it, and it ends with the process.
    #[error("it takes longer than {} s", LONGEST.as_secs())]
    TooLong,
    /// It crashed: a fault of the interpreter.
    #[error("the interpreter crashed on it")]
    Crashed,
    /// The system gives no thread.
    #[error("the system gives no thread to do it in: {0}")]
    NoThread(String),
}

/// Does the work, and gives up after `LONGEST`.
pub(super) fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Lost> {
    apart_within(LONGEST, work)
}

fn apart_within<T: Send + 'static>(longest: Duration, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Lost> {
    let (sender, receiver) = channel();
    let run = move || {
        // Nobody listens any more where the time was up.
        let _ = sender.send(work());
    };
    thread::Builder::new().name("policy".to_owned()).stack_size(STACK).spawn(run).map_err(|error| Lost::NoThread(error.to_string()))?;
    receiver.recv_timeout(longest).map_err(|error| match error {
        RecvTimeoutError::Timeout => Lost::TooLong,
        RecvTimeoutError::Disconnected => Lost::Crashed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_crashes_or_does_not_end_is_told() {
        assert_eq!(apart(|| 7), Ok(7));
        assert_eq!(apart(|| -> u8 { panic!("as this test wants it") }), Err(Lost::Crashed));
        let endless = || loop {
            thread::sleep(Duration::from_secs(3600));
        };
        assert_eq!(apart_within::<u8>(Duration::from_millis(1), endless), Err(Lost::TooLong));
    }
}

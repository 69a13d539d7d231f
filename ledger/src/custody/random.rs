//! Where randomness comes from: it is passed in, so that a test or a simulator owns it.

use uuid::Uuid;

use crate::meaning::time::Timestamp;

/// Gives random bytes. The only implementation that asks the machine for them stands in `cli`.
pub trait Random {
    /// Fills the buffer with bytes that nobody can foresee.
    fn fill(&self, buffer: &mut [u8]);
}

/// A UUID of version 7 (RFC 9562): the time in milliseconds, then random bits.
pub fn uuid(random: &dyn Random, now: Timestamp) -> Uuid {
    let mut bits = [0; 10];
    random.fill(&mut bits);
    let millis = u64::try_from(now.as_micros() / 1000).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &bits).into_uuid()
}

/// A counter that plays randomness, for tests and simulators that must come out the same every time.
#[derive(Debug, Default)]
pub struct Counter(std::sync::atomic::AtomicU64);

impl Counter {
    /// A counter that begins at `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(std::sync::atomic::AtomicU64::new(seed))
    }
}

impl Random for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        let count = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let bytes = crate::evidence::hash::sha256(&count.to_be_bytes());
        for (byte, source) in buffer.iter_mut().zip(bytes.iter().cycle()) {
            *byte = *source;
        }
    }
}

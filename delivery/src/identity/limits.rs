//! How long a token may be, how long it may live, and how far two clocks may be apart.

/// How many bytes a token may have.
pub const LONGEST_TOKEN: usize = 16 * 1024;

/// By how much two clocks may differ, in seconds.
pub const LEEWAY_SECONDS: u64 = 60;

/// The longest time between a token's `iat` and its `exp`, in seconds: those of CI systems live minutes to hours.
pub const LONGEST_LIFE_SECONDS: u64 = 24 * 60 * 60;

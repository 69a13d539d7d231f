//! The one place that asks the machine: its clock, its randomness, its environment.

#![expect(clippy::disallowed_methods, reason = "everything below is given what this file asks the machine for")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use promotion_delivery::registry::retry::Pace;
use promotion_ledger::custody::clock::Clock;
use promotion_ledger::custody::random::Random;
use promotion_ledger::meaning::time::Timestamp;

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).ok().and_then(Timestamp::from_micros).unwrap_or(Timestamp::EPOCH)
    }
}

/// The machine's randomness.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("a machine without randomness can sign and name nothing");
    }
}

/// The machine's time and chance, for waiting between tries.
#[derive(Debug)]
pub(crate) struct SystemPace(Instant);

impl SystemPace {
    pub(crate) fn new() -> Self {
        Self(Instant::now())
    }
}

impl Pace for SystemPace {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, wait: Duration) {
        std::thread::sleep(wait);
    }

    fn jitter(&self) -> f64 {
        let mut bits = [0; 4];
        SystemRandom.fill(&mut bits);
        f64::from(u32::from_be_bytes(bits)) / (f64::from(u32::MAX) + 1.0)
    }
}

/// Waits.
pub(crate) fn pause(duration: Duration) {
    std::thread::sleep(duration);
}

/// How many threads the machine runs side by side, as far as it says.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The environment, read once.
pub(crate) fn environment() -> BTreeMap<String, OsString> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect()
}

/// The folder that the command was run in.
pub(crate) fn folder() -> PathBuf {
    std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."))
}

/// The arguments, the program's name first.
pub(crate) fn arguments() -> Vec<OsString> {
    std::env::args_os().collect()
}

/// Whether the caller wants objects, as far as can be told of arguments that make no sense as a whole.
pub(crate) fn asks_for_json(environment: &BTreeMap<String, OsString>) -> bool {
    let arguments: Vec<String> = arguments().into_iter().filter_map(|argument| argument.into_string().ok()).collect();
    wants_json(&arguments, environment.get("PROMOLEDGER_OUTPUT").and_then(|value| value.to_str()))
}

fn wants_json(arguments: &[String], variable: Option<&str>) -> bool {
    let named = ["--output", "--format", "-o"];
    let joined = arguments.iter().rev().find_map(|argument| argument.strip_prefix("--output=").or(argument.strip_prefix("--format=")));
    let apart = arguments.iter().zip(arguments.iter().skip(1)).rev().find(|(name, _)| named.contains(&name.as_str()));
    match joined.or(apart.map(|(_, value)| value.as_str())) {
        Some(value) => value == "json",
        None => variable == Some("json") || arguments.iter().any(|argument| argument == "-ojson"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_that_make_no_sense_still_say_what_is_wanted() {
        let wants = |text: &str, variable| wants_json(&text.split(' ').map(str::to_owned).collect::<Vec<_>>(), variable);
        for json in ["promote --output json", "-o json promote", "promote --format=json x", "-ojson promote"] {
            assert!(wants(json, None), "{json}");
        }
        assert!(wants("promote", Some("json")));
        assert!(!wants("promote -o table", Some("json")), "what is typed beats the variable");
        assert!(!wants("promote json", None));
    }
}

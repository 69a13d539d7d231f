//! A moment, as entries carry it: UTC, microseconds, one spelling.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Microseconds since 1970-01-01T00:00:00Z, spelled `2026-01-15T14:45:00.123456Z` and no other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

/// A text that is not a time as entries spell it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a time: expected YYYY-MM-DDTHH:MM:SS.ffffffZ between the years 1970 and 9999")]
pub struct InvalidTime {
    /// What was given, shortened to 40 characters.
    pub found: String,
}

/// 9999-12-30T22:00:00Z, the last moment that the library behind the spelling can hold.
const LAST: i64 = 253_402_207_200_000_000;

impl Timestamp {
    /// 1970-01-01T00:00:00.000000Z.
    pub const EPOCH: Self = Self(0);

    /// From microseconds since 1970, between the years 1970 and 9999.
    pub fn from_micros(micros: i64) -> Option<Self> {
        (0..=LAST).contains(&micros).then_some(Self(micros))
    }

    /// Microseconds since 1970.
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// From the one spelling.
    pub fn parse(text: &str) -> Result<Self, InvalidTime> {
        let invalid = || InvalidTime { found: text.chars().take(40).collect() };
        let parsed: jiff::Timestamp = text.parse().map_err(|_| invalid())?;
        let time = Self::from_micros(parsed.as_microsecond()).ok_or_else(invalid)?;
        if time.to_string() == text { Ok(time) } else { Err(invalid()) }
    }
}

impl Timestamp {
    /// So many seconds later, or the last moment that there is.
    #[must_use]
    pub fn plus_seconds(self, seconds: u64) -> Self {
        let micros = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000);
        Self(self.0.saturating_add(micros).min(LAST))
    }

    /// To the minute, for sentences: `2026-01-15 14:45 UTC`.
    pub fn to_minute(self) -> String {
        let text = self.to_string();
        let (date, time) = text.split_once('T').unwrap_or((&text, ""));
        format!("{date} {} UTC", time.get(..5).unwrap_or(time))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_microsecond(self.0).expect("between 1970 and 9999, as every constructor checks");
        write!(f, "{moment:.6}")
    }
}

impl TryFrom<String> for Timestamp {
    type Error = InvalidTime;
    fn try_from(text: String) -> Result<Self, InvalidTime> {
        Self::parse(&text)
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> String {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_spelling() {
        let time = Timestamp::parse("2026-01-15T14:45:00.123456Z").unwrap();
        assert_eq!(time.to_string(), "2026-01-15T14:45:00.123456Z");
        for bad in [
            "2026-01-15T14:45:00Z",
            "2026-01-15T14:45:00.123Z",
            "2026-01-15t14:45:00.123456z",
            "2026-01-15T14:45:00.123456+00:00",
            "2026-02-30T00:00:00.000000Z",
            "1969-12-31T23:59:59.999999Z",
        ] {
            assert!(Timestamp::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(time.to_minute(), "2026-01-15 14:45 UTC");
        let last = "9999-12-30T22:00:00.000000Z";
        assert_eq!(Timestamp::parse(last).unwrap().to_string(), last);
        assert!(Timestamp::parse("9999-12-30T22:00:00.000001Z").is_err());
        assert_eq!(Timestamp::EPOCH.to_string(), "1970-01-01T00:00:00.000000Z");
    }
}

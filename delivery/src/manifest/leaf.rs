//! Reading one scalar, strictly: text, names, words of a choice, flags, counts, dates and durations.

use std::ops::RangeInclusive;
use std::str::FromStr;

use promotion_ledger::meaning::names::InvalidName;

use super::cursor::{Cursor, listed};
use super::error::{ManifestError, quoted};
use super::near::nearest;
use super::scalar::{is_date, other_reading};
use super::span;
use super::yaml::Value;

impl<'a> Cursor<'a> {
    /// Text that every reader of YAML takes for text.
    pub(super) fn text(&self, expected: &str) -> Result<&'a str, ManifestError> {
        match &self.node().value {
            Value::Text(text) => Ok(text),
            Value::Bare(word) if other_reading(word).is_none() => Ok(word),
            Value::Bare(word) => Err(self.unlike(expected).hinting(format!("put it in quotes: {}", quoted(word)))),
            Value::Nothing | Value::List(_) | Value::Map(_) => Err(self.unlike(expected)),
        }
    }

    /// Text that may be a date: whoever takes a bare one for a date takes it for the same date.
    pub(super) fn date_or_text(&self, expected: &str) -> Result<&'a str, ManifestError> {
        match &self.node().value {
            Value::Bare(word) if is_date(word) => Ok(word),
            _ => self.text(expected),
        }
    }

    /// A name that keeps the rules of its kind.
    pub(super) fn name<N: FromStr<Err = InvalidName>>(&self, expected: &str) -> Result<N, ManifestError> {
        let text = self.text(expected)?;
        text.parse::<N>().map_err(|invalid| {
            let lower = text.to_ascii_lowercase();
            let hint = lower.parse::<N>().is_ok().then(|| format!("write `{lower}`"));
            self.unlike(format!("{expected} of {}", invalid.expected)).hinting(hint)
        })
    }

    /// One of the words, which may be a word like `off` that some reader takes for something else: here it can mean nothing else.
    pub(super) fn choice<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, ManifestError> {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let written = self.node().scalar();
        if let Some((_, value)) = words.iter().find(|(word, _)| written == Some(*word)) {
            return Ok(*value);
        }
        let expected = listed(&known);
        let hint = nearest(self.text(&expected)?, &known).map(|near| format!("did you mean `{near}`?"));
        Err(self.unlike(expected).hinting(hint))
    }

    /// `true` or `false`, in these letters and without quotes.
    pub(super) fn flag(&self) -> Result<bool, ManifestError> {
        match &self.node().value {
            Value::Bare(word) if word == "true" => Ok(true),
            Value::Bare(word) if word == "false" => Ok(false),
            Value::Bare(word) | Value::Text(word) => {
                let meant = other_reading(word).filter(|reading| matches!(*reading, "true" | "false"));
                Err(self.unlike("`true` or `false`").hinting(meant.map(|meant| format!("write `{meant}`, without quotes"))))
            }
            Value::Nothing | Value::List(_) | Value::Map(_) => Err(self.unlike("`true` or `false`")),
        }
    }

    /// A whole number within the bounds, in plain digits and without quotes.
    pub(super) fn count(&self, bounds: RangeInclusive<u32>) -> Result<u32, ManifestError> {
        let plain = |word: &str| !word.starts_with('0') && word.bytes().all(|byte| byte.is_ascii_digit());
        let number = match &self.node().value {
            Value::Bare(word) if plain(word) => word.parse().ok().filter(|number| bounds.contains(number)),
            _ => None,
        };
        number.ok_or_else(|| self.unlike(format!("a whole number from {} to {}", bounds.start(), bounds.end())))
    }

    /// A duration such as `24h`, in seconds.
    pub(super) fn seconds(&self) -> Result<u64, ManifestError> {
        let Some(text) = self.node().scalar() else { return Err(self.unlike(span::EXPECTED)) };
        span::read(text).ok_or_else(|| {
            let whole = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && span::read(&format!("{text}s")).is_some();
            self.unlike(span::EXPECTED).hinting(whole.then(|| format!("write the unit too: `{text}s`, `{text}m`, `{text}h` or `{text}d`")))
        })
    }
}

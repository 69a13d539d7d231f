//! One line of history.

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::history::{Asserted, AssertedKind};
use promotion_ledger::meaning::exit_code::ExitCode;
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Principal, Reason, Version};
use promotion_ledger::meaning::rules::Source;
use promotion_ledger::meaning::time::Timestamp;
use serde::Deserialize;

/// A line that cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {number}: {reason}")]
pub struct BadLine {
    /// Its number in the file, from 1.
    pub number: u64,
    /// The exit code that it stands for.
    pub code: ExitCode,
    /// What was expected, what was found.
    pub reason: String,
}

/// A line as people write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    time: String,
    pipeline: Option<Pipeline>,
    component: Component,
    version: Version,
    digest: Option<Digest>,
    from: Source,
    to: Environment,
    actor: Principal,
    kind: AssertedKind,
    note: Option<Reason>,
}

/// The pipeline that the line names, if it names one, and what it says; or what is wrong with it.
pub(super) fn parse(text: &[u8]) -> Result<(Option<Pipeline>, Asserted), String> {
    // The parser would take an array for the values of an object.
    if !text.trim_ascii_start().starts_with(b"{") {
        return Err("it is no JSON object: expected {\"time\":…, \"component\":…, …}".to_owned());
    }
    let written: Written = serde_json::from_slice(text).map_err(|error| plainly(&error))?;
    let time = time(&written.time)?;
    let Written { pipeline, component, version, digest, from, to, actor, kind, note, .. } = written;
    Ok((pipeline, Asserted { actor, component, digest, from, kind, note, time, to, version }))
}

fn time(text: &str) -> Result<Timestamp, String> {
    let wrong = || format!("time {text:?} is not valid: expected RFC 3339, such as 2024-05-02T07:08:09Z, between the years 1970 and 9999");
    let moment: jiff::Timestamp = text.parse().map_err(|_| wrong())?;
    Timestamp::from_micros(moment.as_microsecond()).ok_or_else(wrong)
}

/// What the parser says, with the column alone: a line is one line.
fn plainly(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = format!(" at line {} column {}", error.line(), error.column());
    let reason = text.strip_suffix(&end).unwrap_or(&text);
    if error.is_data() && !reason.starts_with("invalid type") {
        reason.to_owned()
    } else {
        format!("{reason}, at column {}", error.column())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"time":"2024-05-02T09:08:09.5+02:00","pipeline":"shop","component":"team/api","version":"v1","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","from":"none","to":"dev","actor":"op","kind":"removal","note":"by hand"}"#;

    fn reason(from: &str, to: &str) -> String {
        assert!(LINE.contains(from), "{from}");
        parse(LINE.replacen(from, to, 1).as_bytes()).unwrap_err()
    }

    #[test]
    fn a_line_says_what_it_says() {
        let (pipeline, line) = parse(LINE.as_bytes()).unwrap();
        assert_eq!(pipeline.unwrap().as_str(), "shop");
        assert_eq!(line.time.to_string(), "2024-05-02T07:08:09.500000Z");
        assert_eq!((line.kind, line.from, line.note.unwrap().as_str()), (AssertedKind::Removal, Source::Nowhere, "by hand"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (from, to, words) in [
            ("\"team/api\"", "\"team//api\"", "component \"team//api\" is not valid: expected 1 to 128"),
            ("\"v1\"", "\"latest\"", "version \"latest\" is not valid"),
            ("sha256:00", "ha256:00", "expected sha256:"),
            ("\"to\":\"dev\",", "", "missing field `to`"),
            ("\"to\"", "\"too\"", "unknown field `too`"),
            ("\"to\"", "\"from\"", "duplicate field `from`"),
            ("removal", "deletion", "unknown variant `deletion`, expected one of `promotion`, `rollback`, `removal`"),
            ("2024-05-02T", "2024-05-32T", "time \"2024-05-32T09:08:09.5+02:00\" is not valid"),
            ("2024-05-02T09:08:09.5+02:00", "2024-05-02", "expected RFC 3339"),
            ("2024-05-02T", "1969-05-02T", "between the years 1970 and 9999"),
            ("\"v1\"", "1", "invalid type: integer `1`, expected a string, at column"),
            ("\"note\":\"by hand\"}", "\"note\":\"by hand\"", "EOF while parsing an object, at column"),
            ("\"op\"", "\"\"", "principal \"\" is not valid"),
        ] {
            let found = reason(from, to);
            assert!(found.contains(words), "{words}\n{found}");
        }
        for text in [&b"[]"[..], b"{}", b"\xff", b"{\"note\":\"\xff\"}", b"null"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
        let values = r#"["2024-05-02T07:08:09Z",null,"api","v1",null,"none","dev","op","promotion",null]"#;
        assert!(parse(values.as_bytes()).unwrap_err().contains("no JSON object"));
    }
}

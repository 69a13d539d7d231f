//! Objects as text for machines: JSON, YAML, and the rows of those that are lists as CSV.
//!
//! People read these too. So hidden characters are escaped where the format can say them in ASCII: what a parser gives back
//! is what was recorded, to the last character. CSV cannot say them, so its cells are made visible.

use serde_json::Value;

use crate::hidden::{is_hidden, visible};

/// The rows of an object: which of its fields holds them, and what of each row is a column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows {
    /// The field that holds the list.
    pub(crate) of: &'static str,
    /// Fields of a row, in order; `before.version` is a field of a field, and its column `before_version`.
    pub(crate) columns: &'static [&'static str],
}

pub(crate) fn json(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).expect("a JSON value is always JSON");
    escaped(&text, |character, text| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            text.push_str(&format!("\\u{unit:04x}"));
        }
    }) + "\n"
}

/// As YAML; in its JSON-like form where something hidden must be escaped, which in YAML only quoted text can be.
pub(crate) fn yaml(value: &Value) -> String {
    match serde_saphyr::to_string(value) {
        Ok(text) if !text.contains(must_be_escaped) => text,
        _ => {
            let text = serde_json::to_string_pretty(value).expect("a JSON value is always JSON");
            escaped(&text, |character, text| text.push_str(&format!("\\U{:08X}", u32::from(character)))) + "\n"
        }
    }
}

/// The text with everything hidden in its strings escaped. Between strings JSON has line feeds alone, and within them none.
fn escaped(text: &str, escape: impl Fn(char, &mut String)) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if must_be_escaped(character) {
            escape(character, &mut escaped);
        } else {
            escaped.push(character);
        }
    }
    escaped
}

fn must_be_escaped(character: char) -> bool {
    is_hidden(character) && character != '\n'
}

/// As CSV (RFC 4180): a line of names, then one line for each row.
pub(crate) fn csv(object: &Value, rows: Rows) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let names = rows.columns.iter().map(|column| column.replace('.', "_"));
    let lines = object.get(rows.of).and_then(Value::as_array).into_iter().flatten();
    let cells = lines.map(|row| rows.columns.iter().map(|column| cell(row, column)).collect::<Vec<_>>());
    for record in std::iter::once(names.collect()).chain(cells) {
        writer.write_record(&record).expect("memory takes every record, and all have as many cells");
    }
    let bytes = writer.into_inner().expect("memory takes every record");
    String::from_utf8(bytes).expect("text and commas are text")
}

fn cell(row: &Value, column: &str) -> String {
    match column.split('.').try_fold(row, |value, name| value.get(name)) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => defused(text),
        Some(other) => other.to_string(),
    }
}

/// The text with an apostrophe before it where a spreadsheet would take it for a formula: then it is shown, never computed.
fn defused(text: &str) -> String {
    let first = text.chars().find(|character| !character.is_whitespace() && !is_hidden(*character) && !matches!(character, '"' | '\''));
    let begins_formula = first.is_some_and(|first| matches!(first, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '−' | '|' | '%'));
    let begins_cell = text.starts_with(['\t', '\r', '\n']);
    let guard = if begins_formula || begins_cell { "'" } else { "" };
    format!("{guard}{}", visible(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NASTY: &str = "a\u{1b}[31m\u{7f}\u{9b}\u{202e}b\u{e0041}\n\"\\u202e\" 日本";

    // proves: FR-036
    #[test]
    fn objects_say_what_is_hidden_in_ascii_and_mean_the_same() {
        let object = json!({"reason": NASTY, NASTY: [NASTY, 1, null]});
        for text in [json(&object), yaml(&object)] {
            assert!(!text.contains(must_be_escaped) && text.contains("日本"), "{text}");
        }
        assert_eq!(serde_json::from_str::<Value>(&json(&object)).unwrap(), object);
        assert_eq!(serde_saphyr::from_str::<Value>(&yaml(&object)).unwrap(), object);
        let plain = json!({"reason": "two\nlines"});
        assert_eq!(serde_saphyr::from_str::<Value>(&yaml(&plain)).unwrap(), plain);
        assert!(!yaml(&plain).starts_with('{'), "plain text is plain YAML");
    }

    // proves: FR-036
    #[test]
    fn no_cell_is_a_formula() {
        for formula in
            ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n1", "  =1", "\"=1", "'=1", "\u{200b}=1", "＝1", "\u{feff}-1", "|x", "%0"]
        {
            assert!(defused(formula).starts_with('\''), "{formula:?}");
        }
        for text in ["v1.4.2", "a=1", "ops@acme.example", "", "two words - and more", "2026-01-15T14:45:00Z", "'quoted'"] {
            assert_eq!(defused(text), text);
        }
    }

    // proves: FR-036
    #[test]
    fn rows_are_lines_of_cells() {
        const ROWS: Rows = Rows { of: "rows", columns: &["name", "left.version", "count", "same"] };
        let object = json!({"rows": [
            {"name": "a, \"b\"\nc", "left": {"version": "=v1"}, "count": 3, "same": true},
            {"name": "d", "left": null, "count": null, "same": false},
        ]});
        let expected = "name,left_version,count,same\r\n\"a, \"\"b\"\"\\u{a}c\",'=v1,3,true\r\nd,,,false\r\n";
        assert_eq!(csv(&object, ROWS), expected);
        assert_eq!(csv(&json!({"rows": []}), ROWS), "name,left_version,count,same\r\n");
    }
}

//! Strict canonical JSON: the one form in which an entry's line may be written, and its check in one pass.
//!
//! The form is RFC 8785 (JSON Canonicalization Scheme) over a smaller domain: the whole is one object, object keys are
//! `[a-z0-9_]+`, numbers are integers within ±(2^53 - 1), nothing is `null` (an absent thing is left out), and
//! objects and arrays nest at most 16 deep, the outermost counted.

use serde::Serialize;

use super::malformed::{Malformed, quote};
use crate::meaning::id::LARGEST_INTEGER;

/// How deep objects and arrays may nest, the outermost counted.
pub const DEEPEST: usize = 16;

/// A value that has no canonical form.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// The value cannot be written as JSON.
    #[error("the value cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The value can be written as JSON, but not within the domain that entries keep to.
    #[error("the value has no canonical form: {0}")]
    Domain(#[from] Malformed),
}

/// Writes a value in its canonical form, without a final line feed.
pub fn canonical<T: Serialize>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut value = serde_json::to_value(value)?;
    // Maps are sorted anyway, unless some crate of the same build switches serde_json's `preserve_order` on.
    value.sort_all_objects();
    let text = serde_json::to_vec(&value)?;
    check(&text)?;
    Ok(text)
}

/// Checks that `text` (one line, without its line feed) is in canonical form: there is exactly one such text for
/// each value. Takes time linear in the length of the text.
pub fn check(text: &[u8]) -> Result<(), Malformed> {
    if let Err(fault) = str::from_utf8(text) {
        return Err(Malformed::at(text, fault.valid_up_to(), "text in UTF-8"));
    }
    let mut scanner = Scanner { text, at: 0 };
    scanner.object(1)?;
    if scanner.at == text.len() { Ok(()) } else { scanner.expected("the end, after the one object") }
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    fn object(&mut self, depth: usize) -> Result<(), Malformed> {
        self.open(b'{', depth)?;
        if self.eat(b'}') {
            return Ok(());
        }
        let mut before: &[u8] = &[];
        loop {
            before = self.key(before)?;
            self.value(depth)?;
            if self.eat(b'}') {
                return Ok(());
            }
            if !self.eat(b',') {
                return self.expected("a comma or a closing brace");
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), Malformed> {
        self.open(b'[', depth)?;
        if self.eat(b']') {
            return Ok(());
        }
        loop {
            self.value(depth)?;
            if self.eat(b']') {
                return Ok(());
            }
            if !self.eat(b',') {
                return self.expected("a comma or a closing bracket");
            }
        }
    }

    /// The depth limit is also what bounds the recursion.
    fn open(&mut self, bracket: u8, depth: usize) -> Result<(), Malformed> {
        if depth > DEEPEST {
            return self.expected("objects and arrays at most 16 deep");
        }
        if self.eat(bracket) { Ok(()) } else { self.expected("an object") }
    }

    fn value(&mut self, depth: usize) -> Result<(), Malformed> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.integer(),
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            _ => self.expected("a string, an integer, true, false, an array or an object"),
        }
    }

    /// A key and its colon. Gives the key, so that the next one can be compared to it.
    fn key(&mut self, before: &[u8]) -> Result<&'a [u8], Malformed> {
        if !self.eat(b'"') {
            return self.expected("a key in quotes");
        }
        let start = self.at;
        self.skip(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        let key = self.since(start);
        if key.is_empty() || !self.eat(b'"') {
            return self.expected("a key of a-z 0-9 _");
        }
        if key <= before {
            return Err(Malformed::at(self.text, start, format!("a key that sorts after {}", quote(before))));
        }
        if self.eat(b':') { Ok(key) } else { self.expected("a colon") }
    }

    fn string(&mut self) -> Result<(), Malformed> {
        self.at += 1;
        loop {
            self.skip(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                Some(_) => return self.expected("an escape in the place of a control character"),
                None => return self.expected("a quote that ends the string"),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Malformed> {
        self.at += match self.text.get(self.at..) {
            Some([_, b'"' | b'\\' | b'b' | b't' | b'n' | b'f' | b'r', ..]) => 2,
            // Of the controls, 08, 09, 0a, 0c and 0d have the short escapes above and no other.
            Some([_, b'u', b'0', b'0', b'0', b'0'..=b'7' | b'b' | b'e' | b'f', ..]) => 6,
            Some([_, b'u', b'0', b'0', b'1', b'0'..=b'9' | b'a'..=b'f', ..]) => 6,
            _ => return self.expected(r#"one of \" \\ \b \t \n \f \r, or \u00xx in lower case for another control character"#),
        };
        Ok(())
    }

    fn integer(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        let negative = self.eat(b'-');
        let first = self.at;
        self.skip(|byte| byte.is_ascii_digit());
        let plain = match self.since(first) {
            [] => false,
            [b'0'] => !negative,
            [b'0', ..] => false,
            digits => within_limit(digits),
        };
        if plain && !matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return Ok(());
        }
        Err(Malformed::at(self.text, start, "an integer within 2^53 - 1 of zero, without leading zeros, fraction or exponent"))
    }

    fn word(&mut self, word: &'static [u8]) -> Result<(), Malformed> {
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            return self.expected("true or false");
        }
        self.at += word.len();
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn skip(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
    }

    fn since(&self, start: usize) -> &'a [u8] {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn expected<T>(&self, what: &'static str) -> Result<T, Malformed> {
        Err(Malformed::at(self.text, self.at, what))
    }
}

fn within_limit(digits: &[u8]) -> bool {
    // 2^53 - 1 has 16 digits, and 16 digits always fit in 64 bits.
    digits.len() <= 16 && digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')) <= LARGEST_INTEGER
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn canonical_text_is_accepted() {
        for good in [
            "{}",
            r#"{"a":[]}"#,
            r#"{"a":{},"a_":{"0":true,"_":false},"b":[1,"x",[{}]]}"#,
            r#"{"n":[0,-1,9007199254740991,-9007199254740991]}"#,
            r#"{"s":"\"\\\b\t\n\f\r\u0000\u0007\u000b\u000e\u000f\u0010\u001f/"}"#,
            "{\"s\":\"é — \u{2028}\u{7f}\u{10ffff}\"}",
        ] {
            assert_eq!(check(good.as_bytes()), Ok(()), "{good}");
        }
    }

    #[test]
    fn every_malformation_is_refused_where_it_stands() {
        let table: &[(&str, usize, &str)] = &[
            ("", 0, "an object"),
            ("[]", 0, "an object"),
            ("\"a\"", 0, "an object"),
            ("\u{feff}{}", 0, "an object"),
            (" {}", 0, "an object"),
            ("{} ", 2, "the end"),
            ("{}{}", 2, "the end"),
            ("{}\n", 2, "the end"),
            ("{", 1, "a key in quotes"),
            ("{ }", 1, "a key in quotes"),
            (r#"{a:1}"#, 1, "a key in quotes"),
            (r#"{"":1}"#, 2, "a key of a-z"),
            (r#"{"A":1}"#, 2, "a key of a-z"),
            (r#"{"aA":1}"#, 3, "a key of a-z"),
            (r#"{"a-b":1}"#, 3, "a key of a-z"),
            (r#"{"\u0061":1}"#, 2, "a key of a-z"),
            (r#"{"a"#, 3, "a key of a-z"),
            (r#"{"a" :1}"#, 4, "a colon"),
            (r#"{"a": 1}"#, 5, "a string, an integer"),
            (r#"{"a":1,}"#, 7, "a key in quotes"),
            (r#"{"a":1 ,"b":2}"#, 6, "a comma or a closing brace"),
            (r#"{"a":1"b":2}"#, 6, "a comma or a closing brace"),
            (r#"{"a":1"#, 6, "a comma or a closing brace"),
            (r#"{"a":1,"a":2}"#, 8, "a key that sorts after \"a\""),
            (r#"{"b":1,"a":2}"#, 8, "a key that sorts after \"b\""),
            (r#"{"ab":1,"a":2}"#, 9, "a key that sorts after \"ab\""),
            (r#"{"a":{"b":1,"b":2}}"#, 13, "a key that sorts after \"b\""),
            (r#"{"a":[1,]}"#, 8, "a string, an integer"),
            (r#"{"a":[,1]}"#, 6, "a string, an integer"),
            (r#"{"a":[1 2]}"#, 7, "a comma or a closing bracket"),
            (r#"{"a":[1}"#, 7, "a comma or a closing bracket"),
            (r#"{"a":null}"#, 5, "a string, an integer"),
            (r#"{"a":True}"#, 5, "a string, an integer"),
            (r#"{"a":tru}"#, 5, "true or false"),
            (r#"{"a":truer}"#, 9, "a comma or a closing brace"),
            (r#"{"a":01}"#, 5, "an integer"),
            (r#"{"a":-0}"#, 5, "an integer"),
            (r#"{"a":-01}"#, 5, "an integer"),
            (r#"{"a":-}"#, 5, "an integer"),
            (r#"{"a":+1}"#, 5, "a string, an integer"),
            (r#"{"a":1.0}"#, 5, "an integer"),
            (r#"{"a":.5}"#, 5, "a string, an integer"),
            (r#"{"a":1e2}"#, 5, "an integer"),
            (r#"{"a":1E2}"#, 5, "an integer"),
            (r#"{"a":9007199254740992}"#, 5, "an integer"),
            (r#"{"a":-9007199254740992}"#, 5, "an integer"),
            (r#"{"a":99999999999999999999999999}"#, 5, "an integer"),
            (r#"{"a":"x}"#, 8, "a quote that ends the string"),
            (r#"{"a":'x'}"#, 5, "a string, an integer"),
            ("{\"a\":\"x\ny\"}", 7, "an escape in the place of a control"),
            ("{\"a\":\"\0\"}", 6, "an escape in the place of a control"),
            (r#"{"a":"\/"}"#, 6, "one of"),
            (r#"{"a":"\x41"}"#, 6, "one of"),
            (r#"{"a":"\u0041"}"#, 6, "one of"),
            (r#"{"a":"\u000a"}"#, 6, "one of"),
            (r#"{"a":"\u0008"}"#, 6, "one of"),
            (r#"{"a":"\u0009"}"#, 6, "one of"),
            (r#"{"a":"\u000c"}"#, 6, "one of"),
            (r#"{"a":"\u000d"}"#, 6, "one of"),
            (r#"{"a":"\u001F"}"#, 6, "one of"),
            (r#"{"a":"\u000B"}"#, 6, "one of"),
            (r#"{"a":"\u0020"}"#, 6, "one of"),
            (r#"{"a":"\u007f"}"#, 6, "one of"),
            (r#"{"a":"\ud800"}"#, 6, "one of"),
            (r#"{"a":"\u00"#, 6, "one of"),
            (r#"{"a":"\"#, 6, "one of"),
        ];
        for (text, offset, expected) in table {
            let fault = check(text.as_bytes()).expect_err(text);
            assert_eq!(fault.offset, *offset, "{text}: {fault}");
            assert!(fault.expected.starts_with(expected), "{text}: {fault}");
        }
    }

    #[test]
    fn every_character_has_one_spelling() {
        let spellings: BTreeSet<String> = (0..=0x7f_u8)
            .flat_map(|code| {
                let character = char::from(code);
                [format!("{character}"), format!("\\{character}"), format!("\\u{code:04x}"), format!("\\u{code:04X}")]
            })
            .collect();
        let accepted = spellings.iter().map(|spelling| format!(r#"{{"a":"{spelling}"}}"#)).filter(|text| check(text.as_bytes()).is_ok());
        let mut spelled: Vec<_> = accepted.map(|text| serde_json::from_str::<serde_json::Value>(&text).unwrap()["a"].to_string()).collect();
        spelled.sort();
        let mut once: Vec<_> = (0..=0x7f_u8).map(|code| json!(char::from(code)).to_string()).collect();
        once.sort();
        assert_eq!(spelled, once);
    }

    #[test]
    fn text_is_utf_8() {
        for bad in [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80"] {
            let text = [&b"{\"a\":\""[..], bad, b"\"}"].concat();
            assert_eq!(check(&text).unwrap_err().offset, 6, "{}", bad.escape_ascii());
        }
    }

    #[test]
    fn nesting_ends_at_sixteen() {
        let nested = |arrays: usize| format!("{{\"a\":{}{}}}", "[".repeat(arrays), "]".repeat(arrays));
        assert_eq!(check(nested(15).as_bytes()), Ok(()));
        assert_eq!(check(nested(16).as_bytes()).unwrap_err().offset, 20);
        assert!(check("{\"a\":".repeat(1_000_000).as_bytes()).is_err(), "no input exhausts the stack");
    }

    #[test]
    fn a_value_is_written_in_its_one_form() {
        let value = json!({"b": [1, -2], "a": {"z": "é\u{1}\n/\"", "y": true}});
        assert_eq!(canonical(&value).unwrap(), r#"{"a":{"y":true,"z":"é\u0001\n/\""},"b":[1,-2]}"#.as_bytes());
    }

    #[test]
    fn a_value_outside_the_domain_has_no_form() {
        for bad in [
            json!(1),
            json!([]),
            json!({"a": null}),
            json!({"a": 1.5}),
            json!({"a": 1.0}),
            json!({"a": 1_u64 << 53}),
            json!({"Upper": 1}),
            json!({"": 1}),
            json!({"a b": 1}),
        ] {
            assert!(matches!(canonical(&bad), Err(EncodeError::Domain(_))), "{bad}");
        }
        assert!(matches!(canonical(&std::collections::BTreeMap::from([((), 1)])), Err(EncodeError::Json(_))));
    }

    #[test]
    fn a_fault_says_which_byte_what_was_expected_and_what_was_found() {
        let fault = check(br#"{"seq":7,"time":1.5}"#).unwrap_err();
        assert_eq!(
            fault.to_string(),
            r#"byte 16: expected an integer within 2^53 - 1 of zero, without leading zeros, fraction or exponent, found "1.5}""#
        );
    }
}

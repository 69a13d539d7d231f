//! Canonical JSON: the one form in which an entry's line may be written.

use crate::mutants::mutant::{Mutant, check, check_by};

const ENCODING: &str = "evidence/encoding.rs";

pub(super) const CHECKS: &[Mutant] = &[
    check_by(
        "json: text in UTF-8",
        ENCODING,
        "if let Err(fault) = «str::from_utf8(text)» { return Err(Malformed::at(",
        r#"Ok::<&str, core::str::Utf8Error>("")"#,
        ("lib", "evidence::encoding::tests::text_is_utf_8"),
    ),
    check(
        "json: nothing behind the object",
        ENCODING,
        r#"if «scanner.at == text.len()» { Ok(()) } else { scanner.expected("the end"#,
        "true",
        "json-space-after json-two-objects",
    ),
    check(
        "json: a comma between members",
        ENCODING,
        r#"if «!self.eat(b',')» { return self.expected("a comma or a closing brace")"#,
        "{ self.eat(b','); false }",
        "json-cut-in-object json-space-before-comma",
    ),
    check(
        "json: a comma between items",
        ENCODING,
        r#"if «!self.eat(b',')» { return self.expected("a comma or a closing bracket")"#,
        "{ self.eat(b','); false }",
        "json-array-no-comma",
    ),
    check(
        "json: at most 16 deep",
        ENCODING,
        r#"if «depth > DEEPEST» { return self.expected("objects and arrays at most 16 deep")"#,
        "false",
        "json-too-deep",
    ),
    check(
        "json: an object",
        ENCODING,
        r#"if «self.eat(bracket)» { Ok(()) } else { self.expected("an object") }"#,
        "{ self.eat(bracket); true }",
        "json-array json-byte-order-mark json-space-before json-string",
    ),
    check(
        "json: no null",
        ENCODING,
        r#"_ => «self.expected("a string, an integer, true, false, an array or an object")»"#,
        r#"self.word(b"null")"#,
        "json-array-space json-array-trailing-comma json-null json-number-plus json-quotes-single json-space-after-colon
         json-true-capital",
    ),
    check(
        "json: a quote before a key",
        ENCODING,
        r#"if «!self.eat(b'"')» { return self.expected("a key in quotes")"#,
        r#"{ self.eat(b'"'); false }"#,
        "json-key-unquoted json-space-after-brace json-trailing-comma",
    ),
    check(
        "json: a key that is not empty",
        ENCODING,
        r#"if «key.is_empty()» || !self.eat(b'"') { return self.expected("a key of a-z 0-9 _")"#,
        "false",
        "json-key-empty",
    ),
    check(
        "json: a quote behind a key",
        ENCODING,
        r#"if key.is_empty() || «!self.eat(b'"')» { return self.expected("a key of a-z 0-9 _")"#,
        r#"{ self.eat(b'"'); false }"#,
        "json-cut-in-key json-key-hyphen",
    ),
    check(
        "json: a key of a-z 0-9 _",
        ENCODING,
        "self.skip(|byte| «matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')»)",
        r#"byte != b'"'"#,
        "json-key-escaped json-key-hyphen json-key-upper-case",
    ),
    check(
        "json: keys that ascend",
        ENCODING,
        r#"if «key <= before» { return Err(Malformed::at(self.text, start, format!("a key that sorts"#,
        "false",
        "json-key-prefix-unsorted json-key-twice json-keys-unsorted",
    ),
    check(
        "json: a colon",
        ENCODING,
        r#"if «self.eat(b':')» { Ok(key) } else { self.expected("a colon") }"#,
        "{ self.eat(b':'); true }",
        "json-space-before-colon",
    ),
    check_by(
        "json: no control characters in strings",
        ENCODING,
        r#"self.skip(|byte| «byte >= 0x20» && byte != b'"'"#,
        "true",
        (
            "lib",
            "evidence::encoding::tests::every_character_has_one_spelling
             evidence::encoding::tests::every_malformation_is_refused_where_it_stands",
        ),
    ),
    check(
        "json: a quote behind a string",
        ENCODING,
        r#"None => «return self.expected("a quote that ends the string")»"#,
        "return Ok(())",
        "json-cut-in-string",
    ),
    check(
        "json: one escape for each character",
        ENCODING,
        r##"_ => «return self.expected(r#"one of \" \\ \b \t \n \f \r, or \u00xx in lower case for another control character"#)»"##,
        "if matches!(self.text.get(self.at + 1), Some(b'u')) { 6 } else { 2 }",
        "json-escape-delete json-escape-long-form json-escape-needless json-escape-not-ascii json-escape-solidus
         json-escape-surrogate json-escape-surrogates json-escape-unknown json-escape-upper-case",
    ),
    check("json: a number has digits", ENCODING, "[] => «false»", "true", "json-number-minus-alone"),
    check("json: no minus before zero", ENCODING, "[b'0'] => «!negative»", "true", "json-number-minus-zero"),
    check("json: no leading zeros", ENCODING, "[b'0', ..] => «false»", "true", "json-number-leading-zero"),
    check(
        "json: integers that every reader holds",
        ENCODING,
        "digits => «within_limit(digits)»",
        "true",
        "json-number-huge json-number-too-large json-number-too-small",
    ),
    check(
        "json: no fraction and no exponent",
        ENCODING,
        "if plain && «!matches!(self.peek(), Some(b'.' | b'e' | b'E'))» { return Ok(()); } Err(Malformed::at(",
        "{ self.skip(|byte| matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-' | b'0'..=b'9')); true }",
        "json-number-exponent json-number-exponent-capital json-number-fraction",
    ),
    check(
        "json: words as they are spelled",
        ENCODING,
        r#"if «!self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word))» { return self.expected("true or false")"#,
        "false",
        "json-true-misspelled",
    ),
];

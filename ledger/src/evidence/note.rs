//! Signed notes (C2SP signed-note) with exactly one signature line, of type 0x01 (ed25519).
//!
//! ```text
//! <text>                                        ends in a line feed, which is signed with it
//! <blank line>
//! — <key name> <base64 of key id and signature>
//! ```
//!
//! Stricter than the specification where it leaves latitude, so that a text, a key and a signature have one note only:
//! no second signature line, ASCII key names, base64 in its one spelling, nothing after the final line feed.
//! Whether the signature is good is for the [keyring](super::keyring) to say.

use super::b64;
use super::malformed::Malformed;
use crate::meaning::id::{KeyId, KeyRef};
use crate::meaning::names::KeyName;

/// The most bytes that a note may have: what two bytes of length can say in a tlog-tiles bundle.
pub const LONGEST: usize = 65_535;

const DASH: &str = "— ";

/// A note taken apart. It borrows its text from the bytes received: those are what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note<'a> {
    text: &'a [u8],
    key: KeyRef,
    signature: [u8; 64],
}

impl<'a> Note<'a> {
    /// Takes a note apart, refusing whatever [`assemble`] would not write.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        check_length(bytes)?;
        let Some(lines) = bytes.strip_suffix(b"\n") else {
            return Err(Malformed::at(bytes, bytes.len(), "a line feed at the end of the signature line"));
        };
        let start = lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |before| before + 1);
        let (before, line) = lines.split_at(start);
        let text = before.strip_suffix(b"\n").filter(|text| text.ends_with(b"\n"));
        let text = text.ok_or_else(|| Malformed::at(bytes, start, "a text and a blank line before the one signature line"))?;
        check_text(text)?;
        let (key, signature) = signature_line(bytes, start, line)?;
        Ok(Self { text, key, signature })
    }

    /// As [`parse`](Self::parse), for a note whose text is one line, such as an entry.
    pub fn parse_line(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let note = Self::parse(bytes)?;
        match note.text.iter().position(|byte| *byte == b'\n') {
            Some(0) => Err(Malformed::at(bytes, 0, "a line of text")),
            Some(end) if end + 1 < note.text.len() => Err(Malformed::at(bytes, end + 1, "a blank line after the one line of text")),
            _ => Ok(note),
        }
    }

    /// What was signed: the text with its final line feed.
    pub const fn text(&self) -> &'a [u8] {
        self.text
    }

    /// The text without its final line feed.
    pub fn line(&self) -> &'a [u8] {
        self.text.strip_suffix(b"\n").unwrap_or(self.text)
    }

    /// The key that the signature line names.
    pub const fn key(&self) -> &KeyRef {
        &self.key
    }

    /// The signature, checked by nobody yet.
    pub const fn signature(&self) -> &[u8; 64] {
        &self.signature
    }
}

/// Puts a note together. `text` is what was signed, with its final line feed.
pub fn assemble(text: &[u8], key: &KeyRef, signature: &[u8; 64]) -> Vec<u8> {
    let payload = b64::encode(&[&key.id.as_bytes()[..], signature].concat());
    [text, b"\n", DASH.as_bytes(), key.name.as_str().as_bytes(), b" ", payload.as_bytes(), b"\n"].concat()
}

fn check_length(bytes: &[u8]) -> Result<(), Malformed> {
    if bytes.len() <= LONGEST {
        return Ok(());
    }
    Err(Malformed { offset: LONGEST, expected: "the end, after at most 65,535 bytes".into(), found: format!("{} bytes", bytes.len()) })
}

fn check_text(text: &[u8]) -> Result<(), Malformed> {
    if let Err(fault) = str::from_utf8(text) {
        return Err(Malformed::at(text, fault.valid_up_to(), "text in UTF-8"));
    }
    match text.iter().position(|byte| *byte < 0x20 && *byte != b'\n') {
        Some(offset) => Err(Malformed::at(text, offset, "text without control characters")),
        None => Ok(()),
    }
}

fn signature_line(bytes: &[u8], start: usize, line: &[u8]) -> Result<(KeyRef, [u8; 64]), Malformed> {
    let Some(rest) = line.strip_prefix(DASH.as_bytes()) else {
        return Err(Malformed::at(bytes, start, "a signature line that begins with an em dash (U+2014) and a space"));
    };
    let name_at = start + DASH.len();
    let name_length = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
    let (name, after) = rest.split_at(name_length);
    let name = str::from_utf8(name).ok().and_then(|name| KeyName::new(name).ok());
    let name = name.ok_or_else(|| Malformed::at(bytes, name_at, format!("a key name: {}", KeyName::RULE)))?;
    let (id, signature) = after.strip_prefix(b" ").and_then(payload).ok_or_else(|| {
        Malformed::at(bytes, name_at + name_length, "a space and 92 characters of base64 (a key id of 4 bytes, a signature of 64)")
    })?;
    Ok((KeyRef { name, id }, signature))
}

fn payload(text: &[u8]) -> Option<(KeyId, [u8; 64])> {
    let bytes: [u8; 68] = b64::decode(text)?;
    let (id, signature) = bytes.split_first_chunk()?;
    Some((KeyId::from_bytes(*id), signature.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAYLOAD: &str = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=";

    fn note(text: &str) -> String {
        format!("{text}\n— example.com/foo {PAYLOAD}\n")
    }

    #[test]
    fn a_note_comes_apart_and_together() {
        let bytes = note("This is an example message.\n");
        let parsed = Note::parse_line(bytes.as_bytes()).unwrap();
        assert_eq!(parsed.text(), b"This is an example message.\n");
        assert_eq!(parsed.line(), b"This is an example message.");
        assert_eq!(parsed.key().to_string(), "example.com/foo+530d903a");
        assert_eq!(assemble(parsed.text(), parsed.key(), parsed.signature()), bytes.as_bytes());
    }

    #[test]
    fn a_text_may_have_several_lines_and_blank_ones() {
        for text in ["one\ntwo\n", "one\n\ntwo\n", "\n", "one\n\n"] {
            let bytes = note(text);
            assert_eq!(Note::parse(bytes.as_bytes()).unwrap().text(), text.as_bytes());
            assert!(Note::parse_line(bytes.as_bytes()).is_err(), "{text:?} is not one line");
        }
    }

    #[test]
    fn every_malformation_is_refused_where_it_stands() {
        let good = note("text\n");
        let table = [
            ("empty", String::new(), 0, "a line feed at the end"),
            ("no final line feed", good.trim_end().to_owned(), good.len() - 1, "a line feed at the end"),
            ("a line feed too many", format!("{good}\n"), good.len(), "a text and a blank line"),
            ("something after", format!("{good}x\n"), good.len(), "a text and a blank line"),
            ("no signature line", "text\n\n".to_owned(), 5, "a text and a blank line"),
            ("no text", note(""), 1, "a text and a blank line"),
            ("only a signature line", note("")[1..].to_owned(), 0, "a text and a blank line"),
            ("no blank line", good.replace("\n\n", "\n"), 5, "a text and a blank line"),
            ("a second signature line", format!("{good}{}", &good[6..]), good.len(), "a text and a blank line"),
            ("carriage returns", good.replace('\n', "\r\n"), 8, "a text and a blank line"),
            ("a carriage return in the text", note("te\rxt\n"), 2, "text without control"),
            ("a tab in the text", note("te\txt\n"), 2, "text without control"),
            ("a hyphen for the dash", good.replace('—', "-"), 6, "a signature line that begins"),
            ("an en dash", good.replace('—', "–"), 6, "a signature line that begins"),
            ("no space after the dash", good.replace("— ", "—"), 6, "a signature line that begins"),
            ("two spaces after the dash", good.replace("— ", "—  "), 10, "a key name"),
            ("a plus sign in the name", good.replace("foo", "f+o"), 10, "a key name"),
            ("a name outside ASCII", good.replace("foo", "fóo"), 10, "a key name"),
            ("a name too long", good.replace("foo", &"o".repeat(256)), 10, "a key name"),
            ("no name", good.replace("foo ", " ").replace("example.com/", ""), 10, "a key name"),
            ("no space after the name", good.replace("foo ", "foo"), good.len() - 2, "a space and 92"),
            ("two spaces after the name", good.replace("foo ", "foo  "), 25, "a space and 92"),
            ("a space at the end", good.replace("=\n", "= \n"), 25, "a space and 92"),
            ("base64 without padding", good.replace("=\n", "\n"), 25, "a space and 92"),
            ("base64 with left-over bits", good.replace("aQM=", "aQN="), 25, "a space and 92"),
            ("base64 for URLs", good.replace("Uw2QOkn8", "Uw2QOk-_"), 25, "a space and 92"),
            ("a signature too short", good.replace("Uw2Q", ""), 25, "a space and 92"),
            ("a signature too long (a timed one)", good.replace("Uw2Q", "Uw2QAAAAAGVT8Q"), 25, "a space and 92"),
            ("no signature", good.replace(PAYLOAD, ""), 25, "a space and 92"),
            ("longer than 65,535 bytes", note(&format!("{}\n", "x".repeat(65_535))), 65_535, "the end, after at most"),
        ];
        for (name, bytes, offset, expected) in table {
            let fault = Note::parse(bytes.as_bytes()).expect_err(name);
            assert_eq!(fault.offset, offset, "{name}: {fault}");
            assert!(fault.expected.starts_with(expected), "{name}: {fault}");
        }
    }

    #[test]
    fn a_text_is_utf_8() {
        let bytes = [b"te\xffxt\n", note("").as_bytes()].concat();
        assert_eq!(Note::parse(&bytes).unwrap_err().offset, 2);
    }

    #[test]
    fn the_longest_note_is_accepted() {
        let rest = note("\n").len();
        let bytes = note(&format!("{}\n", "x".repeat(LONGEST - rest)));
        assert_eq!(bytes.len(), LONGEST);
        assert!(Note::parse_line(bytes.as_bytes()).is_ok());
    }

    proptest! {
        #[test]
        fn what_is_put_together_comes_apart(text in "([ -~é—]{0,40}\n){1,4}", name in "[a-z./]{1,20}", id: [u8; 4], signature: [u8; 64]) {
            let key = KeyRef { name: KeyName::new(name).unwrap(), id: KeyId::from_bytes(id) };
            let bytes = assemble(text.as_bytes(), &key, &signature);
            let parsed = Note::parse(&bytes).unwrap();
            prop_assert_eq!((parsed.text(), parsed.key(), parsed.signature()), (text.as_bytes(), &key, &signature));
        }

        #[test]
        fn what_comes_apart_was_put_together(at: prop::sample::Index, byte: u8) {
            let mut bytes = note("text\n").into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(parsed) = Note::parse(&bytes) {
                prop_assert_eq!(assemble(parsed.text(), parsed.key(), parsed.signature()), bytes);
            }
        }

        #[test]
        fn no_input_panics(bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b' '), any::<u8>()], 0..200)) {
            let _ = Note::parse_line(&bytes);
        }
    }
}

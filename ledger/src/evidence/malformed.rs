//! How a byte that may not stand where it stands is reported: where, what was expected, what was found.

use std::borrow::Cow;

/// How many bytes of what was found a message shows.
const SHOWN: usize = 24;

/// Bytes that do not have the one form they must have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: expected {expected}, found {found}")]
pub struct Malformed {
    /// Where the fault is, counted from 0.
    pub offset: usize,
    /// What has to stand there.
    pub expected: Cow<'static, str>,
    /// What stands there, shortened and with everything outside visible ASCII escaped.
    pub found: String,
}

impl Malformed {
    /// A fault at `offset` of `bytes`, described by the bytes that begin there.
    pub fn at(bytes: &[u8], offset: usize, expected: impl Into<Cow<'static, str>>) -> Self {
        let found = match bytes.get(offset..) {
            None | Some([]) => "the end".to_owned(),
            Some(rest) => quote(rest),
        };
        Self { offset, expected: expected.into(), found }
    }
}

/// The beginning of `bytes`, safe to show on a terminal.
pub(crate) fn quote(bytes: &[u8]) -> String {
    match bytes.get(..SHOWN) {
        Some(beginning) if bytes.len() > SHOWN => format!("\"{}…\"", beginning.escape_ascii()),
        _ => format!("\"{}\"", bytes.escape_ascii()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_what_was_expected_and_what_was_found() {
        let fault = Malformed::at(b"{\"a\":\x1b1}", 5, "a value");
        assert_eq!(fault.to_string(), r#"byte 5: expected a value, found "\x1b1}""#);
        assert_eq!(Malformed::at(b"{", 1, "a key").to_string(), "byte 1: expected a key, found the end");
        assert_eq!(Malformed::at(b"{", 9, "a key").to_string(), "byte 9: expected a key, found the end");
    }

    #[test]
    fn shows_only_the_beginning_of_what_was_found() {
        assert_eq!(Malformed::at(&[b'x'; 100], 0, "a key").found, format!("\"{}…\"", "x".repeat(SHOWN)));
    }
}

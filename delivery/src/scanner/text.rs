//! A file's bytes as text, and texts cut to a length that can be shown.

use super::error::ReportError;

/// The most bytes that a report may have.
pub const LONGEST: u64 = 64 * 1024 * 1024;

/// The text of a file, without a byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, ReportError> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > LONGEST {
        return Err(ReportError::TooLarge { size, most: LONGEST });
    }
    if is_utf16(bytes) {
        return Err(ReportError::Utf16);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = str::from_utf8(bytes).map_err(|error| ReportError::NotText { at: error.valid_up_to() })?;
    if text.trim().is_empty() { Err(ReportError::Empty) } else { Ok(text) }
}

/// JSON begins with an ASCII character, so a zero byte among the first two gives UTF-16 away where its mark is missing.
fn is_utf16(bytes: &[u8]) -> bool {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [first, second, ..] => (*first == 0) != (*second == 0),
        _ => false,
    }
}

/// The first line of a text, at most 120 characters of it.
pub(super) fn first_line(text: &str) -> String {
    let line = text.trim_start().lines().next().unwrap_or_default();
    shortened(line, 120)
}

/// At most so many characters of a text, and a mark where there were more.
pub(super) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

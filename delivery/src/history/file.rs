//! A file of history, read line by line.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _};

use promotion_ledger::meaning::command::NumberedLine;
use promotion_ledger::meaning::digest::{Digest, to_hex};
use promotion_ledger::meaning::exit_code::ExitCode;
use promotion_ledger::meaning::names::Pipeline;
use sha2::{Digest as _, Sha256};

use super::line::{self, BadLine};

/// The longest line that is read, in bytes. A line that can be imported is far shorter.
const LONGEST: u64 = 64 * 1024;

/// A file of history, read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// How many lines it has; blank ones do not count.
    pub lines: u64,
    /// The lines that make sense, by pipeline, each under its number in the file.
    pub good: BTreeMap<Pipeline, Vec<NumberedLine>>,
    /// The lines that do not, in order.
    pub bad: Vec<BadLine>,
}

/// Reads a file. Lines that name no pipeline are of the one given. Calls `progress` with the number of bytes read so far,
/// now and then.
///
/// # Errors
///
/// Those of the source alone: what is wrong with a line stands in [`File::bad`].
pub fn read(source: impl BufRead, pipeline: &Pipeline, mut progress: impl FnMut(u64)) -> io::Result<File> {
    let mut reader = Lines { source, hash: Sha256::new(), bytes: 0 };
    let (mut lines, mut number) = (0, 0);
    let (mut good, mut bad) = (BTreeMap::<Pipeline, Vec<NumberedLine>>::new(), Vec::new());
    let mut text = Vec::new();
    while let Some(fits) = reader.next(&mut text)? {
        number += 1;
        if number % 4096 == 0 {
            progress(reader.bytes);
        }
        let whole = if number == 1 { text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text) } else { &text };
        if fits && whole.trim_ascii().is_empty() {
            continue;
        }
        lines += 1;
        let parsed = if fits { line::parse(whole) } else { Err(format!("it is longer than {LONGEST} bytes")) };
        match parsed {
            Ok((named, line)) => good.entry(named.unwrap_or_else(|| pipeline.clone())).or_default().push(NumberedLine { number, line }),
            Err(reason) => bad.push(BadLine { number, code: ExitCode::Usage, reason }),
        }
    }
    let digest = Digest::new(format!("sha256:{}", to_hex(&reader.hash.finalize()))).map_err(io::Error::other)?;
    Ok(File { digest, lines, good, bad })
}

/// A source line by line, hashed as it is read.
struct Lines<R> {
    source: R,
    hash: Sha256,
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    /// Reads the next line into `text`, without its line feed: whether it fits, or nothing at the end. Of a line that does
    /// not fit, the rest is read and dropped.
    fn next(&mut self, text: &mut Vec<u8>) -> io::Result<Option<bool>> {
        text.clear();
        if self.part(text)? == 0 {
            return Ok(None);
        }
        let mut fits = true;
        let mut rest = Vec::new();
        while !(if fits { &*text } else { &rest }).ends_with(b"\n") {
            rest.clear();
            if self.part(&mut rest)? == 0 {
                break;
            }
            fits = false;
        }
        if text.ends_with(b"\n") {
            text.pop();
        }
        Ok(Some(fits))
    }

    /// Reads up to the end of the line, and no more than the longest line.
    fn part(&mut self, text: &mut Vec<u8>) -> io::Result<usize> {
        let read = self.source.by_ref().take(LONGEST + 1).read_until(b'\n', text)?;
        self.hash.update(&*text);
        self.bytes += u64::try_from(read).unwrap_or(u64::MAX);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str =
        r#"{"time":"2024-05-02T07:08:09Z","component":"api","version":"v1","from":"none","to":"dev","actor":"op","kind":"promotion"}"#;

    fn file(text: &[u8]) -> File {
        read(text, &Pipeline::new("main").unwrap(), |_| {}).unwrap()
    }

    fn numbers(file: &File) -> Vec<u64> {
        file.good.values().flatten().map(|line| line.number).collect()
    }

    #[test]
    fn lines_are_numbered_as_in_the_file() {
        let text = format!("{LINE}\n\n{LINE}\r\nnonsense\n{}", LINE.replace('{', "{\"pipeline\":\"shop\","));
        let file = file(text.as_bytes());
        assert_eq!((numbers(&file), file.lines), (vec![1, 3, 5], 4));
        assert_eq!(file.good.keys().map(Pipeline::as_str).collect::<Vec<_>>(), ["main", "shop"]);
        assert_eq!(file.bad.iter().map(|bad| bad.number).collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn a_byte_order_mark_is_passed_over_at_the_front_alone() {
        let text = format!("\u{feff}{LINE}\n\u{feff}{LINE}\n");
        let file = file(text.as_bytes());
        assert_eq!((numbers(&file), file.bad.len()), (vec![1], 1));
    }

    #[test]
    fn a_line_without_end_is_named_and_the_next_one_is_read() {
        for length in [LONGEST, LONGEST + 1, 3 * LONGEST, 3 * LONGEST + 7] {
            let text = format!("{}\n{LINE}\n", "x".repeat(usize::try_from(length).unwrap()));
            let file = file(text.as_bytes());
            assert_eq!(numbers(&file), [2], "{length}");
            assert_eq!(file.bad[0].reason.contains("longer than"), length > LONGEST, "{}", file.bad[0].reason);
        }
    }

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        let digest = |text: &[u8]| file(text).digest.to_string();
        assert_eq!(digest(b""), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(digest(b"a\nb"), format!("sha256:{}", to_hex(&Sha256::digest(b"a\nb"))));
    }
}

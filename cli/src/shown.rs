//! Text that may be shown to people. There is no other way to a terminal: nothing prints a plain string, and whatever becomes
//! [`Shown`] is made visible on the way, so that nobody has to remember it.

use anstyle::Style;
use std::fmt::Display;
use unicode_width::UnicodeWidthStr as _;

use crate::hidden;

/// Text without anything hidden, in one line. The only codes that a terminal obeys in it are those that [`paint`] wrote.
///
/// It has no `Display` on purpose: so no `format!` can make a plain string of it, which would be made visible once more.
/// [`shown!`] puts pieces together instead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown(String);

impl Shown {
    /// As it is written to a terminal that knows colours.
    pub(crate) fn styled(&self) -> &str {
        &self.0
    }

    /// As it is written elsewhere.
    pub(crate) fn plain(&self) -> String {
        anstream::adapter::strip_str(&self.0).to_string()
    }

    /// How many columns of a terminal it takes.
    pub(crate) fn width(&self) -> usize {
        self.plain().width()
    }

    /// The same with spaces behind it, so that it takes that many columns.
    pub(crate) fn padded(&self, columns: usize) -> Self {
        Self(format!("{}{:padding$}", self.0, "", padding = columns.saturating_sub(self.width())))
    }

    /// The same without spaces at its end.
    pub(crate) fn trimmed(&self) -> Self {
        Self(self.0.trim_end().to_owned())
    }

    /// The pieces, one after the other.
    pub(crate) fn join<'a>(pieces: impl IntoIterator<Item = &'a Self>, between: &'static str) -> Self {
        Self(pieces.into_iter().map(Self::styled).collect::<Vec<_>>().join(between))
    }

    /// The program's own words with values in place of each `{}`: what [`shown!`] is made of.
    pub(crate) fn filled(words: &'static str, values: &[&dyn Show]) -> Self {
        let mut values = values.iter();
        let mut text = String::new();
        for (place, piece) in words.split("{}").enumerate() {
            if let Some(value) = (place > 0).then(|| values.next()).flatten() {
                text.push_str(value.show().styled());
            }
            text.push_str(piece);
        }
        Self(text)
    }
}

/// What can be shown: everything that can be written, made visible, and [`Shown`] as it is.
pub(crate) trait Show {
    fn show(&self) -> Shown;
}

impl<T: Display + ?Sized> Show for T {
    fn show(&self) -> Shown {
        Shown(hidden::visible(&self.to_string()))
    }
}

impl Show for Shown {
    fn show(&self) -> Shown {
        self.clone()
    }
}

impl Show for &Shown {
    fn show(&self) -> Shown {
        (*self).clone()
    }
}

/// The text in a style.
pub(crate) fn paint(style: Style, text: impl Show) -> Shown {
    Shown(format!("{style}{}{style:#}", text.show().0))
}

/// Text from the record or from outside, made visible.
pub(crate) fn visible(text: impl Show) -> Shown {
    text.show()
}

/// Puts shown text together: `shown!("{} is in {}", version, paint(BOLD, environment))`. Each `{}` stands for a value, which
/// is made visible unless it is [`Shown`] already; formats and captured names are not understood, and do not compile.
macro_rules! shown {
    ($words:literal $(, $value:expr)* $(,)?) => {{
        const { assert!($crate::shown::has_holes($words, [$(stringify!($value)),*].len()), "each pair of braces takes one value, and holds nothing") };
        $crate::shown::Shown::filled($words, &[$(&$value as &dyn $crate::shown::Show),*])
    }};
}
pub(crate) use shown;

/// Whether the words have so many `{}`, and no other braces.
pub(crate) const fn has_holes(words: &str, expected: usize) -> bool {
    let mut rest = words.as_bytes();
    let mut found = 0;
    loop {
        rest = match rest {
            [] => return found == expected,
            [b'{', b'}', rest @ ..] => {
                found += 1;
                rest
            }
            [b'{' | b'}', ..] => return false,
            [_, rest @ ..] => rest,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOLD: Style = Style::new().bold();

    // proves: FR-036
    #[test]
    fn values_are_made_visible_and_styles_stay() {
        let text = shown!("{} is in {}", "v1\u{1b}[31m", paint(BOLD, "pro\u{202e}d"));
        assert_eq!(text.styled(), "v1\\u{1b}[31m is in \u{1b}[1mpro\\u{202e}d\u{1b}[0m");
        assert_eq!(text.plain(), "v1\\u{1b}[31m is in pro\\u{202e}d");
        assert_eq!(shown!("{}", text), text, "nothing is made visible twice");
        assert_eq!(visible("{}").plain(), "{}", "values are not words");
    }

    #[test]
    fn columns_are_counted_without_styles() {
        let name = paint(BOLD, "日本");
        assert_eq!((name.width(), name.padded(6).width(), name.padded(1).width()), (4, 6, 4));
    }

    /// The files that print, each with why it may: what they print is [`Shown`], or encoded for machines.
    const PRINTERS: [&str; 4] = ["context.rs", "usage.rs", "commands/demo.rs", "commands/show.rs"];

    // proves: FR-036
    #[test]
    fn nothing_is_printed_past_this() {
        fn printers(folder: &std::path::Path, root: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    printers(&path, root, found);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let prints = ["io::stdout()", "io::stderr()", "print!(", "println!(", "dbg!("]
                    .iter()
                    .any(|call| text.lines().take_while(|line| *line != "#[cfg(test)]").any(|line| line.contains(call)));
                if prints {
                    found.push(path.strip_prefix(root).unwrap().display().to_string());
                }
            }
        }
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut found = Vec::new();
        printers(&root, &root, &mut found);
        found.sort();
        let mut expected = PRINTERS.map(str::to_owned).to_vec();
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn each_hole_takes_one_value() {
        assert!(has_holes("", 0) && has_holes("{} {}", 2) && !has_holes("{}", 0) && !has_holes("{name}", 1) && !has_holes("{:>3}", 1));
    }
}

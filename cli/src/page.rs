//! Pages: lines and tables for people, readable without colour, safe to show whatever the data holds.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

/// Quiet text: what helps to read but is not the news.
pub(crate) const DIM: Style = Style::new().dimmed();
/// The news.
pub(crate) const BOLD: Style = Style::new().bold();
/// Good news.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Something to look at.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
/// Bad news.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Lines for people. Styles are written as escape codes and taken out where they are not wanted.
#[derive(Debug, Default)]
pub(crate) struct Page {
    lines: Vec<String>,
}

impl Page {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a line as it is: made by [`paint`] and [`visible`], or of the program's own words.
    pub(crate) fn line(&mut self, text: impl Into<String>) {
        self.lines.push(text.into());
    }

    /// Adds an empty line.
    pub(crate) fn gap(&mut self) {
        self.lines.push(String::new());
    }

    /// Adds a table, indented.
    pub(crate) fn table(&mut self, table: &Table, indent: usize) {
        self.lines.extend(table.lines().into_iter().map(|line| format!("{:indent$}{line}", "")));
    }

    /// Adds lines of `label   value`, the values in one column.
    pub(crate) fn pairs(&mut self, pairs: &[(&str, String)], indent: usize) {
        let mut table = Table::new(&[]);
        for (label, value) in pairs {
            table.row(vec![paint(DIM, label), value.clone()]);
        }
        self.table(&table, indent);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(crate) fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

/// A table without borders: columns as wide as they must be, two spaces between them.
#[derive(Debug)]
pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings; none for a table of pairs.
    pub(crate) fn new(header: &[&str]) -> Self {
        Self { header: header.iter().map(|name| paint(DIM, name)).collect(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    fn lines(&self) -> Vec<String> {
        let all = || std::iter::once(&self.header).filter(|header| !header.is_empty()).chain(&self.rows);
        let columns = all().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> =
            (0..columns).map(|column| all().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0)).collect();
        all()
            .map(|row| {
                let cells = row.iter().zip(&widths).map(|(cell, width_of_column)| {
                    let padding = width_of_column.saturating_sub(width(cell));
                    format!("{cell}{:padding$}", "")
                });
                cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
            })
            .collect()
    }
}

/// The text in a style.
pub(crate) fn paint(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Text from the record or from outside, with control, bidirectional and escape characters made visible, so that no
/// reason or name can play with the terminal that shows it.
pub(crate) fn visible(text: impl std::fmt::Display) -> String {
    let text = text.to_string();
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// How many columns of a terminal the text takes, styles not counted.
fn width(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().width()
}

/// A digest, short enough for a table: `sha256:0c1f77ab…`.
pub(crate) fn short(digest: impl std::fmt::Display) -> String {
    let text = digest.to_string();
    let shown: String = text.chars().take("sha256:".len() + 12).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}

/// How long ago that was, in one unit: `2 h`, `3 d`.
pub(crate) fn ago(since: promotion_ledger::meaning::time::Timestamp, now: promotion_ledger::meaning::time::Timestamp) -> String {
    let seconds = (now.as_micros() - since.as_micros()).max(0) / 1_000_000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// One thing or many: `1 entry`, `3 entries`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_reaches_the_terminal() {
        assert_eq!(visible("plain “text” 日本"), "plain “text” 日本");
        assert_eq!(visible("\u{1b}[31mred\u{7}"), "\\u{1b}[31mred\\u{7}");
        assert_eq!(visible("a\u{202e}b\nc"), "a\\u{202e}b\\u{a}c");
    }

    #[test]
    fn columns_line_up_whatever_their_style() {
        let mut table = Table::new(&["name", "value"]);
        table.row(vec![paint(GOOD, "é"), "1".to_owned()]);
        table.row(vec!["日本".to_owned(), "2".to_owned()]);
        let plain: Vec<String> = table.lines().iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect();
        assert_eq!(plain, ["name  value", "é     1", "日本  2"]);
    }
}

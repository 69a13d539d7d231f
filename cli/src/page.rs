//! Pages: lines and tables for people, readable without colour, safe to show whatever the data holds.

use anstyle::{AnsiColor, Style};

use crate::shown::{Show, Shown, paint, shown};

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

/// Lines for people.
#[derive(Debug, Default)]
pub(crate) struct Page {
    lines: Vec<Shown>,
}

impl Page {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, text: impl Show) {
        self.lines.push(text.show());
    }

    /// Adds an empty line.
    pub(crate) fn gap(&mut self) {
        self.lines.push(Shown::default());
    }

    /// Adds a table, indented.
    pub(crate) fn table(&mut self, table: &Table, indent: usize) {
        let margin = Shown::default().padded(indent);
        self.lines.extend(table.lines().iter().map(|line| shown!("{}{}", margin, line)));
    }

    /// Adds lines of `label   value`, the values in one column.
    pub(crate) fn pairs(&mut self, pairs: &[(&str, Shown)], indent: usize) {
        let mut table = Table::new(&[]);
        for (label, value) in pairs {
            table.row(vec![paint(DIM, label), value.clone()]);
        }
        self.table(&table, indent);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The lines, in order.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Shown> {
        self.lines.iter().map(Shown::trimmed)
    }

    /// The page without styles.
    #[cfg(test)]
    pub(crate) fn plain(&self) -> String {
        self.lines().map(|line| line.plain() + "\n").collect()
    }
}

/// A table without borders: columns as wide as they must be, two spaces between them.
#[derive(Debug)]
pub(crate) struct Table {
    header: Vec<Shown>,
    rows: Vec<Vec<Shown>>,
}

impl Table {
    /// A table with these headings; none for a table of pairs.
    pub(crate) fn new(header: &[&str]) -> Self {
        Self { header: header.iter().map(|name| paint(DIM, name)).collect(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: Vec<Shown>) {
        self.rows.push(cells);
    }

    fn lines(&self) -> Vec<Shown> {
        let all = || std::iter::once(&self.header).filter(|header| !header.is_empty()).chain(&self.rows);
        let columns = all().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> =
            (0..columns).map(|column| all().filter_map(|row| row.get(column)).map(Shown::width).max().unwrap_or(0)).collect();
        all()
            .map(|row| {
                let cells: Vec<Shown> = row.iter().zip(&widths).map(|(cell, width)| cell.padded(*width)).collect();
                Shown::join(&cells, "  ").trimmed()
            })
            .collect()
    }
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
    use crate::shown::visible;

    #[test]
    fn columns_line_up_whatever_their_style() {
        let mut table = Table::new(&["name", "value"]);
        table.row(vec![paint(GOOD, "é"), visible("1")]);
        table.row(vec![visible("日本"), visible("2")]);
        let plain: Vec<String> = table.lines().iter().map(Shown::plain).collect();
        assert_eq!(plain, ["name  value", "é     1", "日本  2"]);
    }
}

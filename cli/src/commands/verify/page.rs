//! What `verify` shows to people.

use crate::page::{BAD, DIM, GOOD, Page, WARN, count};
use crate::shown::{Show, Shown, paint, shown, visible};
use crate::views::audit::{FindingRow, PinRow, Rejudged, Verification};

/// How wide a line is that has something at its right end.
const WIDTH: usize = 100;

/// The page of a verification.
pub(super) fn page(view: &Verification) -> Page {
    let mut page = Page::new();
    if view.code == 0 {
        sound(&mut page, view);
    } else {
        faulty(&mut page, view);
    }
    for remark in &view.remarks {
        page.line(shown!("{} {}", paint(WARN, "Note:"), visible(remark)));
    }
    not_checked(&mut page, &view.not_checked);
    page
}

fn sound(page: &mut Page, view: &Verification) {
    let counts = [
        count(view.entries, "entry", "entries"),
        count(view.keys, "key", "keys"),
        count(view.pipelines, "pipeline", "pipelines"),
        count(view.bodies, "body", "bodies"),
    ];
    page.line(spread(counts.join(", "), view.origin.as_deref().unwrap_or_default()));
    let (how_far, pins) = level(view);
    let mut rows = vec![
        ("chain", paint(GOOD, format!("intact, sequence 0 to {}", view.entries.saturating_sub(1)))),
        ("signatures", paint(GOOD, format!("{0} of {0}, keys valid at their place", view.entries))),
        ("law", paint(GOOD, "every entry was allowed by the rules and grants in force at its place")),
        ("bodies", paint(GOOD, bodies(view))),
    ];
    rows.extend(view.evidence.as_ref().map(|evidence| ("evidence", paint(GOOD, rejudged(evidence)))));
    rows.extend([(how_far, visible(pins)), ("tree root", visible(&view.tree_root))]);
    page.pairs(&rows, 2);
}

fn bodies(view: &Verification) -> String {
    let there = view.bodies.saturating_sub(view.bodies_removed);
    match (view.bodies, view.bodies_removed) {
        (0, _) => "none is named".to_owned(),
        (all, 0) => format!("{there} of {all}"),
        (all, removed) => format!("{there} of {all}, {removed} removed on the record"),
    }
}

/// `judged again: 3 answers of policies, 1 report, 2 tokens`.
fn rejudged(evidence: &Rejudged) -> String {
    let counts = [
        count(evidence.policies, "answer of policies", "answers of policies"),
        count(evidence.scans, "report", "reports"),
        count(evidence.tokens, "token", "tokens"),
    ];
    format!("judged again: {}", counts.join(", "))
}

fn level(view: &Verification) -> (&'static str, String) {
    if view.level != "pinned" {
        return ("self-consistent", "no genesis, head or key held elsewhere was compared".to_owned());
    }
    ("pinned", view.pins.iter().map(pin).collect::<Vec<_>>().join("; "))
}

fn pin(pin: &PinRow) -> String {
    let whose = if pin.from == "trust" { "your pin" } else { "given" };
    let value = match (pin.what.as_str(), pin.value.split_once(':')) {
        ("head", Some((size, hash))) => format!("{size}:{}", brief(hash)),
        ("genesis", _) => brief(&pin.value),
        _ => pin.value.clone(),
    };
    format!("{} {value} ({whose})", pin.what)
}

/// A hash, short enough for a row.
fn brief(hash: &str) -> String {
    let shown: String = hash.chars().take(12).collect();
    format!("{shown}…")
}

fn faulty(page: &mut Page, view: &Verification) {
    let Some((first, others)) = view.findings.split_first() else { return };
    let title = shown!("{} {}", paint(BAD, "error:"), title(view.code, first.entry));
    page.line(spread(title, format!("exit {}", view.code)));
    lead(page, first);
    for other in others {
        let at = other.entry.map(|entry| format!("entry {entry}: ")).unwrap_or_default();
        page.line(shown!("  {} {}{}", paint(DIM, "also:"), at, visible(&other.message)));
    }
    page.line(shown!("  {}", standing(view)));
}

fn title(code: u8, entry: Option<u64>) -> String {
    let what = match code {
        20 => "ledger tampered with",
        21 => "ledger incomplete",
        23 => "ledger authentic, but unlawful",
        _ => "ledger not verifiable here",
    };
    entry.map_or(what.to_owned(), |entry| format!("{what} at entry {entry}"))
}

/// The first finding, with what was expected above what was found where it says both.
fn lead(page: &mut Page, finding: &FindingRow) {
    let message = &finding.message;
    let parts = message.split_once("expected ").and_then(|(what, rest)| Some((what, rest.split_once(", found ")?)));
    let Some((what, (expected, found))) = parts else {
        page.line(shown!("  {}", message));
        return;
    };
    let what = what.trim_end_matches([' ', ':']);
    if !what.is_empty() {
        page.line(format!("  {what}"));
    }
    page.pairs(&[("expected", visible(expected)), ("found", visible(found))], 2);
}

/// What can be said of the entries that were read.
fn standing(view: &Verification) -> Shown {
    let alone = view.findings.len() == 1;
    match view.entries {
        0 => visible("No entry could be verified."),
        entries => {
            let which = if entries == 1 { "Entry 0 is".to_owned() } else { format!("Entries 0 to {} are", entries - 1) };
            let word = if alone && view.broken_at.is_some() { "sound" } else { "authentic" };
            let last = view.last.as_deref().map(|last| shown!(" Entry {} was {}.", entries - 1, visible(last))).unwrap_or_default();
            shown!("{} {}.{}", which, word, last)
        }
    }
}

fn not_checked(page: &mut Page, sentences: &[String]) {
    page.line(paint(DIM, "Not checked:"));
    for sentence in sentences {
        page.line(shown!("  {}", visible(sentence)));
    }
}

/// One text at the left of a line, another at its right.
fn spread(left: impl Show, right: impl Show) -> Shown {
    let (left, right) = (left.show(), right.show());
    let columns = WIDTH.saturating_sub(right.width()).max(left.width() + 2);
    shown!("{}{}", left.padded(columns), right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(code: u8, findings: Vec<FindingRow>) -> Verification {
        Verification {
            verdict: String::new(),
            code,
            subject: "sqlite:l.db".to_owned(),
            level: "self-consistent".to_owned(),
            pins: Vec::new(),
            origin: Some("acme.example/promotions".to_owned()),
            genesis: None,
            entries: 17,
            head: String::new(),
            tree_root: "00ff".to_owned(),
            keys: 1,
            pipelines: 2,
            bodies: 3,
            bodies_removed: 1,
            evidence: None,
            not_understood: 0,
            broken_at: findings.iter().find_map(|finding| finding.entry.filter(|entry| *entry == 17)),
            last: Some("promotion.completed, api v1.3.9 to staging, 2026-10-02 08:11 UTC".to_owned()),
            findings,
            remarks: Vec::new(),
            not_checked: vec!["witnesses".to_owned()],
        }
    }

    fn finding(code: u8, entry: Option<u64>, message: &str) -> FindingRow {
        FindingRow { code, kind: "tampered".to_owned(), entry, message: message.to_owned() }
    }

    fn lines_of(view: &Verification) -> Vec<String> {
        page(view).plain().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_sound_ledger_is_counted_and_named() {
        let lines = lines_of(&view(0, vec![]));
        assert!(lines[0].starts_with("17 entries, 1 key, 2 pipelines, 3 bodies  "), "{}", lines[0]);
        assert_eq!(lines[0].chars().count(), WIDTH);
        assert!(lines.contains(&"  chain            intact, sequence 0 to 16".to_owned()), "{lines:#?}");
        assert!(lines.contains(&"  bodies           2 of 3, 1 removed on the record".to_owned()), "{lines:#?}");
    }

    #[test]
    fn a_break_says_where_and_what_stands_before() {
        let broken = view(20, vec![finding(20, Some(17), "expected previous hash aa, found bb")]);
        let lines = lines_of(&broken);
        assert!(lines[0].starts_with("error: ledger tampered with at entry 17 ") && lines[0].ends_with("exit 20"));
        assert_eq!(lines[1], "  expected  previous hash aa");
        assert_eq!(lines[2], "  found     bb");
        assert_eq!(lines[3], "  Entries 0 to 16 are sound. Entry 16 was promotion.completed, api v1.3.9 to staging, 2026-10-02 08:11 UTC.");
    }

    #[test]
    fn entries_before_a_break_are_not_called_sound_when_more_was_found() {
        let several = view(20, vec![finding(20, Some(17), "a"), finding(20, Some(4), "filed wrongly")]);
        let lines = lines_of(&several);
        assert!(lines.contains(&"  also: entry 4: filed wrongly".to_owned()), "{lines:#?}");
        assert!(lines.iter().any(|line| line.starts_with("  Entries 0 to 16 are authentic.")), "{lines:#?}");
    }

    #[test]
    fn nothing_of_the_record_plays_with_the_terminal() {
        let lines = lines_of(&view(20, vec![finding(20, None, "\u{1b}[2J expected a\u{202e}, found b")]));
        assert!(lines.iter().all(|line| !line.contains(['\u{1b}', '\u{202e}'])), "{lines:#?}");
    }
}

//! A verdict in one sentence, for the record.

use promotion_ledger::meaning::event::scan::Counts;
use promotion_ledger::meaning::names::Reason;

use super::finding::Finding;
use super::policy::Verdict;
use super::text::shortened;

/// The most bytes that a reason may have.
const LONGEST: usize = 1024;

/// Kept free for `and 123456 more`.
const REST: usize = 32;

/// The most characters of an id, a package or a version.
const PART: usize = 60;

impl Verdict {
    /// How it ended, by what, and what was left out: `1 critical, 0 high, 4 medium, 0 low; blocked by CVE-2024-0001 (openssl
    /// 3.0.11, fixed in 3.0.13); 3 without a fix ignored`. As many findings are named as a reason may hold.
    pub fn sentence(&self) -> Reason {
        let mut sentence = counted(&self.counts);
        let mut end = String::new();
        if self.ignored > 0 {
            end.push_str(&format!("; {} without a fix ignored", self.ignored));
        }
        if self.suppressed > 0 {
            end.push_str(&format!("; {} suppressed by the scanner's rules", self.suppressed));
        }
        let (words, findings) = if self.blocking.is_empty() { ("let pass", &self.lower) } else { ("blocked by", &self.blocking) };
        if !findings.is_empty() {
            sentence.push_str(&format!("; {words} "));
            let room = LONGEST.saturating_sub(sentence.len() + end.len() + REST);
            sentence.push_str(&listed(findings, room));
        }
        sentence.push_str(&end);
        Reason::new(sentence).expect("numbers come first, and the list is cut so that all fits")
    }
}

/// The numbers; the last two only where there are any.
fn counted(counts: &Counts) -> String {
    let Counts { critical, high, medium, low, negligible, unknown } = counts;
    let mut text = format!("{critical} critical, {high} high, {medium} medium, {low} low");
    for (number, word) in [(negligible, "negligible"), (unknown, "unknown")] {
        if *number > 0 {
            text.push_str(&format!(", {number} {word}"));
        }
    }
    text
}

/// As many findings as there is room for, and how many more there are.
fn listed(findings: &[Finding], room: usize) -> String {
    let mut text = String::new();
    for (place, finding) in findings.iter().enumerate() {
        let before = if place == 0 { "" } else { ", " };
        let item = format!("{before}{}", described(finding));
        if text.len() + item.len() > room {
            let left = findings.len() - place;
            text.push_str(&if place == 0 { format!("{left} findings") } else { format!(" and {left} more") });
            break;
        }
        text.push_str(&item);
    }
    text
}

/// `CVE-2024-0001 (openssl 3.0.11, fixed in 3.0.13)`.
fn described(finding: &Finding) -> String {
    let id = finding.id.as_deref().map_or_else(|| "a finding without id".to_owned(), |id| shortened(id, PART));
    let or_unknown = |text: &str, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { shortened(text, PART) };
    let package = or_unknown(&finding.package, "unknown package");
    let installed = or_unknown(&finding.installed, "of unknown version");
    let fix = match (&finding.fixed, finding.fixable) {
        (Some(fixed), _) => format!("fixed in {}", shortened(fixed, PART)),
        (None, true) => "fixed".to_owned(),
        (None, false) => "no fix".to_owned(),
    };
    format!("{id} ({package} {installed}, {fix})")
}

//! A gate's result out of a vulnerability scanner's report.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use promotion_delivery::scanner::{Counts, Finding, LONGEST, Policy, Report, ReportError, Scanner, Severity, Verdict, read, severity};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::scan::ScanFound;
use promotion_ledger::meaning::rules::ScanRule;

use crate::error::{CommandError, file};
use crate::page::{BAD, Page, Table, WARN, count};
use crate::shown::{Shown, paint, shown, visible};
use crate::views::scan::{Blocking, ScanCounts, ScanResult};

/// How many findings the page lists. The object for machines lists all.
const LISTED: usize = 10;

/// The most characters of a cell.
const CELL: usize = 40;

/// A scanner's report instead of a status.
#[derive(Debug, Args)]
pub(super) struct ScanArguments {
    /// The JSON report of Trivy or Grype; the status follows from it, and it is kept as evidence
    #[arg(long, value_name = "FILE", conflicts_with_all = ["evidence", "media_type", "message"], help_heading = "Out of a scanner's report")]
    pub(super) scan_report: Option<PathBuf>,
    /// The scanner that wrote it; recognised unless given, and held to it when given
    #[arg(long, value_enum, value_name = "SCANNER", conflicts_with = "status", help_heading = "Out of a scanner's report")]
    scanner_format: Option<Format>,
    /// The severities that fail the gate, CRITICAL and HIGH unless given; the manifest in force may say it for security_scan
    #[arg(
        long,
        value_name = "SEVERITIES",
        value_delimiter = ',',
        value_parser = severity,
        conflicts_with = "status",
        help_heading = "Out of a scanner's report"
    )]
    block_on: Vec<Severity>,
    /// Count no finding that has no fix
    #[arg(long, conflicts_with = "status", help_heading = "Out of a scanner's report")]
    ignore_unfixed: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Trivy,
    Grype,
}

/// A report, read and judged.
pub(super) struct Scan {
    /// The file's bytes, to be kept.
    pub(super) bytes: Vec<u8>,
    /// What the policy says of it.
    pub(super) verdict: Verdict,
    report: Report,
}

impl ScanArguments {
    /// Reads and judges the report, if one is given. What the rules in force say of it holds.
    pub(super) fn read(&self, about: &Digest, rule: Option<&ScanRule>) -> Result<Option<Scan>, CommandError> {
        let Some(path) = &self.scan_report else { return Ok(None) };
        let given = self.scanner_format.map(|format| match format {
            Format::Trivy => Scanner::Trivy,
            Format::Grype => Scanner::Grype,
        });
        let policy = self.policy(rule)?;
        let bytes = bytes(path)?;
        let report = read(&bytes, rule.map(|rule| rule.scanner).or(given), about).map_err(|error| refused(path, &error))?;
        let verdict = policy.judge(&report);
        Ok(Some(Scan { bytes, verdict, report }))
    }

    /// What the report is judged by.
    fn policy(&self, rule: Option<&ScanRule>) -> Result<Policy, CommandError> {
        let Some(rule) = rule else {
            let usual = Policy::default();
            let block_on: BTreeSet<Severity> = self.block_on.iter().copied().collect();
            let block_on = if block_on.is_empty() { usual.block_on } else { block_on };
            return Ok(Policy { block_on, ignore_unfixed: self.ignore_unfixed });
        };
        if !self.block_on.is_empty() || self.ignore_unfixed || self.scanner_format.is_some() {
            let message = "the manifest in force says what reports of security_scan are judged by";
            return Err(CommandError::usage(message).hint("leave out --block-on, --ignore-unfixed and --scanner-format"));
        }
        Ok(Policy::from(rule))
    }
}

/// The file's bytes, one more than a report may have at most.
fn bytes(path: &Path) -> Result<Vec<u8>, CommandError> {
    let mut bytes = Vec::new();
    let opened = File::open(path).and_then(|opened| opened.take(LONGEST + 1).read_to_end(&mut bytes));
    opened.map_err(|error| file(path, "read", &error))?;
    Ok(bytes)
}

fn refused(path: &Path, error: &ReportError) -> CommandError {
    CommandError::usage(format!("{} {error}; nothing was recorded", path.display())).hint(error.hint())
}

impl Scan {
    /// What should be known although it was recorded.
    pub(super) fn warning(&self, about: &Digest) -> Option<String> {
        (!self.report.names_artifact)
            .then(|| format!("the report does not name by digest what was scanned: nothing but your word says that it is about {about}"))
    }

    /// For the record.
    pub(super) fn recorded(&self) -> ScanFound {
        self.verdict.recorded(self.report.scanner)
    }

    /// For people.
    pub(super) fn show(&self, page: &mut Page) {
        let verdict = &self.verdict;
        page.line(format!("  {}: {}", self.report.scanner, numbers(&verdict.counts)));
        let (title, findings) = if verdict.blocking.is_empty() {
            (paint(WARN, "let pass"), &verdict.lower)
        } else {
            (paint(BAD, "blocked by"), &verdict.blocking)
        };
        if !findings.is_empty() {
            page.line(shown!("  {}:", title));
            let mut table = Table::new(&[]);
            findings.iter().take(LISTED).for_each(|finding| table.row(row(finding)));
            page.table(&table, 4);
        }
        if let Some(further) = findings.len().checked_sub(LISTED).filter(|further| *further > 0) {
            page.line(format!("    and {further} more"));
        }
        for (number, words) in [(verdict.ignored, "without a fix ignored"), (verdict.suppressed, "suppressed by the scanner's rules")] {
            if number > 0 {
                page.line(format!("  {} {words}", count(number, "finding", "findings")));
            }
        }
    }

    /// For machines.
    pub(super) fn view(&self) -> ScanResult {
        let Counts { critical, high, medium, low, negligible, unknown } = self.verdict.counts;
        ScanResult {
            scanner: self.report.scanner.to_string().to_ascii_lowercase(),
            names_artifact: self.report.names_artifact,
            counts: ScanCounts { critical, high, medium, low, negligible, unknown },
            blocking: self.verdict.blocking.iter().map(blocking).collect(),
            ignored: self.verdict.ignored,
            suppressed: self.verdict.suppressed,
        }
    }
}

fn numbers(counts: &Counts) -> String {
    let Counts { critical, high, medium, low, negligible, unknown } = counts;
    format!("{critical} critical, {high} high, {medium} medium, {low} low, {negligible} negligible, {unknown} unknown")
}

fn row(finding: &Finding) -> Vec<Shown> {
    let cell =
        |text: &str| visible(if text.chars().count() > CELL { text.chars().take(CELL).chain(['…']).collect() } else { text.to_owned() });
    let fix = match (&finding.fixed, finding.fixable) {
        (Some(fixed), _) => shown!("fixed in {}", cell(fixed)),
        (None, true) => visible("fixed"),
        (None, false) => visible("no fix"),
    };
    let id = finding.id.as_deref().unwrap_or("without id");
    vec![visible(finding.severity), cell(id), cell(&finding.package), cell(&finding.installed), fix]
}

fn blocking(finding: &Finding) -> Blocking {
    Blocking {
        id: finding.id.clone(),
        package: finding.package.clone(),
        installed_version: finding.installed.clone(),
        fixed_version: finding.fixed.clone(),
        severity: finding.severity.to_string(),
    }
}

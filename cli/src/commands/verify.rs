//! `verify`: checks every byte, signature and rule of a ledger, or of an export of one.

mod evidence;
mod page;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use promotion_ledger::custody::audit::{self, Effort, Finding, Level, Pins, Report};
use promotion_ledger::custody::export::Export;
use promotion_ledger::custody::log::{Live, Log, LogError};
use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_ledger::custody::store::{Store, StoreError};
use promotion_ledger::evidence::keyring::VerifierKey;
use promotion_ledger::evidence::tree::Frontier;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::names::Origin;
use promotion_ledger::meaning::refusal::ExitCode;

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::machine;
use crate::session::{absolute, ledger_path};
use crate::trust::{self, Pin};
use crate::views::audit::{FindingRow, PinRow, Rejudged, Verification};

/// Checks every byte, signature and rule of a ledger, or of an export of one.
///
/// Needs no key and writes nothing. What you hold from elsewhere (a genesis hash, a head, a key) raises the verdict from
/// self-consistent to pinned; what `promoledger trust` pinned for this ledger is compared too. Exit codes: 0 sound, 20
/// tampered with, 21 incomplete, 22 could not be verified here, 23 authentic but unlawful.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Verify the export in this directory instead of the ledger
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
    /// The hash of entry 0 that you hold
    #[arg(long, value_name = "HASH", value_parser = EntryHash::from_hex)]
    genesis: Option<EntryHash>,
    /// The ledger's name that you expect
    #[arg(long, value_name = "NAME")]
    origin: Option<Origin>,
    /// A key that must be among the first keys: NAME+ID+KEY
    #[arg(long, value_name = "VKEY")]
    pin_key: Option<VerifierKey>,
    /// An earlier head that you hold: how many entries there were, and the hash of the last
    #[arg(long, value_name = "SIZE:HASH", value_parser = head)]
    head: Option<(u64, EntryHash)>,
    /// How much the verdict must rest on (exit 22 if less)
    #[arg(long, value_enum, value_name = "LEVEL")]
    require: Option<Required>,
    /// Also judge again what stands beside the log: answers of policies, reports of scanners, claims of tokens
    #[arg(long)]
    evidence: bool,
    /// Check one entry after another, each signature by one plain check: slower, the same report
    #[arg(long)]
    plain: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Required {
    /// The log agrees with itself
    SelfConsistent,
    /// Something held elsewhere agrees with it
    Pinned,
}

fn head(text: &str) -> Result<(u64, EntryHash), String> {
    let (size, hash) = text.split_once(':').ok_or("expected SIZE:HASH, as `promoledger trust` and `promoledger export` print it")?;
    let size = size.parse::<u64>().ok().filter(|size| *size > 0).ok_or_else(|| format!("{size:?} is not a number of entries"))?;
    Ok((size, EntryHash::from_hex(hash).map_err(|error| error.to_string())?))
}

/// What is held elsewhere, and where it comes from.
#[derive(Default)]
struct Held {
    pins: Pins,
    rows: Vec<PinRow>,
    /// Why this user's own pins were not compared.
    missing: Option<String>,
    effort: Effort,
    /// Whether evidence is judged again.
    evidence: bool,
}

pub(crate) fn run(context: &Context, arguments: &Verify) -> Result<Answer, CommandError> {
    let (subject, (report, rejudged), held) = match &arguments.export {
        Some(directory) => {
            let held = Held::given(arguments);
            (directory.display().to_string(), exported(context, directory, &held)?, held)
        }
        None => {
            let path = ledger_path(&context.global.ledger)?;
            let (held, own) = Held::with_own(context, arguments, &path)?;
            (context.global.ledger.clone(), live(context, &path, &held, own.as_ref())?, held)
        }
    };
    let report = required(report, arguments.require);
    let view = view(subject, &report, rejudged, held);
    Ok(Answer::with_code(page::page(&view), &view, report.exit_code()))
}

fn exported(context: &Context, directory: &Path, held: &Held) -> Result<Audited, CommandError> {
    match Export::open(directory) {
        Ok(export) => Ok(audited(context, &export, held)),
        Err(LogError::Unreadable { detail }) => Err(could_not_run(detail)),
        Err(error) => Ok((nothing_read(error.exit_code(), error.to_string()), None)),
    }
}

fn live(context: &Context, path: &Path, held: &Held, own: Option<&Pin>) -> Result<Audited, CommandError> {
    let store = match Sqlite::open_read_only(path) {
        Ok(store) => store,
        Err(error @ StoreError::Damaged { .. }) => return Ok((nothing_read(ExitCode::Tampered, error.to_string()), None)),
        Err(error) => {
            let hint = CommandError::from(error.clone()).hint;
            return Err(CommandError { hint, ..could_not_run(error.to_string()) });
        }
    };
    let (mut report, rejudged) = audited(context, &Live(&store), held);
    if let Some(finding) = own.and_then(|pin| contradiction(pin, &store, &report)) {
        report.findings.push(finding);
    }
    Ok((report, rejudged))
}

/// What verification came to, and what judging evidence again did, where that was asked for and could be.
type Audited = (Report, Option<Rejudged>);

fn audited(context: &Context, log: &dyn Log, held: &Held) -> Audited {
    let mut report = audit::verify_with(log, &held.pins, context.now(), held.effort);
    let rejudged = if held.evidence { evidence::judge(log, &mut report) } else { None };
    (report, rejudged)
}

/// What this user's pin says against the log, where what was given on the command line took its place in the audit.
fn contradiction(pin: &Pin, store: &dyn Store, report: &Report) -> Option<Finding> {
    let error = trust::check(pin, store).err()?;
    let message = format!("against what you pinned: {}", error.message);
    let known = report.findings.iter().any(|finding| finding.code == error.code);
    (!known).then_some(Finding { code: error.code, entry: None, message })
}

/// Whatever keeps verification from running never shares a code with what it may find.
fn could_not_run(message: String) -> CommandError {
    CommandError::new(ExitCode::NotVerifiable, format!("nothing was verified: {message}"))
}

/// A log that is found damaged before its first entry can be read.
fn nothing_read(code: ExitCode, message: String) -> Report {
    Report {
        origin: None,
        genesis: None,
        sound: 0,
        head: EntryHash::NONE,
        root: Frontier::new().root(),
        keys: 0,
        pipelines: 0,
        bodies_named: 0,
        bodies_removed: 0,
        not_understood: 0,
        last: None,
        findings: vec![Finding { code, entry: None, message }],
        remarks: Vec::new(),
        level: Level::SelfConsistent,
    }
}

fn required(mut report: Report, level: Option<Required>) -> Report {
    if level == Some(Required::Pinned) && report.level < Level::Pinned {
        let message = "the verdict must be pinned, and it is self-consistent: nothing that is held elsewhere was found to agree; give \
                       --genesis, --head or --pin-key";
        report.findings.push(Finding { code: ExitCode::NotVerifiable, entry: None, message: message.to_owned() });
    }
    report
}

impl Held {
    /// What was given on the command line.
    fn given(arguments: &Verify) -> Self {
        let Verify { genesis, origin, pin_key, head, .. } = arguments;
        let rows = [
            origin.as_ref().map(|origin| ("origin", origin.to_string())),
            genesis.map(|genesis| ("genesis", genesis.to_string())),
            head.map(|(size, hash)| ("head", format!("{size}:{hash}"))),
            pin_key.as_ref().map(|key| ("key", key.to_string())),
        ];
        let rows = rows.into_iter().flatten().map(|(what, value)| row(what, value, "given")).collect();
        let pins = Pins { origin: origin.clone(), genesis: *genesis, head: *head, key: pin_key.clone() };
        let effort = if arguments.plain { Effort::Plain } else { Effort::Fast { threads: machine::threads() } };
        Self { pins, rows, missing: None, effort, evidence: arguments.evidence }
    }

    /// The same, filled up with what this user pinned for the ledger; and that pin, where something given took its place.
    fn with_own(context: &Context, arguments: &Verify, ledger: &Path) -> Result<(Self, Option<Pin>), CommandError> {
        let mut held = Self::given(arguments);
        if let Err(error) = context.config_folder() {
            held.missing = Some(error.message);
            return Ok((held, None));
        }
        let pins = trust::Pins::load(context).map_err(|error| CommandError { hint: error.hint, ..could_not_run(error.message) })?;
        let pin = pins.of(&absolute(ledger)).cloned();
        let Some(pin) = pin else { return Ok((held, None)) };
        let displaced = held.pins.genesis.is_some() || held.pins.head.is_some();
        if held.pins.genesis.is_none() {
            held.pins.genesis = Some(pin.genesis);
            held.rows.push(row("genesis", pin.genesis.to_string(), "trust"));
        }
        if held.pins.head.is_none() {
            held.pins.head = Some((pin.size, pin.head));
            held.rows.push(row("head", format!("{}:{}", pin.size, pin.head), "trust"));
        }
        Ok((held, displaced.then_some(pin)))
    }
}

fn row(what: &str, value: String, from: &str) -> PinRow {
    PinRow { what: what.to_owned(), value, from: from.to_owned() }
}

fn view(subject: String, report: &Report, evidence: Option<Rejudged>, held: Held) -> Verification {
    let code = report.exit_code();
    let mut view = Verification {
        verdict: verdict(code).to_owned(),
        code: code.number(),
        subject,
        level: if report.level == Level::Pinned { "pinned" } else { "self-consistent" }.to_owned(),
        pins: held.rows,
        origin: report.origin.as_ref().map(ToString::to_string),
        genesis: report.genesis.map(|genesis| genesis.to_string()),
        entries: report.sound,
        head: report.head.to_string(),
        tree_root: report.root.to_string(),
        keys: report.keys as u64,
        pipelines: report.pipelines as u64,
        bodies: report.bodies_named as u64,
        bodies_removed: report.bodies_removed as u64,
        evidence,
        not_understood: report.not_understood,
        broken_at: broken_at(report),
        last: report.last.clone(),
        findings: findings(report, code),
        remarks: report.remarks.clone(),
        not_checked: Vec::new(),
    };
    view.not_checked = not_checked(&view, held.missing.as_deref(), held.pins.head.map(|(size, _)| size));
    view
}

fn verdict(code: ExitCode) -> &'static str {
    match code {
        ExitCode::Done => "sound",
        other => other.kind(),
    }
}

/// The findings, those first that give the verdict its code.
fn findings(report: &Report, code: ExitCode) -> Vec<FindingRow> {
    let (first, rest): (Vec<_>, Vec<_>) = report.findings.iter().partition(|finding| finding.code == code);
    let row = |finding: &Finding| FindingRow {
        code: finding.code.number(),
        kind: finding.code.kind().to_owned(),
        entry: finding.entry.map(|entry| entry.get()),
        message: finding.message.clone(),
    };
    first.into_iter().chain(rest).map(row).collect()
}

/// The entry behind the last authentic one, where a finding is about it: then the chain broke there.
fn broken_at(report: &Report) -> Option<u64> {
    let unread = |finding: &Finding| finding.entry.map_or(report.sound == 0, |entry| entry.get() == report.sound);
    report.findings.iter().any(unread).then_some(report.sound)
}

/// What was not checked, or cannot be, said truly.
fn not_checked(view: &Verification, missing: Option<&str>, pinned: Option<u64>) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(broken) = view.broken_at {
        sentences.push(format!("what stands from entry {broken} on, and the bodies: nothing could be verified there"));
    }
    if view.findings.iter().any(|finding| finding.kind == ExitCode::Unlawful.kind()) {
        sentences.push("the law behind the first unlawful entry: it cannot be judged over what it forbids".to_owned());
    }
    if view.not_understood > 0 {
        sentences.push("the law from the first entry of a later format on: use a newer promoledger".to_owned());
    }
    if view.pins.iter().all(|pin| pin.what == "origin") {
        sentences.push("whether this is the ledger that you mean: no genesis, head or key held elsewhere was compared".to_owned());
    }
    match pinned {
        Some(size) if size > view.entries => {}
        Some(size) => sentences
            .push(format!("entries added behind the {size} that are pinned, and cut off again: that shows only against a later head")),
        None => sentences.push("entries cut off the end: they show only against a head held elsewhere (none given)".to_owned()),
    }
    match &view.evidence {
        None if view.bodies > 0 && view.findings.is_empty() => {
            sentences.push("whether results follow from what stands beside the log: --evidence judges that again".to_owned());
        }
        Some(Rejudged { without, .. }) if *without > 0 => {
            sentences.push(format!("{without} results of policies, scanners or tokens: nothing that they follow from is kept"));
        }
        _ => {}
    }
    sentences.push("whether others were shown the same log: no witnesses in this version".to_owned());
    if let Some(reason) = missing {
        sentences.push(format!("what you pinned yourself: {reason}"));
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_sizes_and_hashes() {
        let hash = "5a".repeat(32);
        assert_eq!(head(&format!("44:{hash}")), Ok((44, EntryHash::from_hex(&hash).unwrap())));
        for bad in ["", "44", "44:", "0:5a", &format!("0:{hash}"), &format!("-1:{hash}"), &format!("44:{}", "5A".repeat(32))] {
            assert!(head(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_level_that_is_not_reached_is_a_finding() {
        let bare = || Report { findings: Vec::new(), ..nothing_read(ExitCode::Done, String::new()) };
        assert_eq!(required(bare(), Some(Required::Pinned)).exit_code(), ExitCode::NotVerifiable);
        assert_eq!(required(bare(), Some(Required::SelfConsistent)).exit_code(), ExitCode::Done);
        let pinned = Report { level: Level::Pinned, ..bare() };
        assert_eq!(required(pinned, Some(Required::Pinned)).exit_code(), ExitCode::Done);
    }

    #[test]
    fn what_was_not_checked_is_said() {
        let says = |view: &Verification, pinned, text: &str| not_checked(view, None, pinned).iter().any(|sentence| sentence.contains(text));
        let mut report = nothing_read(ExitCode::Unlawful, "an override without a right".to_owned());
        report.sound = 5;
        let mut view = view("l.db".to_owned(), &report, None, Held::default());
        assert!(says(&view, None, "behind the first unlawful entry") && !says(&view, None, "from entry 5 on"));
        assert!(says(&view, None, "whether this is the ledger that you mean") && says(&view, None, "none given"));
        assert!(says(&view, Some(4), "behind the 4 that are pinned") && !says(&view, Some(9), "cut off"));
        view.pins.push(row("genesis", "00ff".to_owned(), "given"));
        view.broken_at = Some(5);
        assert!(says(&view, None, "from entry 5 on") && !says(&view, None, "whether this is the ledger that you mean"));
    }

    #[test]
    fn what_gives_the_verdict_stands_first() {
        let finding = |code, entry: Option<u64>| Finding {
            code,
            entry: entry.map(promotion_ledger::meaning::id::Sequence::new),
            message: String::new(),
        };
        let mut report = nothing_read(ExitCode::Unlawful, String::new());
        report.findings = vec![finding(ExitCode::Unlawful, Some(3)), finding(ExitCode::Tampered, Some(9))];
        let kinds: Vec<_> = findings(&report, report.exit_code()).into_iter().map(|row| row.kind).collect();
        assert_eq!(kinds, ["tampered", "unlawful"]);
    }
}

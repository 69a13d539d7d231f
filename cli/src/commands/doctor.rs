//! `doctor`: looks at everything that a promotion needs, one line each, and says what to do.

mod key;

use std::path::Path;

use clap::Args;
use promotion_ledger::custody::store::Store as _;
use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_ledger::meaning::names::Pipeline;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::{ComponentRule, Rules};
use promotion_ledger::meaning::time::Timestamp;

use super::manifest::{self, Compared};
use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{BAD, DIM, GOOD, Page, Table, WARN, ago, count, short};
use crate::session::{self, Opened, RegistryOptions, absolute, ledger_path};
use crate::shown::{Shown, paint, shown, visible};
use crate::trust::Pins;
use crate::views::admin::{CheckRow, Diagnosis};

/// How far the last entry may be ahead of this machine's clock before it is remarked on, in microseconds.
const BEHIND: i64 = 2_000_000;

/// Looks at everything that a promotion needs: ledger, clock, pins, key and grants, manifest, registries.
///
/// Nothing is changed. Exits 0 when there is no problem, else with the code of the first one.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Ask no registry
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    registry: RegistryOptions,
}

pub(crate) fn run(context: &Context, arguments: &Doctor) -> Result<Answer, CommandError> {
    let path = ledger_path(&context.global.ledger)?;
    let mut checks = vec![ledger(&path)];
    match session::open_to_read(context) {
        Ok(opened) => {
            checks.extend([log(context, &opened), clock(context.now(), opened.core().floor)]);
            checks.push(pins(context, &path));
            checks.extend(key::key(context, opened.core()));
            checks.push(manifest(context, &opened));
            checks.extend(registries(context, arguments, &opened));
        }
        // What keeps the ledger from being opened at all was said already.
        Err(_) if checks.iter().any(|check| check.status == "problem") => {}
        Err(error) => {
            let what = if Pins::load(context).is_err() { "pins" } else { "log" };
            checks.push(CheckRow::problem(what, error));
        }
    }
    let first = checks.iter().find_map(|check| check.code).and_then(ExitCode::from_number);
    let code = first.unwrap_or(ExitCode::Done);
    let view = Diagnosis { code: code.number(), checks };
    Ok(Answer::with_code(page(&view), &view, code))
}

fn ledger(path: &Path) -> CheckRow {
    let shown = path.display();
    match Sqlite::open(path) {
        Ok(store) => {
            CheckRow::ok("ledger", format!("{} opens, to read and to append, on a file system of this machine", store.path().display()))
        }
        Err(error) => match Sqlite::open_read_only(path) {
            Ok(_) => CheckRow::warning(
                "ledger",
                format!("{shown} can be read and not appended to: {error}"),
                "to append, ask for permission to write it and its folder",
            ),
            Err(error) => CheckRow::problem("ledger", error.into()),
        },
    }
}

fn log(context: &Context, opened: &Opened) -> CheckRow {
    let head = opened.index.head();
    let last = opened.core().floor.map(|time| format!(", the last {} ago", ago(time, context.now()))).unwrap_or_default();
    let entries = format!("{}{last}, head {}", count(head.size, "entry", "entries"), short(head.hash));
    if !opened.index.understood() {
        return CheckRow::warning(
            "log",
            format!("{entries}; some are of a later format"),
            "nothing can be decided over them: use a newer promoledger",
        );
    }
    match opened.store.head() {
        Ok(stored) if stored.size >= head.size => CheckRow::ok("log", format!("{entries}; the index has verified every one")),
        Ok(stored) => CheckRow::problem(
            "log",
            CommandError::new(ExitCode::Incomplete, format!("the store ends at {stored}, and the index has {head}")),
        ),
        Err(error) => CheckRow::problem("log", error.into()),
    }
}

fn clock(now: Timestamp, last: Option<Timestamp>) -> CheckRow {
    let behind = last.map_or(0, |last| last.as_micros() - now.as_micros());
    match last {
        Some(last) if behind > BEHIND => CheckRow::warning(
            "clock",
            format!("this machine's clock is {} behind the last entry ({last})", ago(now, last)),
            "set the clock; until it is past the last entry, new entries take that entry's time",
        ),
        _ => CheckRow::ok("clock", "not behind the last entry".to_owned()),
    }
}

fn pins(context: &Context, path: &Path) -> CheckRow {
    match Pins::load(context) {
        Ok(pins) => match pins.of(&absolute(path)) {
            Some(pin) => CheckRow::ok(
                "pins",
                format!("the log extends what you have seen of {}, {}", pin.origin, count(pin.size, "entry", "entries")),
            ),
            None => CheckRow::warning(
                "pins",
                "not pinned: nobody would notice here if the ledger were swapped or cut".to_owned(),
                "promoledger trust --genesis HASH",
            ),
        },
        Err(error) => CheckRow::problem("pins", error),
    }
}

fn manifest(context: &Context, opened: &Opened) -> CheckRow {
    let file = Path::new("manifest.yaml");
    if !file.exists() {
        return CheckRow::skipped("manifest", "there is no manifest.yaml here; the one in force is in the ledger");
    }
    let rules = match manifest::read(file, context.now()) {
        Ok(rules) => rules,
        Err(error) => return CheckRow::warning("manifest", error.message, "promoledger manifest check"),
    };
    if context.global.pipeline.as_ref().is_some_and(|named| named != rules.pipeline()) {
        return CheckRow::skipped("manifest", "manifest.yaml is for another pipeline");
    }
    let compared = Compared::with(opened.core(), &rules, context.now());
    match compared.in_force {
        Some(entry) if compared.is_same() => {
            CheckRow::ok("manifest", format!("manifest.yaml is what is in force for pipeline {} (entry {entry})", rules.pipeline()))
        }
        Some(_) => {
            let differences = count(compared.differences.len() as u64, "difference", "differences");
            let message = format!("manifest.yaml is not what is in force for pipeline {}: {differences}", rules.pipeline());
            CheckRow::warning("manifest", message, "promoledger manifest diff")
        }
        None => CheckRow::warning("manifest", format!("the ledger has no pipeline {} yet", rules.pipeline()), "promoledger manifest adopt"),
    }
}

fn registries(context: &Context, arguments: &Doctor, opened: &Opened) -> Vec<CheckRow> {
    let named = |pipeline: &Pipeline| context.global.pipeline.as_ref().is_none_or(|named| named == pipeline);
    let rules: Vec<&Rules> =
        opened.core().pipelines.values().map(|adopted| &adopted.rules).filter(|rules| named(rules.pipeline())).collect();
    if arguments.offline {
        return vec![CheckRow::skipped("registry", "no registry was asked (--offline)")];
    }
    let components = rules.iter().flat_map(|rules| rules.components().iter().map(move |component| (*rules, component)));
    components.map(|(rules, component)| registry(context, arguments, rules, component)).collect()
}

fn registry(context: &Context, arguments: &Doctor, rules: &Rules, component: &ComponentRule) -> CheckRow {
    let name = format!("{} {}: {}", rules.pipeline(), component.name, component.repository);
    let asked = session::open_registry(context, &component.repository, &arguments.registry).and_then(|registry| Ok(registry.check_push()?));
    match asked {
        Ok(()) => CheckRow::ok("registry", format!("{name} answers, and tags may be pushed")),
        Err(error) => {
            let message = format!("{name}: {}", error.message);
            CheckRow::problem("registry", CommandError { message, ..error })
        }
    }
}

fn page(view: &Diagnosis) -> Page {
    let mut page = Page::new();
    let mut table = Table::new(&[]);
    for check in &view.checks {
        let style = match check.status.as_str() {
            "ok" => GOOD,
            "warning" => WARN,
            "problem" => BAD,
            _ => DIM,
        };
        table.row(vec![paint(style, &check.status), visible(&check.check), visible(&check.message)]);
        if let Some(advice) = &check.advice {
            table.row(vec![Shown::default(), Shown::default(), shown!("{} {}", paint(DIM, "→"), visible(advice))]);
        }
    }
    page.table(&table, 0);
    page.line(summary(view));
    page
}

fn summary(view: &Diagnosis) -> Shown {
    let of = |status: &str| view.checks.iter().filter(|check| check.status == status).count() as u64;
    match (of("problem"), of("warning")) {
        (0, 0) => paint(GOOD, "No problem found."),
        (0, warnings) => shown!("No problem found, {}.", count(warnings, "warning", "warnings")),
        (problems, 0) => paint(BAD, format!("{}.", count(problems, "problem", "problems"))),
        (problems, warnings) => {
            paint(BAD, format!("{}, {}.", count(problems, "problem", "problems"), count(warnings, "warning", "warnings")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_behind_the_last_entry_is_remarked_on() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000).unwrap();
        assert_eq!(clock(at(100), None).status, "ok");
        assert_eq!(clock(at(100), Some(at(101))).status, "ok");
        let late = clock(at(100), Some(at(400)));
        assert_eq!(late.status, "warning");
        assert!(late.message.contains("5 min behind"), "{}", late.message);
    }

    #[test]
    fn problems_are_counted_and_advice_stands_below() {
        let checks = vec![
            CheckRow::ok("ledger", "opens".to_owned()),
            CheckRow::warning("pins", "not pinned".to_owned(), "promoledger trust"),
            CheckRow::problem("key", CommandError::new(ExitCode::NotAuthorized, "no \u{1b}key")),
        ];
        let text = page(&Diagnosis { code: 12, checks }).plain();
        assert_eq!(
            text,
            "ok       ledger  opens\nwarning  pins    not pinned\n                 → promoledger trust\nproblem  key     no \\u{1b}key\n1 problem, 1 warning.\n"
        );
    }

    #[test]
    fn a_folder_without_a_ledger_is_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        let check = ledger(&folder.path().join("none.db"));
        assert_eq!((check.status.as_str(), check.code), ("problem", Some(ExitCode::Unavailable.number())));
        assert!(check.advice.is_some());
    }
}

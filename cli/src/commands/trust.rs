//! `trust`: pins a ledger, so that later commands notice if it is another or was cut.

use std::path::Path;

use clap::Args;
use promotion_ledger::custody::audit::{self, Effort, Report};
use promotion_ledger::custody::log::Live;
use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::names::Origin;
use promotion_ledger::meaning::refusal::{Because, ExitCode};

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::machine;
use crate::page::{DIM, GOOD, Page, count};
use crate::session::{absolute, ledger_path};
use crate::shown::{paint, shown, visible};
use crate::trust::{self, Pin, Pins};
use crate::views::audit::{Pinned, Trusted};

const ANOTHER: &str = "this is another ledger than the one you were told of: check --ledger, and ask again on another way";

/// Pins this ledger in your own configuration: its name, its genesis hash and how far you have seen it.
///
/// The whole ledger is verified first. From then on every command checks that the log still extends what you saw, and
/// the pin grows with it. Compare the genesis hash with what you were told on another way, or give it with --genesis.
#[derive(Debug, Args)]
pub(crate) struct Trust {
    /// The hash of entry 0 that you were told: the ledger must have it
    #[arg(long, value_name = "HASH", value_parser = EntryHash::from_hex)]
    genesis: Option<EntryHash>,
    /// The ledger's name that you were told: the ledger must have it
    #[arg(long, value_name = "NAME")]
    origin: Option<Origin>,
    /// Pin the ledger as it is now, in place of a pin that it does not extend
    #[arg(long)]
    anew: bool,
}

pub(crate) fn run(context: &Context, arguments: &Trust) -> Result<Answer, CommandError> {
    let path = ledger_path(&context.global.ledger)?;
    let store = Sqlite::open_read_only(&path)?;
    let mut pins = Pins::load(context)?;
    let kept_at = absolute(&path);
    let before = pins.of(&kept_at).cloned();
    if let Some(pin) = before.as_ref().filter(|_| !arguments.anew) {
        trust::check(pin, &store)?;
    }
    let told = audit::Pins { origin: arguments.origin.clone(), genesis: arguments.genesis, ..audit::Pins::default() };
    let report = audit::verify_with(&Live(&store), &told, context.now(), Effort::Fast { threads: machine::threads() });
    let pin = pin(&kept_at, &report).map_err(|error| if is_told(&told, &report) { error } else { error.hint(ANOTHER) })?;
    if before.as_ref() != Some(&pin) {
        pins.keep(pin.clone())?;
    }
    let view = Trusted {
        outcome: outcome(before.as_ref(), &pin, arguments.anew).to_owned(),
        ledger: context.global.ledger.clone(),
        pin: pinned(&pin),
        before: before.as_ref().map(pinned),
    };
    Ok(Answer::new(page(&view), &view))
}

/// Whether the ledger has the name and the genesis that were told.
fn is_told(told: &audit::Pins, report: &Report) -> bool {
    let other_name = told.origin.is_some() && told.origin != report.origin;
    let other_genesis = told.genesis.is_some() && told.genesis != report.genesis;
    !other_name && !other_genesis
}

/// The pin of a ledger that verifies.
fn pin(ledger: &Path, report: &Report) -> Result<Pin, CommandError> {
    let findings = &report.findings;
    if let Some(first) = findings.iter().find(|finding| finding.code == report.exit_code()) {
        let at = |entry: Option<promotion_ledger::meaning::id::Sequence>| entry.map(|entry| format!("entry {entry}: ")).unwrap_or_default();
        let others = findings.iter().filter(|finding| *finding != first);
        return Err(CommandError {
            others: others.map(|finding| Because::new(finding.code, format!("{}{}", at(finding.entry), finding.message))).collect(),
            ..CommandError::new(first.code, format!("not pinned: {}{}", at(first.entry), first.message))
                .hint("only a ledger that verifies is pinned; `promoledger verify` tells the whole of it")
        });
    }
    let (Some(origin), Some(genesis)) = (report.origin.clone(), report.genesis) else {
        return Err(CommandError::new(ExitCode::Incomplete, "not pinned: the ledger holds no entry 0"));
    };
    Ok(Pin { ledger: ledger.to_owned(), origin, genesis, size: report.sound, head: report.head })
}

fn outcome(before: Option<&Pin>, now: &Pin, anew: bool) -> &'static str {
    match before {
        None => "pinned",
        Some(before) if before == now => "unchanged",
        Some(before) if before.genesis == now.genesis && before.size < now.size && !anew => "advanced",
        Some(_) => "replaced",
    }
}

fn pinned(pin: &Pin) -> Pinned {
    Pinned { origin: pin.origin.to_string(), genesis: pin.genesis.to_string(), size: pin.size, head: pin.head.to_string() }
}

fn page(view: &Trusted) -> Page {
    let mut page = Page::new();
    let word = match view.outcome.as_str() {
        "unchanged" => "Pinned already",
        "replaced" => "Pinned anew",
        _ => "Pinned",
    };
    let now = count(view.pin.size, "entry", "entries");
    let grown = match &view.before {
        Some(before) if view.outcome == "advanced" => format!("{now}, {} when it was pinned last", before.size),
        _ => now,
    };
    page.line(shown!("{}  {}", paint(GOOD, word), visible(&view.ledger)));
    let rows = [
        ("origin", visible(&view.pin.origin)),
        ("genesis", visible(&view.pin.genesis)),
        ("size", visible(grown)),
        ("head", visible(&view.pin.head)),
    ];
    page.pairs(&rows, 2);
    if let Some(before) = view.before.as_ref().filter(|_| view.outcome == "replaced") {
        let what =
            format!("{} of {}, genesis {}, head {}", count(before.size, "entry", "entries"), before.origin, before.genesis, before.head);
        page.line(paint(DIM, shown!("In place of {}", visible(what))));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(genesis: u8, size: u64) -> Pin {
        let hash = |byte| EntryHash::from_bytes([byte; 32]);
        let head = hash(u8::try_from(size).unwrap());
        Pin { ledger: "/l.db".into(), origin: Origin::new("acme.example/p").unwrap(), genesis: hash(genesis), size, head }
    }

    #[test]
    fn a_pin_is_new_grown_kept_or_replaced() {
        let cases = [
            (None, seen(1, 3), false, "pinned"),
            (Some(seen(1, 3)), seen(1, 3), false, "unchanged"),
            (Some(seen(1, 3)), seen(1, 4), false, "advanced"),
            (Some(seen(1, 4)), seen(1, 3), true, "replaced"),
            (Some(seen(1, 3)), seen(2, 4), true, "replaced"),
        ];
        for (before, now, anew, expected) in cases {
            assert_eq!(outcome(before.as_ref(), &now, anew), expected, "{before:?} {now:?}");
        }
    }
}

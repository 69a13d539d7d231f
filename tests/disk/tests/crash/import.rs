//! Importing history: many entries of tens of kilobytes in one batch, some of them larger than the write-ahead log may
//! grow.

use fastrand::Rng;
use promoledger_faulty_disk::{Act, Fault};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::history::{Asserted, AssertedKind, Declared, HistoryImported, Lines};
use promotion_ledger::meaning::names::{Principal, Reason, Version};
use promotion_ledger::meaning::rules::Source;
use promotion_ledger::meaning::time::Timestamp;

use crate::append::{check, recorded};
use crate::faults::try_all;
use crate::points::crash;
use crate::script::{Script, component, environment, pipeline};

/// How many entries each import has.
const IMPORTS: [usize; 3] = [2, 9, 1];

/// How many lines an entry has, and how long a note each line has, in characters.
const LINES: i64 = 60;
const NOTE: usize = 700;

fn script() -> Script {
    let mut rng = Rng::with_seed(1);
    let mut first = 0;
    let mut entry = || {
        first += LINES;
        imported(first, &mut rng)
    };
    Script::of_events(IMPORTS.iter().map(|entries| (0..*entries).map(|_| entry()).collect()).collect())
}

fn imported(first: i64, rng: &mut Rng) -> Event {
    let lines = (first..first + LINES).map(|number| asserted(number, rng)).collect();
    HistoryImported {
        declares: Declared::default(),
        file: Digest::from_sha256(&[9; 32]),
        lines: Lines::new(lines).expect("lines"),
        pipeline: pipeline(),
    }
    .into()
}

fn asserted(number: i64, rng: &mut Rng) -> Asserted {
    let note: String = std::iter::repeat_with(|| rng.alphanumeric()).take(NOTE).collect();
    Asserted {
        actor: Principal::new("ops@crash.example").expect("a principal"),
        component: component(),
        digest: None,
        from: Source::Nowhere,
        kind: AssertedKind::Promotion,
        note: Some(Reason::new(note).expect("a note")),
        time: Timestamp::from_micros(1_700_000_000_000_000 + number * 1_000_000).expect("a time"),
        to: environment(),
        version: Version::new(format!("v0.{number}.0")).expect("a version"),
    }
}

#[test]
fn an_import_is_whole_or_none_whenever_the_power_goes() {
    let script = script();
    crash("import", &recorded(&script), |folder, acknowledged| check(&script, folder, acknowledged, 0));
}

#[test]
fn an_import_on_a_failing_disk_is_whole_or_none() {
    let script = script();
    try_all(&script, Act::Write, &[|_, nth| Fault::torn(nth)]);
    try_all(&script, Act::Sync, &[Fault::once]);
}

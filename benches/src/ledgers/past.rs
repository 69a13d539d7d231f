//! What a pipeline brings along from before it had a ledger: a file of asserted promotions, imported once.

use fastrand::Rng;
use promotion_ledger::evidence::hash::sha256;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::history::{Asserted, AssertedKind, Declared, HistoryImported, Lines};
use promotion_ledger::meaning::names::{Principal, Version};
use promotion_ledger::meaning::rules::Source;
use promotion_ledger::meaning::time::Timestamp;

use super::land::{self, Line};

/// When the oldest line happened: 2018-01-08T08:00:00Z, a year before every story begins.
const OLDEST: i64 = 1_515_398_400_000_000;

/// A day, in microseconds.
const DAY: i64 = 86_400_000_000;

/// The releases of each component before the first that is recorded, through every environment.
pub(super) fn of(line: &Line, seed: u64, rng: &mut Rng) -> HistoryImported {
    let mut lines = Vec::new();
    for part in &line.components {
        let releases = rng.u8(1..4);
        for release in 0..releases {
            let version = Version::new(format!("v0.9.{release}")).expect("numbers and dots");
            let digest = land::digest(seed, &line.pipeline, &part.name, &version);
            let mut from = Source::Nowhere;
            for (stage, environment) in (0_i64..).zip(&line.environments) {
                let time = OLDEST + (i64::from(release) * 60 + stage) * DAY + rng.i64(0..DAY);
                lines.push(Asserted {
                    actor: Principal::new("spreadsheet:releases").expect("plain ASCII"),
                    component: part.name.clone(),
                    digest: (rng.u8(0..4) > 0).then(|| digest.clone()),
                    from: from.clone(),
                    kind: AssertedKind::Promotion,
                    note: None,
                    time: Timestamp::from_micros(time).expect("a time in 2018"),
                    to: environment.name.clone(),
                    version: version.clone(),
                });
                from = Source::From(environment.name.clone());
            }
        }
    }
    HistoryImported {
        declares: Declared::default(),
        file: Digest::from_sha256(&sha256(line.pipeline.as_str().as_bytes())),
        lines: Lines::new(lines).expect("every pipeline has components and environments"),
        pipeline: line.pipeline.clone(),
    }
}

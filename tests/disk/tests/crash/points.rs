//! The power goes at points of a journal, and what is left on the disk is looked at.
//!
//! A sample by default: all points around what makes things durable or changes names, others spread evenly, and at each
//! the loss of all that was not synced with two of the other losses in turn. `PROMOLEDGER_CRASH_SEEDS=N` tries every point with
//! every loss, N times for those that are drawn; `PROMOLEDGER_CRASH=NAME@POINT:LOSS` tries that one alone.

use std::collections::HashSet;
use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use promoledger_faulty_disk::{Change, Image, Journal, Loss, Platter};

use crate::scratch;

/// How many points are tried beside those around syncs and names.
const SPREAD: usize = 40;

/// How many failures are shown.
const SHOWN: usize = 10;

/// How much is tried.
pub(crate) enum Effort {
    /// What fits into every run of the tests.
    Sample,
    /// Everything, with so many seeds.
    Everything(u64),
}

impl Effort {
    pub(crate) fn wanted() -> Self {
        match env::var("PROMOLEDGER_CRASH_SEEDS") {
            Ok(seeds) => Self::Everything(seeds.parse().expect("PROMOLEDGER_CRASH_SEEDS is a number")),
            Err(_) => Self::Sample,
        }
    }
}

/// Lets the power go, and has `check` look at each folder that is left, with what had been acknowledged by then.
pub(crate) fn crash(name: &str, journal: &Journal, check: impl Fn(&Path, u64) -> Result<(), String>) {
    let Tried { images, failures } = try_out(name, journal, check);
    eprintln!("{name}: {images} different disks at points of {} changes", journal.changes().len());
    assert!(failures.is_empty(), "{} disks of {images} are not as they should be:\n{}", failures.len(), shown(&failures));
}

/// What came of it.
pub(crate) struct Tried {
    /// How many disks were looked at that differ from each other.
    pub(crate) images: usize,
    /// What was wrong, and how to try it again.
    pub(crate) failures: Vec<String>,
}

pub(crate) fn try_out(name: &str, journal: &Journal, check: impl Fn(&Path, u64) -> Result<(), String>) -> Tried {
    let plan = Plan::of(name, journal);
    let mut seen = HashSet::new();
    let mut failures = Vec::new();
    let mut platter = Platter::of(journal);
    for point in 0..=journal.changes().len() {
        for loss in plan.losses(point) {
            let image = platter.image(loss);
            if !seen.insert(fingerprint(&image, platter.acknowledged())) {
                continue;
            }
            if let Err(what) = look(&image, platter.acknowledged(), &check) {
                failures.push(format!("after {point} changes, losing {loss}: {what} [PROMOLEDGER_CRASH={name}@{point}:{loss}]"));
            }
        }
        if let Some(change) = journal.changes().get(point) {
            platter.play(change);
        }
    }
    Tried { images: seen.len(), failures }
}

fn look(image: &Image, acknowledged: u64, check: &impl Fn(&Path, u64) -> Result<(), String>) -> Result<(), String> {
    let (_folder, path) = scratch();
    Loss::write(image, &path).expect("an image can be written");
    let found = check(&path, acknowledged);
    if found.is_err()
        && let Ok(kept) = env::var("PROMOLEDGER_CRASH_KEEP")
    {
        Loss::write(image, Path::new(&kept)).expect("PROMOLEDGER_CRASH_KEEP is a folder");
    }
    found
}

fn fingerprint(image: &Image, acknowledged: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (image, acknowledged).hash(&mut hasher);
    hasher.finish()
}

fn shown(failures: &[String]) -> String {
    failures.iter().take(SHOWN).map(|failure| format!("  {failure}\n")).collect()
}

enum Plan {
    One { point: usize, loss: Loss },
    Nothing,
    Sample { points: HashSet<usize> },
    Everything { seeds: u64 },
}

impl Plan {
    fn of(name: &str, journal: &Journal) -> Self {
        if let Ok(one) = env::var("PROMOLEDGER_CRASH") {
            return Self::one(name, &one).expect("PROMOLEDGER_CRASH is NAME@POINT:LOSS");
        }
        match Effort::wanted() {
            Effort::Everything(seeds) => Self::Everything { seeds },
            Effort::Sample => Self::Sample { points: telling_points(journal) },
        }
    }

    fn one(name: &str, text: &str) -> Option<Self> {
        let (of, rest) = text.split_once('@')?;
        let (point, loss) = rest.split_once(':')?;
        Some(if of == name { Self::One { point: point.parse().ok()?, loss: loss.parse().ok()? } } else { Self::Nothing })
    }

    fn losses(&self, at: usize) -> Vec<Loss> {
        let seed = at as u64;
        match self {
            Self::One { point, loss } if *point == at => vec![*loss],
            Self::Sample { points } if points.contains(&at) => {
                let drawn = drawn(seed);
                let others = [[drawn[0], Loss::Nothing], [drawn[1], Loss::Bytes], [drawn[2], Loss::Names]];
                [&[Loss::All][..], &others[at % others.len()]].concat()
            }
            Self::Everything { seeds } => {
                let seeded = (0..*seeds).flat_map(|round| drawn(seed + (round << 32)));
                [Loss::All, Loss::Nothing, Loss::Bytes, Loss::Names].into_iter().chain(seeded).collect()
            }
            _ => vec![],
        }
    }
}

fn drawn(seed: u64) -> [Loss; 3] {
    [Loss::Torn { sector: 512, seed }, Loss::Torn { sector: 4096, seed }, Loss::Some { seed }]
}

/// The first and the last point, those before and after all that is no plain write, and others in between.
fn telling_points(journal: &Journal) -> HashSet<usize> {
    let changes = journal.changes();
    let telling = changes.iter().enumerate().filter(|(_, change)| !matches!(change, Change::Written { .. }));
    let around = telling.flat_map(|(at, change)| [if matches!(change, Change::Acknowledged(_)) { at + 1 } else { at }, at + 1]);
    let spread = (0..SPREAD).map(|step| step * changes.len() / SPREAD);
    around.chain(spread).chain([0, changes.len()]).collect()
}

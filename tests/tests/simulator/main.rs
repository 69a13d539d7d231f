//! A simulator: seeded histories of commands by several people from several processes, with deaths, faults and clocks that
//! jump between them, over the real session and runner, checked against a small model.
//!
//! The same seed is the same run. What fails is printed with its seed and with how to run it again.
//! `PROMOLEDGER_SIM_SEED=N` runs one seed and tells what happens; `PROMOLEDGER_SIM_RUNS=N` makes so many runs, from seed
//! `PROMOLEDGER_SIM_FROM` on.

mod ask;
mod cast;
mod chance;
mod compare;
mod coverage;
mod desk;
mod endings;
mod facts;
mod life;
mod model;
mod perform;
mod play;
mod process;
mod rules;
mod scene;
mod shelf;
mod told;
mod variants;
mod wishes;
mod world;

use std::collections::BTreeSet;
use std::ops::Range;

use world::Planted;

/// How many runs every test makes that is run every day; there are four.
const RUNS: u64 = 150;

/// Seeds of the tests of planted faults: a fault that is not noticed in so many runs goes unnoticed.
const PATIENCE: u64 = 60;

/// Every run of these seeds agrees with the model; what was seen in any of them is returned.
fn agree(seeds: Range<u64>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for seed in seeds {
        let outcome = play::run(seed, None, false);
        if let Some((_, wrong)) = outcome.wrong {
            panic!("{}", told(seed, &wrong));
        }
        seen.extend(outcome.seen);
    }
    seen
}

/// The story of a run that went wrong: it is run again, and told this time.
fn told(seed: u64, wrong: &str) -> String {
    let outcome = play::run(seed, None, true);
    let found = match outcome.wrong {
        Some((step, found)) if found == wrong => format!("seed {seed}, step {step}: {found}"),
        other => format!("seed {seed}: {wrong}\nand when run again: {other:?}: the run does not follow from its seed alone"),
    };
    let again = format!("run it again with: cargo xtask simulate 1 {seed}");
    format!("{found}\n{again}\n\n{}\n\n{found}\n{again}", outcome.trace.join("\n"))
}

/// One of four parts, so that they run side by side. In each part happens what can happen, but for what is rare.
fn part(number: u64) {
    let seen = agree(number * RUNS..(number + 1) * RUNS);
    cover(&seen, RUNS);
}

fn cover(seen: &BTreeSet<String>, runs: u64) {
    let missing = coverage::missing(seen, runs);
    assert!(missing.is_empty(), "{runs} runs never came to:\n{}", missing.join("\n"));
}

#[test]
fn histories_agree_with_the_model_1() {
    part(0);
}

#[test]
fn histories_agree_with_the_model_2() {
    part(1);
}

#[test]
fn histories_agree_with_the_model_3() {
    part(2);
}

#[test]
fn histories_agree_with_the_model_4() {
    part(3);
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in 0..8 {
        let (one, other) = (play::run(seed, None, true), play::run(seed, None, true));
        assert!(one.trace.len() > 20, "seed {seed} tells {} lines", one.trace.len());
        assert_eq!(one.trace, other.trace, "seed {seed}");
    }
}

fn noticed(planted: Planted) -> String {
    let wrong = (0..PATIENCE).find_map(|seed| play::run(seed, Some(planted), false).wrong);
    wrong.unwrap_or_else(|| panic!("{planted:?} went unnoticed through {PATIENCE} runs")).1
}

#[test]
fn a_tag_that_is_not_written_is_noticed() {
    let wrong = noticed(Planted::LostTag);
    assert!(wrong.contains("it is recorded as written and points at"), "{wrong}");
}

#[test]
fn a_rule_that_is_forgotten_is_noticed() {
    let wrong = noticed(Planted::ForgottenRollback);
    assert!(wrong.contains("rollback") || wrong.contains("expected"), "{wrong}");
}

#[test]
fn a_guard_that_is_forgotten_is_noticed() {
    let wrong = noticed(Planted::ForgottenDuties);
    assert!(wrong.contains("expected"), "{wrong}");
}

#[test]
fn an_entry_that_is_acknowledged_and_lost_is_noticed() {
    let wrong = noticed(Planted::LostEntry);
    assert!(wrong.contains("expected"), "{wrong}");
}

/// What `cargo xtask simulate` runs: as many seeds as it is told, or one, with its story.
#[test]
#[ignore = "as long as it is told to: cargo xtask simulate"]
fn as_many_as_asked_for() {
    let number =
        |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap_or_else(|_| panic!("{name}: {text:?} is no number")));
    if let Some(seed) = number("PROMOLEDGER_SIM_SEED") {
        let outcome = play::run(seed, None, true);
        println!("{}", outcome.trace.join("\n"));
        assert_eq!(outcome.wrong, None, "seed {seed}");
        println!("seed {seed}: {} entries, all as the model has it", outcome.entries);
        return;
    }
    let from = number("PROMOLEDGER_SIM_FROM").unwrap_or_default();
    let runs = number("PROMOLEDGER_SIM_RUNS").unwrap_or(RUNS);
    let seen = agree(from..from + runs);
    println!("{runs} runs from seed {from} agree with the model; in them happened:");
    seen.iter().for_each(|what| println!("  {what}"));
    if runs >= RUNS {
        cover(&seen, runs);
    }
}

//! Processes that want the same thing at once: each ends well or is told to wait, and nothing is lost.

use std::collections::BTreeMap;

use promoledger_tests::command::{Promoledger, Run, Running};
use promoledger_tests::registry::Registry;

use crate::promotion::add_key;
use crate::shop::{PLAIN, Shop, digest};

/// How often each race is run: one of them alone may well not meet.
const ROUNDS: usize = 6;

/// Starts all, then waits for all.
fn at_once(commands: &[(Promoledger, Vec<String>)]) -> Vec<Run> {
    let start =
        |(program, arguments): &(Promoledger, Vec<String>)| program.spawn(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let running: Vec<Running> = commands.iter().map(start).collect();
    running.into_iter().map(Running::wait).collect()
}

fn owned(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|&argument| argument.to_owned()).collect()
}

#[track_caller]
fn expect_codes(runs: &[Run], allowed: &[i32]) {
    for run in runs {
        assert!(run.code.is_some_and(|code| allowed.contains(&code)), "expected one of {allowed:?}\n{run:?}");
    }
}

/// Every completion's tag is there, and `latest` points at what the ledger says is there.
#[track_caller]
fn expect_no_tag_lost(shop: &Shop) {
    let tags = shop.tags();
    let mut latest = BTreeMap::new();
    for entry in shop.entries().iter().filter(|entry| entry.text("type") == "promotion.completed") {
        let promotion = &entry.data()["promotion"];
        let text = |field: &str| promotion[field].as_str().unwrap_or_default().to_owned();
        assert_eq!(tags.get(&format!("{}-{}", text("version"), text("to"))), Some(&text("digest")));
        latest.insert(format!("latest-{}", text("to")), text("digest"));
    }
    for (tag, digest) in latest {
        assert_eq!(tags.get(&tag), Some(&digest), "{tag}");
    }
}

// proves: wf.promote.concurrency, NFR-004
#[test]
fn two_promotions_of_one_release_make_it_once() {
    let registry = Registry::start();
    let shop = Shop::in_registry(&registry, PLAIN);
    for version in ["v1.0.0", "v1.1.0", "v1.2.0"] {
        let promotion = owned(&shop.promotion(version, "none", "dev"));
        let runs = at_once(&[(shop.admin(), promotion.clone()), (shop.admin(), promotion)]);
        expect_codes(&runs, &[0, 7]);
        assert!(runs.iter().any(|run| run.code == Some(0)), "{runs:?}");
    }
    let completed = shop.entries().iter().filter(|entry| entry.text("type") == "promotion.completed").count();
    assert_eq!(completed, 3);
    expect_no_tag_lost(&shop);
    shop.expect_sound();
}

// proves: wf.promote.concurrency
#[test]
fn two_releases_into_one_environment_land_one_after_the_other() {
    let shop = Shop::in_layouts(PLAIN);
    add_key(&shop, "ann", "ann@acme.example", &["--role", "operator"]);
    for _ in 0..ROUNDS {
        let round = shop.copy();
        let ann = round.workspace.promoledger_of("ann");
        let runs = at_once(&[
            (round.admin(), owned(&round.promotion("v1.0.0", "none", "dev"))),
            (ann, owned(&round.promotion("v1.1.0", "none", "dev"))),
        ]);
        // Whoever comes second is told to wait, or that a newer version is there.
        expect_codes(&runs, &[0, 7, 14]);
        assert!(runs.iter().any(|run| run.code == Some(0)), "{runs:?}");
        assert_ne!(runs[1].code, Some(14), "the newer one is never a downgrade");
        round.promote("v1.1.0", "none", "dev").expect_code(0);
        assert_eq!(round.whereabouts()["dev/api"], format!("v1.1.0 {}", digest("api", "v1.1.0")));
        expect_no_tag_lost(&round);
        round.expect_sound();
    }
}

// proves: FR-035, FR-038, wf.promote.concurrency
#[test]
fn eight_writers_at_once_lose_nothing() {
    let shop = Shop::in_layouts(PLAIN);
    for _ in 0..ROUNDS {
        let round = shop.copy();
        let before = round.entries().len();
        let commands: Vec<_> = (0..8)
            .map(|writer| {
                let reason = format!("writer {writer}");
                let version = format!("v7.{writer}.0");
                let digest = digest("api", "v1.0.0");
                let lock = owned(&["lock", "--env", "prod", "--reason", &reason]);
                let register = owned(&["register", &version, "--ref", &digest]);
                (round.admin(), if writer % 2 == 0 { lock } else { register })
            })
            .collect();
        let runs = at_once(&commands);
        expect_codes(&runs, &[0, 7]);
        let done = runs.iter().filter(|run| run.code == Some(0)).count();
        assert!(done >= 1, "{runs:?}");
        assert_eq!(round.entries().len(), before + done);
        round.expect_sound();
    }
}

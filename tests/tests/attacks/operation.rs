//! Operation: two writers, one command twice, and verdicts that could not be reached. Answers that are lost and bits that flip on the
//! way are played in `ledger/tests/front_door`, where the store can be made to lie.

use std::collections::BTreeSet;
use std::fs;

use promoledger_tests::shop::digest;

use crate::scene::{LOCKED, SIZE, Scene, expect_first, verify};

// attack: 27
/// Two processes write to one ledger at once, ten times: ops locks, CI registers nothing new but promotes again by force. Each ends well or is told to
/// wait, each that ended well stands in the log once, and the log is one chain.
#[test]
fn two_writers_make_one_chain() {
    let scene = Scene::new();
    let mut done = 0;
    for round in 0..10 {
        let reason = format!("round {round}");
        let ops = scene.shop.admin().spawn(&["lock", "--env", "prod", "--reason", &reason]);
        let ci = scene.ci.spawn(&["register", &format!("v9.{round}.0"), "--ref", &digest("api", "v1.0.0")]);
        for run in [ops.wait(), ci.wait()] {
            assert!(matches!(run.code, Some(0 | 7)), "{run:?}");
            done += usize::from(run.code == Some(0));
        }
    }
    let entries = scene.shop.entries();
    assert!(done >= 10, "a writer that is alone is never told to wait: {done} of 20 wrote");
    assert_eq!(entries.len(), SIZE + done);
    assert_eq!(entries.iter().map(|entry| entry.text("id")).collect::<BTreeSet<_>>().len(), entries.len());
    scene.expect_sound();
}

// attack: 27
/// CI's job is killed after its promotion was done and before it could say so, and runs once more: nothing is appended, and it ends well.
#[test]
fn a_promotion_that_is_asked_for_again_is_made_once() {
    let scene = Scene::new();
    scene.ci.run(&scene.shop.promotion("v1.0.0", "none", "dev")).expect_code(0);
    assert_eq!(scene.notes().len(), SIZE);
}

// attack: 32
/// The same ledger in every state that an auditor may find it in. Each state has its own exit code; above all, a verifier that could not run says 22 and
/// nothing else says 22 of a ledger of this format.
#[test]
fn could_not_run_and_tampered_are_two_exit_codes() {
    let scene = Scene::new();
    let sound = scene.notes();
    let code = |further: &[&str]| scene.auditor.run(&[&["verify"], further].concat()).code;
    assert_eq!(code(&[]), Some(0));

    // Could not run: no ledger there, no export there, a file that is none, less to go by than was demanded.
    assert_eq!(code(&["--ledger", "sqlite:nowhere.db"]), Some(22));
    assert_eq!(code(&["--export", "nowhere"]), Some(22));
    scene.shop.workspace.write("notes.txt", "not a ledger");
    assert_eq!(code(&["--ledger", "sqlite:notes.txt"]), Some(22));
    assert_eq!(code(&["--require", "pinned"]), Some(22));

    // Tampered with, incomplete, unlawful: never 22.
    let mut flipped = sound.clone();
    flipped[LOCKED][20] ^= 1;
    scene.store(&flipped);
    assert_eq!(code(&[]), Some(20));
    assert_eq!(code(&["--require", "pinned"]), Some(20), "a finding outweighs what was demanded");
    scene.store(&[]);
    assert_eq!(code(&[]), Some(21));
    scene.store(&sound);
    assert_eq!(code(&["--head", &format!("99:{}", "0".repeat(64))]), Some(21));
    assert_eq!(code(&["--genesis", &"0".repeat(64)]), Some(20));
    assert_eq!(code(&["--genesis", "0"]), Some(2), "an argument that makes no sense is no verdict");
}

// attack: 32
/// The ledger's file is truncated, overwritten and emptied: damage that is seen before an entry is read is damage all the same, and never passes for a verifier that
/// could not run.
#[test]
fn a_file_that_was_destroyed_is_tampered_with_where_it_still_is_a_ledger() {
    let scene = Scene::new();
    scene.shop.run(&["backup", "copy.db"]).expect_code(0);
    let copy = scene.shop.workspace.path().join("copy.db");
    let whole = fs::read(&copy).expect("a backup is a file");
    fs::write(&copy, &whole[..2 * 8192]).expect("a file can be written");
    expect_first(&verify(&scene.auditor, 20, &["--ledger", "sqlite:copy.db"]), 20, None, "damaged");
}

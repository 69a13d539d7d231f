//! The law: what a true key may not make lawful, times among it.

use promotion_ledger::evidence::hash::leaf_hash;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::time::Timestamp;
use serde_json::json;

use crate::scene::{LOCKED, SIZE, Scene, event, fields, fresh_id, sign_anew, sign_fields};

/// The story up to the lock, which then bears another time; ops signs it.
fn locked_at(scene: &Scene, time: &str) -> Vec<Vec<u8>> {
    let mut notes = scene.notes();
    notes.truncate(LOCKED + 1);
    let mut fields = fields(&notes[LOCKED]);
    fields["time"] = json!(time);
    notes[LOCKED] = sign_fields(&fields, &scene.ops_key());
    notes
}

/// A time of an entry, so many microseconds later.
fn later(note: &[u8], micros: i64) -> String {
    let time = fields(note)["time"].as_str().expect("a time").to_owned();
    let time = Timestamp::parse(&time).expect("a time").as_micros() + micros;
    Timestamp::from_micros(time).expect("a time that there is").to_string()
}

// attack: 11
/// Ops dates the lock back, to before CI promoted: by a year, and by one microsecond. Time does not fall without an entry that says so.
#[test]
fn an_entry_is_not_dated_back() {
    let scene = Scene::new();
    let before = scene.notes()[LOCKED - 1].clone();
    for micros in [-31_536_000_000_000, -1] {
        scene.store(&locked_at(&scene, &later(&before, micros)));
        scene.expect_unlawful(LOCKED, "time");
        scene.store(&locked_at(&scene, &later(&before, 0)));
        scene.expect_sound();
    }
}

// attack: 11
/// Ops dates the lock a year ahead. Nothing in the log can show whose clock is wrong: the auditor is told that it runs ahead of theirs, and what
/// comes after cannot be earlier until somebody says on the record that the clock was wrong.
#[test]
fn a_time_far_ahead_is_remarked_on_and_binds_what_follows() {
    let scene = Scene::new();
    let notes = scene.notes();
    let ahead = later(&notes[LOCKED - 1], 31_536_000_000_000);
    let mut dated = locked_at(&scene, &ahead);
    scene.store(&dated);
    let verdict = scene.auditor.run(&["verify", "--output", "json"]).expect_code(0).json();
    assert!(verdict.to_string().contains(&format!("times run ahead of this machine's clock from entry {LOCKED} on")), "{verdict}");
    let mut next = fields(&notes[LOCKED + 1]);
    next["prev"] = json!(promotion_ledger::evidence::b64::encode(leaf_hash(&dated[LOCKED]).as_bytes()));
    dated.push(sign_fields(&next, &scene.ops_key()));
    scene.store(&dated);
    scene.expect_unlawful(LOCKED + 1, "time");
}

// attack: 11
/// What is no time of an entry at all: an offset, a leap second, a day that there is not.
#[test]
fn a_time_has_one_spelling() {
    let scene = Scene::new();
    for time in ["2026-11-21T05:00:00.000000+00:00", "2026-12-31T23:59:60.000000Z", "2027-02-29T00:00:00.000000Z", "2027-01-01T00:00:00Z"] {
        scene.store(&locked_at(&scene, time));
        scene.expect_tampered(LOCKED, "malformed");
    }
}

// attack: 6
/// Ops holds the admin's key and writes the history anew so that a release reached dev which nobody was authorized to bring there. Every hash and signature is
/// right; the law is asked of every entry by everybody who reads it.
#[test]
fn no_key_makes_a_promotion_lawful_that_skipped_its_rules() {
    let scene = Scene::new();
    let notes = scene.notes();
    for (skipped, rule) in [("authorization.decided", "authorized"), ("downgrade.decided", "downgrade"), ("registry.tagged", "tags")] {
        let mut kept: Vec<Vec<u8>> = notes[..LOCKED].to_vec();
        let last = kept.iter().rposition(|note| fields(note)["type"] == skipped).expect("it stands in the story");
        kept.remove(last);
        // CI made the run, so CI signs what is left of it.
        sign_anew(&mut kept, last, &scene.ci_key());
        scene.store(&kept);
        let findings = scene.verify(23, &[]);
        assert!(findings[0].message.contains(&format!("(law: {rule})")), "without {skipped}: {findings:?}");
        let at = usize::try_from(findings[0].entry.expect("an entry is named")).expect("a place");
        assert!(matches!(event(&kept[at]), Event::StepStarted(_) | Event::PromotionCompleted(_)), "{findings:?}");
    }
}

// attack: 2
/// CI, with its own live key, puts the same completion in once more, under a new id, behind the true one.
#[test]
fn an_event_that_is_put_in_again_is_unlawful() {
    let scene = Scene::new();
    let mut notes = scene.notes();
    let mut again = fields(&notes[LOCKED - 1]);
    assert_eq!(again["type"], "promotion.completed");
    again["id"] = json!(fresh_id(9).to_string());
    again["seq"] = json!(SIZE);
    again["prev"] = json!(promotion_ledger::evidence::b64::encode(leaf_hash(&notes[SIZE - 1]).as_bytes()));
    again["time"] = fields(&notes[SIZE - 1])["time"].clone();
    notes.push(sign_fields(&again, &scene.ci_key()));
    scene.store(&notes);
    scene.expect_unlawful(SIZE, "under way");
}

//! The chain: entries dropped, put in, moved, cut off, and told anew by whoever holds keys.

use promoledger_tests::tamper::edit;
use promotion_ledger::evidence::hash::leaf_hash;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::environment::EnvironmentLocked;
use promotion_ledger::meaning::names::Reason;
use rusqlite::params;
use serde_json::json;

use crate::scene::{
    KEY_ADDED, LOCKED, SIZE, STORY, Scene, another_ledger, event, expect_first, fields, forge, sign_anew, sign_fields, verify,
};

/// The same lock for another reason.
fn retold(locked: Event) -> Event {
    match locked {
        Event::EnvironmentLocked(locked) => {
            EnvironmentLocked { reason: Reason::new("nobody was here").expect("a reason"), ..locked }.into()
        }
        other => other,
    }
}

// attack: 2
/// Somebody can write to the ledger's file and holds no key. They drop an entry from the middle, repeat one, and swap two,
/// and number the rest so that no place is empty.
#[test]
fn nothing_is_dropped_repeated_or_moved_in_the_middle() {
    let scene = Scene::new();
    let notes = scene.notes();
    let mut dropped = notes.clone();
    dropped.remove(6);
    let mut repeated = notes.clone();
    repeated.insert(6, notes[5].clone());
    let mut swapped = notes.clone();
    swapped.swap(6, 7);
    for (changed, words) in [(dropped, "expected sequence 6, found 7"), (swapped, "expected sequence 6, found 7")] {
        scene.store(&changed);
        scene.expect_tampered(6, words);
    }
    // A store that keeps ids unique takes no repetition; one that does not would show it all the same.
    let shop = &scene.shop;
    scene.store(&notes);
    shop.run(&["export", "audit"]).expect_code(0);
    let bundle = shop.workspace.path().join("audit/tile/entries/000.p");
    let whole: Vec<u8> = repeated.iter().flat_map(|note| [&(note.len() as u16).to_be_bytes()[..], note].concat()).collect();
    std::fs::remove_file(bundle.join(SIZE.to_string())).expect("the bundle can be removed");
    std::fs::write(bundle.join((SIZE + 1).to_string()), whole).expect("a bundle can be written");
    expect_first(&verify(&scene.auditor, 20, &["--export", "audit"]), 20, Some(6), "expected sequence 6, found 5");
}

// attack: 3
/// The beginning is cut off, so that what is left begins with something harmless; once with the places left empty, once numbered
/// anew from 0.
#[test]
fn a_log_without_its_beginning_is_no_log() {
    let scene = Scene::new();
    let notes = scene.notes();
    let left_empty = scene.shop.copy();
    edit(&left_empty, |ledger| ledger.execute("DELETE FROM entry WHERE sequence < 4", []).expect("rows can be deleted"));
    expect_first(&verify(&left_empty.workspace.promoledger_of("auditor"), 20, &[]), 20, Some(0), "entry 0 is missing");
    scene.store(&notes[4..]);
    scene.expect_tampered(0, "expected sequence 0, found 4");
}

// attack: 4
/// The last entries go, and then all of them. Nothing in what is left can show it; the head that the auditor wrote down does.
#[test]
fn a_tail_that_was_cut_off_shows_against_a_head_held_elsewhere() {
    let scene = Scene::new();
    let (notes, head) = (scene.notes(), scene.head());
    scene.store(&notes[..LOCKED]);
    scene.expect_sound();
    let missing = format!("entries {LOCKED} to {} are missing: {SIZE} entries were pinned, found {LOCKED}", SIZE - 1);
    expect_first(&scene.verify(21, &["--head", &head]), 21, None, &missing);
    scene.store(&[]);
    expect_first(&scene.verify(21, &[]), 21, None, "the log is empty");
    expect_first(&scene.verify(21, &["--head", &head]), 21, None, "the log is empty");
}

// attack: 4
/// The file itself goes, and a new ledger of the same name takes its place. Whoever ran `trust` before is told.
#[test]
fn a_ledger_that_was_deleted_and_begun_again_is_not_the_one_that_was_trusted() {
    let scene = Scene::new();
    scene.auditor.run(&["trust"]).expect_code(0);
    let genesis = scene.genesis();
    std::fs::remove_dir_all(scene.shop.workspace.path().join(".promoledger")).expect("the ledger can be removed");
    scene.auditor.run(&["verify"]).expect_code(22);
    let again = another_ledger();
    std::fs::create_dir(scene.shop.workspace.path().join(".promoledger")).expect("a folder can be made");
    again.run(&["backup", "copy.db"]).expect_code(0);
    std::fs::copy(again.workspace.path().join("copy.db"), scene.shop.ledger()).expect("a ledger can be copied");
    let findings = scene.verify(20, &[]);
    expect_first(&findings, 20, Some(0), &format!("not the ledger that was pinned: expected genesis {genesis}"));
    scene.auditor.run(&["status"]).expect_code(20);
}

// attack: 5
/// Ops cuts off the lock and its end, and then goes on as usual with a live key: the log is longer than before, its tip is fresh and
/// everything in it is lawful. The auditor's head lies behind the cut.
#[test]
fn a_log_that_was_cut_and_went_on_is_another_log() {
    let scene = Scene::new();
    let (notes, head) = (scene.notes(), scene.head());
    scene.store(&notes[..LOCKED]);
    let ops = scene.shop.admin().env("XDG_CACHE_HOME", scene.shop.workspace.path().join("fresh-cache"));
    for reason in ["one", "two", "three"] {
        ops.run(&["lock", "--env", "prod", "--reason", reason]).expect_code(0);
    }
    assert!(scene.shop.entries().len() > SIZE);
    scene.expect_sound();
    expect_first(&scene.verify(20, &["--head", &head]), 20, Some(SIZE - 1), "not the entry that was pinned");
}

// attack: 6
/// CI holds a live key and the file. It tells the release's registration differently, which happened before its key was added, and signs
/// everything from there on itself: a key signs nothing before it was there.
#[test]
fn a_key_cannot_sign_what_was_before_it() {
    let scene = Scene::new();
    let mut notes = scene.notes();
    sign_anew(&mut notes, KEY_ADDED - 1, &scene.ci_key());
    scene.store(&notes);
    scene.expect_tampered(KEY_ADDED - 1, "expected a signature by a key of this ledger, found one by acme.example/ci");
}

// attack: 6
/// CI signs anew what ops did after CI's key was there. Chain and signatures hold; that CI may do it does not.
#[test]
fn a_key_cannot_sign_for_somebody_else() {
    let scene = Scene::new();
    let mut notes = scene.notes();
    sign_anew(&mut notes, LOCKED, &scene.ci_key());
    scene.store(&notes);
    scene.expect_unlawful(LOCKED, "actor");
    for note in &mut notes[LOCKED..] {
        let mut fields = fields(note);
        fields["actor"] = json!("ci:acme/shop");
        *note = sign_fields(&fields, &scene.ci_key());
    }
    scene.store(&notes[..=LOCKED]);
    scene.expect_unlawful(LOCKED, "grant");
}

// attack: 6
/// Ops, who holds every key that it takes, tells the lock differently and signs what follows anew: as many entries as before, all of them
/// lawful. Only who kept a hash, and not just a number, can tell.
#[test]
fn a_suffix_of_the_same_length_shows_against_a_head_held_elsewhere() {
    let scene = Scene::new();
    let (mut notes, head, genesis) = (scene.notes(), scene.head(), scene.genesis());
    let key = scene.ops_key();
    notes[LOCKED] = forge(&notes[LOCKED], LOCKED, leaf_hash(&notes[LOCKED - 1]), retold(event(&notes[LOCKED])), &key);
    sign_anew(&mut notes, LOCKED + 1, &key);
    scene.store(&notes);
    assert_eq!(scene.notes().len(), SIZE);
    scene.expect_sound();
    scene.verify(0, &["--genesis", &genesis, "--require", "pinned"]);
    expect_first(&scene.verify(20, &["--head", &head]), 20, Some(SIZE - 1), "not the entry that was pinned");
}

// attack: 8
/// A registration from another ledger, authentic there, takes the place of the one here: its place is right, what it follows is not. With
/// the true hash written into it, its signature is gone.
#[test]
fn an_entry_of_another_ledger_does_not_fit() {
    let scene = Scene::new();
    let other = another_ledger();
    let foreign = promoledger_tests::shop::notes(&other.ledger())[2].clone();
    let mut notes = scene.notes();
    let prev = fields(&notes[2])["prev"].clone();
    assert_eq!((STORY[2], fields(&foreign)["seq"].as_u64()), ("artifact.registered", Some(2)));
    notes[2] = foreign.clone();
    scene.store(&notes);
    scene.expect_tampered(2, "expected previous hash");
    let theirs = fields(&foreign)["prev"].as_str().expect("a hash").to_owned();
    let bent = str::from_utf8(&foreign).expect("text").replace(&theirs, prev.as_str().expect("a hash"));
    notes[2] = bent.into_bytes();
    scene.store(&notes);
    scene.expect_tampered(2, "expected a signature");
}

// attack: 8
/// The whole ledger is swapped for another one of the same name, made by somebody else who calls themselves ops. It is sound. What the auditor
/// was told of the true one on another way (its genesis, or one of its first keys) shows it; the name alone never does.
#[test]
fn a_swapped_ledger_has_the_name_and_not_the_genesis() {
    let scene = Scene::new();
    let genesis = scene.genesis();
    let key = scene.ops_key().verifier_key().to_string();
    let other = another_ledger();
    scene.store(&promoledger_tests::shop::notes(&other.ledger()));
    scene.expect_sound();
    scene.verify(0, &["--origin", promoledger_tests::shop::ORIGIN]);
    scene.verify(22, &["--origin", promoledger_tests::shop::ORIGIN, "--require", "pinned"]);
    expect_first(&scene.verify(20, &["--genesis", &genesis]), 20, Some(0), "not the ledger that was pinned: expected genesis");
    expect_first(&scene.verify(20, &["--pin-key", &key]), 20, Some(0), "the key that was pinned is not among the first keys");
}

// attack: 13
/// Ops signs an entry that leaves a place out, one that takes a place twice, and places beyond what any reader can count.
#[test]
fn places_have_no_gap_no_repeat_and_an_end() {
    let scene = Scene::new();
    let (notes, key) = (scene.notes(), scene.ops_key());
    let locked = LOCKED as i128;
    for (place, words) in [
        (locked + 1, &*format!("expected sequence {LOCKED}, found {}", LOCKED + 1)),
        (locked - 1, &*format!("expected sequence {LOCKED}, found {}", LOCKED - 1)),
        ((1 << 53) - 1, "malformed"),
        (1 << 63, "malformed"),
        ((1 << 64) + locked, "malformed"),
        (-1, "malformed"),
    ] {
        let line = str::from_utf8(&notes[LOCKED])
            .expect("text")
            .lines()
            .next()
            .expect("a line")
            .replace(&format!("\"seq\":{LOCKED},"), &format!("\"seq\":{place},"));
        let mut forged = notes[..=LOCKED].to_vec();
        forged[LOCKED] = crate::scene::sign_text(&line, &key);
        scene.store(&forged);
        scene.expect_tampered(LOCKED, words);
    }
    // The store's own count, past the end of what it can hold.
    scene.store(&notes);
    edit(&scene.shop, |ledger| {
        let last = SIZE as i64 - 1;
        ledger.execute("UPDATE entry SET sequence = ?1 WHERE sequence = ?2", [i64::MAX, last]).expect("a row can be moved")
    });
    scene.verify(20, &[]);
}

// attack: 14
/// Ops writes one entry in the middle anew and leaves everything behind it: genesis and head are those that the auditor pinned. What is
/// between must agree too, in the entries and in the hashes that the store files them under.
#[test]
fn both_ends_that_match_do_not_vouch_for_the_middle() {
    let scene = Scene::new();
    let (notes, key, head, genesis) = (scene.notes(), scene.ops_key(), scene.head(), scene.genesis());
    let pins = ["--head", &head, "--genesis", &genesis];
    let mut changed = notes.clone();
    changed[LOCKED] = forge(&notes[LOCKED], LOCKED, leaf_hash(&notes[LOCKED - 1]), retold(event(&notes[LOCKED])), &key);
    scene.store(&changed);
    expect_first(&scene.verify(20, &pins), 20, Some(LOCKED + 1), "expected previous hash");
    // The chain is whole again, and the store's hash of one entry in the middle is that of the forged one.
    scene.store(&notes);
    let forged = leaf_hash(&changed[LOCKED]);
    edit(&scene.shop, |ledger| {
        let row = params![forged.as_bytes(), LOCKED as i64];
        ledger.execute("UPDATE entry SET hash = ?1 WHERE sequence = ?2", row).expect("a row can be changed")
    });
    expect_first(&scene.verify(20, &pins), 20, Some(LOCKED), "the store files it under another hash");
}

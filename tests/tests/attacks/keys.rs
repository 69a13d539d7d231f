//! Keys that sign too early, too late, or not at all.

use promotion_ledger::evidence::hash::leaf_hash;
use serde_json::json;

use crate::scene::{KEY_ADDED, LOCKED, SIZE, Scene, event, fields, forge, fresh_id, sign_anew, sign_fields, sign_text};

/// The entries with one more at the end, made of CI's registration of a release and signed by CI.
fn with_one_by_ci(scene: &Scene) -> Vec<Vec<u8>> {
    let mut notes = scene.notes();
    let last = notes.last().expect("a log has entries");
    let mut fields = fields(last);
    fields["prev"] = json!(promotion_ledger::evidence::b64::encode(leaf_hash(last).as_bytes()));
    fields["seq"] = json!(notes.len());
    fields["id"] = json!(fresh_id(7).to_string());
    fields["actor"] = json!("ci:acme/shop");
    fields["type"] = json!("artifact.registered");
    fields["data"] = crate::scene::fields(&notes[2])["data"].clone();
    fields["data"]["version"] = json!("v6.6.6");
    notes.push(sign_fields(&fields, &scene.ci_key()));
    notes
}

// attack: 7
/// CI's key is revoked; whoever stole it goes on signing well-formed, well-chained entries past the program, straight into the file.
#[test]
fn a_revoked_key_signs_nothing_more() {
    let scene = Scene::new();
    scene.store(&with_one_by_ci(&scene));
    scene.expect_sound();
    scene.store(&scene.notes()[..SIZE]);
    scene.shop.run(&["keys", "revoke", "acme.example/ci", "--reason", "it leaked"]).expect_code(0);
    scene.store(&with_one_by_ci(&scene));
    scene.expect_tampered(SIZE + 1, "expected a signature by a key that is live here, found one by acme.example/ci");
}

// attack: 7
/// CI signs an entry into a place before the one that adds its key, though the key was made long before.
#[test]
fn a_future_key_signs_nothing_yet() {
    let scene = Scene::new();
    let mut notes = scene.notes();
    sign_anew(&mut notes[..=2], 2, &scene.ci_key());
    scene.store(&notes[..=2]);
    scene.expect_tampered(2, "expected a signature by a key of this ledger");
}

// attack: 7
/// A row without a signature stands among signed ones, in every way in which one can be without: no signature line, an empty one, one of another kind
/// (the first byte of the key id is what tells kinds apart for a key), and two.
#[test]
fn an_unsigned_row_among_signed_ones_is_no_entry() {
    let scene = Scene::new();
    let notes = scene.notes();
    let text = str::from_utf8(&notes[LOCKED]).expect("text");
    let (line, signature) = text.split_once("\n\n").expect("a blank line");
    let (before, payload) = signature.rsplit_once(' ').expect("a space before the base64");
    let unsigned = [
        format!("{line}\n"),
        format!("{line}\n\n"),
        line.to_owned(),
        format!("{line}\n\n{before} \n"),
        format!("{line}\n\n{before} {}\n", &payload[..payload.len() / 2]),
        format!("{line}\n\n{signature}{signature}"),
    ];
    for forged in unsigned {
        let mut changed = notes.clone();
        changed[LOCKED] = forged.into_bytes();
        scene.store(&changed);
        scene.expect_tampered(LOCKED, "malformed");
    }
    // All zeros is the signature that a lax check of a point of small order takes for good.
    let zeros = promotion_ledger::evidence::b64::encode(&[&scene.ci_key().verifier_key().reference().id.as_bytes()[..], &[0; 64]].concat());
    let mut changed = notes.clone();
    changed[LOCKED] = format!("{line}\n\n— acme.example/ci {zeros}\n").into_bytes();
    scene.store(&changed);
    scene.expect_tampered(LOCKED, "expected a signature of this text by acme.example/ci");
}

// attack: 30
/// The instant at which keys change hands is a place in the log, never a time. The entry that revokes a key may be signed by that key; the
/// next one may not, though it bears the same microsecond.
#[test]
fn a_key_signs_its_own_revocation_and_nothing_after_it() {
    let scene = Scene::new();
    let grants = ["keys", "list"];
    scene.shop.run(&grants).expect_code(0);
    // Ann is an admin too, so that ops may go.
    let ann = crate::scene::add_key(&scene.shop, "ann", "ann@acme.example", "admin");
    scene.shop.run(&["keys", "revoke", "acme.example/ops", "--reason", "moved on"]).expect_code(0);
    scene.expect_sound();
    let notes = scene.notes();
    let revoked_at = notes.len() - 1;
    let revocation = fields(&notes[revoked_at]);
    assert_eq!((revocation["type"].as_str(), revocation["actor"].as_str()), (Some("key.revoked"), Some("ops@acme.example")));
    let mut after = fields(&notes[LOCKED]);
    after["seq"] = json!(revoked_at + 1);
    after["prev"] = json!(promotion_ledger::evidence::b64::encode(leaf_hash(&notes[revoked_at]).as_bytes()));
    after["id"] = json!(fresh_id(8).to_string());
    after["time"] = revocation["time"].clone();
    let mut longer = notes.clone();
    longer.push(sign_fields(&after, &scene.ops_key()));
    scene.store(&longer);
    scene.expect_tampered(revoked_at + 1, &format!("revoked at entry {revoked_at}"));
    scene.store(&notes);
    ann.run(&["lock", "--env", "prod", "--reason", "still here"]).expect_code(0);
    scene.expect_sound();
}

// attack: 30
/// The entry that adds a key cannot be signed by it; the next one can, though it bears the same microsecond.
#[test]
fn a_key_signs_from_the_entry_after_the_one_that_adds_it() {
    let scene = Scene::new();
    let notes = scene.notes();
    let mut by_itself = notes[..=KEY_ADDED].to_vec();
    by_itself[KEY_ADDED] = forge(&notes[KEY_ADDED], KEY_ADDED, leaf_hash(&notes[KEY_ADDED - 1]), event(&notes[KEY_ADDED]), &scene.ci_key());
    scene.store(&by_itself);
    scene.expect_tampered(KEY_ADDED, "expected a signature by a key of this ledger, found one by acme.example/ci");
    let mut at_once = notes[..=KEY_ADDED].to_vec();
    let mut next = fields(&notes[KEY_ADDED + 1]);
    assert_eq!(next["actor"], "ci:acme/shop");
    next["time"] = fields(&notes[KEY_ADDED])["time"].clone();
    at_once.push(sign_fields(&next, &scene.ci_key()));
    scene.store(&at_once);
    scene.expect_sound();
    // Somebody who was never added signs as well as anybody, and is nobody here.
    let stranger = promotion_ledger::evidence::keyring::SecretKey::from_seed(
        promotion_ledger::meaning::names::KeyName::new("acme.example/ci").expect("a name"),
        &[7; 32],
    );
    let last = at_once.pop().expect("there is one");
    at_once.push(sign_text(str::from_utf8(&last).expect("text").lines().next().expect("a line"), &stranger));
    scene.store(&at_once);
    scene.expect_tampered(KEY_ADDED + 1, "expected a signature by a key of this ledger");
}

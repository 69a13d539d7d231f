//! Where an attack plays: a ledger that was sound, an auditor who may have seen it, and hands that forge.

use std::fs;

use promoledger_tests::command::Promoledger;
use promoledger_tests::shop::{ORIGIN, PLAIN, Shop, notes};
use promoledger_tests::tamper::{Finding, edit};
use promotion_ledger::evidence::encoding::canonical;
use promotion_ledger::evidence::entry::{Content, Draft, Entry};
use promotion_ledger::evidence::hash::{leaf_hash, sha256};
use promotion_ledger::evidence::keyring::SecretKey;
use promotion_ledger::evidence::note::assemble;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::id::{EntryId, Sequence};
use rusqlite::params;
use serde_json::Value;

/// What the ledger of every scene holds, by its places.
pub(crate) const STORY: [&str; 13] = [
    "ledger.created",
    "manifest.adopted",
    "artifact.registered",
    "key.added",
    "gate.completed",
    "promotion.requested",
    "authorization.decided",
    "downgrade.decided",
    "step.started",
    "registry.tagged",
    "step.started",
    "registry.tagged",
    "promotion.completed",
];

/// The place of the entry that adds CI's key.
pub(crate) const KEY_ADDED: usize = 3;
/// The place of the lock that ops sets after CI promoted.
pub(crate) const LOCKED: usize = STORY.len();
/// How many entries a scene's ledger has: the story, a lock, and its end.
pub(crate) const SIZE: usize = LOCKED + 2;

/// A ledger in which ops added a key for CI, CI promoted a release, and ops locked and unlocked an environment.
pub(crate) struct Scene {
    pub(crate) shop: Shop,
    /// Runs the program with CI's key.
    pub(crate) ci: Promoledger,
    /// Holds nothing but what a test has them hold.
    pub(crate) auditor: Promoledger,
}

impl Scene {
    /// The ledger before anybody attacked it.
    pub(crate) fn new() -> Self {
        let shop = Shop::without_ledger(PLAIN);
        shop.open(&[]);
        shop.register("api", "v1.0.0").expect_code(0);
        let ci = add_key(&shop, "ci", "ci:acme/shop", "ci");
        ci.run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(0);
        shop.run(&["lock", "--env", "prod", "--reason", "the auditors are here"]).expect_code(0);
        shop.run(&["unlock", "--env", "prod"]).expect_code(0);
        let auditor = shop.workspace.promoledger_of("auditor");
        let scene = Self { shop, ci, auditor };
        let types = scene.shop.types_from(0);
        assert_eq!((types.len(), &types[..STORY.len()]), (SIZE, &STORY.map(str::to_owned)[..]));
        scene
    }

    /// The entries as they are stored.
    pub(crate) fn notes(&self) -> Vec<Vec<u8>> {
        notes(&self.shop.ledger())
    }

    /// The whole log replaced, each entry filed under its own id and hash where it has any.
    pub(crate) fn store(&self, notes: &[Vec<u8>]) {
        edit(&self.shop, |ledger| {
            ledger.execute("DELETE FROM entry", []).expect("rows can be deleted");
            for (sequence, note) in (0i64..).zip(notes) {
                let id = Entry::parse(note).map_or_else(|_| sha256(note)[..16].to_vec(), |entry| entry.id().as_uuid().as_bytes().to_vec());
                let hash = leaf_hash(note);
                let row = params![sequence, id, hash.as_bytes(), note];
                ledger.execute("INSERT INTO entry(sequence, id, hash, note) VALUES (?1, ?2, ?3, ?4)", row).expect("rows can be added");
            }
        });
    }

    /// What the auditor pins of the log as it stands: `SIZE:HASH`.
    pub(crate) fn head(&self) -> String {
        let notes = self.notes();
        format!("{}:{}", notes.len(), leaf_hash(notes.last().expect("a log has entries")))
    }

    /// The hash of entry 0 as it stands.
    pub(crate) fn genesis(&self) -> String {
        leaf_hash(self.notes().first().expect("a log has entries")).to_string()
    }

    /// The auditor verifies the ledger; the verdict must have that code. Gives what was found.
    #[track_caller]
    pub(crate) fn verify(&self, code: i32, further: &[&str]) -> Vec<Finding> {
        verify(&self.auditor, code, further)
    }

    /// The auditor's verdict is tampering, first of all at that entry, in these words.
    #[track_caller]
    pub(crate) fn expect_tampered(&self, entry: usize, words: &str) {
        expect_first(&self.verify(20, &[]), 20, Some(entry), words);
    }

    /// The auditor's verdict is that the log is authentic and breaks that rule at that entry.
    #[track_caller]
    pub(crate) fn expect_unlawful(&self, entry: usize, rule: &str) {
        expect_first(&self.verify(23, &[]), 23, Some(entry), &format!("(law: {rule})"));
    }

    /// The auditor finds the log sound, without anything from elsewhere.
    #[track_caller]
    pub(crate) fn expect_sound(&self) {
        assert_eq!(self.verify(0, &[]).len(), 0);
    }

    /// The key of ops, which may do everything.
    pub(crate) fn ops_key(&self) -> SecretKey {
        key_of(&self.shop, "user", "acme.example-ops")
    }

    /// CI's key.
    pub(crate) fn ci_key(&self) -> SecretKey {
        key_of(&self.shop, "ci", "acme.example-ci")
    }
}

/// Verifies as somebody; the verdict must have that code. Gives what was found.
#[track_caller]
pub(crate) fn verify(auditor: &Promoledger, code: i32, further: &[&str]) -> Vec<Finding> {
    Finding::all(&auditor.run(&[&["verify", "--output", "json"], further].concat()).expect_code(code))
}

/// The first finding has that code, names that entry, and says this.
#[track_caller]
pub(crate) fn expect_first(findings: &[Finding], code: i64, entry: Option<usize>, words: &str) {
    let first = findings.first().expect("something was found");
    assert_eq!((first.code, first.entry), (code, entry.map(|entry| entry as u64)), "{findings:?}");
    assert!(first.message.contains(words), "expected {words:?} of {findings:?}");
}

/// Has ops add a key with a role for somebody with a home of their own.
pub(crate) fn add_key(shop: &Shop, user: &str, principal: &str, role: &str) -> Promoledger {
    let program = shop.workspace.promoledger_of(user);
    let name = format!("acme.example/{user}");
    let request = program.run(&["keys", "request", "--principal", principal, "--name", &name]).expect_code(0).stdout;
    let file = format!("{user}.request");
    shop.workspace.write(&file, request);
    shop.run(&["keys", "add", &file, "--role", role]).expect_code(0);
    program
}

/// The key in somebody's file.
fn key_of(shop: &Shop, user: &str, file: &str) -> SecretKey {
    let homes = shop.workspace.path().parent().expect("the working folder lies in the workspace").join("homes");
    let path = homes.join(user).join(".config/promoledger/keys").join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
    SecretKey::parse(text.trim()).expect("the file holds a key")
}

/// Another ledger with the same name, by somebody who calls themselves ops too.
pub(crate) fn another_ledger() -> Shop {
    let shop = Shop::without_ledger(PLAIN);
    shop.run(&["init", "--origin", ORIGIN]).expect_code(0);
    shop.register("api", "v1.0.0").expect_code(0);
    shop
}

/// What an entry says.
pub(crate) fn event(note: &[u8]) -> Event {
    match Entry::parse(note).expect("an entry").content() {
        Content::Event(event) => event,
        other => panic!("an event was expected: {other:?}"),
    }
}

/// An entry that says `event`, in everything else as `like`, at that place behind `prev`, signed by `key`.
pub(crate) fn forge(like: &[u8], place: usize, prev: EntryHash, event: Event, key: &SecretKey) -> Vec<u8> {
    let entry = Entry::parse(like).expect("an entry");
    let (id, time, actor, agent) = (entry.id(), entry.time(), entry.actor().clone(), entry.agent().clone());
    let draft = Draft { sequence: Sequence::new(place as u64), prev, id, time, actor, agent, event };
    draft.sign(key).expect("a draft can be signed")
}

/// The entries from `from` on, chained anew to what stands before them and signed by `key`.
pub(crate) fn sign_anew(notes: &mut [Vec<u8>], from: usize, key: &SecretKey) {
    for place in from..notes.len() {
        let prev = place.checked_sub(1).map_or(EntryHash::NONE, |before| leaf_hash(&notes[before]));
        notes[place] = forge(&notes[place], place, prev, event(&notes[place]), key);
    }
}

/// The entry's fields, for a hand that changes them.
pub(crate) fn fields(note: &[u8]) -> Value {
    let line = note.split(|byte| *byte == b'\n').next().expect("an entry has a line");
    serde_json::from_slice(line).expect("an entry's line is JSON")
}

/// Any line of text as an entry, signed by `key`: nothing asks whether it is canonical.
pub(crate) fn sign_text(line: &str, key: &SecretKey) -> Vec<u8> {
    let text = format!("{line}\n");
    let signature = key.sign(text.as_bytes());
    assemble(text.as_bytes(), key.verifier_key().reference(), &signature)
}

/// The fields as canonical JSON, signed by `key`.
pub(crate) fn sign_fields(fields: &Value, key: &SecretKey) -> Vec<u8> {
    let line = canonical(fields).expect("the fields have a canonical form");
    sign_text(str::from_utf8(&line).expect("JSON is text"), key)
}

/// An id that nothing has.
pub(crate) fn fresh_id(number: u8) -> EntryId {
    EntryId::parse(&format!("00000000-0000-7000-8000-0000000000{number:02x}")).expect("an id")
}

//! The chain: entries out of place, bad signatures, keys that do not count, bodies and pins that do not agree, and
//! which verdict outweighs which.

use serde_json::{Value, json};

use promotion_ledger::evidence::keyring::key_id;
use promotion_ledger::evidence::note::{Note, assemble};
use promotion_ledger::meaning::id::{KeyRef, PublicKey};

use super::hand::{Hand, Key, LEDGER, ORIGIN, sign};
use super::run::{GATE, PIPELINE, gate, registration, rules, with, without};
use super::{Case, PinsText, Wrong};

pub(crate) fn all() -> Vec<Case> {
    [places(), signatures(), first_keys(), types(), repositories(), rules_of_every_entry(), bodies(), pins(), precedence()]
        .into_iter()
        .flatten()
        .collect()
}

/// Entry 0, rules, a release, and one more entry in `last`.
pub(super) fn begun() -> (Hand, Key) {
    let alice = Key::alice();
    let mut hand = Hand::with(&[&alice]);
    hand.adopt(&alice);
    hand.register(&alice, "v1.0.0", 1);
    (hand, alice)
}

fn places() -> Vec<Case> {
    let (hand, alice) = begun();
    let place = |name: &str, about: &str, fault, change: &dyn Fn(&mut Hand)| {
        let mut hand = hand.clone();
        change(&mut hand);
        (Case::broken(name, about, &hand, fault), hand)
    };
    let corrected = || json!({"reason": "x"});
    let raw = |field: &'static str, value: Value| {
        let alice = &alice;
        move |hand: &mut Hand| {
            let line = with(hand.envelope(alice, "clock.corrected", 1, &corrected()), field, value.clone());
            hand.write_line(alice, &promotion_ledger::evidence::encoding::canonical(&line).expect("a canonical value"));
        }
    };
    let mut other = Hand::with(&[&alice, &Key::bob()]);
    other.adopt(&alice);
    other.register(&alice, "v1.0.0", 1);
    let foreign = other.notes.pop().expect("an entry");
    let cases = [
        place("chain-gap", "A sequence that skips one.", "sequence", &raw("seq", json!(4))),
        place("chain-sequence-repeated", "A sequence that stood before.", "sequence", &raw("seq", json!(2))),
        place(
            "chain-previous",
            "A hash before that is not that of the entry before.",
            "previous",
            &raw("prev", json!(format!("{}=", "A".repeat(43)))),
        ),
        place("chain-duplicate", "The last entry twice.", "sequence", &|hand| hand.notes.extend(hand.notes.last().cloned())),
        place("chain-dropped", "An entry in the middle is gone.", "sequence", &|hand| drop(hand.notes.remove(1))),
        place("chain-first-dropped", "Entry 0 is gone.", "sequence", &|hand| {
            hand.notes = hand.notes.get(1..2).unwrap_or_default().to_vec()
        }),
        place("chain-splice", "An entry of another ledger of the same keys, in its own place.", "previous", &|hand| {
            hand.notes.pop();
            hand.push(foreign.clone());
        }),
        place("chain-rewritten", "An entry that was written again, properly signed, before one that was not.", "previous", &|hand| {
            let last = hand.notes.pop().expect("an entry");
            hand.notes.pop();
            hand.write(&alice, "manifest.adopted", json!({"rules": rules("block")}));
            hand.push(last);
        }),
    ];
    let mut cases: Vec<Case> = cases.into_iter().map(|(case, _)| case).collect();
    let mut swapped = hand;
    swapped.notes.swap(1, 2);
    cases.push(Case::wrong("chain-swapped", "Two entries in each other's place.", &swapped, Wrong::Broken(1, "sequence")));
    let mut first = Hand::default();
    let (genesis, _) = begun();
    let line = genesis.notes.first().map(|note| Note::parse(note).expect("a note").line().to_vec()).expect("entry 0");
    let line = String::from_utf8(line).expect("text").replace(&format!("{}=", "A".repeat(43)), &format!("{}E=", "A".repeat(42)));
    first.write_line(&alice, line.as_bytes());
    cases.push(Case::broken("chain-first-previous", "Entry 0 after a hash that is not zero.", &first, "previous"));
    cases
}

fn signatures() -> Vec<Case> {
    let (hand, alice) = begun();
    let (bob, dave) = (Key::bob(), Key::dave());
    let next = {
        let mut next = hand.clone();
        next.write(&alice, "clock.corrected", json!({"reason": "x"}));
        next.notes.pop().expect("an entry")
    };
    let note = Note::parse(&next).expect("a note");
    let with_note = |name: &str, about: &str, bytes: Vec<u8>, fault| {
        let mut hand = hand.clone();
        hand.push(bytes);
        Case::broken(name, about, &hand, fault)
    };
    let alias = Key::new("acme.example/alias", "alice", [1; 32], json!([]));
    let homonym = Key::new("acme.example/alice", "alice", [9; 32], json!([]));
    let mut cases = vec![
        with_note(
            "signature-of-another-text",
            "A signature by the key over another text.",
            assemble(note.text(), note.key(), &alice.secret.sign(b"another text\n")),
            "signature",
        ),
        with_note(
            "signature-by-another-key",
            "A signature by another key under this one's name and id.",
            assemble(note.text(), note.key(), &bob.secret.sign(note.text())),
            "signature",
        ),
        with_note(
            "signature-without-line-feed",
            "A signature over the text without its final line feed.",
            assemble(note.text(), note.key(), &alice.secret.sign(note.line())),
            "signature",
        ),
        with_note(
            "signature-second-form",
            "The same signature with the order of the group added to its second half.",
            assemble(note.text(), note.key(), &second_form(*note.signature())),
            "signature",
        ),
        with_note("signature-zero", "A signature of 64 zero bytes.", assemble(note.text(), note.key(), &[0; 64]), "signature"),
        with_note("key-unknown", "A key that was never added.", sign(&bob, note.text()), "unknown-key"),
        with_note("key-under-another-name", "The ledger's key under another name.", sign(&alias, note.text()), "unknown-key"),
        with_note("key-of-the-same-name", "Another key under the name of the ledger's.", sign(&homonym, note.text()), "unknown-key"),
    ];
    let mut revoked = hand.clone();
    let genesis = revoked.genesis();
    revoked.write(&alice, "key.added", json!({"key": bob.requested(&genesis)}));
    revoked.write(&alice, "key.revoked", bob.revocation());
    revoked.write(&bob, "artifact.registered", registration("v2.0.0", 2));
    cases.push(Case::broken("key-revoked", "A key that was revoked by the entry before.", &revoked, "revoked-key"));
    let mut early = hand.clone();
    early.write(&dave, "artifact.registered", registration("v2.0.0", 2));
    let mut early_broken = Case::broken("key-before-it-was-added", "A key that the next entry adds.", &early, "unknown-key");
    early.write(&alice, "key.added", json!({"key": dave.requested(&genesis)}));
    early_broken.vector.entries = early.notes.iter().map(|note| super::vector::Bytes::of(note)).collect();
    cases.push(early_broken);
    let mut itself = hand;
    itself.write(&dave, "key.added", json!({"key": dave.requested(&genesis)}));
    cases.push(Case::broken("key-adds-itself", "A key in the signature line of the entry that adds it.", &itself, "unknown-key"));
    cases
}

/// RFC 8032 says that S is below the order of the group; lax verifiers take S plus the order as well.
fn second_form(mut signature: [u8; 64]) -> [u8; 64] {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0x10,
    ];
    let mut carry = 0_u16;
    for (byte, add) in signature.iter_mut().skip(32).zip(ORDER) {
        let [low, high] = (u16::from(*byte) + u16::from(add) + carry).to_le_bytes();
        (*byte, carry) = (low, u16::from(high));
    }
    signature
}

/// Entry 0 brings the only keys that it can be signed with.
fn first_keys() -> Vec<Case> {
    let (alice, bob) = (Key::alice(), Key::bob());
    let data = |keys: Value| json!({"admin_threshold": 1, "format": 1, "keys": keys, "ledger_id": LEDGER, "origin": ORIGIN});
    let broken = |name: &str, about: &str, signer: &Key, event_type: &str, data: &Value| {
        let mut hand = Hand::default();
        hand.write_raw(signer, event_type, 1, data);
        Case::broken(name, about, &hand, "unknown-key")
    };
    vec![
        broken(
            "genesis-by-a-stranger",
            "Entry 0 signed by a key that it does not name.",
            &bob,
            "ledger.created",
            &data(json!([alice.first()])),
        ),
        broken(
            "genesis-by-the-recovery-key",
            "Entry 0 signed by the recovery key.",
            &bob,
            "ledger.created",
            &with(data(json!([alice.first()])), "recovery", bob.first()),
        ),
        broken("genesis-of-another-type", "An entry 0 that brings no keys.", &alice, "clock.corrected", &json!({"reason": "x"})),
        broken(
            "genesis-misshapen",
            "An entry 0 without its origin.",
            &alice,
            "ledger.created",
            &without(data(json!([alice.first()])), "origin"),
        ),
        small_order(&data),
    ]
}

/// Under a key of small order anybody can sign, if the verifier lets them.
fn small_order(data: &dyn Fn(Value) -> Value) -> Case {
    let alice = Key::alice();
    let mut identity = [0; 32];
    identity[0] = 1;
    let public = PublicKey::from_bytes(identity);
    let mut hand = Hand::default();
    hand.write_raw(&alice, "ledger.created", 1, &data(json!([with(alice.first(), "public", json!(public))])));
    let note = hand.notes.pop().expect("an entry");
    let note = Note::parse(&note).expect("a note");
    let name = note.key().name.clone();
    let id = key_id(&name, &public);
    let mut forged = [0; 64];
    forged[0] = 1;
    hand.push(assemble(note.text(), &KeyRef { name, id }, &forged));
    Case::broken("genesis-key-of-small-order", "Entry 0 signed by a key of small order that it names.", &hand, "unknown-key")
}

fn types() -> Vec<Case> {
    let (hand, alice) = begun();
    let raw = |name: &str, about: &str, event_type: &str, version: u32, data: Value, rule| {
        let mut hand = hand.clone();
        hand.write_raw(&alice, event_type, version, &data);
        Case::unlawful(name, about, &hand, rule)
    };
    let shape =
        |name: &str, about: &str, event_type: &str, data: Value| raw(&format!("law-shape-{name}"), about, event_type, 1, data, "shape");
    let gate = gate(1, "passed");
    let key = |grants: Value| json!({"key": with(Key::dave().requested(&hand.genesis()), "grants", json!([grants]))});
    let grant = super::hand::everything();
    vec![
        raw("law-type-unknown", "A type that no level knows.", "promotion.teleported", 1, json!({}), "type"),
        raw(
            "law-type-of-version-2",
            "A later version of a known type, though the format was not raised.",
            "clock.corrected",
            2,
            json!({"reason": "x"}),
            "type",
        ),
        raw("law-type-of-version-0", "A version that never was.", "clock.corrected", 0, json!({"reason": "x"}), "type"),
        shape("field-missing", "A gate's result without its status.", "gate.completed", without(gate.clone(), "status")),
        shape(
            "field-unknown",
            "A gate's result with a field that it does not have.",
            "gate.completed",
            with(gate.clone(), "score", json!(7)),
        ),
        shape("field-nested-unknown", "An unknown field one level down.", "gate.completed", {
            with(gate.clone(), "evidence", json!({"digest": "0".repeat(64), "media_type": "text/plain", "size": 1, "sha": "x"}))
        }),
        shape("array", "An object written as an array of its values, in their order.", "gate.completed", {
            with(gate.clone(), "evidence", json!(["0".repeat(64), "text/plain", 1]))
        })
        .says("fields in another form"),
        shape("number-for-text", "A number for a name.", "gate.completed", with(gate.clone(), "gate", json!(1))),
        shape("text-for-number", "A text for a number.", "gate.completed", with(gate.clone(), "duration_ms", json!("12"))),
        shape("negative", "A negative duration.", "gate.completed", with(gate.clone(), "duration_ms", json!(-1))),
        shape("number-too-large", "A level of 2^32.", "format.raised", json!({"level": 1_u64 << 32})),
        shape("word-unknown", "A status that no gate has.", "gate.completed", with(gate.clone(), "status", json!("green"))),
        shape("word-upper-case", "A status in upper case.", "gate.completed", with(gate.clone(), "status", json!("PASSED"))),
        shape("name", "A component with a capital.", "gate.completed", with(gate.clone(), "component", json!("API"))),
        shape(
            "digest-upper-case",
            "A digest in upper case.",
            "gate.completed",
            with(gate.clone(), "digest", json!(format!("sha256:{}", "AB".repeat(32)))),
        ),
        shape(
            "digest-algorithm",
            "A digest of another algorithm.",
            "gate.completed",
            with(gate.clone(), "digest", json!(format!("sha512:{}", "ab".repeat(32)))),
        ),
        shape("environment-none", "An environment named none.", "gate.completed", with(gate.clone(), "environment", json!("none"))),
        shape(
            "environment-rollback",
            "An environment named like a rollback's tag.",
            "gate.completed",
            with(gate.clone(), "environment", json!("rollback-2")),
        ),
        shape("version-latest", "A version named latest.", "artifact.registered", registration("latest", 2)),
        shape("version-plus", "A version with a plus sign.", "artifact.registered", registration("v1.0.0+1", 2)),
        shape("version-too-long", "A version of 76 bytes.", "artifact.registered", registration(&"1".repeat(76), 2)),
        shape(
            "commit-too-short",
            "A commit of six digits.",
            "artifact.registered",
            with(registration("v2.0.0", 2), "source_sha", json!("012345")),
        ),
        shape("reason-blank", "A reason of white space only.", "clock.corrected", json!({"reason": " \u{3000}\n"})),
        shape("reason-too-long", "A reason of 1,025 bytes.", "clock.corrected", json!({"reason": "x".repeat(1025)})),
        shape("media-type", "A media type without a subtype.", "gate.completed", {
            with(gate.clone(), "evidence", json!({"digest": "0".repeat(64), "media_type": "text", "size": 1}))
        }),
        shape("change-of-two-kinds", "A change of keys that is both.", "key.proposed", {
            json!({"change": {"add": Key::dave().requested(&hand.genesis()), "revoke": alice.revocation()}})
        }),
        shape(
            "grant-unsorted",
            "A grant whose names are out of order.",
            "key.added",
            key(with(grant.clone(), "components", json!(["web", "api"]))),
        ),
        shape(
            "grant-repeated",
            "A grant that names a component twice.",
            "key.added",
            key(with(grant.clone(), "components", json!(["api", "api"]))),
        ),
        shape(
            "grant-any-and-one",
            "A grant for everything and one more.",
            "key.added",
            key(with(grant.clone(), "components", json!(["*", "api"]))),
        ),
        shape(
            "grant-permission",
            "A permission that there is not.",
            "key.added",
            key(with(grant, "permissions", json!(["ledger.erased"]))),
        ),
        shape(
            "rules-no-environments",
            "Rules without environments.",
            "manifest.adopted",
            json!({"rules": with(rules("warn"), "environments", json!([]))}),
        ),
        shape(
            "rules-no-components",
            "Rules without components.",
            "manifest.adopted",
            json!({"rules": with(rules("warn"), "components", json!([]))}),
        ),
        shape("rules-environment-twice", "Rules that name an environment twice.", "manifest.adopted", {
            json!({"rules": with(rules("warn"), "environments", json!([{"gates": [], "name": "dev"}, {"gates": [], "name": "dev"}]))})
        }),
        shape("rules-gate-twice", "Rules that name a gate twice.", "manifest.adopted", {
            json!({"rules": with(rules("warn"), "environments", json!([{"gates": [GATE, GATE], "name": "dev"}]))})
        }),
        shape("rules-components-unsorted", "Rules whose components are out of order.", "manifest.adopted", {
            let component = |name: &str| json!({"name": name, "repository": format!("r.example/{name}")});
            json!({"rules": with(rules("warn"), "components", json!([component("web"), component("api")]))})
        }),
        shape("rules-repository-twice", "Two components in one repository.", "manifest.adopted", {
            let component = |name: &str| json!({"name": name, "repository": "r.example/one"});
            json!({"rules": with(rules("warn"), "components", json!([component("api"), component("web")]))})
        }),
    ]
}

/// Where a component may be kept.
fn repositories() -> Vec<Case> {
    let (hand, alice) = begun();
    let kept = |repository: &str| with(rules("warn"), "components", json!([{"name": "api", "repository": repository}]));
    let table = [
        ("label-empty", "A host with an empty label.", "registry..example/api"),
        ("label-begins", "A host with a label that begins with a hyphen.", "registry.-acme.example/api"),
        ("label-ends", "A host with a label that ends with a hyphen.", "registry.acme-.example/api"),
        ("label-underscore", "A host with an underscore.", "registry_1.example/api"),
        ("host-dots", "Dots for a host.", "../api"),
        ("host-brackets", "An address in brackets for a host.", "[::1]:5000/api"),
        ("host-missing", "A port without a host.", ":5000/api"),
        ("port-missing", "A colon without a port.", "registry.acme.example:/api"),
        ("port-zero", "Port 0.", "registry.acme.example:0/api"),
        ("port-too-large", "Port 65536.", "registry.acme.example:65536/api"),
        ("port-leading-zero", "A port with a leading zero.", "registry.acme.example:0443/api"),
        ("port-plus", "A port with a plus sign.", "registry.acme.example:+443/api"),
        ("port-word", "A port in words.", "registry.acme.example:https/api"),
        ("path-missing", "A host without a path.", "registry.acme.example"),
        ("layout-space", "A layout's directory with a space.", "oci-layout:my images"),
        ("layout-not-ascii", "A layout's directory outside ASCII.", "oci-layout:im\u{e1}genes"),
        ("layout-empty", "A layout without a directory.", "oci-layout:"),
    ];
    let case = |(name, about, repository)| {
        let mut hand = hand.clone();
        hand.write_raw(&alice, "manifest.adopted", 1, &json!({"rules": kept(repository)}));
        Case::unlawful(format!("law-shape-repository-{name}"), about, &hand, "shape").says("repository")
    };
    table.into_iter().map(case).collect()
}

/// What the law asks of every entry, whatever its type.
fn rules_of_every_entry() -> Vec<Case> {
    let (hand, alice) = begun();
    let mut again = hand.clone();
    again.created(1, &[&alice], None);
    let mut earlier = hand.clone();
    earlier.write_with(&alice, "artifact.registered", registration("v2.0.0", 2), |draft| {
        draft.time = "2026-01-15T09:01:59.999999Z".to_owned().try_into().expect("a time");
    });
    let mut same = hand.clone();
    same.write_with(&alice, "artifact.registered", registration("v2.0.0", 2), |draft| {
        draft.id = "0198f0a4-6f3a-7c1e-8a55-000000000001".to_owned().try_into().expect("an id");
    });
    let mut level = hand;
    level.write(&alice, "format.raised", json!({"level": 1}));
    vec![
        Case::unlawful("law-genesis-again", "The ledger begins a second time.", &again, "genesis"),
        Case::unlawful("law-time-falls", "A time one microsecond before that of the entry before.", &earlier, "time"),
        Case::unlawful("law-unique-id", "An id that an earlier entry has.", &same, "unique id"),
        Case::unlawful("law-format-level-same", "The level of the format is raised to what it is.", &level, "format level"),
    ]
}

fn bodies() -> Vec<Case> {
    let (mut hand, alice) = begun();
    let evidence = hand.keep(b"a report");
    let named = hand.write(&alice, "gate.completed", with(gate(1, "passed"), "evidence", evidence.clone()));
    hand.register(&alice, "v1.1.0", 2);
    let case = |name: &str, about: &str, (code, fault): (u8, &'static str), change: &dyn Fn(&mut Hand)| {
        let mut hand = hand.clone();
        change(&mut hand);
        Case::wrong(name, about, &hand, Wrong::Other(code, Some(named), fault))
    };
    let changed = (20, "body-changed");
    let mut size = begun().0;
    size.keep(b"a report");
    let named_size = size.write(&alice, "gate.completed", with(gate(1, "passed"), "evidence", with(evidence, "size", json!(9))));
    vec![
        case("body-changed", "A body whose last byte is another.", changed, &|hand| {
            hand.bodies.iter_mut().for_each(|body| body.bytes = b"a reporT".to_vec());
        }),
        case("body-cut", "A body that lacks its last byte.", changed, &|hand| {
            hand.bodies.iter_mut().for_each(|body| body.bytes.truncate(7))
        }),
        case("body-salt-changed", "A body whose salt is another.", changed, &|hand| {
            hand.bodies.iter_mut().for_each(|body| body.salt = [7; 16])
        }),
        case("body-missing", "A body that is gone, and no entry says why.", (21, "body-missing"), &|hand| hand.bodies.clear()),
        Case::wrong(
            "body-size",
            "A body whose size is not what the entry says.",
            &size,
            Wrong::Other(20, Some(named_size), "body-changed"),
        ),
    ]
}

fn pins() -> Vec<Case> {
    let (hand, alice) = begun();
    let other = Some("0".repeat(64));
    let case = |name: &str, about: &str, wrong: Wrong, pins: PinsText| Case::wrong(name, about, &hand, wrong).pinned(pins, false);
    let first = |fault| Wrong::Other(20, Some(0), fault);
    let mut cut = hand.clone();
    let head = cut.head().to_string();
    cut.notes.pop();
    vec![
        case(
            "pin-genesis",
            "Another ledger than the one that was pinned.",
            first("pin-genesis"),
            PinsText { genesis: other.clone(), ..PinsText::default() },
        ),
        case("pin-origin", "A ledger of another name than the one that was pinned.", first("pin-origin"), {
            PinsText { origin: Some("acme.example/other".to_owned()), ..PinsText::default() }
        }),
        case("pin-key", "A ledger that did not begin with the key that was pinned.", first("pin-key"), {
            PinsText { key: Some(Key::bob().secret.verifier_key().to_string()), ..PinsText::default() }
        }),
        case("pin-head", "A log that goes on otherwise than the one that was pinned.", Wrong::Other(20, Some(1), "pin-head"), {
            PinsText { size: Some(2), head: other, ..PinsText::default() }
        }),
        Case::wrong("pin-tail-missing", "A log that ends before the entry that was pinned.", &cut, Wrong::Other(21, None, "tail-missing"))
            .pinned(PinsText { size: Some(3), head: Some(head), ..PinsText::default() }, false),
        Case::wrong("log-empty", "No entries.", &Hand::default(), Wrong::Other(21, None, "empty")),
        Case::wrong("pin-genesis-and-tail", "A log that begins as pinned and lacks its end.", &cut, Wrong::Other(21, None, "tail-missing"))
            .pinned(
                PinsText { genesis: Some(alice_genesis(&alice)), size: Some(4), head: Some("0".repeat(64)), ..PinsText::default() },
                true,
            ),
    ]
}

fn alice_genesis(alice: &Key) -> String {
    Hand::with(&[alice]).genesis().to_string()
}

/// Which verdict outweighs which, and what goes on after a fault.
fn precedence() -> Vec<Case> {
    let (mut unlawful, alice) = begun();
    let at = unlawful.register(&alice, "v1.0.0", 2);
    let mut followed = unlawful.clone();
    followed.write(
        &alice,
        "promotion.refused",
        json!({"promotion": super::run::Run::promotion(1, "v1.0.0", 1, "none", "dev").json(), "reasons": []}),
    );
    let followed = Case::wrong(
        "unlawful-then-unjudged",
        "Behind an unlawful entry the law is not asked: the second unlawful entry is not reported.",
        &followed,
        Wrong::Unlawful(at, "release once"),
    );
    let mut shaped = unlawful.clone();
    shaped.write_raw(&alice, "clock.corrected", 1, &json!({}));
    let mut broken = unlawful.clone();
    broken.notes.extend(broken.notes.last().cloned());
    let mut hundred = begun().0;
    for _ in 0..100 {
        hundred.write_raw(&alice, "clock.corrected", 1, &json!({}));
    }
    hundred.notes.extend(hundred.notes.last().cloned());
    let mut missing = unlawful.clone();
    let evidence = missing.keep(b"a report");
    let named = missing.write(&alice, "gate.completed", with(gate(1, "passed"), "evidence", evidence));
    let mut changed = missing.clone();
    missing.bodies.clear();
    changed.bodies.iter_mut().for_each(|body| body.bytes.clear());
    let mut added = begun().0;
    let (genesis, bob) = (added.genesis(), Key::bob());
    let unproven = with(bob.requested(&genesis), "proof", json!("none"));
    let added_at = added.write(&alice, "key.added", json!({"key": unproven}));
    added.write(&bob, "artifact.registered", registration("v1.1.0", 2));
    let mut later = Hand::with(&[&alice]);
    later.write(&alice, "format.raised", json!({"level": 2}));
    later.write_raw(&alice, "deploy.finished", 1, &json!({"pipeline": PIPELINE}));
    let misshapen = later.write_raw(&alice, "clock.corrected", 1, &json!({}));
    let mut twice = begun().0;
    let repeated = |hand: &mut Hand, data: Value| {
        hand.write_with(&alice, "artifact.registered", data, |draft| {
            draft.id = "0198f0a4-6f3a-7c1e-8a55-000000000001".to_owned().try_into().expect("an id");
        })
    };
    let first = repeated(&mut twice, registration("v1.1.0", 2));
    twice.register(&alice, "v1.0.0", 3);
    vec![
        followed,
        Case::wrong("tampered-over-unlawful", "An unlawful entry, and a broken chain behind it.", &broken, Wrong::Broken(4, "sequence")),
        Case::wrong(
            "tampered-over-a-hundred",
            "A hundred unlawful entries, and a broken chain behind them, which no limit on findings may hide.",
            &hundred,
            Wrong::Broken(103, "sequence"),
        ),
        Case::wrong(
            "incomplete-over-unlawful",
            "An unlawful entry, and a missing body.",
            &missing,
            Wrong::Other(21, Some(named), "body-missing"),
        ),
        Case::wrong(
            "changed-over-unlawful",
            "An unlawful entry, and a changed body.",
            &changed,
            Wrong::Other(20, Some(named), "body-changed"),
        ),
        Case::wrong(
            "unlawful-over-not-understood",
            "An entry not understood, and a misshapen one behind it.",
            &later,
            Wrong::Unlawful(misshapen, "shape"),
        ),
        Case::wrong(
            "unlawful-key-is-a-key",
            "A key that was added without proof signs the next entry, which is authentic.",
            &added,
            Wrong::Unlawful(added_at, "proof"),
        ),
        Case::wrong(
            "unlawful-then-misshapen",
            "Two unlawful entries; the first names the rule.",
            &shaped,
            Wrong::Unlawful(at, "release once"),
        ),
        Case::wrong(
            "unique-id-goes-on",
            "An id used twice, and an unlawful entry behind it, which is judged as well.",
            &twice,
            Wrong::Unlawful(first, "unique id"),
        ),
    ]
}

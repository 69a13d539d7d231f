//! Keys: another's, a revoked one's, nobody's; grants narrowed; keys that no verifier may accept.

use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::keyring::SecretKey;
use promotion_ledger::meaning::names::KeyName;
use serde_json::{Value, json};

use super::Hand;
use crate::pen::{self, Open, Pen};

/// Some entry is signed by somebody else, as their own or on behalf of whom it was.
pub(super) fn sign_by_another(hand: &mut Hand) {
    let (place, world) = (hand.place(), hand.world);
    let mine = signers(&hand.case.entries);
    hand.rewrite(place, |open, dice| {
        open.signer = if dice.once_in(3) { dice.pick(&world.signers).clone() } else { dice.pick(&mine).1.clone() };
        match dice.below(3) {
            0 => {}
            1 => open.value["actor"] = dice.pick(&mine).0.clone(),
            _ => {
                let own = mine.iter().find(|(_, signer)| *signer == open.signer);
                open.value["actor"] = own.map_or(json!("stranger"), |(actor, _)| actor.clone());
            }
        }
        if dice.once_in(10) {
            open.signer.1[dice.below(4)] ^= 1 << dice.below(8);
        }
    });
}

/// Who signed in a ledger, on whose behalf.
fn signers(entries: &[Vec<u8>]) -> Vec<(Value, pen::Signer)> {
    let mut signers: Vec<(Value, pen::Signer)> = Vec::new();
    for open in entries.iter().filter_map(|note| Pen::open(note)) {
        let one = (open.value["actor"].clone(), open.signer);
        if !signers.contains(&one) {
            signers.push(one);
        }
    }
    if signers.is_empty() { vec![(json!("nobody"), ("nobody".to_owned(), [0; 4]))] } else { signers }
}

/// Some list of some grant of some key covers less.
pub(super) fn narrow(hand: &mut Hand) {
    let places: Vec<usize> = (0..hand.case.entries.len()).filter(|place| brings_keys(&hand.case.entries[*place])).collect();
    if places.is_empty() {
        return;
    }
    let place = *hand.dice.pick(&places);
    hand.rewrite(place, |open, dice| {
        let data = &mut open.value["data"];
        let first = data["keys"].as_array().map(Vec::len);
        let grants = match first {
            Some(0) => return,
            Some(keys) => &mut data["keys"][dice.below(keys)]["grants"],
            None if data.get("key").is_some() => &mut data["key"]["grants"],
            None => &mut data["change"]["add"]["grants"],
        };
        let Some(grant) = grants.get_mut(0) else { return };
        let lists = [
            ("act_for", json!(["deputy"])),
            ("components", json!(["api"])),
            ("components", json!(["web"])),
            ("environments", json!(["dev"])),
            ("environments", json!(["dev", "staging"])),
            ("gates", json!(["scan"])),
            ("gates", json!([])),
            ("permissions", json!(["key.added", "manifest.adopted"])),
            ("permissions", json!(["environment.locked", "environment.unlocked", "environment.unlocked.others"])),
            ("pipelines", json!(["shop"])),
            ("pipelines", json!(["other"])),
        ];
        let (list, names) = dice.pick(&lists).clone();
        grant[list] = names;
    });
}

fn brings_keys(note: &[u8]) -> bool {
    note.windows(10).any(|window| window == b"\"grants\":[")
}

/// A key that signs here is revoked somewhere before the end.
pub(super) fn revoke(hand: &mut Hand) {
    let Some(first) = Pen::open(&hand.case.entries[0]) else { return };
    let keys = first.value["data"]["keys"].as_array().cloned().unwrap_or_default();
    if keys.is_empty() {
        return;
    }
    let (key, place) = (hand.dice.pick(&keys).clone(), 1 + hand.dice.below(hand.case.entries.len()));
    let data = json!({"name": key["name"], "public": key["public"], "reason": "the laptop was lost"});
    make(hand, place, "key.revoked", data);
}

/// Puts in an event of the ledger's first signer.
pub(super) fn make(hand: &mut Hand, place: usize, event_type: &str, data: Value) {
    let Some(mut open) = Pen::open(&hand.case.entries[0]) else { return };
    let before = place.checked_sub(1).and_then(|before| Pen::open(hand.case.entries.get(before)?));
    open.value["time"] = before.map_or(open.value["time"].clone(), |open| open.value["time"].clone());
    open.value["type"] = json!(event_type);
    open.value["data"] = data;
    hand.insert(place, open, true);
}

/// Public keys of small order, with torsion, not canonical, or no points at all.
const BAD: [&str; 7] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0200000000000000000000000000000000000000000000000000000000000000",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// A key comes in, with a proof that holds or does not, and signs an entry.
pub(super) fn bring_bad_key(hand: &mut Hand) {
    let Some(first) = Pen::open(&hand.case.entries[0]) else { return };
    let seed = 20 + u8::try_from(hand.dice.below(4)).expect("few");
    let secret = SecretKey::from_seed(KeyName::new("harbour.example/new").expect("a key name"), &[seed; 32]);
    let key = secret.verifier_key();
    let genesis = promotion_ledger::evidence::hash::leaf_hash(&hand.case.entries[0]);
    let origin = first.value["data"]["origin"].as_str().unwrap_or_default();
    let text = format!("promoledger key request v1\n{origin}\n{genesis}\nnewcomer\n{key}\n");
    let bad = hand.dice.once_in(2);
    let public = if bad { (*hand.dice.pick(&BAD)).to_owned() } else { key.public().to_string() };
    let everything =
        json!({"act_for": [], "components": ["*"], "environments": ["*"], "gates": ["*"], "permissions": ["*"], "pipelines": ["*"]});
    let mut proof = secret.sign(text.as_bytes());
    if hand.dice.once_in(4) {
        proof[hand.dice.below(64)] ^= 1;
    }
    let addition = json!({"grants": [everything], "name": key.name().to_string(), "principal": "newcomer", "proof": b64::encode(&proof), "public": public});
    let place = 1 + hand.dice.below(hand.case.entries.len());
    make(hand, place, "key.added", json!({"key": addition}));
    if hand.dice.once_in(2)
        && let Some(added) = hand.case.entries.get(place).and_then(|note| Pen::open(note))
    {
        let (mut value, signer) = (added.value, pen::reference(&secret));
        value["actor"] = json!("newcomer");
        value["type"] = json!("format.raised");
        value["data"] = json!({"level": 2});
        hand.insert(place + 1, Open { value, signer }, true);
    }
}

/// A verifier key that no ledger here knows.
pub(super) fn strangers() -> String {
    SecretKey::from_seed(KeyName::new("harbour.example/stranger").expect("a key name"), &[0xdd; 32]).verifier_key().to_string()
}

/// A key of entry 0 as a verifier key.
pub(super) fn verifier_key(key: &Value) -> Option<String> {
    use promotion_ledger::evidence::keyring::VerifierKey;
    use promotion_ledger::meaning::id::PublicKey;
    let name = KeyName::new(key["name"].as_str()?).ok()?;
    let public = PublicKey::try_from(key["public"].as_str()?.to_owned()).ok()?;
    Some(VerifierKey::new(name, &public).ok()?.to_string())
}

//! Mutations: what is done to a sound ledger, from one seed, so that verifiers have something to find.

mod bytes;
mod events;
mod fields;
mod files;
mod keys;
mod order;
mod ways;

use std::collections::BTreeMap;

use promotion_ledger::evidence::hash::leaf_hash;
use serde_json::Value;

use crate::case::{self, Case};
use crate::dice::Dice;
use crate::differences::{Question, kept};
use crate::pen::{Open, Pen, Signer};
use crate::story;

/// The ledgers that are mutated, and what occurs in them.
pub(crate) struct World {
    bases: Vec<Case>,
    /// One that fills more than a bundle; it is chosen seldom, since it takes long.
    long: Case,
    /// Every value that stands under a name somewhere: what one field holds may be put in another of that name.
    pool: BTreeMap<String, Vec<Value>>,
    /// Everybody who signed anything anywhere.
    signers: Vec<Signer>,
}

/// How many stories are told.
const STORIES: u64 = 24;

impl World {
    /// The valid vectors, and stories.
    pub(crate) fn new() -> Self {
        let valid = |file: &std::path::PathBuf| file.parent().is_some_and(|folder| folder.ends_with("valid"));
        let vectors = case::vectors().into_iter().filter(valid).map(|file| Case::of_vector(&file).0);
        let mut bases: Vec<Case> = vectors.filter(Case::fits).collect();
        bases.iter_mut().for_each(|base| base.pins.clear());
        bases.extend((0..STORIES).map(|seed| story::ledger(seed, 14 + 3 * usize::try_from(seed).expect("few") / 2)));
        let mut world = Self { bases, long: story::ledger(STORIES + 1, 256 + 4), pool: BTreeMap::new(), signers: Vec::new() };
        world.gather();
        world
    }

    /// The ledgers, before anything is done to them.
    pub(crate) fn bases(&self) -> &[Case] {
        &self.bases
    }

    fn gather(&mut self) {
        for open in self.bases.iter().flat_map(|base| &base.entries).filter_map(|note| Pen::open(note)) {
            gather(&open.value, &mut self.pool);
            if !self.signers.contains(&open.signer) {
                self.signers.push(open.signer);
            }
        }
        for values in self.pool.values_mut() {
            values.sort_by_key(Value::to_string);
            values.dedup();
        }
    }
}

fn gather(value: &Value, pool: &mut BTreeMap<String, Vec<Value>>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            pool.entry(name.clone()).or_default().push(value.clone());
            gather(value, pool);
        }),
        Value::Array(values) => values.iter().for_each(|value| gather(value, pool)),
        _ => {}
    }
}

/// Everything that a mutation needs: the case, the choices, and the means to sign.
pub(crate) struct Hand<'a> {
    world: &'a World,
    pub(crate) case: Case,
    pub(crate) dice: Dice,
    pen: &'a mut Pen,
    /// What was done, in a few words.
    done: Vec<&'static str>,
}

type Mutation = fn(&mut Hand);

/// Each with how often it is chosen.
const MUTATIONS: [(usize, &str, Mutation); 21] = [
    (3, "bytes changed", bytes::change),
    (2, "bytes changed and signed again", bytes::change_signed),
    (2, "signature changed", bytes::change_signature),
    (24, "field replaced by another's", fields::replace),
    (6, "field made odd", fields::make_odd),
    (3, "field removed or added", fields::remove_or_add),
    (2, "text that is not canonical", fields::spell_otherwise),
    (3, "entries moved", order::disturb),
    (6, "entries moved and chained again", order::disturb_and_chain),
    (10, "entry left out, and the others told", order::leave_out),
    (12, "entry repeated, and the others told", order::repeat),
    (4, "ledgers spliced", order::splice),
    (6, "another signer", keys::sign_by_another),
    (4, "grant narrowed", keys::narrow),
    (3, "key revoked", keys::revoke),
    (3, "key of a bad kind brought in", keys::bring_bad_key),
    (10, "event made up", events::make_up),
    (26, "event broken in its own way", ways::break_one),
    (8, "event at the wrong time", ways::come_between),
    (3, "body changed", files::change_body),
    (1, "a later level", events::raise_level),
];

/// The case of that seed.
pub(crate) fn question(world: &World, pen: &mut Pen, seed: u64) -> Question {
    let mut dice = Dice::new(seed);
    let long = dice.once_in(100);
    let mut case = if long { world.long.clone() } else { dice.pick(&world.bases).clone() };
    if !long && !dice.once_in(4) {
        case.entries.truncate(1 + dice.below(case.entries.len()));
    }
    let mut hand = Hand { world, case, dice, pen, done: Vec::new() };
    let times = 1 + usize::from(hand.dice.once_in(4)) + usize::from(hand.dice.once_in(8));
    // Some are left as they are, but for their files and pins.
    if !hand.dice.once_in(24) {
        (0..times).for_each(|_| hand.mutate());
    }
    hand.pin();
    let mut files = hand.case.files();
    if hand.dice.once_in(16) || hand.done.is_empty() {
        hand.done.push("files changed");
        files::change(&mut files, &mut hand.dice);
    }
    let told =
        format!("seed {seed} (again: PROMOLEDGER_SEED={seed} PROMOLEDGER_MUTATIONS=1): {} with {}", hand.case.name, hand.done.join(", "));
    Question { case: hand.case, files, told, kept: kept(&format!("seed-{seed}")) }
}

impl Hand<'_> {
    fn mutate(&mut self) {
        let total = MUTATIONS.iter().map(|(weight, ..)| weight).sum();
        let mut chosen = self.dice.below(total);
        for (weight, name, mutation) in MUTATIONS {
            match chosen.checked_sub(weight) {
                Some(rest) => chosen = rest,
                None if self.case.entries.is_empty() => return,
                None => {
                    self.done.push(name);
                    return mutation(self);
                }
            }
        }
    }

    /// The place of some entry: mostly near the end, since all that stands behind it has to be signed and verified anew.
    fn place(&mut self) -> usize {
        let entries = self.case.entries.len();
        let near = if self.dice.once_in(3) { entries } else { entries.min(8) };
        entries - 1 - self.dice.below(near)
    }

    /// Changes the value of the entry at `place`, signs it, and chains what stands behind, or leaves it broken there.
    fn rewrite(&mut self, place: usize, change: impl FnOnce(&mut Open, &mut Dice)) {
        let Some(mut open) = Pen::open(&self.case.entries[place]) else { return };
        change(&mut open, &mut self.dice);
        if let Some(note) = self.pen.close(&open) {
            self.case.entries[place] = note;
            if !self.dice.once_in(20) {
                self.pen.chain(&mut self.case.entries, place + 1);
            }
        }
    }

    /// Puts an entry of that value in, gives it an id of its own, and moves all references behind it.
    fn insert(&mut self, place: usize, mut open: Open, id: bool) {
        if id {
            open.value["id"] = Value::String(format!("0198f0a4-6f3a-7c1e-9a55-{:012x}", self.dice.next() >> 16));
        }
        if let Some(note) = self.pen.close(&open) {
            order::shift(self, place, 1);
            self.case.entries.insert(place, note);
            self.pen.chain(&mut self.case.entries, place);
        }
    }

    /// What the auditor holds, now and then: mostly what is so.
    fn pin(&mut self) {
        if !self.dice.once_in(5) || self.case.entries.is_empty() {
            return;
        }
        let other = self.dice.once_in(4);
        let size = 1 + self.place() + usize::from(self.dice.once_in(8));
        let hash = |place: usize| self.case.entries.get(place).map_or_else(|| "ab".repeat(32), |entry| leaf_hash(entry).to_string());
        let (genesis, head) = (hash(usize::from(other)), hash(if other { 0 } else { size - 1 }));
        let first = Pen::open(&self.case.entries[0]).map(|open| open.value["data"].clone()).unwrap_or_default();
        let origin = if other { Some("another.example/ledger") } else { first["origin"].as_str() };
        let mut pins = vec![("genesis", genesis), ("head", format!("{size}:{head}"))];
        pins.extend(
            origin
                .filter(|origin| promotion_ledger::meaning::names::Origin::new(*origin).is_ok())
                .map(|origin| ("origin", origin.to_owned())),
        );
        let key = self.dice.below(4);
        let key = if other { Some(keys::strangers()) } else { keys::verifier_key(&first["keys"][key]) };
        pins.extend(key.map(|key| ("key", key)));
        for (name, value) in pins {
            if self.dice.once_in(2) {
                self.case.pins.insert(name, value);
            }
        }
    }
}

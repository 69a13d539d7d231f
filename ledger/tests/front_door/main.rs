//! The front door over a store that lies: what was stored is read back, and an answer that was lost is looked for.

mod liar;

use std::convert::Infallible;
use std::fs;
use std::path::Path;

use liar::{Liar, Lie};
use promotion_ledger::custody::clock::Stopped;
use promotion_ledger::custody::ledger::{AppendError, Writer, append};
use promotion_ledger::custody::random::Counter;
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::custody::store::{self, Head, NewEntry, Store};
use promotion_ledger::evidence::chain::{Chain, Verified};
use promotion_ledger::evidence::entry::{Entry, WriteError};
use promotion_ledger::evidence::hash::leaf_hash;
use promotion_ledger::evidence::keyring::SecretKey;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::ledger::{ClockCorrected, ManifestAdopted};
use promotion_ledger::meaning::names::{Agent, Component, Environment, KeyName, Pipeline, Principal, Reason, Repository};
use promotion_ledger::meaning::rules::{ComponentRule, EnvironmentRule, OnIncomparable, Rules};
use promotion_ledger::meaning::time::Timestamp;

const AFTER: &str = "2027-01-01T00:00:00.000000Z";

/// A ledger that begins as the vector `genesis` does.
struct Begun {
    store: Memory,
    chain: Chain,
}

impl Begun {
    fn new() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/vectors/v1/valid/genesis.json");
        let vector: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).expect("a vector")).expect("a vector is JSON");
        let note = vector.pointer("/entries/0").and_then(serde_json::Value::as_str).expect("an entry").as_bytes().to_vec();
        let mut begun = Self { store: Memory::new(), chain: Chain::begin() };
        begun.chain.admit(&note).expect("a sound entry");
        let first = NewEntry { id: Entry::parse(&note).expect("an entry").id(), hash: leaf_hash(&note), note };
        begun.store.append(&Head::EMPTY, &[first], &[]).expect("an empty store takes an entry");
        begun
    }

    /// Appends an event through a store that lies, by a clock that stands at that time.
    fn append(&mut self, lie: Lie, event: Event, now: &str) -> Result<Vec<Verified>, AppendError> {
        let store = Liar::new(self.store.clone(), lie);
        let signer = SecretKey::from_seed(KeyName::new("acme.example/alice").expect("a name"), &[1; 32]);
        let (actor, agent) = (Principal::new("alice").expect("a principal"), Agent::new("test/1").expect("an agent"));
        let clock = Stopped(Timestamp::parse(now).expect("a time"));
        let random = Counter::new(self.chain.size());
        let writer = Writer { signer: &signer, actor: &actor, agent: &agent, clock: &clock, random: &random };
        append(&store, &mut self.chain, &writer, &[event], &[], |_| Ok::<_, Infallible>(None))
    }

    fn size(&self) -> u64 {
        self.store.head().expect("a head").size
    }
}

fn correction() -> Event {
    ClockCorrected { reason: Reason::new("it ran ahead").expect("a reason") }.into()
}

/// Rules with so many components.
fn rules(components: usize) -> Event {
    let component = |number: usize| ComponentRule {
        name: Component::new(format!("component-{number}")).expect("a name"),
        repository: Repository::new(format!("registry.acme.example/component-{number}")).expect("a repository"),
        versions: None,
    };
    let environments = vec![EnvironmentRule::new(Environment::new("dev").expect("a name"), Vec::new())];
    let pipeline = Pipeline::new("shop").expect("a name");
    let rules = Rules::new(pipeline, (0..components).map(component).collect(), environments, OnIncomparable::Warn).expect("rules");
    ManifestAdopted { rules }.into()
}

// attack: 27
/// The store commits the entry and the answer is lost. The writer looks for its own id, finds it, and neither fails nor writes it twice.
#[test]
fn an_acknowledgement_that_was_lost_is_found_again_by_id() {
    let mut begun = Begun::new();
    let written = begun.append(Lie::AnswerLost, correction(), AFTER).expect("the entry is there");
    assert_eq!(written.iter().map(|entry| entry.sequence().get()).collect::<Vec<_>>(), [1]);
    assert_eq!((begun.size(), begun.chain.size()), (2, 2));
}

// attack: 27
/// The answer is lost and so is the entry. The writer is told that nobody knows (5, never success), finds nothing under its id, and the
/// next try appends it once.
#[test]
fn an_entry_that_was_lost_with_its_answer_is_not_taken_for_written() {
    let mut begun = Begun::new();
    let error = begun.append(Lie::BatchLost, correction(), AFTER).expect_err("the entry is not there");
    assert!(matches!(error, AppendError::Append(store::AppendError::OutcomeUnknown { .. })), "{error}");
    assert_eq!(error.exit_code().number(), 5);
    assert_eq!((begun.size(), begun.chain.size()), (1, 1));
    begun.append(Lie::None, correction(), AFTER).expect("nothing is in the way");
    assert_eq!((begun.size(), begun.chain.size()), (2, 2));
}

/// What the writer hears must be that the store does not hold entry 1, by the exit code of tampering.
#[track_caller]
fn expect_not_stored(lie: Lie) {
    let error = Begun::new().append(lie, correction(), AFTER).expect_err("it is not what was to be stored");
    assert!(matches!(error, AppendError::NotStored { .. }), "{lie:?}: {error}");
    assert_eq!(error.exit_code().number(), 20);
}

// attack: 31
/// A bit flips between the signature and the disk, in what was signed or in the signature. The writer reads back what it stored and says so
/// while it still knows what it should be.
#[test]
fn a_bit_of_the_entry_that_flips_on_its_way_is_heard_of_at_once() {
    expect_not_stored(Lie::FlipInText);
    expect_not_stored(Lie::FlipInSignature);
}

// attack: 31
/// A bit flips in the hash that the entry is filed under.
#[test]
fn a_bit_of_its_hash_that_flips_on_its_way_is_heard_of_at_once() {
    expect_not_stored(Lie::FlipInHash);
}

// attack: 31
/// The entry comes back whole, from another place.
#[test]
fn an_entry_that_is_read_back_from_another_place_is_not_stored() {
    expect_not_stored(Lie::AnotherPlace);
}

// attack: 31
/// The store takes the entry, says so, and keeps nothing.
#[test]
fn a_store_that_keeps_nothing_is_not_believed() {
    expect_not_stored(Lie::NothingKept);
}

#[test]
fn a_clock_that_fell_behind_does_not_make_time_fall() {
    let mut begun = Begun::new();
    let floor = begun.chain.state().core().floor.expect("entry 0 has a time");
    let written = begun.append(Lie::None, rules(1), "2020-01-01T00:00:00.000000Z").expect("the entry stands at the floor");
    assert_eq!(written.first().map(|entry| entry.recorded().time), Some(floor));
}

#[test]
fn an_entry_that_is_too_long_is_not_written() {
    let mut begun = Begun::new();
    let error = begun.append(Lie::None, rules(2_000), AFTER).expect_err("it has more than 65,535 bytes");
    assert!(matches!(error, AppendError::Write(WriteError::TooLong { found }) if found > 65_535), "{error}");
    assert_eq!((begun.size(), begun.chain.size()), (1, 1));
}

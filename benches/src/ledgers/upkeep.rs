//! What changes about the ledger itself, every so often: keys, rules, a clock that ran ahead, a body that is removed.

use std::collections::VecDeque;

use fastrand::Rng;
use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::digest::BodyDigest;
use promotion_ledger::meaning::event::ledger::{BodyRemoved, KeyAddition, KeyRevoked};
use promotion_ledger::meaning::id::Sequence;

use super::cast::Cast;
use super::land::Line;
use super::plan::{GenerateError, Plan};
use super::teller::{Teller, reason};

/// How far a clock runs ahead, in seconds.
const AHEAD: i64 = 6 * 3600;

/// How many bodies are remembered, to be removed one day.
const BODIES: usize = 64;

/// What is due, and when.
pub(super) struct Upkeep {
    every: u64,
    next: u64,
    turn: usize,
    pub(super) bodies: VecDeque<BodyDigest>,
}

impl Upkeep {
    /// Some three hundred times in a long ledger, so that its keys stay as few as those of a real one.
    pub(super) fn new(plan: Plan) -> Self {
        let every = (plan.entries / 300).max(60);
        Self { every, next: every, turn: 0, bodies: VecDeque::new() }
    }

    pub(super) fn is_due(&self, size: u64) -> bool {
        size >= self.next
    }

    pub(super) fn remember(&mut self, body: BodyDigest) {
        self.bodies.push_back(body);
        if self.bodies.len() > BODIES {
            self.bodies.pop_front();
        }
    }

    /// Does what is next in turn.
    pub(super) fn go(&mut self, teller: &mut Teller<'_>, cast: &mut Cast, lines: &mut [Line], rng: &mut Rng) -> Result<(), GenerateError> {
        self.next = teller.chain().size() + self.every;
        self.turn += 1;
        match self.turn % 6 {
            0 => correct_clock(teller, cast),
            1 => rotate_by_two(teller, cast, rng),
            2 => adopt(teller, cast, lines, rng),
            3 => self.remove_body(teller, cast),
            4 => rotate_by_two(teller, cast, rng),
            _ => rotate_by_recovery(teller, cast, rng),
        }
    }

    fn remove_body(&mut self, teller: &mut Teller<'_>, cast: &Cast) -> Result<(), GenerateError> {
        let ([admin, ..], Some(digest)) = (cast.admins.as_slice(), self.bodies.pop_front()) else { return Ok(()) };
        let removed = BodyRemoved { digest, reason: reason("it names customers, who asked to be forgotten") };
        let before = teller.chain().size();
        teller.append(admin, &[removed.into()], &[])?;
        if teller.chain().size() > before {
            teller.remove_body(&digest);
        }
        Ok(())
    }
}

/// Somebody's clock ran ahead; an admin lowers the floor again.
fn correct_clock(teller: &mut Teller<'_>, cast: &Cast) -> Result<(), GenerateError> {
    let [admin, ..] = cast.admins.as_slice() else { return Ok(()) };
    teller.turn(AHEAD);
    teller.must(admin, &Command::CorrectClock(reason("looked at the clocks: all is well")))?;
    teller.turn(-AHEAD);
    teller.must(admin, &Command::CorrectClock(reason("one machine's clock ran six hours ahead")))
}

fn adopt(teller: &mut Teller<'_>, cast: &Cast, lines: &mut [Line], rng: &mut Rng) -> Result<(), GenerateError> {
    let at = rng.usize(..lines.len());
    let (Some(line), [admin, ..]) = (lines.get_mut(at), cast.admins.as_slice()) else { return Ok(()) };
    line.change_its_mind();
    teller.must(admin, &Command::AdoptManifest(line.rules()))
}

/// A new key is proposed and endorsed, then the old one is revoked in the same way.
fn rotate_by_two(teller: &mut Teller<'_>, cast: &mut Cast, rng: &mut Rng) -> Result<(), GenerateError> {
    let (seed, at) = (cast.seed, rng.usize(..1024));
    let Some(added) = request(teller, cast, at) else { return Ok(()) };
    agree(teller, cast, &Command::AddKey(added))?;
    let old = cast.rotating(at).rotate(seed);
    agree(teller, cast, &Command::RevokeKey(revocation(&old)))
}

/// The recovery key does alone what takes two admins.
fn rotate_by_recovery(teller: &mut Teller<'_>, cast: &mut Cast, rng: &mut Rng) -> Result<(), GenerateError> {
    let (seed, at) = (cast.seed, rng.usize(..1024));
    let Some(added) = request(teller, cast, at) else { return Ok(()) };
    teller.must(&cast.recovery, &Command::AddKey(added))?;
    let old = cast.rotating(at).rotate(seed);
    teller.must(&cast.recovery, &Command::RevokeKey(revocation(&old)))
}

fn request(teller: &Teller<'_>, cast: &mut Cast, at: usize) -> Option<KeyAddition> {
    let seed = cast.seed;
    let person = cast.rotating(at);
    let key = person.next_key(seed);
    let origin = &teller.state().core().identity.as_ref()?.origin;
    Some(person.request(&key, origin, teller.chain().genesis()?))
}

fn revocation(old: &promotion_ledger::evidence::keyring::SecretKey) -> KeyRevoked {
    let key = old.verifier_key();
    KeyRevoked { name: key.name().clone(), public: key.public(), reason: reason("keys are renewed every quarter") }
}

/// One admin proposes, the other endorses.
fn agree(teller: &mut Teller<'_>, cast: &Cast, change: &Command) -> Result<(), GenerateError> {
    let [first, second, ..] = cast.admins.as_slice() else { return Ok(()) };
    teller.must(first, change)?;
    let proposal = Sequence::new(teller.chain().size() - 1);
    if teller.is_done() { Ok(()) } else { teller.must(second, &Command::Endorse(proposal)) }
}

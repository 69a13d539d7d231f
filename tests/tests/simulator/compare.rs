//! Comparisons: what the ledger and its index say, against the model, after every step and at the end of a run.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use promotion_ledger::custody::audit::{Pins, verify};
use promotion_ledger::custody::log::Live;
use promotion_ledger::custody::store::{Store, StoredEntry};
use promotion_ledger::evidence::chain::{Admitted, Chain};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::{Horizon, Index, StatusFilter, check};

use crate::facts;
use crate::model::{Model, Spot};
use crate::scene::shop;
use crate::world::World;

type Found = Result<(), String>;

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, found: &T) -> Found {
    if expected == found { Ok(()) } else { Err(format!("{what}: expected {expected:?}, found {found:?}")) }
}

/// What `status` says is what the model says; so are locks, runs under way, rules and keys.
pub(crate) fn status(index: &Index, model: &Model) -> Found {
    let rules = index.core().rules(&shop()).cloned();
    equal("the rules in force", &Some(model.rules.rules()), &rules)?;
    let runs = model.runs.keys().map(|id| Ok((*id, index.run(id).map_err(|error| error.to_string())?)));
    let runs: BTreeMap<_, _> = runs.collect::<Result<_, String>>()?;
    for (id, run) in &model.runs {
        facts::run(id, run, runs.get(id).and_then(Option::as_ref))?;
    }
    let live: Vec<String> = index.core().keys.iter().filter(|key| key.is_live()).map(|key| key.key.name.to_string()).collect();
    let expected = model.live.iter().filter(|(_, live)| **live).map(|(who, _)| who.key_name().to_string()).collect();
    equal("live keys", &sorted(expected), &sorted(live))?;
    status_at(index, model, index.now())
}

/// Who is where, what is under way and what is locked, as far as the log is looked at.
pub(crate) fn status_at(index: &Index, model: &Model, horizon: Horizon) -> Found {
    let fault = |error: promotion_replay::IndexError| error.to_string();
    let at = format!("with {} entries", horizon.size());
    for row in index.status(&StatusFilter::default(), horizon).map_err(fault)? {
        let spot: Spot = (row.spot.component.to_string(), row.spot.environment.to_string());
        let place = model.place(&spot);
        let holder = row.holder.map(|holder| (holder.version().to_string(), holder.digest().map(ToString::to_string).unwrap_or_default()));
        equal(&format!("{at}: who is in {} with {}", spot.1, spot.0), &place.holder, &holder)?;
        let under_way = row.under_way.map(|row| row.promotion.promotion_id);
        equal(&format!("{at}: what is under way in {} with {}", spot.1, spot.0), &place.run, &under_way)?;
    }
    let runs = index.under_way(None, horizon).map_err(fault)?.into_iter();
    let runs: BTreeMap<_, _> = runs.map(|row| (row.promotion.promotion_id, row.holder.to_string())).collect();
    let expected: BTreeMap<_, _> = model.runs.iter().map(|(id, run)| (*id, run.holder.clone())).collect();
    equal(&format!("{at}: runs under way"), &expected, &runs)?;
    let locks = index.locks(None, horizon).map_err(fault)?.into_iter();
    let locks: Vec<_> = locks.map(|row| (row.lock.sequence.get(), row.lock.owner.to_string())).collect();
    let expected: Vec<_> = model.locks.iter().map(|lock| (lock.sequence, lock.owner.clone())).collect();
    equal(&format!("{at}: locks"), &expected, &locks)?;
    words_at(index, model, horizon)
}

/// Which words are asked for, and which were taken that nobody else looked at.
fn words_at(index: &Index, model: &Model, horizon: Horizon) -> Found {
    let fault = |error: promotion_replay::IndexError| error.to_string();
    let at = format!("with {} entries", horizon.size());
    let requests = index.requests(None, horizon).map_err(fault)?.into_iter();
    let requests: Vec<_> = requests.map(|row| (row.sequence.get(), row.expires.as_micros())).collect();
    let open = model.requests.values().filter(|request| request.rejected.is_none());
    let mut expected: Vec<_> = open.map(|request| (request.sequence, request.expires)).collect();
    expected.sort_unstable();
    equal(&format!("{at}: requests for approval"), &expected, &requests)?;
    let overrides = index.unreviewed(None, horizon).map_err(fault)?.into_iter();
    let overrides: Vec<_> = overrides.map(|row| (row.sequence.get(), row.promotion_id)).collect();
    let open = model.overrides.iter().filter(|(_, found)| !found.reviewed);
    let mut expected: Vec<_> = open.map(|(id, found)| (found.sequence, *id)).collect();
    expected.sort_unstable();
    equal(&format!("{at}: overrides to be reviewed"), &expected, &overrides)
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

/// Where a rollback without a version goes, in every place.
fn targets(index: &Index, model: &Model) -> Found {
    for (spot, place) in model.places.iter().filter(|(_, place)| place.run.is_none()) {
        let (component, environment) = (spot.0.parse().expect("a component"), spot.1.parse().expect("an environment"));
        let target = index.rollback_target(&shop(), &component, &environment).map_err(|error| error.to_string())?;
        let target = target.map(|version| version.to_string());
        equal(&format!("where a rollback of {} with {} goes ({place:?})", spot.1, spot.0), &model.rollback_target(spot), &target)?;
    }
    Ok(())
}

/// Every tag that was recorded as written points there still; where nothing is under way and nothing was left, the
/// mutable tag points at who is there.
pub(crate) fn registry(world: &World) -> Found {
    if !world.fenced {
        return Ok(());
    }
    for (key, digest) in &world.model.tags {
        equal(&format!("tag {} of {}", key.1, key.0), &Some(digest), &world.tags.get(key))?;
    }
    for ((component, environment), place) in &world.model.places {
        let Some((version, digest)) = &place.holder else { continue };
        let key = (place.repository.clone(), format!("latest-{environment}"));
        let Some(latest) = world.model.tags.get(&key) else { continue };
        if place.run.is_none() && !place.tainted {
            equal(&format!("latest-{environment} of {component}, where {version} is"), digest, latest)?;
        }
    }
    Ok(())
}

/// The log is sound, nothing that was acknowledged is lost, the state from zero is that of the index, and, where that is
/// asked, the index is what a replay makes.
pub(crate) fn whole(store: &dyn Store, index: &Index, world: &World, replay: bool) -> Found {
    let now = Timestamp::from_micros(world.now).expect("a time in this century");
    let report = verify(&Live(store), &Pins::default(), now);
    if report.exit_code() != ExitCode::Done {
        return Err(format!("verify says {}: {:?}", report.exit_code(), report.findings.first()));
    }
    let mut chain = Chain::begin();
    let mut hashes = Vec::new();
    let mut refused = None;
    let each = &mut |entry: StoredEntry| match chain.admit(&entry.note) {
        Ok(Admitted::Verified(verified)) => {
            hashes.push(*verified.hash());
            ControlFlow::Continue(())
        }
        other => {
            refused = Some(format!("{other:?}"));
            ControlFlow::Break(())
        }
    };
    store.read(0..u64::MAX, each).map_err(|error| error.to_string())?;
    equal("an entry that the chain does not admit", &None, &refused)?;
    equal("entries that verify counts", &(hashes.len() as u64), &report.sound)?;
    for (sequence, hash) in &world.acknowledged {
        let found = usize::try_from(*sequence).ok().and_then(|at| hashes.get(at));
        equal(&format!("entry {sequence}, which was acknowledged"), &Some(hash), &found)?;
    }
    equal("how many entries were acknowledged", &(world.acknowledged.len() + 2), &hashes.len())?;
    targets(index, &world.model)?;
    facts::all(chain.state(), &world.model)?;
    equal("the core of the index", chain.state().core(), index.core())?;
    for (key, fact) in chain.state().facts() {
        let found = index.fact(key).map_err(|error| error.to_string())?;
        equal(&format!("the index's {key}"), &Some(fact), &found.as_ref())?;
    }
    if replay { check(index, store).map(|_| ()).map_err(|error| error.to_string()) } else { Ok(()) }
}

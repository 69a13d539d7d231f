//! What a process does from its start to its exit code: as the command line does it, over the real session and runner.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use promotion_delivery::gate::Cancel;
use promotion_delivery::registry::retry::Pace;
use promotion_delivery::runner::{Done, Means, RunError, Runner};
use promotion_delivery::session::{Session, SessionError};
use promotion_delivery::signature::NothingKept;
use promotion_ledger::custody::ledger::{Writer, genesis};
use promotion_ledger::custody::random::Counter;
use promotion_ledger::custody::store::Store;
use promotion_ledger::meaning::command::{Approve, Command, Lock, Promote, Register, Review, Rollback, Seen, Unlock, Verdict};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::artifact::GateCompleted;
use promotion_ledger::meaning::event::overriding::Finding;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::{Agent, Component, Environment, GateName, Reason, Repository, Version};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::index::Index;

use crate::ask::Ask;
use crate::desk::Desk;
use crate::process::{Cache, Line};
use crate::scene::{artifact, shop};
use crate::shelf::Shelf;
use crate::variants::variant;

/// Runs the command of that process, and gives its exit code.
pub(crate) fn perform(line: &Arc<Line>, store: &dyn Store, cache: &mut Cache) -> u8 {
    let desk = Desk { line, store };
    let done = match cache {
        Cache::Memory(index) => with_index(line, &desk, index),
        Cache::File(path) => match Index::open(path) {
            Ok(mut index) => with_index(line, &desk, &mut index),
            Err(error) => Err(error.exit_code()),
        },
    };
    done.err().unwrap_or(ExitCode::Done).number()
}

fn with_index(line: &Arc<Line>, desk: &Desk<'_>, index: &mut Index) -> Result<(), ExitCode> {
    index.follow(desk).map_err(|error| error.exit_code())?;
    let (who, ask) = resolved(line, index)?;
    let repository = repository(index, &ask);
    line.world().life(line.process).repository = repository.to_string();
    let (secret, actor, agent) = (who.secret(), who.actor(), Agent::new("promoledger/0.1.0").expect("an agent's name"));
    let random = Counter::new(line.chance());
    let writer = Writer { signer: &secret, actor: &actor, agent: &agent, clock: line.as_ref(), random: &random };
    let pause = |_: Duration| {};
    let mut session = Session { store: desk, index, writer, token: None, pause: &pause };
    match command(&ask, &session)? {
        Some(command) => session.commit(&command, &[]).map(|_| ()).map_err(|error: SessionError| error.exit_code()),
        None => {
            let shelf = Shelf { line, repository: repository.clone() };
            let mut runner = Runner { session: &mut session, registry: &shelf, repository };
            walk(&mut runner, &ask).map(|_| ()).map_err(|error| error.exit_code())
        }
    }
}

/// Who asks what, once the index has said where a rollback without a version goes.
fn resolved(line: &Line, index: &Index) -> Result<(crate::cast::Who, Ask), ExitCode> {
    let life = line.world().life(line.process).clone();
    let Ask::Rollback { id, component, version: None, environment } = life.ask else { return Ok((life.who, life.ask)) };
    let fault = |error: promotion_replay::index::IndexError| error.exit_code();
    let (its_component, its_environment) = (name::<Component>(component), name::<Environment>(environment));
    let under_way = index.under_way(Some(&shop()), index.now()).map_err(fault)?.into_iter();
    let same = under_way.filter(|run| run.leaves.is_some()).map(|run| run.promotion);
    let going_on = same.filter(|promotion| promotion.component == its_component && promotion.to == its_environment);
    let target = match going_on.map(|promotion| promotion.version).next() {
        Some(version) => Some(version),
        None => index.rollback_target(&shop(), &its_component, &its_environment).map_err(fault)?,
    };
    let target = target.map(|version| version.to_string());
    let mut world = line.world();
    let expected = world.model.rollback_target(&(component.to_owned(), environment.to_owned()));
    if target != expected {
        world.blame(format!("a rollback of {environment} with {component} goes to {expected:?}, found {target:?}"));
    }
    let version = Some(target.ok_or(ExitCode::NeverPromoted)?);
    let ask = Ask::Rollback { id, component, version, environment };
    world.life(line.process).ask = ask.clone();
    Ok((life.who, ask))
}

/// The repository that the rules have for the component, as they stand when the process starts.
fn repository(index: &Index, ask: &Ask) -> Repository {
    let of_run = match ask {
        Ask::Resume { id } | Ask::Abort { id, .. } => index.run(id).ok().flatten().map(|run| run.promotion.component),
        _ => None,
    };
    let component = of_run.or_else(|| ask.component().map(name::<Component>)).unwrap_or_else(|| name("api"));
    let rule = index.core().rules(&shop()).and_then(|rules| rules.component(&component));
    let home = || Repository::new(variant(0).repository(component.as_str()).expect("a component of the scene")).expect("a repository");
    rule.map_or_else(home, |rule| rule.repository.clone())
}

/// The command, where it is one decision and no walk.
fn command(ask: &Ask, session: &Session<'_>) -> Result<Option<Command>, ExitCode> {
    let because = |text: &str| Reason::new(text).expect("a reason");
    Ok(Some(match ask {
        Ask::Register { component, version, build, breaking } => Command::Register(Register {
            pipeline: shop(),
            component: name(component),
            version: name(version),
            digest: artifact(component, version, *build).digest().clone(),
            source_sha: None,
            breaking: breaking.then(|| because("the old answer is gone")).into_iter().collect(),
        }),
        Ask::Lock { environment, component, expires } => Command::Lock(Lock {
            pipeline: shop(),
            environment: name(environment),
            component: component.map(name),
            expires: expires.map(|expires| Timestamp::from_micros(expires).expect("a time in this century")),
            reason: because("an audit"),
        }),
        Ask::Unlock { environment, component, others } => Command::Unlock(Unlock {
            pipeline: shop(),
            environment: name(environment),
            component: component.map(name),
            others: *others,
            reason: None,
        }),
        Ask::Gate { gate, component, environment, digest, status } => Command::RecordGate(GateCompleted {
            component: name(component),
            digest: Digest::new(digest.clone()).expect("a digest"),
            duration_ms: None,
            environment: name(environment),
            evidence: None,
            gate: GateName::new(*gate).expect("a gate's name"),
            message: None,
            pipeline: shop(),
            policy: None,
            scan: None,
            status: *status,
        }),
        Ask::Answer { component, environment, digest, request, yes } => Command::Approve(Approve {
            pipeline: shop(),
            component: name(component),
            digest: Digest::new(digest.clone()).expect("a digest"),
            environment: name(environment),
            request: Sequence::new(*request),
            verdict: if *yes { Verdict::Yes(None) } else { Verdict::No(because("not today")) },
        }),
        Ask::Review { id } => {
            Command::Review(Review { promotion_id: *id, finding: Finding::Justified, note: because("there was no other way") })
        }
        Ask::Adopt { variant: number } => Command::AdoptManifest(variant(*number).rules()),
        Ask::AddKey { whose } => {
            let begun = genesis(session.store).map_err(|error| error.exit_code())?.ok_or(ExitCode::Incomplete)?;
            Command::AddKey(whose.added_key(&begun))
        }
        Ask::Revoke { whose } => Command::RevokeKey(whose.revocation()),
        Ask::Endorse { proposal } => Command::Endorse(Sequence::new(*proposal)),
        Ask::CorrectClock => Command::CorrectClock(because("a clock ran ahead")),
        Ask::Promote { .. } | Ask::Rollback { .. } | Ask::Resume { .. } | Ask::Abort { .. } => return Ok(None),
    }))
}

/// What a promotion is examined with: no gate of a simulated pipeline is a command, and no signature is looked for.
fn examined<T>(act: impl FnOnce(&Means<'_>) -> T) -> T {
    let (environment, folder, cancel) = (BTreeMap::new(), PathBuf::from("/"), Cancel::default());
    act(&Means { environment: &environment, folder: &folder, pace: &Still, cancel: &cancel, progress: &|_| {}, verdicts: &NothingKept })
}

/// Time that does not pass.
struct Still;

impl Pace for Still {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) {}

    fn jitter(&self) -> f64 {
        0.0
    }
}

fn walk(runner: &mut Runner<'_, '_>, ask: &Ask) -> Result<Done, RunError> {
    let because = |text: &str| Reason::new(text).expect("a reason");
    match ask {
        Ask::Promote { id, component, version, from, to, downgrade, breaking, force, glass } => examined(|means| {
            let promote = Promote {
                promotion_id: *id,
                pipeline: shop(),
                component: name(component),
                version: name(version),
                from: from.parse().expect("a source"),
                to: name(to),
                allow_breaking: *breaking,
                allow_downgrade: *downgrade,
                break_glass: glass.then(|| because("customers cannot pay")),
                force: *force,
                reason: None,
                seen: Seen::default(),
                accept_asserted: false,
            };
            runner.promote(promote, means)
        }),
        Ask::Rollback { id, component, version, environment } => runner.rollback(Rollback {
            promotion_id: *id,
            pipeline: shop(),
            component: name(component),
            version: Version::new(version.clone().expect("it was resolved before")).expect("a version"),
            environment: name(environment),
            reason: because("it is broken"),
            target_tag: None,
            accept_asserted: false,
        }),
        Ask::Resume { id } => runner.resume(*id),
        Ask::Abort { id, leave_tags } => runner.abort(*id, &because("nobody is at it"), *leave_tags),
        other => unreachable!("{other:?} is one decision"),
    }
}

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name of the scene")
}

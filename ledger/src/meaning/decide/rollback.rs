//! To roll an environment back. A rollback passes promotions that hang: it ends them and takes their place.

use super::super::accepted::Accepted;
use super::super::command::{Asker, Rollback};
use super::super::core::KeyRecord;
use super::super::digest::Digest;
use super::super::event::promotion::{Action, Leaves, Promotion, RollbackRefused, RollbackRequested};
use super::super::event::{Event, EventType};
use super::super::facts::{Holder, Run};
use super::super::guard::{self, Person};
use super::super::id::PromotionId;
use super::super::refusal::{Because, ExitCode, Refusal};
use super::super::rules::{EnvironmentRule, Rules, Source};
use super::super::state::State;
use super::common::{
    Decision, asserted_only, at, because, environment_right, for_the_record, id_taken, in_force, known_component, known_environment,
    passed_authorization, refused_authorization, rests_on_import, right, rules, sentence,
};
use super::run;

const APPENDS: &[EventType] = &[
    EventType::RollbackRequested,
    EventType::AuthorizationDecided,
    EventType::StepStarted,
    EventType::RegistryTagged,
    EventType::RollbackCompleted,
];

pub(super) fn rollback(state: &State, asker: &Asker, signer: &KeyRecord, rollback: &Rollback) -> Result<Decision, Refusal> {
    let rules = rules(state, &rollback.pipeline)?;
    known_component(rules, &rollback.component)?;
    let rule = known_environment(rules, &rollback.environment, ExitCode::NotFound)?;
    let Rollback { pipeline, component, version, environment, .. } = rollback;
    let place = state.place(pipeline, component, environment);
    let hanging = place.run.and_then(|id| state.run(&id));
    if let Some(id) = hanging.and_then(|hanging| same_run(hanging, rollback)) {
        return Ok(Decision::resume(id));
    }
    let Some(holder) = place.holder else {
        let message = format!("{component} was never promoted to {environment}: there is nothing to roll back");
        return Err(Because::new(ExitCode::NeverPromoted, message).into());
    };
    if holder.version == *version && hanging.is_none() {
        return Ok(Decision::nothing());
    }
    if state.ever_began(&rollback.promotion_id) || state.overriding(&rollback.promotion_id).is_some() {
        return Err(id_taken(&rollback.promotion_id));
    }
    let promotion = promotion(state, rollback)?;
    judge(state, &Who { asker, signer, rules, rule }, rollback, &promotion, &holder, hanging)
}

/// What would land: the version as it was promoted there.
fn promotion(state: &State, rollback: &Rollback) -> Result<Promotion, Refusal> {
    let Rollback { pipeline, component, version, environment, .. } = rollback;
    let Some(visit) = state.visit(pipeline, component, environment, version) else {
        if let Some(digest) = said_to_be_there(state, rollback) {
            let landing = landing(rollback, digest);
            return if rollback.accept_asserted {
                Ok(landing)
            } else {
                Err(refuse(&landing, None, vec![asserted_only(component, version, environment)]))
            };
        }
        let message = format!("{component} {version} was never promoted to {environment}");
        let reason = Because::new(ExitCode::NeverPromoted, message);
        return Err(match state.release(pipeline, component, version) {
            Some(release) => refuse(&landing(rollback, &release.digest), None, vec![reason]),
            None => reason.into(),
        });
    };
    Ok(landing(rollback, &visit.digest))
}

/// The digest that imported history says came into the environment, and was not taken out since.
fn said_to_be_there<'a>(state: &'a State, rollback: &Rollback) -> Option<&'a Digest> {
    let Rollback { pipeline, component, version, environment, .. } = rollback;
    let visit = state.asserted(pipeline, component, environment, version)?;
    visit.digest.as_ref().filter(|_| !visit.removed)
}

fn landing(rollback: &Rollback, digest: &Digest) -> Promotion {
    let Rollback { pipeline, component, version, environment, promotion_id, .. } = rollback.clone();
    Promotion {
        component,
        digest: digest.clone(),
        from: Source::From(environment.clone()),
        pipeline,
        promotion_id,
        to: environment,
        version,
    }
}

/// Who asks, and by which rules they are judged.
struct Who<'a> {
    asker: &'a Asker,
    signer: &'a KeyRecord,
    rules: &'a Rules,
    rule: &'a EnvironmentRule,
}

fn judge(
    state: &State,
    who: &Who<'_>,
    rollback: &Rollback,
    promotion: &Promotion,
    holder: &Holder,
    hanging: Option<&Run>,
) -> Result<Decision, Refusal> {
    let Who { asker, signer, rules, rule } = *who;
    let touches = promotion.touches();
    let ends_another = hanging.map(|_| EventType::PromotionAborted);
    let appends: Vec<EventType> = APPENDS.iter().copied().chain(ends_another).collect();
    let authorized = right(signer, &appends, touches).and_then(|granted| {
        let who = Person::new(state, &rollback.pipeline, signer, &asker.actor, at(state, asker));
        environment_right(rules, rule, &who, granted)
    });
    let mut reasons: Vec<Because> = Vec::new();
    // Where a promotion hangs, going back to what is there still moves the mutable tag back; that is what abort does.
    if holder.version == promotion.version {
        let id = hanging.map(|run| run.promotion.promotion_id).unwrap_or(promotion.promotion_id);
        let message =
            format!("{} {} is in {} already, and a promotion is under way there", promotion.component, promotion.version, promotion.to);
        reasons.push(
            Because::new(ExitCode::Busy, message).hint(format!("end it, which puts the tags back: promoledger abort {id} --reason …")),
        );
    }
    let foreign =
        state.locks_on(&promotion.pipeline, &promotion.to, &promotion.component, at(state, asker)).filter(|lock| lock.owner != asker.actor);
    reasons.extend(foreign.map(|lock| because(guard::locked(&promotion.to, lock))));
    reasons.extend(authorized.as_ref().err().cloned());
    let visit = state.visit(&promotion.pipeline, &promotion.component, &promotion.to, &promotion.version);
    let number = visit.map_or(0, |visit| visit.rollbacks) + 1;
    reasons.extend(tag(rollback, promotion, number));
    match (authorized, reasons.is_empty()) {
        (Ok(via), true) => {
            let leaves = Leaves { digest: holder.digest.clone(), number, version: holder.version.clone() };
            let mut events: Vec<Event> = Vec::new();
            events.extend(hanging.map(|hanging| ended(hanging, promotion)));
            events.extend(request(state, rollback, promotion, leaves, via));
            let Promotion { component, version, to, .. } = promotion;
            let asserted = visit.is_none().then(|| rests_on_import(component, version, to));
            Ok(Decision { warnings: asserted.into_iter().collect(), ..Decision::append(events) })
        }
        (authorized, _) => Err(refuse(promotion, authorized.err(), reasons)),
    }
}

fn ended(hanging: &Run, promotion: &Promotion) -> Event {
    let reason = format!("a rollback of {} to {} takes its place: {}", promotion.to, promotion.version, promotion.promotion_id);
    run::aborted(hanging, &sentence(reason))
}

fn request(state: &State, rollback: &Rollback, promotion: &Promotion, leaves: Leaves, via: super::super::names::Reason) -> [Event; 2] {
    let manifest = in_force(state, &promotion.pipeline);
    let accept_asserted = Accepted::when(rollback.accept_asserted);
    let requested = RollbackRequested { accept_asserted, leaves, manifest, promotion: promotion.clone(), reason: rollback.reason.clone() };
    [requested.into(), passed_authorization(Action::Rollback, promotion, via)]
}

fn refuse(promotion: &Promotion, unauthorized: Option<Because>, reasons: Vec<Because>) -> Refusal {
    let mut record: Vec<Event> = Vec::new();
    if let Some(reason) = &unauthorized {
        let component = Some(&promotion.component);
        record.push(refused_authorization(
            Action::Rollback,
            &promotion.pipeline,
            &promotion.to,
            component,
            reason,
            Some(promotion.clone()),
        ));
    }
    record.push(RollbackRefused { promotion: promotion.clone(), reasons: for_the_record(&reasons) }.into());
    let mut reasons = reasons.into_iter();
    let first = reasons.next().unwrap_or_else(|| Because::new(ExitCode::Failure, "refused"));
    Refusal::new(first, reasons.collect(), record)
}

fn tag(rollback: &Rollback, promotion: &Promotion, number: u32) -> Option<Because> {
    let found = rollback.target_tag.as_ref().filter(|found| **found != promotion.digest)?;
    let message = format!(
        "tag {}-{}-rollback-{number} exists on another digest: expected {}, found {found}",
        promotion.version, promotion.to, promotion.digest
    );
    Some(Because::new(ExitCode::TagConflict, message).hint("somebody made this tag by hand; find out who before rolling back"))
}

fn same_run(run: &Run, rollback: &Rollback) -> Option<PromotionId> {
    let same = run.leaves.is_some() && run.promotion.version == rollback.version && run.promotion.component == rollback.component;
    same.then_some(run.promotion.promotion_id)
}

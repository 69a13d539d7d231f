//! To promote a release.

use super::super::accepted::Accepted;
use super::super::command::{Asker, Promote, Seen};
use super::super::core::KeyRecord;
use super::super::event::approval::ApprovalRequested;
use super::super::event::overriding::{GuardOverridden, Overridable, Overridden};
use super::super::event::promotion::{Action, DowngradeDecided, Outcome, PromotionRefused, PromotionRequested};
use super::super::event::signature::{SignatureChecked, SignatureFound};
use super::super::event::{Event, EventType};
use super::super::facts::Approvals;
use super::super::grant::{Permission, Reach, Touches};
use super::super::guard::{self, Asked, Person, Stop};
use super::super::id::Epoch;
use super::super::names::Reason;
use super::super::refusal::{Because, ExitCode, Refusal};
use super::super::rules::{EnvironmentRule, Rules};
use super::super::state::State;
use super::common::{
    Decision, at, because, environment_right, for_the_record, id_taken, in_force, known_component, known_environment, passed_authorization,
    refused_authorization, rests_on_import, right, rules, sentence,
};
use super::{gates, obstacles, seen};

/// What a promotion appends; whoever may not append all of it may not begin.
const APPENDS: &[EventType] = &[
    EventType::PromotionRequested,
    EventType::AuthorizationDecided,
    EventType::DowngradeDecided,
    EventType::StepStarted,
    EventType::RegistryTagged,
    EventType::PromotionCompleted,
];

pub(super) fn promote(state: &State, asker: &Asker, signer: &KeyRecord, promote: &Promote) -> Result<Decision, Refusal> {
    let promote = &seen::that_holds(rules(state, &promote.pipeline)?, promote);
    let state = &state.foreseeing(&promote.seen.gates, at(state, asker));
    let rules = rules(state, &promote.pipeline)?;
    known_component(rules, &promote.component)?;
    let rule = known_environment(rules, &promote.to, ExitCode::InvalidTransition)?;
    let Some(release) = state.release(&promote.pipeline, &promote.component, &promote.version) else {
        let message = format!("{} {} is not registered in pipeline {}", promote.component, promote.version, promote.pipeline);
        return Err(Because::new(ExitCode::NotFound, message)
            .hint(format!(
                "make it known first: promoledger register {} --component {} --ref REPOSITORY@DIGEST",
                promote.version, promote.component
            ))
            .into());
    };
    let promotion = promote.promotion(&release.digest);
    let place = state.place(&promote.pipeline, &promote.component, &promote.to);
    let step = obstacles::one_step(rules, promote);
    if step.is_none() {
        if let Some(same) = place.run.and_then(|id| obstacles::same_run(state, &id, &promotion)) {
            return Ok(Decision::resume(same));
        }
        let there = place.holder.as_ref().is_some_and(|holder| holder.version == promotion.version && holder.digest == promotion.digest);
        if there && !promote.force && place.run.is_none() && obstacles::tag(promote, &promotion).is_none() {
            return Ok(Decision::nothing());
        }
    }
    if state.ever_began(&promote.promotion_id) || state.overriding(&promote.promotion_id).is_some() {
        return Err(id_taken(&promote.promotion_id));
    }
    let current = place.holder.map(|holder| holder.version);
    let downgrade = guard::downgrade(state, rules, &promotion, current, promote.allow_downgrade);
    let asked = Asked {
        promotion: &promotion,
        who: Person::new(state, &promote.pipeline, signer, &asker.actor, at(state, asker)),
        at: at(state, asker),
        accept_asserted: promote.accept_asserted,
        allow_breaking: promote.allow_breaking,
    };
    Judgement { state, rules, rule, promote, asked, downgrade }.judge(step)
}

/// Everything that a promotion is judged by.
struct Judgement<'a> {
    state: &'a State,
    rules: &'a Rules,
    rule: &'a EnvironmentRule,
    promote: &'a Promote,
    asked: Asked<'a>,
    downgrade: DowngradeDecided,
}

impl Judgement<'_> {
    fn judge(self, step: Option<Because>) -> Result<Decision, Refusal> {
        let authorized = self.authorized();
        let mut overridden = Vec::new();
        let reasons = self.reasons(step, &authorized, &mut overridden);
        match (authorized, reasons.is_empty()) {
            (Ok(via), true) => Ok(self.go(via, overridden)),
            (authorized, _) => Err(self.refuse(authorized.err(), reasons)),
        }
    }

    /// By what right the key may append all of it, and the principal change the environment.
    fn authorized(&self) -> Result<Reason, Because> {
        let Asked { promotion, who: Person { key, .. }, .. } = self.asked;
        let signature = self.rule.signature.map(|_| EventType::SignatureChecked);
        let glass = self.promote.break_glass.as_ref().map(|_| EventType::GuardOverridden);
        let appends: Vec<EventType> = APPENDS.iter().copied().chain(signature).chain(glass).collect();
        let granted = right(key, &appends, promotion.touches())?;
        self.may_record_gates()?;
        environment_right(self.rules, self.rule, &self.asked.who, granted)
    }

    /// Whether the key may record what the gates of this decision said, and those that are to be run will say.
    fn may_record_gates(&self) -> Result<(), Because> {
        let Asked { promotion, who: Person { key, .. }, .. } = self.asked;
        let Seen { gates, pending, .. } = &self.promote.seen;
        let names = gates.iter().map(|result| &result.gate).chain(pending);
        names.into_iter().try_for_each(|gate| {
            let touches = Touches { gate: Reach::One(gate), ..promotion.touches() };
            right(key, &[EventType::GateCompleted], touches).map(|_| ())
        })
    }

    /// Every reason not to go ahead, in the order of checks. What passes on the asker's word is set aside.
    fn reasons(&self, step: Option<Because>, authorized: &Result<Reason, Because>, overridden: &mut Vec<Overridden>) -> Vec<Because> {
        let Self { state, rules, rule, promote, asked, downgrade } = self;
        let promotion = asked.promotion;
        let mut reasons: Vec<Because> = guard::halts(state, &promotion.pipeline).into_iter().map(because).collect();
        reasons.extend(obstacles::busy(state, promotion));
        let mut moment = guard::locks(state, asked);
        moment.extend(guard::freeze(rule, asked));
        moment.extend(guard::soak(state, rule, asked));
        reasons.extend(self.not_overridden(moment, overridden));
        reasons.extend(authorized.as_ref().err().cloned());
        reasons.extend(guard::duties(state, rule, asked).map(because));
        reasons.extend(step);
        if reasons.iter().all(|reason| reason.code != ExitCode::InvalidTransition) {
            reasons.extend(obstacles::source(state, promote, promotion));
        }
        reasons.extend(obstacles::tag(promote, promotion));
        reasons.extend(obstacles::guarded(downgrade));
        reasons.extend(guard::breaking(state, asked).map(because));
        reasons.extend(guard::versions(rule, asked).map(because));
        reasons.extend(self.not_overridden(guard::approvals(state, rule, asked).into_iter().collect(), overridden));
        reasons.extend(obstacles::signature(rule, promote, promotion));
        let missing = gates::missing(state, rules, rule, &promote.seen, asked);
        if promote.break_glass.is_some() && !missing.is_empty() {
            let messages: Vec<String> = missing.into_iter().map(|gate| gate.message).collect();
            overridden.push(Overridden { guard: Overridable::Gates, message: sentence(messages.join("; ")) });
        } else {
            reasons.extend(missing);
        }
        reasons
    }

    /// The stops as reasons, but those that are passed on the asker's word.
    fn not_overridden(&self, stops: Vec<Stop>, overridden: &mut Vec<Overridden>) -> Vec<Because> {
        if self.promote.break_glass.is_none() {
            return stops.into_iter().map(because).collect();
        }
        let (passed, stops): (Vec<_>, Vec<_>) = stops.into_iter().partition(|stop| stop.guard.overridable().is_some());
        for stop in passed {
            let Some(guard) = stop.guard.overridable() else { continue };
            match overridden.last_mut().filter(|last| last.guard == guard) {
                Some(last) => last.message = sentence(format!("{}; {}", last.message, stop.message)),
                None => overridden.push(Overridden { guard, message: sentence(stop.message) }),
            }
        }
        stops.into_iter().map(because).collect()
    }

    fn go(self, via: Reason, overridden: Vec<Overridden>) -> Decision {
        let Self { state, promote, asked, downgrade, rule, .. } = self;
        let promotion = asked.promotion;
        let mut warnings = obstacles::warnings(&downgrade);
        let rests = promotion
            .from
            .environment()
            .filter(|from| state.visit(&promotion.pipeline, &promotion.component, from, &promotion.version).is_none());
        warnings.extend(rests.map(|from| rests_on_import(&promotion.component, &promotion.version, from)));
        warnings.extend(overridden.iter().map(|overridden| format!("{} overridden: {}", overridden.guard, overridden.message)));
        warnings.extend(gates::advice(rule, &promote.seen));
        let mut events: Vec<Event> = promote.seen.gates.iter().cloned().map(Event::from).collect();
        if let (Some(why), false) = (&promote.break_glass, overridden.is_empty()) {
            let (guards, justification) = (overridden, why.clone());
            events.push(GuardOverridden { guards, justification, promotion: promotion.clone() }.into());
        }
        events.push(
            PromotionRequested {
                accept_asserted: Accepted::when(promote.accept_asserted),
                allow_breaking: Accepted::when(promote.allow_breaking),
                allow_downgrade: promote.allow_downgrade,
                forced: promote.force,
                manifest: in_force(state, &promotion.pipeline),
                promotion: promotion.clone(),
                reason: promote.reason.clone(),
            }
            .into(),
        );
        events.push(passed_authorization(Action::Promote, promotion, via));
        events.push(downgrade.into());
        if let (Some(seen), Some(_)) = (&promote.seen.signature, rule.signature) {
            if seen.found != SignatureFound::Verified {
                warnings.push(format!("WARNING: {}", seen.message));
            }
            events.push(
                SignatureChecked {
                    epoch: Epoch::FIRST,
                    found: seen.found,
                    message: seen.message.clone(),
                    policy: seen.policy.clone(),
                    promotion: promotion.clone(),
                }
                .into(),
            );
        }
        Decision { events, warnings, resume: None }
    }

    /// A refusal is part of the record: the decisions that were made, then the refusal with every reason. Where approvals alone
    /// are missing, they are asked for.
    fn refuse(self, unauthorized: Option<Because>, mut reasons: Vec<Because>) -> Refusal {
        let promotion = self.asked.promotion;
        let mut record: Vec<Event> = self.gates_to_record(&reasons);
        match &unauthorized {
            Some(reason) => record.push(refused_authorization(
                Action::Promote,
                &promotion.pipeline,
                &promotion.to,
                Some(&promotion.component),
                reason,
                Some(promotion.clone()),
            )),
            None if self.downgrade.outcome == Outcome::Refused => record.push(self.downgrade.clone().into()),
            None => {}
        }
        if let [only] = reasons.as_mut_slice() {
            record.extend(self.ask_for_approval(only));
        }
        record.push(PromotionRefused { promotion: promotion.clone(), reasons: for_the_record(&reasons) }.into());
        let mut reasons = reasons.into_iter();
        let first = reasons.next().unwrap_or_else(|| Because::new(ExitCode::Failure, "refused"));
        Refusal::new(first, reasons.collect(), record)
    }

    /// What the gates said, where it is a reason and the key may say so.
    fn gates_to_record(&self, reasons: &[Because]) -> Vec<Event> {
        let tells = reasons.iter().any(|reason| reason.code == ExitCode::GateFailed) && self.may_record_gates().is_ok();
        let results = self.promote.seen.gates.iter().filter(|_| tells);
        results.cloned().map(Event::from).collect()
    }

    /// Asks for approvals when nothing else is missing, none are asked for, and the key may.
    fn ask_for_approval(&self, only: &mut Because) -> Option<Event> {
        let Asked { promotion, who: Person { key, .. }, at, .. } = self.asked;
        let demanded = self.rule.approvals.as_ref().filter(|_| only.code == ExitCode::Approval)?;
        let manifest = in_force(self.state, &promotion.pipeline);
        let found = self.state.approvals(&promotion.pipeline, &promotion.component, &promotion.to, &promotion.digest);
        let open = |found: &&Approvals| {
            found.manifest == manifest && at < found.expires && found.version == promotion.version && found.rejected.is_none()
        };
        if found.filter(open).is_some() || key.grant_for(Permission::Append(EventType::ApprovalRequested), promotion.touches()).is_none() {
            return None;
        }
        let entry = self.state.core().size;
        let expires = at.plus_seconds(demanded.valid_seconds);
        only.message = format!("{}; they are asked for with entry {entry}", only.message);
        only.hint = Some(format!("have others run `promoledger approve seq:{entry}` before {}; then promote again", expires.to_minute()));
        Some(
            ApprovalRequested {
                component: promotion.component.clone(),
                digest: promotion.digest.clone(),
                environment: promotion.to.clone(),
                expires,
                from: promotion.from.clone(),
                manifest,
                pipeline: promotion.pipeline.clone(),
                reason: self.promote.reason.clone(),
                version: promotion.version.clone(),
            }
            .into(),
        )
    }
}

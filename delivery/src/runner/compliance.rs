//! The gate `policy_compliance`: the pipeline's policies, asked about a promotion and what the ledger says at that moment.

use std::collections::BTreeSet;

use promotion_ledger::meaning::command::Promote;
use promotion_ledger::meaning::core::Proven;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::artifact::{GateStatus, PolicyAsked};
use promotion_ledger::meaning::event::promotion::Promotion;
use promotion_ledger::meaning::guard::{Person, groups_of};
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::names::GateName;
use promotion_ledger::meaning::rules::{EnvironmentRule, Rules};
use promotion_ledger::meaning::state::State;
use promotion_replay::index::IndexError;
use promotion_replay::models::rows::TenureRow;

use super::ending::Runner;
use super::result::{Examined, result};
use crate::evidence;
use crate::policy::{Action, Artifact, DecisionId, Facts, Gate, Input, Lock, Policies, PolicyDigest, Request, Standing, Verdict, Visit};
use crate::registry::Description;

/// How many releases that were there before a policy is told of.
const PREVIOUS: u32 = 20;

/// What a promotion is asked about.
pub(super) struct Question<'a> {
    pub(super) state: &'a State,
    pub(super) rules: &'a Rules,
    pub(super) rule: &'a EnvironmentRule,
    pub(super) promote: &'a Promote,
    pub(super) promotion: &'a Promotion,
    pub(super) description: &'a Description,
    pub(super) reference: String,
}

/// Asks the policies. Whatever is no answer denies.
pub(super) fn ask(runner: &Runner<'_, '_>, gate: &GateName, question: &Question<'_>) -> Result<Examined, IndexError> {
    let input = input(runner, question)?;
    let policies = question.rules.policies();
    let sources: Vec<(&str, &str)> = policies.iter().map(|policy| (policy.name.as_str(), policy.text.as_str())).collect();
    let (status, message, asked) = match Policies::compile(&sources) {
        Ok(policies) => judged(&policies, &input, question.promotion.promotion_id),
        Err(error) => (GateStatus::Failed, Some(format!("the policies cannot be asked: {error}")), None),
    };
    let mut event = result(question.promotion, gate, status, message);
    event.policy = asked.map(Box::new);
    // The document that was judged, as the decision's id was made of it: whoever has it and the rules asks again.
    let keep = || evidence::kept(input.canonical(), evidence::json(), runner.session.writer.random);
    let (evidence, body) = (!sources.is_empty()).then(keep).unzip();
    event.evidence = evidence;
    Ok(Examined { event, body })
}

/// How the gate ends, why, and which question that answers.
fn judged(policies: &Policies, input: &Input, promotion_id: PromotionId) -> (GateStatus, Option<String>, Option<PolicyAsked>) {
    let asked = |policies: &PolicyDigest, decision: &DecisionId| {
        let (decision, policies) = (Digest::from_sha256(decision.as_bytes()), Digest::from_sha256(policies.as_bytes()));
        Some(PolicyAsked { decision, policies, promotion_id })
    };
    match policies.judge(input) {
        Ok(Verdict { allowed, denials, warnings, policy_digest, decision_id }) => {
            let status = match (allowed, warnings.is_empty()) {
                (false, _) => GateStatus::Failed,
                (true, false) => GateStatus::Warning,
                (true, true) => GateStatus::Passed,
            };
            let said = if allowed { warnings } else { denials };
            (status, (!said.is_empty()).then(|| said.join("; ")), asked(&policy_digest, &decision_id))
        }
        Err(unanswered) => (GateStatus::Failed, Some(unanswered.to_string()), asked(&unanswered.policy_digest, &unanswered.decision_id)),
    }
}

fn input(runner: &Runner<'_, '_>, question: &Question<'_>) -> Result<Input, IndexError> {
    let Question { promote, promotion, description, reference, .. } = question;
    let artifact = Artifact {
        reference: reference.clone(),
        digest: promotion.digest.to_string(),
        component: promotion.component.to_string(),
        version: promotion.version.to_string(),
        annotations: description.annotations.clone(),
        labels: description.labels.clone(),
    };
    let request = Request {
        pipeline: promotion.pipeline.to_string(),
        from: promotion.from.to_string(),
        to: promotion.to.to_string(),
        actor: runner.session.writer.actor.to_string(),
        groups: groups(runner, question),
        action: Action::Promote,
        reason: promote.reason.as_ref().map(ToString::to_string),
        promotion_id: promotion.promotion_id.to_string(),
        time: runner.session.asker().now.to_string(),
    };
    Ok(Input { artifact, request, ledger: facts(runner, question)? })
}

fn groups(runner: &Runner<'_, '_>, question: &Question<'_>) -> BTreeSet<String> {
    let asker = runner.session.asker();
    let Some(key) = question.state.core().key(&asker.key) else { return BTreeSet::new() };
    let at = question.state.core().floor.map_or(asker.now, |floor| floor.max(asker.now));
    let mut who = Person::new(question.state, question.rules.pipeline(), key, &asker.actor, at);
    // What is shown with this promotion is recorded before it, and counts as if it stood there.
    let shown =
        asker.proven.as_deref().map(|proven| Proven::new(proven, &asker.key, &asker.actor, Sequence::new(question.state.core().size)));
    if let Some(shown) = shown.as_ref().filter(|shown| shown.pipeline == *question.rules.pipeline() && at < shown.expires) {
        who.proven = Some(shown);
    }
    groups_of(question.rules, &who).into_iter().map(|(group, _)| group.to_string()).collect()
}

fn facts(runner: &Runner<'_, '_>, question: &Question<'_>) -> Result<Facts, IndexError> {
    let Question { state, rule, promotion, .. } = question;
    let Promotion { pipeline, component, to, digest, .. } = promotion;
    let index = &*runner.session.index;
    let mut there = index.tenures(pipeline, Some(component), to, index.now(), PREVIOUS + 1)?.into_iter().peekable();
    let current = there.next_if(|tenure| tenure.to_sequence.is_none()).map(standing);
    let mut visits = index.whereabouts(digest, index.now())?;
    visits.retain(|visit| visit.pipeline == *pipeline && visit.component == *component);
    visits.sort_by_key(|visit| visit.from_sequence);
    let results = rule.gates.iter().filter_map(|gate| Some((gate, state.gate(pipeline, component, to, gate, digest)?)));
    let mut gates: Vec<Gate> = results
        .map(|(gate, result)| Gate {
            gate: gate.to_string(),
            status: result.status.into(),
            entry: result.sequence.get(),
            time: result.time.to_string(),
        })
        .collect();
    gates.sort_by(|one, other| one.gate.cmp(&other.gate));
    let locks = state.locks_on(pipeline, to, component, runner.session.asker().now);
    Ok(Facts {
        current,
        previous: there.map(standing).collect(),
        visits: visits
            .into_iter()
            .map(|visit| Visit { environment: visit.environment.to_string(), since: visit.since.to_string(), by: visit.by.to_string() })
            .collect(),
        gates,
        locks: locks
            .map(|lock| Lock {
                component: lock.component.as_ref().map(ToString::to_string),
                by: lock.owner.to_string(),
                reason: lock.reason.to_string(),
                since: lock.since.to_string(),
                until: lock.expires.map(|expires| expires.to_string()),
            })
            .collect(),
    })
}

fn standing(tenure: TenureRow) -> Standing {
    Standing {
        version: tenure.version.to_string(),
        digest: tenure.digest.to_string(),
        since: tenure.since.to_string(),
        by: tenure.by.to_string(),
    }
}

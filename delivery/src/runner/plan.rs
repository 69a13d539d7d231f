//! What promoting or rolling back would come to, found out without writing anything anywhere.

use promotion_ledger::meaning::command::{Command, Promote, Rollback, SignatureSeen};
use promotion_ledger::meaning::decide::Decision;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::GateName;
use promotion_ledger::meaning::refusal::Refusal;

use super::ending::{RunError, Runner};
use super::examine::Examination;
use super::means::Means;
use crate::session::SessionError;

/// What a dry run found.
#[derive(Debug)]
pub struct Plan {
    /// What would be decided.
    pub outcome: Result<Decision, Refusal>,
    /// What would land, when the release is known.
    pub digest: Option<Digest>,
    /// What the gates come to that are demanded, in the manifest's order.
    pub gates: Vec<PlannedGate>,
    /// What was found of the artifact's signature, where the rules ask for one.
    pub signature: Option<SignatureSeen>,
}

/// What a gate comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedGate {
    /// The gate.
    pub gate: GateName,
    /// How it stands.
    pub standing: Standing,
}

/// How a gate stands before a promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was answered just now.
    Answered(GateStatus),
    /// It would be run.
    WouldRun,
    /// It was recorded there.
    Recorded(GateStatus, Sequence),
    /// Nobody answered it.
    Missing,
}

impl Runner<'_, '_> {
    /// What promoting would come to. Nothing is written anywhere, and the gates' commands are run only with `run_gates`.
    pub fn plan_promotion(&mut self, mut promote: Promote, means: &Means<'_>, run_gates: bool) -> Result<Plan, RunError> {
        let looked = self.look_for_promotion(&mut promote, means);
        let mut outcome = self.session.judge(&Command::Promote(promote.clone()))?;
        if run_gates && !promote.seen.pending.is_empty() && outcome.as_ref().is_ok_and(|decision| !decision.events.is_empty()) {
            self.run_gates(&mut promote, means)?;
            outcome = self.session.judge(&Command::Promote(promote.clone()))?;
        }
        let state = self.session.look(&Command::Promote(promote.clone()).about())?;
        let examination = Examination::of(&state, &promote, self.session.asker().now);
        let gates = examination.as_ref().map(|examination| planned(examination, &promote)).unwrap_or_default();
        let digest = examination.map(|examination| examination.promotion.digest);
        match (looked, self.gone_on_with(outcome)?) {
            (Err(error), Ok(_)) => Err(error.into()),
            (_, outcome) => Ok(Plan { outcome, digest, gates, signature: promote.seen.signature }),
        }
    }

    /// What rolling back would come to. Nothing is written anywhere.
    pub fn plan_rollback(&mut self, mut rollback: Rollback) -> Result<Plan, RunError> {
        let looked = self.look_for_rollback(&rollback);
        if let Ok(target_tag) = &looked {
            rollback.target_tag = target_tag.clone();
        }
        let state = self.session.look(&Command::Rollback(rollback.clone()).about())?;
        let visit = state.visit(&rollback.pipeline, &rollback.component, &rollback.environment, &rollback.version);
        let digest = visit.map(|visit| visit.digest.clone());
        let outcome = self.session.judge(&Command::Rollback(rollback))?;
        match (looked, self.gone_on_with(outcome)?) {
            (Err(error), Ok(_)) => Err(error.into()),
            (_, outcome) => Ok(Plan { outcome, digest, gates: Vec::new(), signature: None }),
        }
    }

    /// The same outcome; where it is to go on with what is under way, as far as that may be taken over.
    fn gone_on_with(&mut self, outcome: Result<Decision, Refusal>) -> Result<Result<Decision, Refusal>, SessionError> {
        let Ok(Decision { resume: Some(id), .. }) = &outcome else { return Ok(outcome) };
        let refused = self.session.judge(&Command::TakeOver(*id))?.err();
        Ok(refused.map_or(outcome, Err))
    }
}

fn planned(examination: &Examination<'_>, promote: &Promote) -> Vec<PlannedGate> {
    let Examination { state, rule, promotion, .. } = examination;
    let standing = |gate: &GateName| {
        let answered = promote.seen.gates.iter().find(|result| result.gate == *gate).map(|result| Standing::Answered(result.status));
        let would = || promote.seen.pending.contains(gate).then_some(Standing::WouldRun);
        let recorded = || state.gate(&promotion.pipeline, &promotion.component, &promotion.to, gate, &promotion.digest);
        let recorded = || recorded().map(|result| Standing::Recorded(result.status, result.sequence));
        answered.or_else(would).or_else(recorded).unwrap_or(Standing::Missing)
    };
    rule.gates.iter().map(|gate| PlannedGate { gate: gate.clone(), standing: standing(gate) }).collect()
}

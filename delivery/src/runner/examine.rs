//! What a promotion is examined by before it is asked for: gates that promoledger answers itself, gates that are commands, the
//! artifact's signature.
//!
//! What costs little is asked at once. Commands are run only when nothing else stands in the way.

use promotion_ledger::custody::store::Body;
use promotion_ledger::meaning::command::{Promote, Seen};
use promotion_ledger::meaning::event::artifact::{GateCompleted, GateStatus};
use promotion_ledger::meaning::event::promotion::Promotion;
use promotion_ledger::meaning::facts::GateDemanded;
use promotion_ledger::meaning::guard;
use promotion_ledger::meaning::names::{GateName, Repository};
use promotion_ledger::meaning::rules::{EnvironmentRule, LABEL_SHAPE, POLICY_COMPLIANCE, Rules};
use promotion_ledger::meaning::state::State;
use promotion_ledger::meaning::time::Timestamp;

use super::commands;
use super::compliance::{self, Question};
use super::ending::{RegistryOrSession, Runner};
use super::means::Means;
use super::result::{Examined, result};
use super::signed;
use crate::gate::{Subject, label_shape};
use crate::registry::{Description, Manifest, describe};
use crate::session::SessionError;

/// What a promotion is examined for: what the rules say of where it goes, and what would land.
pub(super) struct Examination<'a> {
    pub(super) state: &'a State,
    pub(super) rules: &'a Rules,
    pub(super) rule: &'a EnvironmentRule,
    pub(super) promotion: Promotion,
    promote: &'a Promote,
    now: Timestamp,
}

impl<'a> Examination<'a> {
    /// `None` where the release or the environment is not known: then the decision says so.
    pub(super) fn of(state: &'a State, promote: &'a Promote, now: Timestamp) -> Option<Self> {
        let rules = state.core().rules(&promote.pipeline)?;
        let rule = rules.environment(&promote.to)?;
        let release = state.release(&promote.pipeline, &promote.component, &promote.version)?;
        let promotion = promote.promotion(&release.digest);
        Some(Self { state, rules, rule, promotion, promote, now })
    }

    /// The gates whose answer is this promotion's to find, none of them known yet.
    pub(super) fn open(&self) -> Vec<GateName> {
        self.rule.gates.iter().filter(|gate| is_own(gate) || self.is_due(gate)).cloned().collect()
    }

    /// Whether a command has to be run: no recorded result stands for it. Whoever breaks the glass does not wait for commands.
    fn is_due(&self, gate: &GateName) -> bool {
        let demanded = GateDemanded::of(self.rule).into_iter().find(|demanded| demanded.gate == *gate);
        let answered = |demanded| guard::judge(self.state, &self.promotion, &demanded, self.now).is_ok();
        self.promote.break_glass.is_none() && self.rules.command(gate).is_some() && !demanded.is_some_and(answered)
    }

    /// What the gates say that are answered here, and the artifact's signature; the commands stay open.
    pub(super) fn at_once(
        &self,
        runner: &Runner<'_, '_>,
        artifact: &Manifest,
        means: &Means<'_>,
    ) -> Result<(Seen, Vec<Body>), RegistryOrSession> {
        let (own, pending): (Vec<GateName>, Vec<GateName>) = self.open().into_iter().partition(is_own);
        let description = self.description(runner, artifact, &own)?;
        let mut examined = Vec::with_capacity(own.len());
        for gate in &own {
            examined.push(match gate.as_str() {
                LABEL_SHAPE => self.label_shape(gate, &description),
                _ => self.compliance(runner, gate, &description)?,
            });
        }
        let signature = self.rule.signature.map(|_| signed::look(runner.registry, &self.promotion.digest, self.rules, self.now, means));
        let (gates, bodies) = parted(examined);
        Ok((Seen { gates, pending, signature, ..Seen::default() }, bodies))
    }

    /// Read only where somebody asks for it: an artifact need not be an image.
    fn description(&self, runner: &Runner<'_, '_>, artifact: &Manifest, own: &[GateName]) -> Result<Description, RegistryOrSession> {
        if self.rules.policies().is_empty() && own.iter().all(|gate| gate.as_str() != LABEL_SHAPE) {
            return Ok(Description::default());
        }
        Ok(describe(runner.registry, &runner.repository, artifact)?)
    }

    fn label_shape(&self, gate: &GateName, description: &Description) -> Examined {
        let event = match label_shape(&description.labels, &description.annotations) {
            Ok(_) => result(&self.promotion, gate, GateStatus::Passed, None),
            Err(fault) => result(&self.promotion, gate, GateStatus::Failed, Some(fault.to_string())),
        };
        Examined { event, body: None }
    }

    fn compliance(&self, runner: &Runner<'_, '_>, gate: &GateName, description: &Description) -> Result<Examined, RegistryOrSession> {
        let Self { state, rules, rule, promotion, promote, .. } = self;
        let reference = self.subject(&runner.repository).artifact_ref();
        let question = Question { state, rules, rule, promote, promotion, description, reference };
        compliance::ask(runner, gate, &question).map_err(|error| SessionError::from(error).into())
    }

    /// Runs the commands that are open, and takes in what they say.
    pub(super) fn run(&self, runner: &Runner<'_, '_>, means: &Means<'_>) -> (Vec<GateCompleted>, Vec<Body>) {
        let subject = self.subject(&runner.repository);
        let asked = commands::Asked { rules: self.rules, rule: self.rule, promotion: &self.promotion, subject };
        let (results, bodies) = parted(commands::run(&asked, &self.promote.seen.pending, means, runner.session.writer.random));
        let mut all: Vec<GateCompleted> = self.promote.seen.gates.iter().cloned().chain(results).collect();
        all.sort_by_key(|result| self.rule.gates.iter().position(|gate| *gate == result.gate));
        (all, bodies)
    }

    fn subject(&self, repository: &Repository) -> Subject {
        let Promotion { digest, from, promotion_id, to, version, .. } = self.promotion.clone();
        Subject { repository: repository.clone(), digest, tag: version, from, to, promotion_id }
    }
}

/// Whether promoledger answers the gate itself.
fn is_own(gate: &GateName) -> bool {
    [POLICY_COMPLIANCE, LABEL_SHAPE].contains(&gate.as_str())
}

fn parted(examined: Vec<Examined>) -> (Vec<GateCompleted>, Vec<Body>) {
    let (events, bodies): (Vec<_>, Vec<_>) = examined.into_iter().map(|examined| (examined.event, examined.body)).unzip();
    (events, bodies.into_iter().flatten().collect())
}

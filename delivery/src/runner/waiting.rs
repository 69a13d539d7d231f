//! To wait until those who were asked have approved, before promoting again.

use std::time::Duration;

use promotion_ledger::meaning::command::{Command, Promote};
use promotion_ledger::meaning::facts::{Approvals, Granted};
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::refusal::ExitCode;

use super::ending::{RunError, Runner};
use super::examine::Examination;
use crate::session::SessionError;

/// How often it is looked whether somebody approved.
const LOOK: Duration = Duration::from_secs(2);

/// How waiting ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waited {
    /// Enough have approved, or something else changed.
    AskAgain,
    /// Somebody said no.
    Rejected(Granted),
    /// The request of that entry is over.
    Over(Sequence),
}

impl Runner<'_, '_> {
    /// Whether the promotion waits for nothing but approvals that are asked for and can still be given.
    pub fn awaits_approval(&mut self, promote: &Promote) -> Result<Option<Approvals>, SessionError> {
        let command = self.command_without_gates(promote)?;
        let state = self.session.look(&command.about())?;
        let now = self.session.asker().now;
        let Some(examination) = Examination::of(&state, promote, now) else { return Ok(None) };
        let promotion = &examination.promotion;
        let asked = state.approvals(&promotion.pipeline, &promotion.component, &promotion.to, &promotion.digest);
        let open = asked.filter(|asked| asked.rejected.is_none() && now < asked.expires).cloned();
        let missing = self.session.judge(&command)?.err().is_some_and(|refusal| refusal.code() == ExitCode::Approval);
        Ok(open.filter(|_| missing))
    }

    /// Waits while that is so. Then the promotion is to be asked for again, unless the request came to nothing.
    pub fn wait_for_approval(&mut self, promote: &Promote) -> Result<Waited, RunError> {
        let mut waited_for = None;
        while let Some(approvals) = self.awaits_approval(promote)? {
            waited_for = Some(approvals.request);
            (self.session.pause)(LOOK);
        }
        let state = self.session.look(&Command::Promote(promote.clone()).about())?;
        let Some(examination) = Examination::of(&state, promote, self.session.asker().now) else { return Ok(Waited::AskAgain) };
        let promotion = &examination.promotion;
        let found = state.approvals(&promotion.pipeline, &promotion.component, &promotion.to, &promotion.digest);
        let same = found.filter(|found| Some(found.request) == waited_for);
        Ok(match same {
            Some(Approvals { rejected: Some(rejected), .. }) => Waited::Rejected(rejected.clone()),
            Some(Approvals { request, expires, .. }) if self.session.asker().now >= *expires => Waited::Over(*request),
            _ => Waited::AskAgain,
        })
    }

    /// The command as it is judged when nobody looked at gates and signature yet: those come after approvals.
    fn command_without_gates(&mut self, promote: &Promote) -> Result<Command, SessionError> {
        let mut promote = promote.clone();
        let state = self.session.look(&Command::Promote(promote.clone()).about())?;
        let pending = Examination::of(&state, &promote, self.session.asker().now).map(|examination| examination.open());
        promote.seen.pending = pending.unwrap_or_default();
        Ok(Command::Promote(promote))
    }
}

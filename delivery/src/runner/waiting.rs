//! To wait until those who were asked have approved, before promoting again.

use std::time::Duration;

use promotion_ledger::meaning::command::{Command, Promote};
use promotion_ledger::meaning::facts::Approvals;
use promotion_ledger::meaning::refusal::ExitCode;

use super::ending::{RunError, Runner};
use super::examine::Examination;
use crate::session::SessionError;

/// How often it is looked whether somebody approved.
const LOOK: Duration = Duration::from_secs(2);

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

    /// Waits while that is so.
    pub fn wait_for_approval(&mut self, promote: &Promote) -> Result<(), RunError> {
        while self.awaits_approval(promote)?.is_some() {
            (self.session.pause)(LOOK);
        }
        Ok(())
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

//! A session: a ledger and its index, opened to ask, decide and append.
//!
//! Deciding and appending are one step to the caller: when somebody else appends in between, the session reads what is
//! new and decides again, a bounded number of times.

use std::time::Duration;

use promotion_ledger::custody::clock::{Clock, Stopped};
use promotion_ledger::custody::ledger::{self, AppendError, Writer};
use promotion_ledger::custody::store::{Body, Store};
use promotion_ledger::evidence::chain::Verified;
use promotion_ledger::meaning::command::{Asker, Command};
use promotion_ledger::meaning::decide::{Decision, decide};
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::identity::IdentityProven;
use promotion_ledger::meaning::facts::FactKey;
use promotion_ledger::meaning::id::SigningKey;
use promotion_ledger::meaning::needs::About;
use promotion_ledger::meaning::refusal::{ExitCode, Refusal};
use promotion_ledger::meaning::state::State;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::index::{FollowError, Index, IndexError};

/// How often a decision is made anew because the log grew meanwhile, before the session gives up with "busy".
const ATTEMPTS: u32 = 16;

/// A ledger opened to append.
pub struct Session<'a> {
    /// Where the log is kept.
    pub store: &'a dyn Store,
    /// What follows from the log.
    pub index: &'a mut Index,
    /// Who writes.
    pub writer: Writer<'a>,
    /// What a token said of them, if they showed one.
    pub token: Option<&'a ShownToken>,
    /// Waits between attempts; passed in so that tests need not wait.
    pub pause: &'a dyn Fn(Duration),
}

/// A token that was verified: what it says, and what it claims in full.
#[derive(Debug, Clone)]
pub struct ShownToken {
    /// What is recorded of it.
    pub proven: IdentityProven,
    /// What stands behind that.
    pub claims: Body,
}

/// What became of a command.
#[derive(Debug)]
pub struct Committed {
    /// The entries that were appended; none when all was as asked for.
    pub entries: Vec<Verified>,
    /// What was decided.
    pub decision: Decision,
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// It was decided not to.
    #[error("{refusal}")]
    Refused {
        /// Every reason.
        refusal: Refusal,
        /// The entries that record it.
        entries: Vec<Verified>,
    },
    /// The log could not be followed.
    #[error(transparent)]
    Follow(#[from] FollowError),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The log did not take the entries.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The log kept growing while this was being decided.
    #[error("the ledger's head would not settle: others kept appending through {ATTEMPTS} attempts; try again")]
    Unsettled,
    /// The log holds entries of a later format.
    #[error(
        "the ledger holds entries of a later format, which this program does not understand: nothing can be decided over them; use a newer promoledger"
    )]
    LaterFormat,
}

impl SessionError {
    /// The exit code that it stands for.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Refused { refusal, .. } => refusal.code(),
            Self::Follow(error) => error.exit_code(),
            Self::Index(error) => error.exit_code(),
            Self::Append(error) => error.exit_code(),
            Self::Unsettled => ExitCode::Busy,
            Self::LaterFormat => ExitCode::NotVerifiable,
        }
    }
}

impl Session<'_> {
    /// Who asks: the writer's key and actor.
    pub fn asker(&self) -> Asker {
        let key = self.writer.signer.key();
        Asker {
            key: SigningKey { name: key.name().clone(), public: key.public() },
            actor: self.writer.actor.clone(),
            now: self.writer.clock.now(),
            proven: self.token.map(|token| Box::new(token.proven.clone())),
        }
    }

    /// Reads what is new in the log, and gives the state that the judgement needs.
    pub fn look(&mut self, about: &About) -> Result<State, SessionError> {
        self.index.follow(self.store)?;
        if !self.index.understood() {
            return Err(SessionError::LaterFormat);
        }
        Ok(self.index.state(about)?)
    }

    /// Decides without appending, as a dry run does.
    pub fn judge(&mut self, command: &Command) -> Result<Result<Decision, Refusal>, SessionError> {
        let state = self.look(&command.about())?;
        Ok(decide(&state, &self.asker(), command))
    }

    /// Decides and appends what was decided; a refusal is appended too.
    pub fn commit(&mut self, command: &Command, bodies: &[Body]) -> Result<Committed, SessionError> {
        self.commit_over(None, command, bodies)
    }

    /// The same, first over what was seen when it was looked last, as long as nothing was appended since.
    pub fn commit_over(&mut self, mut seen: Option<State>, command: &Command, bodies: &[Body]) -> Result<Committed, SessionError> {
        for attempt in 0..ATTEMPTS {
            let state = match seen.take().filter(|state| state.core().size == self.index.head().size) {
                Some(state) => state,
                None => self.look(&command.about())?,
            };
            // Its entries bear the time that it was decided at: what was decided by the clock stays right.
            let asker = self.asker();
            let outcome = decide(&state, &asker, command);
            if let Some(committed) = self.settle(&state, outcome, bodies, (attempt, asker.now))? {
                return Ok(committed);
            }
        }
        Err(SessionError::Unsettled)
    }

    /// Refuses what the ledger alone refuses, for when the rest that the decision rests on could not be seen: what is
    /// refused is appended and returned as the error. Else nothing is appended.
    pub fn refuse(&mut self, command: &Command, bodies: &[Body]) -> Result<(), SessionError> {
        for attempt in 0..ATTEMPTS {
            let state = self.look(&command.about())?;
            let asker = self.asker();
            let outcome = decide(&state, &asker, command);
            if outcome.is_ok() {
                return Ok(());
            }
            self.settle(&state, outcome, bodies, (attempt, asker.now))?;
        }
        Err(SessionError::Unsettled)
    }

    /// Appends what was decided; `None` when somebody else appended first, and all has to be decided again.
    fn settle(
        &mut self,
        state: &State,
        outcome: Result<Decision, Refusal>,
        bodies: &[Body],
        (attempt, now): (u32, Timestamp),
    ) -> Result<Option<Committed>, SessionError> {
        let events = match &outcome {
            Ok(decision) => decision.events.as_slice(),
            Err(refusal) => refusal.record(),
        };
        match self.try_append(state, events, &self.named(events, bodies), &Stopped(now)) {
            Ok(entries) => match outcome {
                Ok(decision) => Ok(Some(Committed { entries, decision })),
                Err(refusal) => Err(SessionError::Refused { refusal, entries }),
            },
            Err(SessionError::Append(AppendError::HeadMoved { .. })) => {
                self.wait(attempt);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Appends events that follow from what is under way. The law judges them at the head as it then stands.
    pub fn append(&mut self, events: impl Fn(&State) -> Vec<Event>, about: &About) -> Result<Vec<Verified>, SessionError> {
        for attempt in 0..ATTEMPTS {
            let state = self.look(about)?;
            match self.try_append(&state, &events(&state), &[], self.writer.clock) {
                Err(SessionError::Append(AppendError::HeadMoved { .. })) => self.wait(attempt),
                other => return other,
            }
        }
        Err(SessionError::Unsettled)
    }

    /// Appends where the state stands. What was brought to it is not asked for again.
    fn try_append(&mut self, state: &State, events: &[Event], bodies: &[Body], clock: &dyn Clock) -> Result<Vec<Verified>, SessionError> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let Writer { signer, actor, agent, random, .. } = self.writer;
        let writer = Writer { signer, actor, agent, clock, random };
        let mut chain = self.index.chain();
        let index = &*self.index;
        let fetch = |key: &FactKey| if state.has(key) { Ok(state.fact(key).cloned()) } else { index.fact(key) };
        let entries = ledger::append(self.store, &mut chain, &writer, events, bodies, fetch)?;
        self.index.take_in(self.store, chain, &entries)?;
        Ok(entries)
    }

    /// The bodies that the events name: what was not decided leaves nothing behind.
    fn named(&self, events: &[Event], bodies: &[Body]) -> Vec<Body> {
        let names = |body: &&Body| events.iter().any(|event| event.evidence().is_some_and(|evidence| evidence.digest == body.digest));
        bodies.iter().chain(self.token.map(|token| &token.claims)).filter(names).cloned().collect()
    }

    /// Waits a little longer each time, so that writers in a crowd all get their turn.
    fn wait(&self, attempt: u32) {
        let mut jitter = [0; 1];
        self.writer.random.fill(&mut jitter);
        let [jitter] = jitter;
        (self.pause)(Duration::from_micros(200 * u64::from(1u32 << attempt.min(8)) + u64::from(jitter) * 8));
    }
}

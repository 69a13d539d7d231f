//! Errors as callers meet them: one place turns every error of the libraries into kind, sentence, hint and exit code.

use std::collections::BTreeMap;

use promotion_delivery::manifest::ManifestError;
use promotion_delivery::registry::RegistryError;
use promotion_delivery::runner::RunError;
use promotion_delivery::session::SessionError;
use promotion_ledger::custody::ledger::AppendError;
use promotion_ledger::custody::store::StoreError;
use promotion_ledger::evidence::chain::Verified;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::refusal::{Because, ExitCode, Refusal};
use promotion_replay::index::{FollowError, IndexError};

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(crate) struct CommandError {
    /// How the process ends.
    pub(crate) code: ExitCode,
    /// One sentence: which thing, what was expected, what was found.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    /// Reasons beyond the first.
    pub(crate) others: Vec<Because>,
    /// Where it is recorded: the first and the last entry.
    pub(crate) recorded: Option<(u64, u64)>,
    /// For machines.
    pub(crate) attributes: BTreeMap<&'static str, serde_json::Value>,
}

impl CommandError {
    pub(crate) fn new(code: ExitCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, others: Vec::new(), recorded: None, attributes: BTreeMap::new() }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, message)
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<serde_json::Value>) -> Self {
        self.attributes.insert(name, value.into());
        self
    }

    /// A refusal, and the entries that record it.
    pub(crate) fn refused(refusal: &Refusal, entries: &[Verified]) -> Self {
        let mut reasons = refusal.reasons().iter().cloned();
        let first = reasons.next().unwrap_or_else(|| Because::new(ExitCode::Failure, "refused"));
        let recorded = entries.first().zip(entries.last()).map(|(first, last)| (first.sequence().get(), last.sequence().get()));
        let mut error = Self { hint: first.hint, others: reasons.collect(), recorded, ..Self::new(first.code, first.message) };
        let promotion = refusal.record().iter().find_map(|event| event.promotion());
        if let Some(promotion) = promotion {
            error = error
                .with("promotion_id", promotion.promotion_id.to_string())
                .with("artifact_digest", promotion.digest.to_string())
                .with("component", promotion.component.to_string())
                .with("version", promotion.version.to_string())
                .with("environment", promotion.to.to_string());
        }
        let gates: Vec<serde_json::Value> =
            refusal.record().iter().enumerate().filter_map(|(at, event)| gate(event, entries.get(at))).collect();
        if gates.is_empty() { error } else { error.with("gate_results", gates) }
    }
}

/// What a gate said that the refusal rests on, and where that is recorded.
fn gate(event: &Event, entry: Option<&Verified>) -> Option<serde_json::Value> {
    let Event::GateCompleted(result) = event else { return None };
    let entry = entry.map(|entry| entry.sequence().get());
    Some(serde_json::json!({"gate": result.gate, "status": result.status, "entry": entry}))
}

impl From<SessionError> for CommandError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Refused { refusal, entries } => Self::refused(&refusal, &entries),
            SessionError::Follow(error) => error.into(),
            SessionError::Append(error) => error.into(),
            other => Self::new(other.exit_code(), other.to_string()),
        }
    }
}

impl From<RunError> for CommandError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Session(error) => error.into(),
            RunError::Registry(error) => error.into(),
            RunError::Interrupted { error, promotion } => {
                let hint = format!(
                    "promotion {promotion} is under way: run the same command again, or `promoledger resume {promotion}`; `promoledger abort {promotion}` ends it"
                );
                Self::from(error).hint(hint).with("promotion_id", promotion.to_string()).with("resumable", true)
            }
            RunError::Failed { code, message, promotion } => Self::new(code, message)
                .hint(format!("the promotion ended and that is recorded: promoledger show {promotion}"))
                .with("promotion_id", promotion.to_string()),
            RunError::Held(_) => {
                Self::new(error.exit_code(), error.to_string()).hint("wait for it to end, or end that process; then run this again")
            }
            RunError::Lost { promotion, .. } => Self::new(error.exit_code(), error.to_string())
                .hint(format!("see how it went: promoledger show {promotion}"))
                .with("promotion_id", promotion.to_string()),
        }
    }
}

impl From<RegistryError> for CommandError {
    fn from(error: RegistryError) -> Self {
        let hint = error.hint();
        Self { hint, ..Self::new(error.exit_code(), error.to_string()) }
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        let plain = Self::new(error.exit_code(), error.to_string());
        match error {
            StoreError::Missing { .. } => {
                plain.hint("make one with `promoledger init --origin NAME`, or name it with --ledger sqlite:PATH")
            }
            _ => plain,
        }
    }
}

impl From<FollowError> for CommandError {
    fn from(error: FollowError) -> Self {
        Self::new(error.exit_code(), error.to_string()).hint("`promoledger verify` tells the whole of it; after a ledger was restored from a backup, `promoledger replay` makes the index anew")
    }
}

impl From<AppendError> for CommandError {
    fn from(error: AppendError) -> Self {
        Self::new(error.exit_code(), error.to_string())
    }
}

impl From<IndexError> for CommandError {
    fn from(error: IndexError) -> Self {
        Self::new(error.exit_code(), error.to_string()).hint("the index holds nothing that the log does not: its file can be deleted")
    }
}

impl From<ManifestError> for CommandError {
    fn from(error: ManifestError) -> Self {
        let hint = error.hint();
        Self { hint, ..Self::usage(error.to_string()) }
    }
}

impl From<Because> for CommandError {
    fn from(reason: Because) -> Self {
        Self { hint: reason.hint, ..Self::new(reason.code, reason.message) }
    }
}

/// A file that could not be read or written.
pub(crate) fn file(path: &std::path::Path, doing: &str, error: &std::io::Error) -> CommandError {
    let code = if error.kind() == std::io::ErrorKind::NotFound { ExitCode::Usage } else { ExitCode::Failure };
    CommandError::new(code, format!("{} cannot be {doing}: {error}", path.display()))
}

//! What a walk works with, and how it can end.

use promotion_ledger::custody::store::HoldError;
use promotion_ledger::evidence::chain::Verified;
use promotion_ledger::meaning::event::promotion::Promotion;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::Repository;
use promotion_ledger::meaning::refusal::ExitCode;

use crate::registry::{Registry, RegistryError};
use crate::session::{Session, SessionError};

/// Walks promotions of one component through its registry.
pub struct Runner<'s, 'a> {
    /// The ledger.
    pub session: &'s mut Session<'a>,
    /// The component's registry.
    pub registry: &'s dyn Registry,
    /// Where that is, for the record.
    pub repository: Repository,
}

/// How a walk ended well.
#[derive(Debug)]
pub struct Done {
    /// What landed; `None` when all was as asked for and nothing was done.
    pub promotion: Option<Promotion>,
    /// Every entry that this walk appended, in order.
    pub entries: Vec<Verified>,
    /// What the asker should know.
    pub warnings: Vec<String>,
    /// Whether it went on where another walk had stopped.
    pub resumed: bool,
}

/// Why a walk did not end well.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The ledger stood in the way: refused, or not to be read or written.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The registry stood in the way before anything was asked of the ledger.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The registry stood in the way half-way. The promotion is still under way and can be gone on with.
    #[error("{error}")]
    Interrupted {
        /// What happened.
        error: RegistryError,
        /// The promotion that is under way.
        promotion: PromotionId,
    },
    /// The promotion ended without the release in the environment, and that is recorded.
    #[error("{message}")]
    Failed {
        /// The exit code.
        code: ExitCode,
        /// What happened.
        message: String,
        /// The promotion that ended.
        promotion: PromotionId,
    },
    /// Another process is at it.
    #[error("another process is promoting here: {0}")]
    Held(#[from] HoldError),
    /// Somebody took the promotion over, or ended it, while this walk was at it.
    #[error("promotion {promotion} was taken over or ended by somebody else: {detail}")]
    Lost {
        /// The promotion.
        promotion: PromotionId,
        /// What the law said to the next step.
        detail: String,
    },
}

impl RunError {
    /// The exit code that it stands for.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Session(error) => error.exit_code(),
            Self::Registry(error) | Self::Interrupted { error, .. } => error.exit_code(),
            Self::Failed { code, .. } => *code,
            Self::Held(error) => error.exit_code(),
            Self::Lost { .. } => ExitCode::Busy,
        }
    }
}

/// Looking touches the ledger and the registry; either can be in the way.
#[derive(Debug)]
pub(super) enum RegistryOrSession {
    Registry(RegistryError),
    Session(SessionError),
}

impl From<RegistryError> for RegistryOrSession {
    fn from(error: RegistryError) -> Self {
        Self::Registry(error)
    }
}

impl From<SessionError> for RegistryOrSession {
    fn from(error: SessionError) -> Self {
        Self::Session(error)
    }
}

impl From<RegistryOrSession> for RunError {
    fn from(error: RegistryOrSession) -> Self {
        match error {
            RegistryOrSession::Registry(error) => error.into(),
            RegistryOrSession::Session(error) => error.into(),
        }
    }
}

//! The types of events that format level 1 knows, by the names that stand in entries.

/// Makes, from one table, the types and their names.
macro_rules! types {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// The type of an event, as format 1 knows it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventType {
            $($(#[$doc])* $variant,)*
        }

        impl EventType {
            /// Every type, in the order of the format's table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name that stands in entries.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

types! {
    /// The ledger begins.
    LedgerCreated = "ledger.created",
    /// The level of the format is raised.
    FormatRaised = "format.raised",
    /// The floor below which times may not fall is lowered.
    ClockCorrected = "clock.corrected",
    /// A change of keys is proposed, where one admin alone may not make it.
    KeyProposed = "key.proposed",
    /// An admin endorses a proposed change; the last one needed makes it take effect.
    KeyEndorsed = "key.endorsed",
    /// A key may append from here on.
    KeyAdded = "key.added",
    /// A key may append no more.
    KeyRevoked = "key.revoked",
    /// A pipeline's rules are in force from here on.
    ManifestAdopted = "manifest.adopted",
    /// A body kept beside the log is removed.
    BodyRemoved = "body.removed",
    /// A release is made known.
    ArtifactRegistered = "artifact.registered",
    /// A gate's result for a digest and an environment.
    GateCompleted = "gate.completed",
    /// What was found of an artifact's signature.
    SignatureChecked = "signature.checked",
    /// Somebody's word is asked for before a promotion.
    ApprovalRequested = "approval.requested",
    /// Somebody stands behind a promotion that is asked for.
    ApprovalGranted = "approval.granted",
    /// Somebody does not want a promotion that is asked for.
    ApprovalRejected = "approval.rejected",
    /// Guards that stood in a promotion's way were passed on somebody's word.
    GuardOverridden = "guard.overridden",
    /// Somebody else looked at what was overridden.
    OverrideReviewed = "override.reviewed",
    /// Whether a principal may do what it asks.
    AuthorizationDecided = "authorization.decided",
    /// Whether the version that would land may replace the one that is there.
    DowngradeDecided = "downgrade.decided",
    /// A promotion is asked for and may go ahead.
    PromotionRequested = "promotion.requested",
    /// A promotion was asked for and may not go ahead.
    PromotionRefused = "promotion.refused",
    /// The release is in the environment.
    PromotionCompleted = "promotion.completed",
    /// The promotion ended without the release in the environment.
    PromotionFailed = "promotion.failed",
    /// Somebody ended the promotion.
    PromotionAborted = "promotion.aborted",
    /// Somebody goes on where another holder stopped.
    PromotionTakenOver = "promotion.taken_over",
    /// A side effect is about to happen.
    StepStarted = "step.started",
    /// A tag was written to a registry and read back.
    RegistryTagged = "registry.tagged",
    /// A rollback is asked for and may go ahead.
    RollbackRequested = "rollback.requested",
    /// A rollback was asked for and may not go ahead.
    RollbackRefused = "rollback.refused",
    /// The earlier release is in the environment again.
    RollbackCompleted = "rollback.completed",
    /// The rollback ended without the earlier release in the environment.
    RollbackFailed = "rollback.failed",
    /// What somebody says happened before the ledger recorded it.
    HistoryImported = "history.imported",
    /// An environment takes no promotions until it is unlocked.
    EnvironmentLocked = "environment.locked",
    /// A lock is lifted.
    EnvironmentUnlocked = "environment.unlocked",
    /// A failure stops every promotion of a pipeline.
    PipelineHalted = "pipeline.halted",
    /// A failure is resolved.
    PipelineResumed = "pipeline.resumed",
    /// A token says who somebody is.
    IdentityProven = "identity.proven",
}

impl EventType {
    /// The type of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event_type| event_type.as_str() == name)
    }

    /// Whether it records a refusal, which any live key may append for itself.
    pub const fn is_refusal(self) -> bool {
        matches!(self, Self::PromotionRefused | Self::RollbackRefused)
    }
}

impl std::fmt::Display for EventType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

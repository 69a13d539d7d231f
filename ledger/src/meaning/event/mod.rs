//! Events: facts in the past tense, one struct a type. What each may follow is the law's business (`law`).

pub mod approval;
pub mod artifact;
pub mod environment;
pub mod halt;
pub mod history;
pub mod identity;
pub mod ledger;
pub mod overriding;
pub mod promotion;
pub mod scan;
pub mod signature;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use super::event_type::EventType;
use super::grant::{Reach, Touches};
use super::id::{EntryId, PromotionId, Sequence, SigningKey};
use super::names::{Agent, Component, Environment, Pipeline, Principal};
use super::time::Timestamp;

use approval::{ApprovalGranted, ApprovalRejected, ApprovalRequested};
use artifact::{ArtifactRegistered, GateCompleted};
use environment::{EnvironmentLocked, EnvironmentUnlocked};
use halt::{PipelineHalted, PipelineResumed};
use history::HistoryImported;
use identity::IdentityProven;
use ledger::{BodyRemoved, ClockCorrected, FormatRaised, KeyAdded, KeyEndorsed, KeyProposed, KeyRevoked, LedgerCreated, ManifestAdopted};
use overriding::{GuardOverridden, OverrideReviewed};
use promotion::{
    AuthorizationDecided, DowngradeDecided, PromotionAborted, PromotionCompleted, PromotionFailed, PromotionRefused, PromotionRequested,
    PromotionTakenOver, RegistryTagged, RollbackCompleted, RollbackFailed, RollbackRefused, RollbackRequested, StepStarted,
};
use signature::SignatureChecked;

/// Makes, from the list of types, the event that holds each type's data.
macro_rules! events {
    ($($variant:ident,)*) => {
        /// A fact, with the data of its type.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event {
            $(#[doc = concat!("Of type [`EventType::", stringify!($variant), "`].")] $variant($variant),)*
        }

        impl Event {
            /// Its type.
            pub const fn event_type(&self) -> EventType {
                match self {
                    $(Self::$variant(_) => EventType::$variant,)*
                }
            }

            /// Reads the data of an event of that type.
            pub fn deserialize<'de, D: Deserializer<'de>>(event_type: EventType, data: D) -> Result<Self, D::Error> {
                match event_type {
                    $(EventType::$variant => $variant::deserialize(data).map(Self::$variant),)*
                }
            }
        }

        /// Writes the data alone; the type stands beside it in the entry.
        impl Serialize for Event {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(data) => data.serialize(serializer),)*
                }
            }
        }

        $(impl From<$variant> for Event {
            fn from(data: $variant) -> Self {
                Self::$variant(data)
            }
        })*
    };
}

events! {
    LedgerCreated,
    FormatRaised,
    ClockCorrected,
    KeyProposed,
    KeyEndorsed,
    KeyAdded,
    KeyRevoked,
    ManifestAdopted,
    BodyRemoved,
    ArtifactRegistered,
    GateCompleted,
    SignatureChecked,
    ApprovalRequested,
    ApprovalGranted,
    ApprovalRejected,
    GuardOverridden,
    OverrideReviewed,
    AuthorizationDecided,
    DowngradeDecided,
    PromotionRequested,
    PromotionRefused,
    PromotionCompleted,
    PromotionFailed,
    PromotionAborted,
    PromotionTakenOver,
    StepStarted,
    RegistryTagged,
    RollbackRequested,
    RollbackRefused,
    RollbackCompleted,
    RollbackFailed,
    HistoryImported,
    EnvironmentLocked,
    EnvironmentUnlocked,
    PipelineHalted,
    PipelineResumed,
    IdentityProven,
}

impl Event {
    /// What the event touches, as grants see it.
    pub fn touches(&self) -> Touches<'_> {
        use Reach::{Nothing, One};
        if let Some(promotion) = self.promotion() {
            return promotion.touches();
        }
        match self {
            Self::ManifestAdopted(event) => Touches { pipeline: One(event.rules.pipeline()), ..Touches::everything() },
            Self::HistoryImported(event) => Touches { pipeline: One(&event.pipeline), ..Touches::everything() },
            Self::ArtifactRegistered(event) => {
                Touches { pipeline: One(&event.pipeline), component: One(&event.component), environment: Nothing, gate: Nothing }
            }
            Self::GateCompleted(event) => Touches {
                pipeline: One(&event.pipeline),
                component: One(&event.component),
                environment: One(&event.environment),
                gate: One(&event.gate),
            },
            Self::AuthorizationDecided(event) => in_environment(&event.pipeline, &event.environment, event.component.as_ref()),
            Self::EnvironmentLocked(event) => in_environment(&event.pipeline, &event.environment, event.component.as_ref()),
            Self::EnvironmentUnlocked(event) => in_environment(&event.pipeline, &event.environment, event.component.as_ref()),
            Self::PipelineHalted(event) => in_environment(&event.pipeline, &event.environment, event.component.as_ref()),
            Self::PipelineResumed(event) => in_environment(&event.pipeline, &event.environment, event.component.as_ref()),
            Self::IdentityProven(event) => {
                Touches { pipeline: One(&event.pipeline), component: Nothing, environment: Nothing, gate: Nothing }
            }
            Self::ApprovalRequested(event) => in_environment(&event.pipeline, &event.environment, Some(&event.component)),
            Self::ApprovalGranted(event) => in_environment(&event.pipeline, &event.environment, Some(&event.component)),
            Self::ApprovalRejected(event) => in_environment(&event.pipeline, &event.environment, Some(&event.component)),
            _ => Touches::everything(),
        }
    }

    /// The promotion that the event belongs to.
    pub const fn promotion(&self) -> Option<&promotion::Promotion> {
        match self {
            Self::AuthorizationDecided(event) => event.promotion.as_ref(),
            Self::SignatureChecked(event) => Some(&event.promotion),
            Self::GuardOverridden(event) => Some(&event.promotion),
            Self::OverrideReviewed(event) => Some(&event.promotion),
            Self::DowngradeDecided(event) => Some(&event.promotion),
            Self::PromotionRequested(event) => Some(&event.promotion),
            Self::PromotionRefused(event) => Some(&event.promotion),
            Self::PromotionCompleted(event) => Some(&event.promotion),
            Self::PromotionFailed(event) => Some(&event.promotion),
            Self::PromotionAborted(event) => Some(&event.promotion),
            Self::PromotionTakenOver(event) => Some(&event.promotion),
            Self::StepStarted(event) => Some(&event.promotion),
            Self::RegistryTagged(event) => Some(&event.promotion),
            Self::RollbackRequested(event) => Some(&event.promotion),
            Self::RollbackRefused(event) => Some(&event.promotion),
            Self::RollbackCompleted(event) => Some(&event.promotion),
            Self::RollbackFailed(event) => Some(&event.promotion),
            _ => None,
        }
    }

    /// The id of the promotion that the event belongs to.
    pub fn promotion_id(&self) -> Option<&PromotionId> {
        self.promotion().map(|promotion| &promotion.promotion_id)
    }

    /// The evidence that the event names, kept beside the log.
    pub const fn evidence(&self) -> Option<&artifact::Evidence> {
        match self {
            Self::GateCompleted(event) => event.evidence.as_ref(),
            Self::IdentityProven(event) => event.evidence.as_ref(),
            _ => None,
        }
    }
}

/// An environment, and one component in it or all of them.
pub fn in_environment<'a>(pipeline: &'a Pipeline, environment: &'a Environment, component: Option<&'a Component>) -> Touches<'a> {
    Touches {
        pipeline: Reach::One(pipeline),
        component: Reach::one_or_all(component),
        environment: Reach::One(environment),
        gate: Reach::Nothing,
    }
}

/// An entry without its bytes: who recorded what, when, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the ledger.
    pub sequence: Sequence,
    /// The writer's idempotency key.
    pub id: EntryId,
    /// When it was recorded, by the writer's clock and never before the entry before it.
    pub time: Timestamp,
    /// On whose behalf.
    pub actor: Principal,
    /// The key that signed it.
    pub key: SigningKey,
    /// The program that wrote it.
    pub agent: Agent,
    /// What happened.
    pub event: Event,
}

//! Events: facts in the past tense, one struct a type. What each may follow is the law's business (`law`).

pub mod artifact;
pub mod environment;
pub mod ledger;
pub mod promotion;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::grant::Touches;
use super::id::{EntryId, PromotionId, Sequence, SigningKey};
use super::names::{Agent, Principal};
use super::time::Timestamp;

use artifact::{ArtifactRegistered, GateCompleted};
use environment::{EnvironmentLocked, EnvironmentUnlocked};
use ledger::{BodyRemoved, ClockCorrected, FormatRaised, KeyAdded, KeyEndorsed, KeyProposed, KeyRevoked, LedgerCreated, ManifestAdopted};
use promotion::{
    AuthorizationDecided, DowngradeDecided, PromotionAborted, PromotionCompleted, PromotionFailed, PromotionRefused, PromotionRequested,
    PromotionTakenOver, RegistryTagged, RollbackCompleted, RollbackFailed, RollbackRefused, RollbackRequested, StepStarted,
};

/// Makes, from one table, the event types, their names, and the event that holds each type's data.
macro_rules! events {
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

        /// A fact, with the data of its type.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event {
            $($(#[$doc])* $variant($variant),)*
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
    /// An environment takes no promotions until it is unlocked.
    EnvironmentLocked = "environment.locked",
    /// A lock is lifted.
    EnvironmentUnlocked = "environment.unlocked",
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

impl Event {
    /// What the event touches, as grants see it.
    pub fn touches(&self) -> Touches<'_> {
        if let Some(promotion) = self.promotion() {
            return Touches {
                pipeline: Some(&promotion.pipeline),
                component: Some(&promotion.component),
                environment: Some(&promotion.to),
                gate: None,
            };
        }
        match self {
            Self::ManifestAdopted(event) => Touches { pipeline: Some(event.rules.pipeline()), ..Touches::default() },
            Self::ArtifactRegistered(event) => {
                Touches { pipeline: Some(&event.pipeline), component: Some(&event.component), ..Touches::default() }
            }
            Self::GateCompleted(event) => Touches {
                pipeline: Some(&event.pipeline),
                component: Some(&event.component),
                environment: Some(&event.environment),
                gate: Some(&event.gate),
            },
            Self::AuthorizationDecided(event) => Touches {
                pipeline: Some(&event.pipeline),
                component: event.component.as_ref(),
                environment: Some(&event.environment),
                gate: None,
            },
            Self::EnvironmentLocked(event) => Touches {
                pipeline: Some(&event.pipeline),
                component: event.component.as_ref(),
                environment: Some(&event.environment),
                gate: None,
            },
            Self::EnvironmentUnlocked(event) => Touches {
                pipeline: Some(&event.pipeline),
                component: event.component.as_ref(),
                environment: Some(&event.environment),
                gate: None,
            },
            _ => Touches::default(),
        }
    }

    /// The promotion that the event belongs to.
    pub const fn promotion(&self) -> Option<&promotion::Promotion> {
        match self {
            Self::AuthorizationDecided(event) => event.promotion.as_ref(),
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
            _ => None,
        }
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

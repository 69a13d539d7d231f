//! What a key may append: explicit grants, written out in the entry that adds the key.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::event_type::EventType;
use super::names::{Component, Environment, GateName, Pipeline, Principal};

/// One thing that a grant can allow: appending an event of a type, or a finer right that no type alone expresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// To append events of this type.
    Append(EventType),
    /// To lift locks that somebody else set: `environment.unlocked.others`.
    UnlockOthers,
}

/// Either everything of a kind, spelled `["*"]`, or a list of names in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>", bound(deserialize = "T: Name, T::Err: fmt::Display", serialize = "T: Name"))]
pub enum Names<T> {
    /// Everything of the kind, whatever it is named.
    Any,
    /// These and no others.
    Only(Vec<T>),
}

/// What can stand in a list of [`Names`].
pub trait Name: FromStr + fmt::Display + Ord + Clone {}
impl<T: FromStr + fmt::Display + Ord + Clone> Name for T {}

/// A set of events that a key may append. An event is allowed when one grant covers all that it touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Principals that it may name as actor besides its own.
    pub act_for: Names<Principal>,
    /// Components that it may touch.
    pub components: Names<Component>,
    /// Environments that it may touch.
    pub environments: Names<Environment>,
    /// Gates whose results it may record.
    pub gates: Names<GateName>,
    /// What it may append.
    pub permissions: Names<Permission>,
    /// Pipelines that it may touch.
    pub pipelines: Names<Pipeline>,
}

/// How much of a kind an event touches.
#[derive(Debug)]
pub enum Reach<'a, T> {
    /// Nothing of the kind.
    Nothing,
    /// One.
    One(&'a T),
    /// All of the kind: only a grant that is not narrowed covers it.
    All,
}

/// What an event touches, as grants see it.
#[derive(Debug, Clone, Copy)]
pub struct Touches<'a> {
    /// Pipelines.
    pub pipeline: Reach<'a, Pipeline>,
    /// Components.
    pub component: Reach<'a, Component>,
    /// Environments that change.
    pub environment: Reach<'a, Environment>,
    /// Gates whose results it records.
    pub gate: Reach<'a, GateName>,
}

impl<T> Clone for Reach<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Reach<'_, T> {}

impl<'a, T> Reach<'a, T> {
    /// The one that is named, or all where none is.
    pub fn one_or_all(name: Option<&'a T>) -> Self {
        name.map_or(Self::All, Self::One)
    }

    /// The one, if it is one.
    pub fn one(self) -> Option<&'a T> {
        match self {
            Self::One(name) => Some(name),
            Self::Nothing | Self::All => None,
        }
    }
}

impl Touches<'_> {
    /// The whole ledger, as changes of keys and of the format touch it.
    pub const fn everything() -> Self {
        Self { pipeline: Reach::All, component: Reach::All, environment: Reach::All, gate: Reach::All }
    }
}

impl<T: PartialEq> Names<T> {
    /// Whether the name is among them.
    pub fn covers(&self, name: &T) -> bool {
        match self {
            Self::Any => true,
            Self::Only(names) => names.contains(name),
        }
    }

    fn reaches(&self, reach: Reach<'_, T>) -> bool {
        match reach {
            Reach::Nothing => true,
            Reach::One(name) => self.covers(name),
            Reach::All => matches!(self, Self::Any),
        }
    }
}

impl Grant {
    /// Everything, everywhere: what an admin's key holds.
    pub fn everything() -> Self {
        Self {
            act_for: Names::Only(vec![]),
            components: Names::Any,
            environments: Names::Any,
            gates: Names::Any,
            permissions: Names::Any,
            pipelines: Names::Any,
        }
    }

    /// Whether it allows that, on all that is touched.
    pub fn allows(&self, permission: Permission, touches: Touches<'_>) -> bool {
        self.permissions.covers(&permission)
            && self.pipelines.reaches(touches.pipeline)
            && self.components.reaches(touches.component)
            && self.environments.reaches(touches.environment)
            && self.gates.reaches(touches.gate)
    }

    /// Whether it makes its key one of the ledger's admins: it may add keys.
    pub fn is_admin(&self) -> bool {
        self.allows(Permission::Append(EventType::KeyAdded), Touches::everything())
    }
}

/// Shorthands of the command line that expand to grants. The ledger knows only the grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything, keys and manifests included.
    Admin,
    /// Registers, promotes, rolls back, locks, lifts anybody's lock, halts and resolves, records gates, approves and reviews.
    Operator,
    /// Registers, promotes, rolls back, halts and records gates.
    Ci,
    /// Says yes or no to promotions that need it, reviews what others overrode, and nothing else.
    Approver,
    /// Records gate results and nothing else.
    Gate,
    /// Vouches for what tokens say of whom it acts for, and nothing else.
    Identity,
}

impl Role {
    /// Every role, for help texts.
    pub const ALL: [Self; 6] = [Self::Admin, Self::Operator, Self::Ci, Self::Approver, Self::Gate, Self::Identity];

    /// What it is called on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Ci => "ci",
            Self::Approver => "approver",
            Self::Gate => "gate",
            Self::Identity => "identity",
        }
    }

    /// What it expands to.
    pub fn permissions(self) -> Names<Permission> {
        let append = |types: &[&[EventType]]| types.concat().into_iter().map(Permission::Append).collect::<Vec<_>>();
        let mut permissions = match self {
            Self::Admin => return Names::Any,
            Self::Operator => {
                let mut all = append(&[RUNS, ANSWERS, &[EventType::ArtifactRegistered, EventType::GateCompleted], LOCKS, HALTS]);
                all.push(Permission::UnlockOthers);
                all
            }
            Self::Ci => append(&[RUNS, &[EventType::ArtifactRegistered, EventType::GateCompleted, EventType::PipelineHalted]]),
            Self::Approver => append(&[ANSWERS]),
            Self::Gate => append(&[&[EventType::GateCompleted]]),
            Self::Identity => append(&[&[EventType::IdentityProven]]),
        };
        permissions.sort_by_key(ToString::to_string);
        Names::Only(permissions)
    }
}

const RUNS: &[EventType] = &[
    EventType::ApprovalRequested,
    EventType::AuthorizationDecided,
    EventType::DowngradeDecided,
    EventType::PromotionAborted,
    EventType::PromotionCompleted,
    EventType::PromotionFailed,
    EventType::PromotionRefused,
    EventType::PromotionRequested,
    EventType::PromotionTakenOver,
    EventType::RegistryTagged,
    EventType::RollbackCompleted,
    EventType::RollbackFailed,
    EventType::RollbackRefused,
    EventType::RollbackRequested,
    EventType::SignatureChecked,
    EventType::StepStarted,
];

const ANSWERS: &[EventType] = &[EventType::ApprovalGranted, EventType::ApprovalRejected, EventType::OverrideReviewed];

const LOCKS: &[EventType] = &[EventType::EnvironmentLocked, EventType::EnvironmentUnlocked];

const HALTS: &[EventType] = &[EventType::PipelineHalted, EventType::PipelineResumed];

const UNLOCK_OTHERS: &str = "environment.unlocked.others";

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Append(event) => f.pad(event.as_str()),
            Self::UnlockOthers => f.pad(UNLOCK_OTHERS),
        }
    }
}

impl FromStr for Permission {
    type Err = InvalidNames;
    fn from_str(text: &str) -> Result<Self, InvalidNames> {
        if text == UNLOCK_OTHERS {
            return Ok(Self::UnlockOthers);
        }
        EventType::parse(text)
            .map(Self::Append)
            .ok_or_else(|| InvalidNames(format!("{text:?} is not a permission: expected an event type")))
    }
}

/// A list of names that is not in its one form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidNames(String);

impl<T: Name> TryFrom<Vec<String>> for Names<T>
where
    T::Err: fmt::Display,
{
    type Error = InvalidNames;

    fn try_from(texts: Vec<String>) -> Result<Self, InvalidNames> {
        if texts == ["*"] {
            return Ok(Self::Any);
        }
        if let Some((one, other)) = texts.iter().zip(texts.iter().skip(1)).find(|(one, other)| one >= other) {
            return Err(InvalidNames(format!("{other:?} stands after {one:?}: expected names in ascending order, each once")));
        }
        let parse = |text: &String| text.parse().map_err(|error: T::Err| InvalidNames(error.to_string()));
        texts.iter().map(parse).collect::<Result<_, _>>().map(Self::Only)
    }
}

impl<T: Name> From<Names<T>> for Vec<String> {
    fn from(names: Names<T>) -> Self {
        match names {
            Names::Any => vec!["*".to_owned()],
            Names::Only(names) => {
                let mut texts: Vec<String> = names.iter().map(ToString::to_string).collect();
                texts.sort();
                texts.dedup();
                texts
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_covers_all_that_an_event_touches_or_nothing() {
        let prod = Environment::new("prod").unwrap();
        let dev = Environment::new("dev").unwrap();
        let grant = Grant { environments: Names::Only(vec![dev.clone()]), permissions: Role::Ci.permissions(), ..Grant::everything() };
        let touches = |environment| Touches { environment: Reach::One(environment), ..Touches::everything() };
        let promote = Permission::Append(EventType::PromotionRequested);
        assert!(grant.allows(promote, touches(&dev)));
        assert!(!grant.allows(promote, touches(&prod)));
        assert!(!grant.allows(Permission::Append(EventType::EnvironmentLocked), touches(&dev)));
        assert!(!grant.is_admin());
        assert!(Grant::everything().is_admin());
        let narrowed = Grant { environments: Names::Only(vec![dev]), ..Grant::everything() };
        assert!(!narrowed.is_admin(), "who may do everything in one environment may not add keys for all");
    }

    #[test]
    fn lists_of_names_have_one_form() {
        let names = |texts: &[&str]| Names::<Environment>::try_from(texts.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(names(&["*"]), Ok(Names::Any));
        assert!(names(&["dev", "prod"]).is_ok());
        for bad in [&["prod", "dev"][..], &["dev", "dev"], &["*", "dev"], &["Dev"]] {
            assert!(names(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn roles_expand_to_lists_in_order() {
        for role in Role::ALL {
            let texts = Vec::<String>::from(role.permissions());
            assert_eq!(Names::try_from(texts), Ok(role.permissions()), "{}", role.name());
        }
    }
}

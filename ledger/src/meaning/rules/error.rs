//! Why rules are none.

use crate::meaning::names::{Component, Environment, GateName, Group, Pipeline, Reason, Repository};

/// Rules that contradict themselves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRules {
    /// There is no environment.
    #[error("pipeline {0} has no environments: expected at least one")]
    NoEnvironments(Pipeline),
    /// There is no component.
    #[error("pipeline {0} has no components: expected at least one")]
    NoComponents(Pipeline),
    /// An environment is listed twice.
    #[error("environment {0} is listed twice: expected each environment once")]
    EnvironmentTwice(Environment),
    /// A component is listed twice.
    #[error("component {0} is listed twice: expected each component once")]
    ComponentTwice(Component),
    /// Two components would fight over the same tags.
    #[error("components {0} and {1} share the repository {2}: expected one repository for each, since promotion tags would collide")]
    RepositoryTwice(Component, Component, Repository),
    /// A gate is listed twice for one environment.
    #[error("gate {1} is listed twice in environment {0}: expected each gate once")]
    GateTwice(Environment, GateName),
    /// The age of a gate's results is bounded twice, or for a gate that is not demanded.
    #[error("environment {0} bounds the age of gate {1}: expected a gate that it demands, each once, and never policy_compliance")]
    MaxAge(Environment, GateName),
    /// Approvals that nobody can give.
    #[error("environment {0} asks for approvals: expected a count and a validity above zero, and groups in ascending order")]
    Approvals(Environment),
    /// An authorization that lets nobody in.
    #[error("environment {0} restricts who may change it: expected groups and operators in ascending order, at least one")]
    Authorization(Environment),
    /// Freezes that are out of order.
    #[error("environment {0} has freezes: expected each to begin before it is over, in ascending order")]
    Freezes(Environment),
    /// A gate is said to be advice twice, or one that is not demanded or cannot be.
    #[error("environment {0} takes gate {1} as advice: expected a gate that it demands, each once, and never policy_compliance")]
    Advisory(Environment, GateName),
    /// A time limit that no gate may have.
    #[error("environment {0} limits its gates in time: expected 30 to 3600 seconds")]
    Timeout(Environment),
    /// A gate's command that cannot be.
    #[error("the command of gate {0} is not valid: expected {1}")]
    Command(GateName, &'static str),
    /// What reports of scanners are judged by says nothing, or not in order.
    #[error("reports of scanners are judged: expected at least one severity, the gravest first, each once")]
    Scan,
    /// Policies are not in order.
    #[error("policies stand out of order: expected them by name in ascending order, each once")]
    Policies,
    /// Whose signatures count is not said, or not in order.
    #[error(
        "signatures of artifacts are verified: expected keys or identities, a trust root exactly where there are identities, and all in ascending order, each once"
    )]
    Verification,
    /// Issuers of tokens are not in order.
    #[error("issuers stand out of order: expected them by name in ascending order, each once")]
    Issuers,
    /// An issuer that gives a group to everybody, or twice over.
    #[error("issuer {0} gives groups: expected claims for each, in ascending order, and nothing twice")]
    Issuer(Reason),
    /// A time span of nothing.
    #[error("environment {0} bounds a time by 0 seconds: expected at least 1, or no bound")]
    Seconds(Environment),
    /// Groups or their members are not in order.
    #[error("group {0} stands out of order, or its members do: expected groups and members in ascending order, each once")]
    GroupOutOfOrder(Group),
    /// Components are not in order, so the rules have two spellings.
    #[error("component {0} stands out of order: expected components in ascending order")]
    OutOfOrder(Component),
}

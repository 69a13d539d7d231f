//! The rules of one pipeline, normalised: what a manifest comes to once it is adopted.

mod environment;
mod error;
mod gate;
mod issuer;
mod named;
mod order;
mod source;
mod verification;

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::names::{Component, Environment, GateName, Group, Pipeline, Principal, Reason, Repository};
use super::versions::Scheme;
pub use environment::{ApprovalRule, AuthorizationRule, Enforcement, EnvironmentRule, FreezeRule, Frozen, MaxAge, Window};
pub use error::InvalidRules;
pub use gate::{
    CommandRule, GateRules, LABEL_SHAPE, LONGEST_TIMEOUT, POLICY_COMPLIANCE, PolicyRule, SECURITY_SCAN, SHORTEST_TIMEOUT, ScanRule,
    policies_digest,
};
pub use issuer::{ClaimRule, GroupGiven, IssuerRule};
use order::ascends;
pub use source::Source;
pub use verification::{AnnotationRule, IdentityRule, VerificationRule};

/// The rules of one pipeline. They are in force from the `manifest.adopted` entry that holds them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct Rules(Unchecked);

/// A component and where its artifacts are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentRule {
    /// The component's name.
    pub name: Component,
    /// Where its artifacts and their tags are.
    pub repository: Repository,
    /// How its versions compare; absent, as semantic versions do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub versions: Option<Scheme>,
}

/// A set of principals that the rules name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRule {
    /// Who belongs to it, in ascending order.
    pub members: Vec<Principal>,
    /// The group's name.
    pub name: Group,
}

/// What the downgrade guard does when two versions cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnIncomparable {
    /// Passes, with a warning that names both versions.
    #[default]
    Warn,
    /// Refuses, as for a downgrade.
    Block,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    commands: Vec<CommandRule>,
    components: Vec<ComponentRule>,
    environments: Vec<EnvironmentRule>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    groups: Vec<GroupRule>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    issuers: Vec<IssuerRule>,
    on_incomparable: OnIncomparable,
    pipeline: Pipeline,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    policies: Vec<PolicyRule>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    security_scan: Option<ScanRule>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    verification: Option<Box<VerificationRule>>,
}

impl Rules {
    /// Checks the rules and takes them; components are put in order, environments keep theirs.
    pub fn new(
        pipeline: Pipeline,
        mut components: Vec<ComponentRule>,
        environments: Vec<EnvironmentRule>,
        on_incomparable: OnIncomparable,
    ) -> Result<Self, InvalidRules> {
        components.sort_by(|a, b| a.name.cmp(&b.name));
        Self::try_from(Unchecked {
            commands: Vec::new(),
            components,
            environments,
            groups: Vec::new(),
            issuers: Vec::new(),
            on_incomparable,
            pipeline,
            policies: Vec::new(),
            security_scan: None,
            verification: None,
        })
    }

    /// The same rules with these groups, which are put in order.
    pub fn with_groups(self, mut groups: Vec<GroupRule>) -> Result<Self, InvalidRules> {
        groups.iter_mut().for_each(|group| group.members.sort());
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        Self::try_from(Unchecked { groups, ..self.0 })
    }

    /// The same rules with what these say of gates, which is put in order.
    pub fn with_gates(self, gates: GateRules) -> Result<Self, InvalidRules> {
        let GateRules { mut commands, mut policies, scan: security_scan } = gates;
        commands.iter_mut().for_each(|command| command.variables.sort());
        commands.sort_by(|a, b| a.gate.cmp(&b.gate));
        policies.sort_by(|a, b| a.name.cmp(&b.name));
        Self::try_from(Unchecked { commands, policies, security_scan, ..self.0 })
    }

    /// The same rules with whose signatures count, which is put in order.
    pub fn with_verification(self, mut verification: VerificationRule) -> Result<Self, InvalidRules> {
        verification.annotations.sort();
        verification.identities.sort();
        verification.keys.sort();
        Self::try_from(Unchecked { verification: Some(Box::new(verification)), ..self.0 })
    }

    /// The same rules with whose tokens say who somebody is, which is put in order.
    pub fn with_issuers(self, mut issuers: Vec<IssuerRule>) -> Result<Self, InvalidRules> {
        issuers.iter_mut().flat_map(|issuer| &mut issuer.groups).for_each(|given| given.claims.sort());
        issuers.sort_by(|a, b| a.issuer.cmp(&b.issuer));
        Self::try_from(Unchecked { issuers, ..self.0 })
    }

    /// The gates that are commands, by name.
    pub fn commands(&self) -> &[CommandRule] {
        &self.0.commands
    }

    /// How the gate is run, where it is a command.
    pub fn command(&self, gate: &GateName) -> Option<&CommandRule> {
        self.0.commands.iter().find(|command| command.gate == *gate)
    }

    /// The policies, by name.
    pub fn policies(&self) -> &[PolicyRule] {
        &self.0.policies
    }

    /// Which policies these are.
    pub fn policies_digest(&self) -> Digest {
        policies_digest(self.0.policies.iter().map(|policy| (policy.name.as_str(), policy.text.as_str())))
    }

    /// What reports of vulnerability scanners are judged by.
    pub fn security_scan(&self) -> Option<&ScanRule> {
        self.0.security_scan.as_ref()
    }

    /// Whose signatures of artifacts count.
    pub fn verification(&self) -> Option<&VerificationRule> {
        self.0.verification.as_deref()
    }

    /// Whose tokens say who somebody is, by name.
    pub fn issuers(&self) -> &[IssuerRule] {
        &self.0.issuers
    }

    /// What is believed of that issuer's tokens, if they are.
    pub fn issuer(&self, name: &Reason) -> Option<&IssuerRule> {
        self.0.issuers.iter().find(|issuer| issuer.issuer == *name)
    }

    /// The groups that the rules name, by name.
    pub fn groups(&self) -> &[GroupRule] {
        &self.0.groups
    }

    /// The pipeline that these rules govern.
    pub fn pipeline(&self) -> &Pipeline {
        &self.0.pipeline
    }

    /// The components, by name.
    pub fn components(&self) -> &[ComponentRule] {
        &self.0.components
    }

    /// The environments, in the order of the path.
    pub fn environments(&self) -> &[EnvironmentRule] {
        &self.0.environments
    }

    /// What the downgrade guard does with versions that it cannot compare.
    pub fn on_incomparable(&self) -> OnIncomparable {
        self.0.on_incomparable
    }

    /// The component of that name.
    pub fn component(&self, name: &Component) -> Option<&ComponentRule> {
        self.0.components.iter().find(|component| component.name == *name)
    }

    /// The environment of that name.
    pub fn environment(&self, name: &Environment) -> Option<&EnvironmentRule> {
        self.0.environments.iter().find(|environment| environment.name == *name)
    }

    /// Whether it is the last environment of the path.
    pub fn is_last(&self, name: &Environment) -> bool {
        self.0.environments.last().is_some_and(|environment| environment.name == *name)
    }

    /// Where a promotion into the environment must come from; `None` when there is no such environment.
    pub fn source_of(&self, name: &Environment) -> Option<Source> {
        let place = self.0.environments.iter().position(|environment| environment.name == *name)?;
        let before = place.checked_sub(1).and_then(|before| self.0.environments.get(before));
        Some(before.map_or(Source::Nowhere, |environment| Source::From(environment.name.clone())))
    }
}

impl TryFrom<Unchecked> for Rules {
    type Error = InvalidRules;

    fn try_from(rules: Unchecked) -> Result<Self, InvalidRules> {
        if rules.environments.is_empty() {
            return Err(InvalidRules::NoEnvironments(rules.pipeline));
        }
        if rules.components.is_empty() {
            return Err(InvalidRules::NoComponents(rules.pipeline));
        }
        check_components(&rules.components)?;
        check_environments(&rules.environments)?;
        check_groups(&rules.groups)?;
        issuer::check(&rules.issuers)?;
        gate::check_commands(&rules.commands)?;
        gate::check_policies(&rules.policies)?;
        rules.security_scan.as_ref().map_or(Ok(()), gate::check_scan)?;
        rules.verification.as_deref().map_or(Ok(()), verification::check)?;
        Ok(Self(rules))
    }
}

fn check_components(components: &[ComponentRule]) -> Result<(), InvalidRules> {
    for (at, component) in components.iter().enumerate() {
        let earlier = components.iter().take(at);
        if let Some(last) = earlier.clone().next_back() {
            match last.name.cmp(&component.name) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => return Err(InvalidRules::ComponentTwice(component.name.clone())),
                std::cmp::Ordering::Greater => return Err(InvalidRules::OutOfOrder(component.name.clone())),
            }
        }
        if let Some(other) = earlier.into_iter().find(|other| other.repository == component.repository) {
            return Err(InvalidRules::RepositoryTwice(other.name.clone(), component.name.clone(), component.repository.clone()));
        }
    }
    Ok(())
}

fn check_environments(environments: &[EnvironmentRule]) -> Result<(), InvalidRules> {
    for (at, environment) in environments.iter().enumerate() {
        if environments.iter().take(at).any(|earlier| earlier.name == environment.name) {
            return Err(InvalidRules::EnvironmentTwice(environment.name.clone()));
        }
        environment.check()?;
    }
    Ok(())
}

fn check_groups(groups: &[GroupRule]) -> Result<(), InvalidRules> {
    for (at, group) in groups.iter().enumerate() {
        let after = groups.iter().take(at).next_back().is_none_or(|earlier| earlier.name < group.name);
        if !after || !ascends(&group.members) {
            return Err(InvalidRules::GroupOutOfOrder(group.name.clone()));
        }
    }
    Ok(())
}

impl From<Rules> for Unchecked {
    fn from(rules: Rules) -> Self {
        rules.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(components: &[(&str, &str)], environments: &[&str]) -> Result<Rules, InvalidRules> {
        let components = components
            .iter()
            .map(|(name, repository)| ComponentRule {
                name: Component::new(*name).unwrap(),
                repository: Repository::new(*repository).unwrap(),
                versions: None,
            })
            .collect();
        let environments = environments.iter().map(|name| EnvironmentRule::new(Environment::new(*name).unwrap(), vec![])).collect();
        Rules::new(Pipeline::new("shop").unwrap(), components, environments, OnIncomparable::Warn)
    }

    // proves: FR-001a
    #[test]
    fn the_path_is_the_order_of_environments() {
        let rules = rules(&[("web", "r.example/web"), ("api", "r.example/api")], &["dev", "qa", "prod"]).unwrap();
        let environment = |name: &str| Environment::new(name).unwrap();
        assert_eq!(rules.source_of(&environment("dev")), Some(Source::Nowhere));
        assert_eq!(rules.source_of(&environment("prod")), Some(Source::From(environment("qa"))));
        assert_eq!(rules.source_of(&environment("nope")), None);
        assert!(rules.is_last(&environment("prod")));
        assert_eq!(rules.components()[0].name.as_str(), "api");
    }

    #[test]
    fn contradictions_are_named() {
        assert!(matches!(rules(&[("a", "r.example/a")], &[]), Err(InvalidRules::NoEnvironments(_))));
        assert!(matches!(rules(&[], &["dev"]), Err(InvalidRules::NoComponents(_))));
        assert!(matches!(rules(&[("a", "r.example/a")], &["dev", "dev"]), Err(InvalidRules::EnvironmentTwice(_))));
        assert!(matches!(rules(&[("a", "r.example/a"), ("a", "r.example/b")], &["dev"]), Err(InvalidRules::ComponentTwice(_))));
        assert!(matches!(rules(&[("a", "r.example/a"), ("b", "r.example/a")], &["dev"]), Err(InvalidRules::RepositoryTwice(..))));
    }
}

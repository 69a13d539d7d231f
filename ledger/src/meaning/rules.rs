//! The rules of one pipeline, normalised: what a manifest comes to once it is adopted.

use serde::{Deserialize, Serialize};

use super::names::{Component, Environment, GateName, Pipeline, Repository};

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
}

/// One environment on the path, and what entering it demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentRule {
    /// Gates that must have passed for the digest, in the manifest's order.
    pub gates: Vec<GateName>,
    /// The environment's name.
    pub name: Environment,
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

/// Where a promotion comes from: an environment, or nowhere yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Source {
    /// The release has not been promoted anywhere: `none`.
    Nowhere,
    /// The environment it comes from.
    From(Environment),
}

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
    /// Components are not in order, so the rules have two spellings.
    #[error("component {0} stands out of order: expected components in ascending order")]
    OutOfOrder(Component),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    components: Vec<ComponentRule>,
    environments: Vec<EnvironmentRule>,
    on_incomparable: OnIncomparable,
    pipeline: Pipeline,
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
        Self::try_from(Unchecked { components, environments, on_incomparable, pipeline })
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
        for (place, gate) in environment.gates.iter().enumerate() {
            if environment.gates.iter().take(place).any(|earlier| earlier == gate) {
                return Err(InvalidRules::GateTwice(environment.name.clone(), gate.clone()));
            }
        }
    }
    Ok(())
}

impl From<Rules> for Unchecked {
    fn from(rules: Rules) -> Self {
        rules.0
    }
}

impl Source {
    /// The environment, if it is one.
    pub fn environment(&self) -> Option<&Environment> {
        match self {
            Self::Nowhere => None,
            Self::From(environment) => Some(environment),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.environment().map_or("none", Environment::as_str))
    }
}

impl TryFrom<String> for Source {
    type Error = super::names::InvalidName;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl std::str::FromStr for Source {
    type Err = super::names::InvalidName;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" { Ok(Self::Nowhere) } else { Environment::new(text).map(Self::From) }
    }
}

impl From<Source> for String {
    fn from(source: Source) -> String {
        source.to_string()
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
            })
            .collect();
        let environments =
            environments.iter().map(|name| EnvironmentRule { gates: vec![], name: Environment::new(*name).unwrap() }).collect();
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

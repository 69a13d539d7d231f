//! The scene: the pipeline `shop`, the rules that it may be given, its versions and its artifacts.

use promotion_delivery::registry::Manifest;
use promotion_ledger::meaning::names::{Component, Environment, GateName, MediaType, Pipeline, Repository};
use promotion_ledger::meaning::rules::{ComponentRule, EnvironmentRule, OnIncomparable, Rules};

pub(crate) const COMPONENTS: [&str; 2] = ["api", "web"];
/// In the order of their precedence; what is behind them cannot be compared.
pub(crate) const ORDERED: [&str; 4] = ["v1.0.0", "v1.1.0", "v2.0.0-rc.1", "v2.0.0"];
pub(crate) const VERSIONS: [&str; 5] = ["v1.0.0", "v1.1.0", "v2.0.0-rc.1", "v2.0.0", "nightly"];
pub(crate) const ENVIRONMENTS: [&str; 4] = ["dev", "qa", "staging", "prod"];
pub(crate) const GATES: [&str; 2] = ["scan", "tests"];

/// Rules in plain words: what the model knows of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlainRules {
    /// Environments in the order of the path, each with its gates.
    pub(crate) path: Vec<(&'static str, &'static [&'static str])>,
    /// Components, each with its repository.
    pub(crate) components: Vec<(&'static str, String)>,
    /// Whether versions that cannot be compared are refused.
    pub(crate) block: bool,
}

/// How many manifests there are to choose from.
pub(crate) const VARIANTS: u8 = 7;

/// A manifest by number. 0 is the usual one; the others drop a gate, add an environment, drop one, drop a component, move
/// a repository, or block what cannot be compared and add a gate.
pub(crate) fn variant(number: u8) -> PlainRules {
    let home = |component: &str| format!("registry.acme.example/shop/{component}");
    let usual = PlainRules {
        path: vec![("dev", &[]), ("staging", &["tests"]), ("prod", &["tests", "scan"])],
        components: COMPONENTS.iter().map(|name| (*name, home(name))).collect(),
        block: false,
    };
    match number {
        1 => PlainRules { path: vec![("dev", &[]), ("staging", &["tests"]), ("prod", &["tests"])], ..usual },
        2 => PlainRules { path: vec![("dev", &[]), ("qa", &["tests"]), ("staging", &["tests"]), ("prod", &["tests", "scan"])], ..usual },
        3 => PlainRules { path: vec![("dev", &[]), ("staging", &["tests"])], ..usual },
        4 => PlainRules { components: vec![("api", home("api"))], ..usual },
        5 => PlainRules { components: vec![("api", home("moved/api")), ("web", home("web"))], ..usual },
        6 => PlainRules { path: vec![("dev", &[]), ("staging", &["tests", "scan"]), ("prod", &["tests", "scan"])], block: true, ..usual },
        _ => usual,
    }
}

impl PlainRules {
    pub(crate) fn repository(&self, component: &str) -> Option<&str> {
        self.components.iter().find(|(name, _)| *name == component).map(|(_, repository)| repository.as_str())
    }

    pub(crate) fn gates(&self, environment: &str) -> Option<&'static [&'static str]> {
        self.path.iter().find(|(name, _)| *name == environment).map(|(_, gates)| *gates)
    }

    /// Where a promotion into the environment comes from; `none` for the first.
    pub(crate) fn source(&self, environment: &str) -> Option<&'static str> {
        let at = self.path.iter().position(|(name, _)| *name == environment)?;
        Some(at.checked_sub(1).map_or("none", |before| self.path[before].0))
    }

    /// The same as the ledger takes them.
    pub(crate) fn rules(&self) -> Rules {
        let component = |(name, repository): &(&str, String)| ComponentRule {
            name: Component::new(*name).expect("a component's name"),
            repository: Repository::new(repository.clone()).expect("a repository"),
            versions: None,
        };
        let environment = |(name, gates): &(&str, &[&str])| {
            let gates = gates.iter().map(|gate| GateName::new(*gate).expect("a gate's name")).collect();
            EnvironmentRule::new(Environment::new(*name).expect("an environment's name"), gates)
        };
        let on_incomparable = if self.block { OnIncomparable::Block } else { OnIncomparable::Warn };
        let components = self.components.iter().map(component).collect();
        Rules::new(shop(), components, self.path.iter().map(environment).collect(), on_incomparable).expect("rules without contradictions")
    }
}

pub(crate) fn shop() -> Pipeline {
    Pipeline::new("shop").expect("a pipeline's name")
}

/// The build that no registry has.
pub(crate) const LOST_BUILD: u8 = 9;

/// What a build of a version is, to the byte. Build 0 is the one that is meant.
pub(crate) fn artifact(component: &str, version: &str, build: u8) -> Manifest {
    let media_type = MediaType::new("application/vnd.oci.image.manifest.v1+json").expect("a media type");
    Manifest::new(media_type, format!("{{\"component\":\"{component}\",\"version\":\"{version}\",\"build\":{build}}}").into_bytes())
}

pub(crate) fn digest(component: &str, version: &str, build: u8) -> String {
    artifact(component, version, build).digest().to_string()
}

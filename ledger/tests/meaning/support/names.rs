//! Names, from the texts that tests read well with.

use promotion_ledger::evidence::hash::sha256;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::artifact::{GateCompleted, GateStatus};
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::names::{Component, Environment, GateName, Pipeline, Reason, Repository, TagName, Version};
use promotion_ledger::meaning::rules::{ComponentRule, EnvironmentRule, OnIncomparable, Rules, Source};
use uuid::Uuid;

pub(crate) fn shop() -> Pipeline {
    Pipeline::new("shop").expect("a pipeline's name")
}

pub(crate) fn component(name: &str) -> Component {
    Component::new(name).expect("a component's name")
}

pub(crate) fn environment(name: &str) -> Environment {
    Environment::new(name).expect("an environment's name")
}

pub(crate) fn version(name: &str) -> Version {
    Version::new(name).expect("a version")
}

pub(crate) fn gate_name(name: &str) -> GateName {
    GateName::new(name).expect("a gate's name")
}

pub(crate) fn tag(name: &str) -> TagName {
    TagName::new(name).expect("a tag")
}

pub(crate) fn reason(text: &str) -> Reason {
    Reason::new(text).expect("a reason")
}

pub(crate) fn source(name: &str) -> Source {
    name.parse().expect("an environment's name, or none")
}

pub(crate) fn repository(component: &str) -> Repository {
    Repository::new(format!("registry.acme.example/shop/{component}")).expect("a repository")
}

pub(crate) const fn entry(place: u64) -> Sequence {
    Sequence::new(place)
}

/// The digest of an artifact with that content.
pub(crate) fn digest(content: &str) -> Digest {
    Digest::from_sha256(&sha256(content.as_bytes()))
}

/// What a version of a component stands for, unless a test says otherwise.
pub(crate) fn built(component: &str, version: &str) -> Digest {
    digest(&format!("{component} {version}"))
}

pub(crate) fn run_id(number: u64) -> PromotionId {
    PromotionId::from_uuid(Uuid::from_u64_pair(0x0198_f0a4_0000_7000, 0x8000_0000_0000_0000 | number))
}

pub(crate) fn gate(name: &str, component_name: &str, version: &str, environment_name: &str, status: GateStatus) -> GateCompleted {
    GateCompleted {
        component: component(component_name),
        digest: built(component_name, version),
        duration_ms: Some(1200),
        environment: environment(environment_name),
        evidence: None,
        gate: gate_name(name),
        message: None,
        pipeline: shop(),
        policy: None,
        scan: None,
        status,
    }
}

/// Rules of `shop` with components `api` and `web`, and environments with their gates.
pub(crate) fn rules(environments: &[(&str, &[&str])], on_incomparable: OnIncomparable) -> Rules {
    let components = ["api", "web"].map(|name| ComponentRule { name: component(name), repository: repository(name), versions: None });
    let environments = environments
        .iter()
        .map(|(name, gates)| EnvironmentRule::new(environment(name), gates.iter().map(|gate| gate_name(gate)).collect()));
    Rules::new(shop(), components.to_vec(), environments.collect(), on_incomparable).expect("rules without contradictions")
}

/// dev, then staging behind `tests`, then prod behind `tests` and `security_scan`.
pub(crate) fn usual_rules() -> Rules {
    rules(&[("dev", &[]), ("staging", &["tests"]), ("prod", &["tests", "security_scan"])], OnIncomparable::Warn)
}

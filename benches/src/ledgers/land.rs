//! Where it happens: pipelines with their components and environments, and what was released in each.

use fastrand::Rng;
use promotion_ledger::evidence::hash::sha256;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::{Component, Environment, GateName, Pipeline, Repository, Version};
use promotion_ledger::meaning::rules::{ComponentRule, EnvironmentRule, OnIncomparable, Rules};

const TRADES: [&str; 12] =
    ["shop", "billing", "search", "accounts", "shipping", "catalogue", "payments", "support", "reports", "mail", "maps", "stock"];
const PARTS: [&str; 10] = ["api", "web", "worker", "scheduler", "gateway", "importer", "mailer", "admin", "indexer", "cache"];
const PATH: [&str; 5] = ["dev", "qa", "staging", "canary", "prod"];
const GATES: [&str; 3] = ["vulnerability-scan", "integration-tests", "licences"];

/// A pipeline, and what became of its components.
pub(super) struct Line {
    pub(super) pipeline: Pipeline,
    pub(super) components: Vec<Part>,
    pub(super) environments: Vec<Stage>,
    on_incomparable: OnIncomparable,
}

/// An environment, and what must have passed before it.
pub(super) struct Stage {
    pub(super) name: Environment,
    pub(super) gates: Vec<GateName>,
}

/// A component, and what was released of it.
pub(super) struct Part {
    pub(super) name: Component,
    pub(super) repository: Repository,
    number: [u32; 2],
    /// The newest versions, the newest last.
    pub(super) released: Vec<Version>,
}

/// How many versions of a component are remembered, to promote and to roll back to.
const REMEMBERED: usize = 8;

impl Line {
    fn new(at: usize, rng: &mut Rng) -> Self {
        let trade = TRADES.get(at % TRADES.len()).copied().unwrap_or("shop");
        let name = if at < TRADES.len() { trade.to_owned() } else { format!("{trade}-{}", at / TRADES.len() + 1) };
        let pipeline = Pipeline::new(name).expect("trades are labels");
        let components = PARTS.iter().take(rng.usize(2..=PARTS.len())).map(|part| Part::new(&pipeline, part)).collect();
        let mut environments: Vec<Stage> = PATH.iter().map(|name| Stage::new(name)).collect();
        // Every path begins in dev and ends in prod.
        while environments.len() > 2 && rng.bool() {
            environments.remove(rng.usize(1..environments.len() - 1));
        }
        let gated = rng.usize(1..=GATES.len());
        for stage in environments.iter_mut().rev().take(2) {
            stage.gates = GATES.iter().take(gated).map(|gate| GateName::new(*gate).expect("gates are labels")).collect();
        }
        let on_incomparable = if rng.bool() { OnIncomparable::Warn } else { OnIncomparable::Block };
        Self { pipeline, components, environments, on_incomparable }
    }

    /// As a manifest comes to once it is adopted.
    pub(super) fn rules(&self) -> Rules {
        let component = |part: &Part| ComponentRule { name: part.name.clone(), repository: part.repository.clone(), versions: None };
        let environment = |stage: &Stage| EnvironmentRule::new(stage.name.clone(), stage.gates.clone());
        let components = self.components.iter().map(component).collect();
        let environments = self.environments.iter().map(environment).collect();
        Rules::new(self.pipeline.clone(), components, environments, self.on_incomparable).expect("each name stands once")
    }

    /// Another gate before production, or one less.
    pub(super) fn change_its_mind(&mut self) {
        let manual = GateName::new("change-board").expect("a label");
        let Some(last) = self.environments.last_mut() else { return };
        match last.gates.iter().position(|gate| *gate == manual) {
            Some(at) => drop(last.gates.remove(at)),
            None => last.gates.push(manual),
        }
    }
}

impl Stage {
    fn new(name: &str) -> Self {
        Self { name: Environment::new(name).expect("environments are labels"), gates: Vec::new() }
    }
}

impl Part {
    fn new(pipeline: &Pipeline, name: &str) -> Self {
        let repository = Repository::new(format!("registry.acme.example/{pipeline}/{name}")).expect("made of labels");
        Self { name: Component::new(name).expect("components are labels"), repository, number: [1, 0], released: Vec::new() }
    }

    /// The version that follows the last one: mostly a patch, now and then something new.
    pub(super) fn next_version(&mut self, rng: &mut Rng) -> Version {
        let [minor, patch] = &mut self.number;
        if rng.u8(0..4) == 0 {
            (*minor, *patch) = (*minor + 1, 0);
        } else {
            *patch += 1;
        }
        Version::new(format!("v1.{minor}.{patch}")).expect("numbers and dots")
    }

    pub(super) fn remember(&mut self, version: Version) {
        self.released.push(version);
        if self.released.len() > REMEMBERED {
            self.released.remove(0);
        }
    }
}

/// So many pipelines.
pub(super) fn settle(pipelines: usize, rng: &mut Rng) -> Vec<Line> {
    (0..pipelines).map(|at| Line::new(at, rng)).collect()
}

/// What a version is, byte for byte.
pub(super) fn digest(seed: u64, pipeline: &Pipeline, component: &Component, version: &Version) -> Digest {
    Digest::from_sha256(&sha256(format!("{seed} {pipeline} {component} {version}").as_bytes()))
}

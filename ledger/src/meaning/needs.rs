//! Which facts a judgement needs, so that an index brings just those and nothing folds from zero.
//!
//! Some facts lead to others (a promotion that is under way names its digest), so the answer is asked for again until
//! nothing is missing: see [`bring`].

use super::digest::Digest;
use super::event::Event;
use super::event::history::Asserted;
use super::event::promotion::Promotion;
use super::facts::{Fact, FactKey, Run};
use super::id::PromotionId;
use super::names::{Component, Environment, GateName, Pipeline, Version};
use super::state::State;

/// What a judgement is about.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The component's whole path in that pipeline: every environment's place, locks, and the versions there.
    pub subject: Option<(Pipeline, Component)>,
    /// Versions that are named.
    pub versions: Vec<Version>,
    /// An environment that is named, whether or not the rules in force still know it.
    pub environment: Option<Environment>,
    /// Where something is said to come from, whether or not the rules in force know it.
    pub source: Option<Environment>,
    /// An environment whose locks are asked for without a component.
    pub locks: Option<(Pipeline, Environment)>,
    /// A pipeline whose failures are asked for without a component.
    pub halts: Option<Pipeline>,
    /// A promotion that is named.
    pub run: Option<PromotionId>,
    /// Digests that are named.
    pub digests: Vec<Digest>,
    /// Lines of history that are to be imported, and the pipeline that they are of.
    pub lines: Option<(Pipeline, Vec<Asserted>)>,
}

impl About {
    /// What judging and applying the event is about.
    pub fn event(event: &Event) -> Self {
        if let Some(promotion) = event.promotion() {
            let mut about = Self::promotion(promotion);
            match event {
                Event::RollbackRequested(event) => about.versions.push(event.leaves.version.clone()),
                Event::RollbackCompleted(event) => about.versions.push(event.leaves.version.clone()),
                _ => {}
            }
            return about;
        }
        match event {
            Event::HistoryImported(event) => {
                Self { lines: Some((event.pipeline.clone(), event.lines.as_slice().to_vec())), ..Self::default() }
            }
            Event::ArtifactRegistered(event) => Self {
                subject: Some((event.pipeline.clone(), event.component.clone())),
                versions: vec![event.version.clone()],
                ..Self::default()
            },
            Event::ApprovalRequested(event) => Self {
                subject: Some((event.pipeline.clone(), event.component.clone())),
                versions: vec![event.version.clone()],
                environment: Some(event.environment.clone()),
                digests: vec![event.digest.clone()],
                ..Self::default()
            },
            Event::ApprovalGranted(event) => Self::approved(&event.pipeline, &event.component, &event.environment, &event.digest),
            Event::ApprovalRejected(event) => Self::approved(&event.pipeline, &event.component, &event.environment, &event.digest),
            Event::EnvironmentLocked(event) => Self { locks: Some((event.pipeline.clone(), event.environment.clone())), ..Self::default() },
            Event::EnvironmentUnlocked(event) => {
                Self { locks: Some((event.pipeline.clone(), event.environment.clone())), ..Self::default() }
            }
            Event::PipelineHalted(event) => Self { halts: Some(event.pipeline.clone()), ..Self::default() },
            Event::PipelineResumed(event) => Self { halts: Some(event.pipeline.clone()), ..Self::default() },
            _ => Self::default(),
        }
    }

    fn approved(pipeline: &Pipeline, component: &Component, environment: &Environment, digest: &Digest) -> Self {
        Self {
            subject: Some((pipeline.clone(), component.clone())),
            environment: Some(environment.clone()),
            digests: vec![digest.clone()],
            ..Self::default()
        }
    }

    fn promotion(promotion: &Promotion) -> Self {
        Self {
            subject: Some((promotion.pipeline.clone(), promotion.component.clone())),
            versions: vec![promotion.version.clone()],
            environment: Some(promotion.to.clone()),
            source: promotion.from.environment().cloned(),
            run: Some(promotion.promotion_id),
            digests: vec![promotion.digest.clone()],
            ..Self::default()
        }
    }
}

/// The facts that the judgement needs and that the state does not have yet, besides those of an import's lines.
fn missing(about: &About, state: &State) -> Vec<FactKey> {
    let mut keys = Vec::new();
    if let Some((pipeline, environment)) = &about.locks {
        keys.push(FactKey::Locks(pipeline.clone(), environment.clone()));
    }
    keys.extend(about.halts.clone().map(FactKey::Halts));
    if let Some(run) = about.run {
        keys.push(FactKey::Run(run));
        keys.push(FactKey::Override(run));
        keys.push(FactKey::PolicyAnswer(run));
        keys.extend(known_run(state, run).into_iter().flat_map(|run| taken_over(&run.promotion)));
    }
    if let Some((pipeline, component)) = &about.subject {
        subject(pipeline, component, about, state, &mut keys);
    }
    keys.retain(|key| !state.has(key));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// A promotion is not taken over while its pipeline is halted, nor by whoever brought what lands to where it comes from.
fn taken_over(promotion: &Promotion) -> impl Iterator<Item = FactKey> {
    let Promotion { pipeline, component, from, digest, .. } = promotion;
    let brought = |from: &Environment| FactKey::Movers(pipeline.clone(), component.clone(), from.clone(), digest.clone());
    from.environment().map(brought).into_iter().chain([FactKey::Halts(pipeline.clone())])
}

/// Brings every fact that the judgement needs, each from `fetch`.
pub fn bring<E>(about: &About, state: &mut State, mut fetch: impl FnMut(&FactKey) -> Result<Option<Fact>, E>) -> Result<(), E> {
    // What the lines of an import need follows from them alone, and they are many: they are gone through once.
    if let Some((pipeline, lines)) = &about.lines {
        for key in lines.iter().flat_map(|line| asserted(pipeline, line)) {
            if !state.has(&key) {
                let fact = fetch(&key)?;
                state.bring(key, fact);
            }
        }
    }
    loop {
        let keys = missing(about, state);
        if keys.is_empty() {
            return Ok(());
        }
        for key in keys {
            let fact = fetch(&key)?;
            state.bring(key, fact);
        }
    }
}

/// An import is judged by what it repeats and by when the first recorded run of each place was; applying it, by what was
/// asserted of each version before.
fn asserted(pipeline: &Pipeline, line: &Asserted) -> [FactKey; 3] {
    let Asserted { component, to, version, .. } = line;
    [
        FactKey::Line(line.id(pipeline)),
        FactKey::Place(pipeline.clone(), component.clone(), to.clone()),
        FactKey::Asserted(pipeline.clone(), component.clone(), to.clone(), version.clone()),
    ]
}

fn subject(pipeline: &Pipeline, component: &Component, about: &About, state: &State, keys: &mut Vec<FactKey>) {
    keys.push(FactKey::Halts(pipeline.clone()));
    for version in &about.versions {
        keys.push(FactKey::Release(pipeline.clone(), component.clone(), version.clone()));
    }
    let rules = state.core().rules(pipeline);
    let environments = rules.map(|rules| rules.environments()).unwrap_or_default();
    let mut named: Vec<&Environment> = environments.iter().map(|environment| &environment.name).collect();
    let said = about.environment.iter().chain(&about.source);
    named.extend(said.filter(|environment| !environments.iter().any(|rule| rule.name == **environment)));
    for environment in named {
        let place = FactKey::Place(pipeline.clone(), component.clone(), environment.clone());
        if state.has(&place) {
            environment_of_place(pipeline, component, environment, state, keys);
        }
        keys.push(place);
        keys.push(FactKey::Locks(pipeline.clone(), environment.clone()));
        for digest in &about.digests {
            // An override may name a digest that is no release's: the law judges its gates all the same.
            keys.extend(demanded(pipeline, environment, state).iter().map(|gate| gate_key(pipeline, component, environment, gate, digest)));
            hands(pipeline, component, environment, digest, keys);
        }
        for version in &about.versions {
            keys.push(FactKey::Visit(pipeline.clone(), component.clone(), environment.clone(), version.clone()));
            keys.push(FactKey::Asserted(pipeline.clone(), component.clone(), environment.clone(), version.clone()));
            gates(pipeline, component, environment, version, state, keys);
        }
    }
}

fn environment_of_place(pipeline: &Pipeline, component: &Component, environment: &Environment, state: &State, keys: &mut Vec<FactKey>) {
    let place = state.place(pipeline, component, environment);
    keys.extend(place.run.map(FactKey::Run));
    if let Some(holder) = place.holder {
        keys.push(FactKey::Release(pipeline.clone(), component.clone(), holder.version.clone()));
        keys.push(FactKey::Visit(pipeline.clone(), component.clone(), environment.clone(), holder.version));
    }
    // Gates are judged as the promotion under way was asked to keep them, whatever the rules say by now.
    if let Some(run) = place.run.and_then(|run| known_run(state, run)) {
        for gate in &run.gates {
            keys.push(gate_key(pipeline, component, environment, &gate.gate, &run.promotion.digest));
        }
    }
}

fn gates(pipeline: &Pipeline, component: &Component, environment: &Environment, version: &Version, state: &State, keys: &mut Vec<FactKey>) {
    let release_key = FactKey::Release(pipeline.clone(), component.clone(), version.clone());
    if !state.has(&release_key) {
        return;
    }
    let gates = demanded(pipeline, environment, state);
    if let Some(release) = state.release(pipeline, component, version) {
        keys.extend(gates.iter().map(|gate| gate_key(pipeline, component, environment, gate, &release.digest)));
        hands(pipeline, component, environment, &release.digest, keys);
    }
}

/// The gates that the rules in force demand there.
fn demanded<'a>(pipeline: &Pipeline, environment: &Environment, state: &'a State) -> &'a [GateName] {
    let rule = state.core().rules(pipeline).and_then(|rules| rules.environment(environment));
    rule.map(|rule| rule.gates.as_slice()).unwrap_or_default()
}

/// Who brought a digest there, and who stands behind it going there.
fn hands(pipeline: &Pipeline, component: &Component, environment: &Environment, digest: &Digest, keys: &mut Vec<FactKey>) {
    keys.push(FactKey::Movers(pipeline.clone(), component.clone(), environment.clone(), digest.clone()));
    keys.push(FactKey::Approvals(pipeline.clone(), component.clone(), environment.clone(), digest.clone()));
}

fn gate_key(pipeline: &Pipeline, component: &Component, environment: &Environment, gate: &GateName, digest: &Digest) -> FactKey {
    FactKey::Gate(pipeline.clone(), component.clone(), environment.clone(), gate.clone(), digest.clone())
}

fn known_run(state: &State, run: PromotionId) -> Option<&Run> {
    if state.has(&FactKey::Run(run)) { state.run(&run) } else { None }
}

//! From the section `artifacts` to the rules of a pipeline: every field, its default and its bounds.

use promotion_ledger::meaning::names::{Component, Environment, GateName, Pipeline};
use promotion_ledger::meaning::rules::{ComponentRule, EnvironmentRule, InvalidRules, OnIncomparable, Rules};

use super::cursor::{self, Cursor, Fields, Located};
use super::error::{ManifestError, Path, quoted};
use super::near::nearest;
use super::repository::{Fault, Registry, resolve};
use super::yaml::{Entry, Node, SECTION};

/// The pipeline of a manifest that names none.
pub(super) const DEFAULT_PIPELINE: &str = "main";
/// The path of a manifest that lists no environments.
pub(super) const DEFAULT_ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];

const MOST_COMPONENTS: usize = 512;
const MOST_ENVIRONMENTS: usize = 64;
const MOST_GATES: usize = 64;
/// Rules are adopted in one entry of the ledger, which holds 65,535 bytes; the rest is for its signature and frame.
const MOST_BYTES: usize = 60_000;

const ENVIRONMENT: &str = "an environment name";
const GATE: &str = "a gate name";

/// Rules as read, with the places that an error would name.
struct Draft {
    pipeline: Pipeline,
    components: Vec<Located<ComponentRule>>,
    environments: Vec<DraftEnvironment>,
    on_incomparable: OnIncomparable,
}

struct DraftEnvironment {
    name: Located<Environment>,
    gates: Vec<Located<GateName>>,
}

/// Reads the section.
pub(super) fn rules(section: &Node<'_>) -> Result<Rules, ManifestError> {
    let artifacts = Cursor::new(section, Path::Key(&Path::Root, SECTION));
    let fields = artifacts.fields(cursor::ARTIFACTS)?;
    let registry = field(&fields, &artifacts, "registry", |at| registry(&at))?;
    let draft = match fields.get("promotion") {
        Some(node) => promotion(&Cursor::new(node, Path::Key(artifacts.path(), "promotion")), registry.as_ref(), &artifacts)?,
        None => Draft {
            pipeline: default_name(DEFAULT_PIPELINE),
            components: vec![sole_component(registry.as_ref(), &artifacts)?],
            environments: default_environments(&artifacts),
            on_incomparable: OnIncomparable::default(),
        },
    };
    let rules = draft.rules().map_err(|invalid| contradiction(&invalid, &draft, &artifacts))?;
    bounded(rules, &artifacts)
}

fn promotion(at: &Cursor<'_>, registry: Option<&Registry>, artifacts: &Cursor<'_>) -> Result<Draft, ManifestError> {
    let fields = at.fields(cursor::PROMOTION)?;
    let pipeline = field(&fields, at, "pipeline", |at| at.name("a pipeline name"))?;
    let components = field(&fields, at, "components", |at| components(&at, registry))?;
    let environments = field(&fields, at, "environments", |at| environments(&at))?;
    let on_incomparable = field(&fields, at, "on_incomparable", |at| on_incomparable(&at))?;
    Ok(Draft {
        pipeline: pipeline.unwrap_or_else(|| default_name(DEFAULT_PIPELINE)),
        components: components.map_or_else(|| sole_component(registry, artifacts).map(|only| vec![only]), Ok)?,
        environments: environments.unwrap_or_else(|| default_environments(at)),
        on_incomparable: on_incomparable.unwrap_or_default(),
    })
}

/// Reads a field, if it was written.
fn field<T>(
    fields: &Fields<'_>,
    parent: &Cursor<'_>,
    key: &str,
    read: impl FnOnce(Cursor<'_>) -> Result<T, ManifestError>,
) -> Result<Option<T>, ManifestError> {
    fields.get(key).map(|node| read(Cursor::new(node, Path::Key(parent.path(), key)))).transpose()
}

fn registry(at: &Cursor<'_>) -> Result<Registry, ManifestError> {
    Registry::new(at.text("a registry")?).map_err(|fault| misplaced(at, fault))
}

fn components(at: &Cursor<'_>, registry: Option<&Registry>) -> Result<Vec<Located<ComponentRule>>, ManifestError> {
    let expected = "a mapping from component names to repositories";
    let entries = at.entries(expected)?;
    if entries.is_empty() || entries.len() > MOST_COMPONENTS {
        return Err(at.error(format!("1 to {MOST_COMPONENTS} components"), entries.len().to_string()));
    }
    entries.iter().map(|entry| component(entry, at.path(), registry)).collect()
}

fn component(entry: &Entry<'_>, path: &Path<'_>, registry: Option<&Registry>) -> Result<Located<ComponentRule>, ManifestError> {
    let path = Path::Key(path, entry.key.scalar().unwrap_or_default());
    let name = Cursor::new(&entry.key, path).name::<Component>("a component name")?;
    let at = Cursor::new(&entry.value, path);
    let repository = resolve(at.text("a repository")?, registry).map_err(|fault| misplaced(&at, fault))?;
    Ok(at.located(ComponentRule { name, repository }))
}

/// The component of a manifest that lists none: `registry` is its repository and names it.
fn sole_component(registry: Option<&Registry>, artifacts: &Cursor<'_>) -> Result<Located<ComponentRule>, ManifestError> {
    let whole = registry.and_then(Registry::whole);
    if let Some((name, repository)) = whole
        && let Ok(name) = Component::new(name)
    {
        return Ok(artifacts.located(ComponentRule { name, repository }));
    }
    let found = registry.map_or_else(|| "neither".to_owned(), |registry| format!("only the registry {}", quoted(registry.as_str())));
    let error = artifacts.error("`promotion.components`, or a `registry` that is one component's repository", found);
    Err(error.hinting("write the components under `artifacts.promotion`, such as `components: {api: shop/api}`".to_owned()))
}

fn environments(at: &Cursor<'_>) -> Result<Vec<DraftEnvironment>, ManifestError> {
    let items = at.items("a list of environments", MOST_ENVIRONMENTS)?;
    if items.is_empty() {
        let hint = format!("list the path, or leave the key out for {}", DEFAULT_ENVIRONMENTS.join(", "));
        return Err(at.unlike("at least one environment").hinting(hint));
    }
    items.iter().enumerate().map(|(place, item)| environment(&Cursor::new(item, Path::Item(at.path(), place)))).collect()
}

fn environment(at: &Cursor<'_>) -> Result<DraftEnvironment, ManifestError> {
    if !at.is_mapping() {
        return Ok(DraftEnvironment { name: at.located(at.name(ENVIRONMENT)?), gates: Vec::new() });
    }
    let fields = at.fields(cursor::ENVIRONMENT)?;
    let name = field(&fields, at, "name", |at| Ok(at.located(at.name(ENVIRONMENT)?)))?;
    let name = name.ok_or_else(|| at.error("an environment with a `name`", "none").hinting("write `name: …` in this item".to_owned()))?;
    let gates = field(&fields, at, "gates", |at| gates(&at))?;
    Ok(DraftEnvironment { name, gates: gates.unwrap_or_default() })
}

fn gates(at: &Cursor<'_>) -> Result<Vec<Located<GateName>>, ManifestError> {
    let items = at.items("a list of gate names", MOST_GATES)?;
    let gate = |(place, item)| {
        let at = Cursor::new(item, Path::Item(at.path(), place));
        Ok(at.located(at.name(GATE)?))
    };
    items.iter().enumerate().map(gate).collect()
}

fn on_incomparable(at: &Cursor<'_>) -> Result<OnIncomparable, ManifestError> {
    let expected = "`warn` or `block`";
    match at.text(expected)? {
        "warn" => Ok(OnIncomparable::Warn),
        "block" => Ok(OnIncomparable::Block),
        other => {
            let hint = nearest(other, &["warn", "block"]).map(|near| format!("did you mean `{near}`?"));
            Err(at.unlike(expected).hinting(hint))
        }
    }
}

fn default_environments(at: &Cursor<'_>) -> Vec<DraftEnvironment> {
    DEFAULT_ENVIRONMENTS.map(|name| DraftEnvironment { name: at.located(default_name(name)), gates: Vec::new() }).into()
}

fn default_name<N: std::str::FromStr>(name: &str) -> N {
    name.parse().ok().expect("the defaults keep the rules of names")
}

fn misplaced(at: &Cursor<'_>, fault: Fault) -> ManifestError {
    at.error(fault.expected, fault.found).hinting(fault.hint)
}

impl Draft {
    fn rules(&self) -> Result<Rules, InvalidRules> {
        let environment = |draft: &DraftEnvironment| EnvironmentRule {
            gates: draft.gates.iter().map(|gate| gate.value.clone()).collect(),
            name: draft.name.value.clone(),
        };
        let components = self.components.iter().map(|component| component.value.clone()).collect();
        Rules::new(self.pipeline.clone(), components, self.environments.iter().map(environment).collect(), self.on_incomparable)
    }
}

/// Gives a contradiction between several fields the place of the one that came last.
fn contradiction(invalid: &InvalidRules, draft: &Draft, artifacts: &Cursor<'_>) -> ManifestError {
    let located = match invalid {
        InvalidRules::EnvironmentTwice(name) => environment_twice(name, draft),
        InvalidRules::GateTwice(environment, gate) => gate_twice(environment, gate, draft),
        InvalidRules::RepositoryTwice(first, second, repository) => repository_twice(first, second, repository.as_str(), draft),
        _ => None,
    };
    located.unwrap_or_else(|| artifacts.error("rules that agree with each other", invalid.to_string()))
}

fn environment_twice(name: &Environment, draft: &Draft) -> Option<ManifestError> {
    let again = draft.environments.iter().map(|environment| &environment.name).filter(|located| located.value == *name).nth(1)?;
    Some(again.error("each environment once", format!("{} again", quoted(name.as_str()))).hinting("remove one of the two".to_owned()))
}

fn gate_twice(environment: &Environment, gate: &GateName, draft: &Draft) -> Option<ManifestError> {
    let environment = draft.environments.iter().find(|draft| draft.name.value == *environment)?;
    let again = environment.gates.iter().filter(|located| located.value == *gate).nth(1)?;
    Some(again.error("each gate once", format!("{} again", quoted(gate.as_str()))).hinting("remove one of the two".to_owned()))
}

fn repository_twice(first: &Component, second: &Component, repository: &str, draft: &Draft) -> Option<ManifestError> {
    let is_one = |located: &&Located<ComponentRule>| located.value.name == *first || located.value.name == *second;
    let again = draft.components.iter().filter(is_one).nth(1)?;
    let other = if again.value.name == *first { second } else { first };
    let found = format!("{}, where component {other} is kept", quoted(repository));
    Some(
        again
            .error("a repository of its own", found)
            .hinting("give each component its own repository: their tags would collide".to_owned()),
    )
}

fn bounded(rules: Rules, artifacts: &Cursor<'_>) -> Result<Rules, ManifestError> {
    let bytes = serde_json::to_vec(&rules).map_or(usize::MAX, |json| json.len());
    if bytes <= MOST_BYTES {
        return Ok(rules);
    }
    Err(artifacts
        .error(format!("rules of at most {MOST_BYTES} bytes as the ledger stores them"), format!("{bytes} bytes"))
        .hinting("split the components between several pipelines, each with its own manifest".to_owned()))
}

//! From the section `artifacts` to the rules of a pipeline.

use promotion_ledger::meaning::names::Pipeline;
use promotion_ledger::meaning::rules::{ComponentRule, EnvironmentRule, GroupRule, OnIncomparable, Rules};
use promotion_ledger::meaning::time::Timestamp;

use super::components::{components, registry, sole};
use super::cursor::Cursor;
use super::environments::{default_environments, environments};
use super::error::{ManifestError, Path};
use super::groups::groups;
use super::repository::Registry;
use super::shape::{ARTIFACTS, ON_INCOMPARABLE, PROMOTION};
use super::yaml::{Node, SECTION};

/// The pipeline of a manifest that names none.
pub(super) const DEFAULT_PIPELINE: &str = "main";

/// Rules are adopted in one entry of the ledger, which holds 65,535 bytes; the rest is for its signature and frame.
const MOST_BYTES: usize = 60_000;

/// What `promotion` says, as far as it says it.
#[derive(Debug, Default)]
struct Promotion {
    pipeline: Option<Pipeline>,
    groups: Vec<GroupRule>,
    components: Option<Vec<ComponentRule>>,
    environments: Option<Vec<EnvironmentRule>>,
    on_incomparable: OnIncomparable,
}

/// Reads the section. Freezes are written out from `now` on.
pub(super) fn rules(section: &Node<'_>, now: Timestamp) -> Result<Rules, ManifestError> {
    let artifacts = Cursor::new(section, Path::Key(&Path::Root, SECTION));
    let fields = artifacts.fields(ARTIFACTS)?;
    let registry = fields.read("registry", registry)?;
    let promotion = fields.read("promotion", |at| promotion(at, registry.as_ref(), now))?.unwrap_or_default();
    let components = promotion.components.map_or_else(|| sole(registry.as_ref(), &artifacts).map(|only| vec![only]), Ok)?;
    let pipeline = promotion.pipeline.unwrap_or_else(|| Pipeline::new(DEFAULT_PIPELINE).expect("the default keeps the rules of names"));
    let environments = promotion.environments.unwrap_or_else(default_environments);
    let rules = Rules::new(pipeline, components, environments, promotion.on_incomparable)
        .and_then(|rules| rules.with_groups(promotion.groups))
        .map_err(|invalid| artifacts.error("rules that agree with each other", invalid.to_string()))?;
    bounded(rules, &artifacts)
}

fn promotion(at: &Cursor<'_>, registry: Option<&Registry>, now: Timestamp) -> Result<Promotion, ManifestError> {
    let fields = at.fields(PROMOTION)?;
    Ok(Promotion {
        pipeline: fields.read("pipeline", |at| at.name("a pipeline name"))?,
        groups: fields.read("groups", groups)?.unwrap_or_default(),
        components: fields.read("components", |at| components(at, registry))?,
        environments: fields.read("environments", |at| environments(at, now))?,
        on_incomparable: fields.read("on_incomparable", |at| at.choice(ON_INCOMPARABLE))?.unwrap_or_default(),
    })
}

fn bounded(rules: Rules, artifacts: &Cursor<'_>) -> Result<Rules, ManifestError> {
    let bytes = serde_json::to_vec(&rules).map_or(usize::MAX, |json| json.len());
    if bytes <= MOST_BYTES {
        return Ok(rules);
    }
    let windows: usize = rules.environments().iter().filter_map(|rule| rule.freezes.as_ref()).map(|freezes| freezes.windows.len()).sum();
    let hint = if windows * 100 > MOST_BYTES / 2 {
        format!("the freezes come to {windows} windows: freeze whole days or weekends instead of every night, or fewer environments")
    } else {
        "split the components between several pipelines, each with its own manifest".to_owned()
    };
    let error = artifacts.error(format!("rules of at most {MOST_BYTES} bytes as the ledger stores them"), format!("{bytes} bytes"));
    Err(error.hinting(hint))
}

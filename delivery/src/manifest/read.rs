//! From the section `artifacts` to the rules of a pipeline.

use promotion_ledger::meaning::names::Pipeline;
use promotion_ledger::meaning::rules::{ComponentRule, EnvironmentRule, GateRules, GroupRule, IssuerRule, OnIncomparable, Rules};
use promotion_ledger::meaning::time::Timestamp;

use super::commands::{commands, timeout};
use super::components::{components, registry, sole};
use super::cursor::Cursor;
use super::environments::{Surroundings, default_environments, environments};
use super::error::{ManifestError, Path};
use super::files::Files;
use super::groups::groups;
use super::issuers::issuers;
use super::policies::policies;
use super::repository::Registry;
use super::scan::security_scan;
use super::shape::{ARTIFACTS, ON_INCOMPARABLE, PROMOTION};
use super::undemanded;
use super::verification::verification;
use super::yaml::{Node, SECTION};

/// The pipeline of a manifest that names none.
pub(super) const DEFAULT_PIPELINE: &str = "main";

/// Rules are adopted in one entry of the ledger, which holds 65,535 bytes; the rest is for its signature and frame.
const MOST_BYTES: usize = 60_000;

/// What `promotion` says, as far as it says it.
#[derive(Debug)]
struct Promotion {
    pipeline: Option<Pipeline>,
    groups: Vec<GroupRule>,
    issuers: Vec<IssuerRule>,
    components: Option<Vec<ComponentRule>>,
    gates: GateRules,
    environments: Vec<EnvironmentRule>,
    on_incomparable: OnIncomparable,
}

/// Reads the section. Freezes are written out from `now` on.
pub(super) fn rules(section: &Node<'_>, now: Timestamp, files: &dyn Files) -> Result<Rules, ManifestError> {
    let artifacts = Cursor::new(section, Path::Key(&Path::Root, SECTION));
    let fields = artifacts.fields(ARTIFACTS)?;
    let registry = fields.read("registry", registry)?;
    let around = Surroundings { now, verified: fields.get("verification").is_some(), gate_timeout_seconds: None };
    let promotion =
        fields.read("promotion", |at| promotion(at, registry.as_ref(), around, files))?.unwrap_or_else(|| Promotion::none(around));
    let verification = fields.read("verification", |at| verification(at, files))?;
    let components = promotion.components.map_or_else(|| sole(registry.as_ref(), &artifacts).map(|only| vec![only]), Ok)?;
    let pipeline = promotion.pipeline.unwrap_or_else(|| Pipeline::new(DEFAULT_PIPELINE).expect("the default keeps the rules of names"));
    let rules = Rules::new(pipeline, components, promotion.environments, promotion.on_incomparable)
        .and_then(|rules| rules.with_groups(promotion.groups))
        .and_then(|rules| rules.with_issuers(promotion.issuers))
        .and_then(|rules| rules.with_gates(promotion.gates))
        .and_then(|rules| verification.map_or(Ok(rules.clone()), |verification| rules.with_verification(verification)))
        .map_err(|invalid| artifacts.error("rules that agree with each other", invalid.to_string()))?;
    bounded(rules, &artifacts)
}

fn promotion(at: &Cursor<'_>, registry: Option<&Registry>, around: Surroundings, files: &dyn Files) -> Result<Promotion, ManifestError> {
    let fields = at.fields(PROMOTION)?;
    let pipeline = fields.read("pipeline", |at| at.name("a pipeline name"))?;
    let groups = fields.read("groups", groups)?.unwrap_or_default();
    let issuers = fields.read("issuers", |at| issuers(at, files))?.unwrap_or_default();
    let components = fields.read("components", |at| components(at, registry))?;
    let gates = GateRules {
        policies: fields.read("policies", |at| policies(at, files))?.unwrap_or_default(),
        scan: fields.read("security_scan", security_scan)?,
        commands: fields.read("gate_commands", commands)?.unwrap_or_default(),
    };
    let around = Surroundings { gate_timeout_seconds: fields.read("gate_timeout_seconds", timeout)?, ..around };
    let environments = fields.read("environments", |at| environments(at, around))?.unwrap_or_else(|| default_environments(around));
    undemanded::refuse(&fields, &environments)?;
    let on_incomparable = fields.read("on_incomparable", |at| at.choice(ON_INCOMPARABLE))?.unwrap_or_default();
    Ok(Promotion { pipeline, groups, issuers, components, gates, environments, on_incomparable })
}

impl Promotion {
    /// What a manifest comes to that has no `promotion`.
    fn none(around: Surroundings) -> Self {
        Self {
            pipeline: None,
            groups: Vec::new(),
            issuers: Vec::new(),
            components: None,
            gates: GateRules::default(),
            environments: default_environments(around),
            on_incomparable: OnIncomparable::default(),
        }
    }
}

fn bounded(rules: Rules, artifacts: &Cursor<'_>) -> Result<Rules, ManifestError> {
    let bytes = serde_json::to_vec(&rules).map_or(usize::MAX, |json| json.len());
    if bytes <= MOST_BYTES {
        return Ok(rules);
    }
    let error = artifacts.error(format!("rules of at most {MOST_BYTES} bytes as the ledger stores them"), format!("{bytes} bytes"));
    Err(error.hinting(shorter(&rules)))
}

/// What to do about rules that are too long, by what the bulk of them is.
fn shorter(rules: &Rules) -> String {
    let windows: usize = rules.environments().iter().filter_map(|rule| rule.freezes.as_ref()).map(|freezes| freezes.windows.len()).sum();
    let policies: usize = rules.policies().iter().map(|policy| policy.text.as_str().len()).sum();
    if windows * 100 > MOST_BYTES / 2 {
        format!("the freezes come to {windows} windows: freeze whole days or weekends instead of every night, or fewer environments")
    } else if policies > MOST_BYTES / 2 {
        format!("the policies come to {policies} bytes: leave out what does not decide, such as tests and long comments")
    } else {
        "split the components between several pipelines, each with its own manifest".to_owned()
    }
}

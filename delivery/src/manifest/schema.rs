//! The JSON Schema of a manifest, for editors and for those who write manifests by program.
//!
//! It takes whatever [`super::parse`] takes. What it cannot say is left to the reader: that names differ from each other, that a
//! registry, a range, a template, a zone, a date or a recurrence is one, that a soak has an environment before it, that a file is
//! there and holds what it should, and that what is said of a gate or of signatures is of use to an environment.

mod checks;
mod forms;
mod freezes;
mod issuers;

use promotion_ledger::meaning::names::{Component, Environment, Group, Pipeline, Principal};
use serde_json::{Value, json};

use self::checks::{commands, policies, security_scan, timeout, verification};
use self::forms::{about, duration, gate_name, insert, label, list, location, object, text, visible, words};
use self::freezes::freeze;
use self::issuers::issuers;
use super::environments::DEFAULT_ENVIRONMENTS;
use super::read::DEFAULT_PIPELINE;
use super::shape::{
    APPROVALS, ARTIFACTS, AUTHORIZATION, COMPONENT, ENVIRONMENT, GATE, MOST_APPROVALS, MOST_COMPONENTS, MOST_ENVIRONMENTS, MOST_FREEZES,
    MOST_GATES, MOST_GROUPS, MOST_PRINCIPALS, ON_INCOMPARABLE, PROMOTION, SCHEME, SCHEMES, SIGNATURE,
};

/// Parts like labels with slashes between them.
const PARTS: &str = "^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$";

/// The JSON Schema (draft 2020-12) of `manifest.yaml`.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "manifest.yaml",
        "description": "The rules by which artifacts are promoted. Other sections belong to other tools and may hold anything.",
        "type": "object",
        "required": ["artifacts"],
        "properties": {"artifacts": artifacts()},
    })
}

fn artifacts() -> Value {
    let registry = about("Where artifacts are kept, unless a component says otherwise.", location());
    object(ARTIFACTS, &[], "The rules of one pipeline.", [registry, promotion(), verification()])
}

fn promotion() -> Value {
    let pipeline =
        about(&format!("The name of this path of environments: {}. {DEFAULT_PIPELINE} when left out.", Pipeline::RULE), label(64));
    let groups = json!({
        "description": "Groups of principals that the rules name.",
        "type": "object",
        "maxProperties": MOST_GROUPS,
        "propertyNames": visible(Group::RULE),
        "additionalProperties": list(visible(Principal::RULE), 0, MOST_PRINCIPALS, "Who belongs to it."),
    });
    let components = json!({
        "description": "What is promoted, each with its repository.",
        "type": "object",
        "minProperties": 1,
        "maxProperties": MOST_COMPONENTS,
        "propertyNames": {"type": "string", "description": Component::RULE, "pattern": PARTS, "maxLength": 128},
        "additionalProperties": {"oneOf": [about("Its repository.", location()), component()]},
    });
    let path = format!("The path that a release takes, first to last. {} when left out.", DEFAULT_ENVIRONMENTS.join(", "));
    let environments = list(json!({"oneOf": [environment_name(), environment()]}), 1, MOST_ENVIRONMENTS, &path);
    let incomparable =
        words(ON_INCOMPARABLE.iter().map(|(word, _)| *word), "What happens to a version that cannot be compared with the one in place.");
    let timeout = timeout("How long a gate may take, in seconds, where neither its command nor the environment says so.");
    let values = [pipeline, groups, issuers(), components, policies(), security_scan(), commands(), timeout, environments, incomparable];
    object(PROMOTION, &[], "What is promoted, and how.", values)
}

fn component() -> Value {
    let versions = json!({"description": "How its versions compare.", "oneOf": [words(plain_schemes(), "A scheme by its name."), scheme(), pattern()]});
    object(
        COMPONENT,
        &["repository"],
        "A component with its own way to compare versions.",
        [about("Its repository.", location()), versions],
    )
}

/// The schemes that need nothing but their name.
fn plain_schemes() -> impl Iterator<Item = &'static str> {
    SCHEMES.iter().copied().filter(|scheme| *scheme != "pattern")
}

fn scheme() -> Value {
    object(&["scheme"], &["scheme"], "A scheme.", [words(plain_schemes(), "Its name.")])
}

fn pattern() -> Value {
    let template = about("Where numbers stand in a version, such as release-{n}.", text());
    object(SCHEME, SCHEME, "Numbers where a template says that they stand.", [words(["pattern"], "The scheme."), template])
}

fn environment() -> Value {
    let gates =
        list(json!({"oneOf": [gate_name(), gate()]}), 0, MOST_GATES, "Gates that must have passed before a release enters, in this order.");
    let range = about("Which versions may come here, such as ^2.", text());
    let signature = words(SIGNATURE.iter().map(|(word, _)| *word), "What an artifact without a good signature comes to.");
    let freezes = list(freeze(), 0, MOST_FREEZES, "When nothing is promoted.");
    let soak = about("How long a release must have been in the environment before.", duration());
    let timeout = timeout("How long a gate may take, in seconds, unless its command says so.");
    let values = [environment_name(), gates, timeout, authorization(), approvals(), soak, range, signature, freezes];
    object(ENVIRONMENT, &["name"], "An environment, and what entering it demands.", values)
}

fn gate() -> Value {
    let advisory = json!({"type": "boolean", "description": "Whether it stops nothing."});
    object(GATE, &["name"], "A gate on its own terms.", [gate_name(), advisory, about("How old a result may be.", duration())])
}

fn authorization() -> Value {
    let separation =
        json!({"type": "boolean", "description": "Whether who brought a digest into an environment before may not bring it here."});
    let mut schema =
        object(AUTHORIZATION, &[], "Who may change the environment.", [groups("Members of these groups."), operators(), separation]);
    insert(&mut schema, "minProperties", json!(1));
    schema
}

fn operators() -> Value {
    list(visible(Principal::RULE), 1, MOST_PRINCIPALS, "These principals.")
}

fn approvals() -> Value {
    let count = json!({"type": "integer", "minimum": 1, "maximum": MOST_APPROVALS, "description": "How many principals must approve."});
    let valid = about("How long a request waits, and what was granted holds. 7d when left out.", duration());
    object(APPROVALS, &["count"], "Whose word a promotion needs.", [count, groups("Of these groups; of anybody when left out."), valid])
}

fn groups(description: &str) -> Value {
    list(visible(Group::RULE), 1, MOST_GROUPS, description)
}

fn environment_name() -> Value {
    let not = json!({"anyOf": [{"const": "none"}, {"pattern": "^rollback-[0-9]*$"}]});
    let mut name = about(Environment::RULE, label(32));
    insert(&mut name, "not", not);
    name
}

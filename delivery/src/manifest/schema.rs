//! The JSON Schema of a manifest, for editors and for those who write manifests by program.
//!
//! It takes whatever [`super::parse`] takes. What it cannot say is left to the reader: that names differ from each other, that a
//! registry, a range, a template, a zone, a date or a recurrence is one, and that a soak has an environment before it.

use promotion_ledger::meaning::names::{Component, Environment, GateName, Group, Pipeline, Principal};
use serde_json::{Map, Value, json};

use super::environments::DEFAULT_ENVIRONMENTS;
use super::read::DEFAULT_PIPELINE;
use super::shape::{
    APPROVALS, ARTIFACTS, AUTHORIZATION, COMPONENT, DATES, ENVIRONMENT, EVERY_WEEK, GATE, MOST_APPROVALS, MOST_COMPONENTS,
    MOST_ENVIRONMENTS, MOST_FREEZES, MOST_GATES, MOST_GROUPS, MOST_OPEN_DAYS, MOST_PRINCIPALS, MOST_WEEKDAYS, ON_INCOMPARABLE, PROMOTION,
    RECURRING, SCHEME, SCHEMES, SIGNATURE, WEEKLY,
};
use super::span;

/// 1 to so many of a-z 0-9 . _ -, beginning with a letter or a digit.
const LABEL: &str = "^[a-z0-9][a-z0-9._-]*$";
/// Parts like labels with slashes between them.
const PARTS: &str = "^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$";
/// Visible ASCII characters without spaces, quotes and backslashes.
const VISIBLE: &str = "^[!#-&(-\\[\\]-_a-~]+$";
/// Visible ASCII characters.
const GRAPHIC: &str = "^[!-~]+$";

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
    object(ARTIFACTS, &[], "The rules of one pipeline.", [registry, promotion()])
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
    object(PROMOTION, &[], "What is promoted, and how.", [pipeline, groups, components, environments, incomparable])
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
    let freezes = list(json!({"oneOf": [dates(), every_week(), recurring()]}), 0, MOST_FREEZES, "When nothing is promoted.");
    let soak = about("How long a release must have been in the environment before.", duration());
    let values = [environment_name(), gates, authorization(), approvals(), soak, range, signature, freezes];
    object(ENVIRONMENT, &["name"], "An environment, and what entering it demands.", values)
}

fn gate() -> Value {
    object(GATE, &["name"], "A gate whose results grow old.", [gate_name(), about("How old a result may be.", duration())])
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

fn dates() -> Value {
    object(DATES, &["name", "from", "until", "zone"], "A freeze between two dates.", [freeze_name(), date(), date(), zone(), open()])
}

fn every_week() -> Value {
    let days = list(about("A day such as sat.", text()), 1, MOST_WEEKDAYS, "The days on which it begins.");
    let clock = || about("A clock time such as 16:00; without days, a day before it, such as fri 16:00.", text());
    let weekly = object(WEEKLY, &["from", "until"], "When, every week.", [days, clock(), clock()]);
    object(EVERY_WEEK, &["name", "weekly", "zone"], "A freeze that comes back every week.", [freeze_name(), weekly, zone(), open()])
}

fn recurring() -> Value {
    let rule = about("An RRULE of RFC 5545, such as FREQ=MONTHLY;BYDAY=2TU.", text());
    let lasting = about("How long it lasts each time, as in RFC 5545: PT8H, P2D.", text());
    let values = [freeze_name(), rule, date(), lasting, date(), zone(), open()];
    let mut schema = object(RECURRING, &["name", "rule", "start", "zone"], "A freeze that comes back by a rule.", values);
    insert(&mut schema, "oneOf", json!([{"required": ["duration"]}, {"required": ["end"]}]));
    schema
}

fn freeze_name() -> Value {
    about("Why nothing is promoted then.", text())
}

fn date() -> Value {
    about("A date or a local time, 2026-12-20 or 2026-12-20T18:00.", text())
}

fn zone() -> Value {
    about("An IANA time zone such as Europe/Berlin, or UTC.", text())
}

fn open() -> Value {
    list(about("A date.", text()), 0, MOST_OPEN_DAYS, "Days that stay open.")
}

fn environment_name() -> Value {
    let not = json!({"anyOf": [{"const": "none"}, {"pattern": "^rollback-[0-9]*$"}]});
    json!({"type": "string", "description": Environment::RULE, "pattern": LABEL, "maxLength": 32, "not": not})
}

fn gate_name() -> Value {
    about(GateName::RULE, label(64))
}

fn label(longest: usize) -> Value {
    json!({"type": "string", "pattern": LABEL, "maxLength": longest})
}

fn visible(rule: &str) -> Value {
    json!({"type": "string", "description": rule, "pattern": VISIBLE, "maxLength": 255})
}

fn location() -> Value {
    json!({"type": "string", "pattern": GRAPHIC, "maxLength": 255})
}

fn duration() -> Value {
    json!({"type": "string", "pattern": span::PATTERN})
}

fn text() -> Value {
    json!({"type": "string", "minLength": 1})
}

fn words<'w>(words: impl IntoIterator<Item = &'w str>, description: &str) -> Value {
    json!({"enum": words.into_iter().collect::<Vec<_>>(), "description": description})
}

fn list(items: Value, least: usize, most: usize, description: &str) -> Value {
    json!({"type": "array", "description": description, "items": items, "minItems": least, "maxItems": most})
}

/// A mapping with these keys, in the order in which the reader lists them, and no other.
fn object<const N: usize>(keys: &[&str], required: &[&str], description: &str, values: [Value; N]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| (*key).to_owned()).zip(values).collect();
    json!({"type": "object", "description": description, "properties": properties, "required": required, "additionalProperties": false})
}

fn about(description: &str, mut schema: Value) -> Value {
    insert(&mut schema, "description", description.into());
    schema
}

fn insert(schema: &mut Value, key: &str, value: Value) {
    if let Value::Object(fields) = schema {
        fields.insert(key.to_owned(), value);
    }
}

//! `schema`: the JSON Schema of what commands print.

use clap::Args;
use promotion_ledger::meaning::refusal::ExitCode;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use schemars::{JsonSchema, Schema as JsonObject};
use serde::Serialize;
use serde_json::{Value, json};

use crate::answer::{Answer, View};
use crate::error::CommandError;
use crate::page::Page;
use crate::views::{admin, audit, diff, halt, history, impact, import, run, setup, show, status, whereabouts, word};

/// The JSON Schema of what a command prints.
///
/// Prints the schema (draft 2020-12) of what --output json gives. Every object names its own: in .schema, such as
/// promoledger.status/1. The name manifest gives the schema of manifest.yaml. Without NAME, lists the names.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// The name of an object, whole or shortened: promoledger.status/1, status/1, status
    name: Option<String>,
}

/// The schemas there are.
#[derive(Debug, Serialize, JsonSchema)]
struct Schemas {
    /// Their names.
    schemas: Vec<String>,
}

impl View for Schemas {
    const SCHEMA: &'static str = "promoledger.schemas/1";
}

/// An object that is printed: its name, and how its schema is made.
type Printed = (&'static str, fn() -> Value);

/// Every object that is printed, by name.
const PRINTED: &[Printed] = &[
    printed::<run::Aborted>(),
    printed::<run::AllPromoted>(),
    printed::<word::Answered>(),
    printed::<audit::BackedUp>(),
    printed::<diff::Comparison>(),
    printed::<admin::DemoRun>(),
    printed::<diff::Difference>(),
    printed::<admin::Diagnosis>(),
    printed::<show::EntryShown>(),
    (ERROR, error),
    printed::<audit::Exported>(),
    printed::<run::GateRecorded>(),
    printed::<halt::HaltsChanged>(),
    printed::<history::History>(),
    printed::<import::HistoryImported>(),
    printed::<impact::Impact>(),
    printed::<setup::Initialised>(),
    printed::<setup::KeyRequested>(),
    printed::<setup::KeyList>(),
    printed::<setup::KeysChanged>(),
    printed::<run::LocksChanged>(),
    printed::<admin::ManifestAdopted>(),
    printed::<admin::ManifestChecked>(),
    printed::<admin::ManifestDiff>(),
    printed::<word::OverrideReviewed>(),
    printed::<run::Promoted>(),
    printed::<show::PromotionShown>(),
    printed::<run::Registered>(),
    printed::<audit::Replayed>(),
    printed::<Schemas>(),
    printed::<status::Status>(),
    printed::<audit::Trusted>(),
    printed::<audit::Verification>(),
    printed::<whereabouts::Whereabouts>(),
];

const ERROR: &str = "promoledger.error/1";
/// The name of the schema of `manifest.yaml`, which people write: no object that is printed.
const MANIFEST: &str = "manifest";

const fn printed<V: View>() -> Printed {
    (V::SCHEMA, schema_of::<V>)
}

pub(crate) fn run(arguments: &Schema) -> Result<Answer, CommandError> {
    let Some(asked) = &arguments.name else { return Ok(list()) };
    if asked == MANIFEST {
        return Ok(Answer::script(format!("{:#}", promotion_delivery::manifest::schema())));
    }
    let found = PRINTED.iter().find(|(name, _)| is_named(name, asked));
    let (_, schema) = found.ok_or_else(|| unknown(asked))?;
    Ok(Answer::script(format!("{:#}", schema())))
}

/// Whether that is the object's name, whole or without what all names share.
fn is_named(name: &str, asked: &str) -> bool {
    [name, short(name), bare(name)].contains(&asked)
}

/// `status/1` of `promoledger.status/1`.
fn short(name: &str) -> &str {
    name.strip_prefix("promoledger.").unwrap_or(name)
}

/// `status` of `promoledger.status/1`.
fn bare(name: &str) -> &str {
    short(name).split('/').next().unwrap_or(name)
}

fn names() -> Vec<String> {
    PRINTED.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// The names that may be asked for: of what is printed, and of the manifest.
fn askable() -> Vec<String> {
    names().into_iter().chain([MANIFEST.to_owned()]).collect()
}

fn list() -> Answer {
    let mut page = Page::new();
    for name in askable() {
        page.line(name);
    }
    Answer::new(page, &Schemas { schemas: askable() })
}

fn unknown(asked: &str) -> CommandError {
    CommandError::new(ExitCode::NotFound, format!("there is no schema {asked:?}")).hint(format!("the schemas: {}", askable().join(", ")))
}

/// The schema of a view, as it is printed: with what every object carries, and nothing else allowed.
fn schema_of<V: View>() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<V>();
    RecursiveTransform(close).transform(&mut schema);
    let mut schema = schema.to_value();
    carry(&mut schema, V::SCHEMA, json!({"type": "boolean", "description": "Whether the command did what was asked: exit code 0."}));
    schema
}

/// Allows no fields but those described.
fn close(schema: &mut JsonObject) {
    if schema.get("properties").is_some() {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
}

/// Adds what every object carries.
fn carry(schema: &mut Value, name: &str, success: Value) {
    let trace =
        json!({"type": "string", "pattern": "^[0-9a-f]{32}$", "description": "What ties the run to a trace: of TRACEPARENT, else random."});
    let carried = [("schema", json!({"const": name})), ("success", success), ("trace_id", trace)];
    let Some(root) = schema.as_object_mut() else { return };
    root.insert("title".to_owned(), name.into());
    for (field, described) in carried {
        if let Value::Array(required) = root.entry("required").or_insert_with(|| json!([])) {
            required.push(field.into());
        }
        if let Value::Object(properties) = root.entry("properties").or_insert_with(|| json!({})) {
            properties.insert(field.to_owned(), described);
        }
    }
}

/// The schema of an error. What it carries beyond the sentence depends on what went wrong.
fn error() -> Value {
    let code = json!({"type": "integer", "minimum": 1, "maximum": ExitCode::Unlawful.number(), "description": "The exit code."});
    let kinds: Vec<&str> = ExitCode::ALL.iter().filter(|code| **code != ExitCode::Done).map(|code| code.kind()).collect();
    let kind = json!({"enum": kinds, "description": "The exit code in a word."});
    let message = json!({"type": "string", "description": "Which thing, what was expected, what was found."});
    let hint = json!({"type": ["string", "null"], "description": "What to do about it."});
    let required = json!(["code", "kind", "message", "hint"]);
    let place = json!({"type": "integer", "minimum": 0});
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "description": "Why a command did not do what was asked.",
        "type": "object",
        "additionalProperties": false,
        "required": ["error"],
        "properties": {"error": {
            "type": "object",
            "description": "The reason; beside the fields below it holds what else is known, such as promotion_id or artifact_digest.",
            "required": required,
            "properties": {
                "code": code,
                "kind": kind,
                "message": message,
                "hint": hint,
                "others": {
                    "type": "array",
                    "description": "Reasons beyond the first.",
                    "items": {
                        "type": "object",
                        "additionalProperties": false,
                        "required": required,
                        "properties": {"code": code, "kind": kind, "message": message, "hint": hint},
                    },
                },
                "entries": {
                    "type": "object",
                    "description": "Where it is recorded: the first and the last entry.",
                    "additionalProperties": false,
                    "required": ["first", "last"],
                    "properties": {"first": place, "last": place},
                },
            },
        }},
    });
    carry(&mut schema, ERROR, json!({"const": false}));
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// Every name that the sources give an object.
    fn named_in(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                named_in(&path, names);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let declared = text.lines().filter_map(|line| line.trim().strip_prefix("const SCHEMA: &'static str = \""));
            names.extend(declared.filter_map(|rest| rest.strip_suffix("\";")).map(str::to_owned));
        }
    }

    // proves: FR-031
    #[test]
    fn every_object_that_is_printed_has_a_schema() {
        let mut expected = BTreeSet::from([ERROR.to_owned()]);
        named_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut expected);
        assert_eq!(names().into_iter().collect::<BTreeSet<_>>(), expected);
        assert!(PRINTED.iter().map(|(name, _)| bare(name)).is_sorted(), "{:?}", names());
    }

    #[test]
    fn a_name_may_be_shortened() {
        for asked in ["promoledger.status/1", "status/1", "status"] {
            assert!(is_named("promoledger.status/1", asked), "{asked}");
        }
        assert!(!is_named("promoledger.status/1", "promoledger.status"));
        let shortest: BTreeSet<_> = PRINTED.iter().map(|(name, _)| bare(name)).collect();
        assert_eq!(shortest.len(), PRINTED.len(), "a shortened name would stand for two objects");
    }

    /// An object that describes its fields allows no others, and demands those that are always printed.
    fn check(name: &str, schema: &Value) {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            let open = name == ERROR && properties.contains_key("others");
            assert_eq!(schema.get("additionalProperties"), (!open).then_some(&json!(false)), "{name}: {schema:#}");
            let required: BTreeSet<&str> = schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            let optional: Vec<&String> = properties.keys().filter(|field| !required.contains(field.as_str())).collect();
            assert!(optional.iter().all(|field| ["history", "others", "entries"].contains(&field.as_str())), "{name}: {optional:?}");
        }
        match schema {
            Value::Object(fields) => fields.values().for_each(|value| check(name, value)),
            Value::Array(items) => items.iter().for_each(|value| check(name, value)),
            _ => {}
        }
    }

    // proves: FR-036
    #[test]
    fn columns_are_fields_of_the_rows_that_are_printed() {
        fn check<V: View>() {
            let (schema, rows) = (schema_of::<V>(), V::ROWS.unwrap());
            let row = schema["properties"][rows.of]["items"]["$ref"].as_str().unwrap().replace("#/$defs/", "");
            let fields: BTreeSet<&String> = schema["$defs"][&row]["properties"].as_object().unwrap().keys().collect();
            let columns: BTreeSet<String> = rows.columns.iter().map(|column| column.split('.').next().unwrap().to_owned()).collect();
            assert_eq!(columns.iter().collect::<BTreeSet<_>>(), fields, "{row}");
        }
        check::<status::Status>();
        check::<history::History>();
        check::<whereabouts::Whereabouts>();
        check::<diff::Difference>();
        check::<diff::Comparison>();
    }

    #[test]
    fn schemas_are_strict() {
        for (name, schema) in PRINTED {
            let schema = schema();
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
            assert_eq!(schema["properties"]["schema"]["const"], *name);
            assert!(schema["required"].as_array().unwrap().contains(&json!("trace_id")), "{name}");
            check(name, &schema);
        }
    }
}

//! Whose report a text is, by what it holds.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::error::ReportError;
use super::object::Object;
use super::text::{first_line, shortened};
use promotion_ledger::meaning::event::scan::Scanner;

/// A form that reports are read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Trivy's object of `SchemaVersion` 2.
    Trivy,
    /// Trivy's bare array of results, before it had a `SchemaVersion`.
    TrivyArray,
    /// Grype's document.
    Grype,
}

impl Shape {
    pub(super) fn scanner(self) -> Scanner {
        match self {
            Self::Trivy | Self::TrivyArray => Scanner::Trivy,
            Self::Grype => Scanner::Grype,
        }
    }
}

/// Fields that a report of neither scanner has, and what has them. The first that is found names the file.
const FOREIGN: [(&str, &str); 18] = [
    ("bomFormat", "an SBOM in CycloneDX"),
    ("spdxVersion", "an SBOM in SPDX"),
    ("@graph", "a JSON-LD document, such as an SBOM in SPDX 3"),
    ("artifactRelationships", "an SBOM of Syft"),
    ("runs", "a report in SARIF"),
    ("payloadType", "a signed envelope (DSSE)"),
    ("_type", "an attestation (in-toto)"),
    ("statements", "a VEX document"),
    ("ClusterName", "a report of Trivy about a cluster"),
    ("Findings", "a list of findings for AWS Security Hub"),
    ("apiVersion", "a Kubernetes resource"),
    ("auditReportVersion", "a report of npm audit"),
    ("advisories", "a report of an audit of dependencies"),
    ("packageManager", "a report of Snyk"),
    ("package_vulnerabilities", "a report of Clair"),
    ("scan", "a report in GitLab's form"),
    ("mediaType", "a manifest or an index of an image"),
    ("schemaVersion", "a manifest or an index of an image"),
];

/// How many field names are looked at, and how many an error lists.
const LOOKED_AT: usize = 64;
const LISTED: usize = 5;

/// Whose report the text is. It is JSON from the first character to the last when this ends well.
pub(super) fn shape(text: &str) -> Result<Shape, ReportError> {
    match outline(text)? {
        Outline::Object(fields) => shape_of_object(&fields),
        Outline::Array(None) => Err(not_a_report("an empty JSON array, which does not say what was scanned")),
        Outline::Array(Some(first)) => shape_of_array(first.get()),
        Outline::Other(what) => Err(not_a_report(what)),
    }
}

fn shape_of_object(fields: &Fields<'_>) -> Result<Shape, ReportError> {
    if let Some((_, what)) = FOREIGN.iter().find(|(field, _)| fields.contains_key(*field)) {
        return Err(not_a_report(*what));
    }
    let is_text = |field: &str| fields.get(field).is_some_and(|value| value.get().starts_with('"'));
    let by_trivy = fields.contains_key("SchemaVersion") && (is_text("ArtifactName") || is_text("ArtifactType"));
    let tool = fields.get("descriptor").and_then(|descriptor| tool(descriptor));
    let by_grype = fields.contains_key("matches") && tool.as_deref() == Some("grype");
    match (by_trivy, by_grype) {
        (true, false) => match fields.get("SchemaVersion").map_or("", |version| version.get()) {
            "2" => Ok(Shape::Trivy),
            other => Err(ReportError::Schema { found: shortened(other, 20).escape_debug().to_string() }),
        },
        (false, true) => Ok(Shape::Grype),
        (true, true) => Err(not_a_report("a JSON object with the marks of Trivy and of Grype at once")),
        (false, false) => Err(not_a_report(described(fields, tool.as_deref()))),
    }
}

fn shape_of_array(first: &str) -> Result<Shape, ReportError> {
    if let Outline::Object(fields) = outline(first)?
        && fields.contains_key("Target")
        && ["Vulnerabilities", "Type", "Class"].iter().any(|field| fields.contains_key(*field))
    {
        return Ok(Shape::TrivyArray);
    }
    Err(not_a_report("a JSON array of something else than Trivy's results"))
}

fn not_a_report(what: impl Into<String>) -> ReportError {
    ReportError::NotAReport { what: what.into() }
}

/// The name of the tool that a descriptor is of, as Grype and Syft write it.
fn tool(descriptor: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Descriptor {
        name: String,
    }
    serde_json::from_str::<Object<Descriptor>>(descriptor.get()).ok().map(|Object(descriptor)| descriptor.name)
}

fn described(fields: &Fields<'_>, tool: Option<&str>) -> String {
    if let Some(tool) = tool {
        return format!("a JSON object of {:?}", shortened(tool, 40));
    }
    let names: Vec<String> = fields.keys().take(LISTED).map(|name| format!("{:?}", shortened(name, 40))).collect();
    match names.as_slice() {
        [] => "an empty JSON object".to_owned(),
        names => format!("a JSON object with the fields {}{}", names.join(", "), if fields.len() > LISTED { ", …" } else { "" }),
    }
}

/// The fields of an object and their values, not looked into.
type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// The outermost value of a text.
enum Outline<'a> {
    Object(Fields<'a>),
    /// With its first element, if it has one.
    Array(Option<&'a RawValue>),
    /// Something else, in words.
    Other(&'static str),
}

/// Reads to the end of the text, without going down into values: however deep they are nested, no stack is used up.
fn outline(text: &str) -> Result<Outline<'_>, ReportError> {
    let mut parser = serde_json::Deserializer::from_str(text);
    let not_json =
        |error: &serde_json::Error| ReportError::NotJson { reason: shortened(&error.to_string(), 200), begins: first_line(text) };
    let outline = parser.deserialize_any(OutlineVisitor).map_err(|error| not_json(&error))?;
    parser.end().map_err(|error| match outline {
        // A line of a log may begin with a number, as of a year.
        Outline::Other(_) => not_json(&error),
        Outline::Object(_) | Outline::Array(_) => trailing(text, &error),
    })?;
    Ok(outline)
}

/// What stands after the JSON, by where the parser met it.
fn trailing(text: &str, error: &serde_json::Error) -> ReportError {
    let line = error.line();
    let whole = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let rest = whole.get(error.column().saturating_sub(1)..).unwrap_or(whole);
    ReportError::Trailing { line, found: first_line(rest) }
}

struct OutlineVisitor;

impl<'de> Visitor<'de> for OutlineVisitor {
    type Value = Outline<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::new();
        while let Some(name) = map.next_key::<String>()? {
            if fields.contains_key(&name) {
                return Err(A::Error::custom(format_args!("field {:?} stands twice", shortened(&name, 40))));
            }
            if fields.len() < LOOKED_AT {
                fields.insert(name, map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Outline::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let first = sequence.next_element()?;
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Outline::Array(first))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Outline::Other("the JSON value null, which does not say what was scanned"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Outline::Other("a JSON truth value"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Outline::Other("a JSON number"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Outline::Other("a JSON number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Outline::Other("a JSON number"))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Outline::Other("a JSON string"))
    }
}

//! The law of imported history, and the shape of it.

use crate::mutants::mutant::{Mutant, check};

const LAW: &str = "meaning/law/history.rs";
const EVENT: &str = "meaning/event/history.rs";
const PROMOTION: &str = "meaning/law/promotion.rs";

pub(super) const CHECKS: &[Mutant] = &[
    check(
        "law known: an imported component",
        LAW,
        "require(«event.declares.component(rules, &line.component)», Rule::Known",
        "true",
        "law-import-component law-import-declared-elsewhere",
    ),
    check(
        "law known: an imported environment",
        LAW,
        "require(«event.declares.environment(rules, environment)», Rule::Known",
        "true",
        "law-import-environment law-import-source",
    ),
    check(
        "law asserted time: not after the entry's",
        LAW,
        "require(«line.time <= entry.time», Rule::AssertedTime",
        "true",
        "law-import-ahead",
    ),
    check(
        "law asserted time: not after what was recorded",
        LAW,
        "require(«first.is_none_or(|first| line.time <= first)», Rule::AssertedTime",
        "true",
        "law-import-after-recorded",
    ),
    check(
        "law imported once: not before",
        LAW,
        "require(«!state.imported(&id)» && earlier.insert(id), Rule::ImportedOnce",
        "true",
        "law-import-again",
    ),
    check("law imported once: not twice in an entry", LAW, "&& «earlier.insert(id)», Rule::ImportedOnce", "true", "law-import-twice"),
    check(
        "law path: what was asserted counts only where it is accepted",
        PROMOTION,
        "«event.accept_asserted.is_some()» && state.asserted_there(pipeline, component, source, version, digest)",
        "true",
        "law-asserted-source-not-accepted",
    ),
    check(
        "law rollback target: what was asserted counts only where it is accepted",
        PROMOTION,
        "«event.accept_asserted.is_some()» && state.asserted_there(pipeline, component, to, version, digest)",
        "true",
        "law-asserted-target-not-accepted",
    ),
    check("import: a line", EVENT, "if «lines.is_empty()» { Err(InvalidImport::NoLines) }", "false", "law-import-no-lines"),
    check(
        "import: declared components ascend",
        EVENT,
        "if «components.is_sorted_by(|a, b| a < b)» &&",
        "true",
        "law-import-declared-out-of-order",
    ),
    check(
        "import: declared environments ascend",
        EVENT,
        "&& «environments.is_sorted_by(|a, b| a < b)» {",
        "true",
        "law-import-declared-twice",
    ),
];

//! The manifests that the pipeline may be given, by number. The first seven demand gates alone; the others have guards.

use crate::rules::{Approvals, Authorization, FREE, Freezes, Guards, PlainRules, Stage};
use crate::scene::COMPONENTS;

/// How many manifests there are to choose from.
pub(crate) const VARIANTS: u8 = 14;

/// The first of those with guards.
pub(crate) const GUARDED: u8 = 7;

const GROUPS: &[(&str, &[&str])] =
    &[("approvers", &["ben@acme.example", "max@acme.example"]), ("releasers", &["ada@acme.example", "ben@acme.example", "ci:acme/shop"])];

/// Admins may always end what hangs.
const RELEASERS: Option<Authorization> = Some(Authorization { groups: &["releasers"], operators: &["dora@acme.example"] });
const OPERATORS: Option<Authorization> =
    Some(Authorization { groups: &[], operators: &["ada@acme.example", "ben@acme.example", "oli@acme.example"] });

const ANYBODYS_WORD: Option<Approvals> = Some(Approvals { count: 1, groups: &[], valid_seconds: 14_400 });
const AN_APPROVERS_WORD: Option<Approvals> = Some(Approvals { count: 1, groups: &["approvers"], valid_seconds: 7_200 });
const TWO_WORDS: Option<Approvals> = Some(Approvals { count: 2, groups: &["approvers", "releasers"], valid_seconds: 28_800 });

const LOW: Guards = Guards { versions: Some((None, Some("v2.0.0"))), ..FREE };
const MIDDLE: Guards = Guards { versions: Some((Some("v1.1.0"), Some("v2.0.0-rc.1"))), ..FREE };

/// An hour in every three, for four days; then nobody knows.
const QUIET: Option<Freezes> = Some(Freezes { windows: &QUIET_HOURS, known_until: Some(4 * 24 * 60) });
const QUIET_HOURS: [(i64, i64); 32] = {
    let mut hours = [(0, 0); 32];
    let mut at = 0;
    while at < 32 {
        let begins = 60 + 180 * at as i64;
        hours[at] = (begins, begins + 60);
        at += 1;
    }
    hours
};

/// Windows that overlap; the calendar goes on for ever.
const FESTIVE: Option<Freezes> = Some(Freezes { windows: &[(10, 20), (10, 40), (30, 90), (600, 1_200)], known_until: None });

/// A manifest by number. 0 is the usual one; up to 6 they drop a gate, add an environment, drop one, drop a component, move
/// a repository, or block what cannot be compared and add a gate. From 7 on they have guards.
pub(crate) fn variant(number: u8) -> PlainRules {
    let home = |component: &str| format!("registry.acme.example/shop/{component}");
    let three = |staging: Stage, prod: Stage| vec![Stage::new("dev", &[]), staging, prod];
    let dev = Stage::new("dev", &[]);
    let (staging, prod) = (Stage::new("staging", &["tests"]), Stage::new("prod", &["tests", "scan"]));
    let usual = PlainRules {
        path: three(staging, prod),
        components: COMPONENTS.iter().map(|name| (*name, home(name))).collect(),
        block: false,
        groups: &[],
    };
    let with = |path: Vec<Stage>| PlainRules { path, groups: if number < GUARDED { &[] } else { GROUPS }, ..usual.clone() };
    match number {
        1 => with(three(staging, Stage::new("prod", &["tests"]))),
        2 => with(vec![dev, Stage::new("qa", &["tests"]), staging, prod]),
        3 => with(vec![dev, staging]),
        4 => PlainRules { components: vec![("api", home("api"))], ..usual },
        5 => PlainRules { components: vec![("api", home("moved/api")), ("web", home("web"))], ..usual },
        6 => PlainRules { block: true, ..with(three(Stage::new("staging", &["tests", "scan"]), prod)) },
        7.. => with(guarded(number)),
        _ => usual,
    }
}

/// The path of a manifest with guards.
fn guarded(number: u8) -> Vec<Stage> {
    let dev = |guards| Stage::guarded("dev", &[], guards);
    let staging = |guards| Stage::guarded("staging", &["tests"], guards);
    let prod = |guards| Stage::guarded("prod", &["tests", "scan"], guards);
    match number {
        7 => vec![
            dev(Guards { authorization: RELEASERS, ..FREE }),
            staging(Guards { authorization: OPERATORS, duties: true, soak_seconds: Some(300), ..FREE }),
            prod(Guards { authorization: RELEASERS, duties: true, ..FREE }),
        ],
        8 => vec![
            dev(Guards { approvals: TWO_WORDS, ..FREE }),
            staging(Guards { approvals: ANYBODYS_WORD, duties: true, max_age: &[("tests", 45)], ..FREE }),
            prod(Guards { approvals: AN_APPROVERS_WORD, ..FREE }),
        ],
        9 => vec![
            dev(Guards { approvals: ANYBODYS_WORD, authorization: RELEASERS, ..FREE }),
            staging(Guards { approvals: AN_APPROVERS_WORD, authorization: RELEASERS, soak_seconds: Some(30), ..FREE }),
            prod(Guards { approvals: TWO_WORDS, authorization: OPERATORS, ..FREE }),
        ],
        10 => vec![
            dev(Guards { freezes: QUIET, ..FREE }),
            staging(Guards { freezes: FESTIVE, soak_seconds: Some(300), max_age: &[("tests", 60)], ..FREE }),
            prod(Guards { freezes: QUIET, soak_seconds: Some(120), ..FREE }),
        ],
        11 => vec![
            dev(Guards { versions: Some((Some("v1.1.0"), None)), ..FREE }),
            Stage::guarded("staging", &["scan", "tests"], Guards { max_age: &[("tests", 20)], advisory: &["scan"], ..LOW }),
            prod(Guards { max_age: &[("scan", 1_800), ("tests", 90)], advisory: &["scan"], ..MIDDLE }),
        ],
        12 => vec![
            dev(Guards { freezes: QUIET, ..FREE }),
            staging(Guards { approvals: ANYBODYS_WORD, advisory: &["tests"], soak_seconds: Some(30), duties: true, ..FREE }),
            prod(Guards { approvals: AN_APPROVERS_WORD, freezes: QUIET, max_age: &[("tests", 7_200)], ..FREE }),
        ],
        _ => vec![
            dev(Guards { freezes: FESTIVE, ..FREE }),
            Stage::guarded("qa", &["tests"], Guards { authorization: RELEASERS, advisory: &["tests"], soak_seconds: Some(60), ..FREE }),
            staging(Guards { duties: true, approvals: ANYBODYS_WORD, max_age: &[("tests", 30)], ..FREE }),
            Stage::guarded("prod", &["tests"], Guards { duties: true, max_age: &[("tests", 600)], ..FREE }),
        ],
    }
}

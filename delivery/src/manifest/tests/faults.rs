//! Every fault of a manifest: its message with line, column and field, and what its hint says.

use super::parse;
use crate::manifest::LONGEST;

/// A manifest whose section holds the text, the message that it must give, and a part of the hint.
type Fault = (&'static str, &'static str, &'static str);

fn check(faults: &[Fault]) {
    for (text, message, hint) in faults {
        let error = parse(text.as_bytes()).expect_err(text);
        assert_eq!(error.to_string(), *message, "{text}");
        let given = error.hint().unwrap_or_default();
        assert!(given.contains(hint) && given.is_empty() == hint.is_empty(), "{text}: hint {given:?}, expected {hint:?}");
    }
}

#[test]
fn a_text_that_is_no_manifest_is_refused() {
    check(&[
        ("", "line 1, column 1: expected a mapping with the section `artifacts`, found an empty file", "promoledger init"),
        ("# only\n", "line 2, column 1: expected a mapping with the section `artifacts`, found an empty file", "promoledger init"),
        ("- artifacts\n", "line 1, column 1: expected a mapping with the section `artifacts`, found a list", "left edge"),
        ("artifacts\n", "line 1, column 1: expected a mapping with the section `artifacts`, found text \"artifacts\"", "left edge"),
        ("other: 1\n", "line 1, column 1: expected a mapping with the section `artifacts`, found none", "left edge"),
        ("Artifact: {}\n", "line 1, column 1: expected a mapping with the section `artifacts`, found none", "\"Artifact\" looks like it"),
        (
            "artifacts:\n",
            "line 1, column 10, artifacts: expected a mapping with `registry` or `promotion` or `verification`, found nothing",
            "",
        ),
        (
            "artifacts: []\n",
            "line 1, column 12, artifacts: expected a mapping with `registry` or `promotion` or `verification`, found an empty list",
            "",
        ),
        (
            "artifacts: {registry: r.example/a}\n---\nother: 1\n",
            "line 2, column 1: expected one YAML document, found a second one, begun by `---`",
            "remove the other",
        ),
    ]);
}

#[test]
fn yaml_that_is_none_is_refused_with_its_place() {
    check(&[
        ("artifacts:\n\tregistry: r.example/a\n", "line 2, column 1: expected spaces, found a tab", "spaces"),
        ("artifacts:\n  registry: r\n  \tpromotion: {}\n", "line 3, column 3: expected spaces, found a tab", "spaces"),
        ("a: [1\n", "line 1, column 4: expected well-formed YAML, found a fault: unclosed bracket '['", "shortly before"),
        (
            "a: \"\\q\"\n",
            "line 1, column 4: expected well-formed YAML, found a fault: while parsing a quoted scalar, found unknown escape character",
            "shortly",
        ),
        (
            "a: b: c\n",
            "line 1, column 5: expected well-formed YAML, found a fault: mapping values are not allowed in this context",
            "shortly",
        ),
        ("a: \u{0}\n", "line 1, column 4: expected well-formed YAML, found a fault: unexpected character: `\\u{0}'", "shortly"),
    ]);
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    let error = parse(b"artifacts:\n  \xc3\xa9\xff\n").unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 4: expected UTF-8 text, found the byte 0xff");
    let error = parse(&vec![b'#'; LONGEST + 1]).unwrap_err();
    assert_eq!(error.to_string(), "line 1, column 1: expected at most 1048576 bytes, found 1048577 bytes");
    assert!(parse(&vec![b'#'; LONGEST]).unwrap_err().to_string().contains("found an empty file"));
}

#[test]
fn keys_stand_once_and_are_known() {
    check(&[
        (
            "artifacts: {}\nartifacts: {}\n",
            "line 2, column 1, artifacts: expected each key once, found \"artifacts\" again, after line 1",
            "keep one",
        ),
        (
            "artifacts:\n  promotion:\n    pipeline: a\n    pipeline: b\n",
            "line 4, column 5, artifacts.promotion.pipeline: expected each key once, found \"pipeline\" again, after line 3",
            "keep one",
        ),
        (
            "artifacts: {promotion: {components: {api: a, \"api\": b}}}",
            "line 1, column 46, artifacts.promotion.components.api: expected each key once, found \"api\" again, after line 1",
            "keep one",
        ),
        (
            "artifacts:\n  regitry: r.example\n",
            "line 2, column 3, artifacts.regitry: expected `registry` or `promotion` or `verification`, found the unknown key \"regitry\"",
            "did you mean `registry`?",
        ),
        (
            "artifacts:\n  pipeline: shop\n",
            "line 2, column 3, artifacts.pipeline: expected `registry` or `promotion` or `verification`, found the unknown key \"pipeline\"",
            "`pipeline` belongs into artifacts.promotion",
        ),
        (
            "artifacts:\n  registry: r.example\n  promotion:\n    environments:\n      - name: dev\n        gate: [a]\n",
            "line 6, column 9, artifacts.promotion.environments[0].gate: expected `name` or `gates` or `gate_timeout_seconds` or `authorization` or `approvals` or `soak` or `versions` or `signature` or `freezes`, found the unknown key \"gate\"",
            "did you mean `gates`?",
        ),
        (
            "artifacts:\n  \"odd key\\e\": 1\n",
            "line 2, column 3, artifacts[\"odd key\\u{1b}\"]: expected `registry` or `promotion` or `verification`, found the unknown key \"odd key\\u{1b}\"",
            "outside the section",
        ),
        ("artifacts:\n  ? [a]\n  : b\n", "line 2, column 5, artifacts: expected a key that is a word, found a list", ""),
        (
            "artifacts: {promotion: {<<: {pipeline: shop}}}",
            "line 1, column 25, artifacts.promotion[\"<<\"]: expected `pipeline` or `groups` or `issuers` or `components` or `policies` or `security_scan` or `gate_commands` or `gate_timeout_seconds` or `environments` or `on_incomparable`, found the unknown key \"<<\"",
            "remove it",
        ),
    ]);
}

#[test]
fn values_have_their_type() {
    check(&[
        (
            "artifacts:\n  registry: r.example\n  promotion:\n    components: {api: api}\n    environments:\n      - dev\n      - name: prod\n        gates: tests\n",
            "line 8, column 16, artifacts.promotion.environments[1].gates: expected a list of gate names, found text \"tests\"",
            "write a list: [\"tests\"]",
        ),
        (
            "artifacts: {registry: r.example/a, promotion: {environments: [{name: dev, gates: [tests, no]}]}}",
            "line 1, column 90, artifacts.promotion.environments[0].gates[1]: expected a gate name, found \"no\", which YAML may read as false",
            "put it in quotes: \"no\"",
        ),
        (
            "artifacts: {registry: r.example/a, promotion: {environments: [1.0]}}",
            "line 1, column 63, artifacts.promotion.environments[0]: expected an environment name, found \"1.0\", which YAML may read as a number",
            "put it in quotes: \"1.0\"",
        ),
        (
            "artifacts: {registry: r.example/a, promotion: {environments: [~]}}",
            "line 1, column 63, artifacts.promotion.environments[0]: expected an environment name, found nothing",
            "",
        ),
        (
            "artifacts: {registry: r.example/a, promotion: {environments: [{name: dev, gates: }]}}",
            "line 1, column 80, artifacts.promotion.environments[0].gates: expected a list of gate names, found nothing",
            "write `[]` for none",
        ),
        (
            "artifacts: {registry: r.example/a, promotion: {environments: {dev: {}}}}",
            "line 1, column 62, artifacts.promotion.environments: expected a list of environments, found a mapping",
            "",
        ),
        ("artifacts: {registry: [r.example]}", "line 1, column 23, artifacts.registry: expected a registry, found a list", ""),
        (
            "artifacts: {registry: r.example, promotion: {components: [api]}}",
            "line 1, column 58, artifacts.promotion.components: expected a mapping from component names to repositories, found a list",
            "",
        ),
        (
            "artifacts: {registry: r.example, promotion: {components: {2026-01-15: api}}}",
            "line 1, column 59, artifacts.promotion.components.2026-01-15: expected a component name, found \"2026-01-15\", which YAML may read as a date",
            "put it in quotes",
        ),
        (
            "artifacts: {registry: r.example, promotion: {components: {api: [a]}}}",
            "line 1, column 64, artifacts.promotion.components.api: expected a repository, found a list",
            "",
        ),
        (
            "artifacts: {registry: r.example/a, promotion: {pipeline: 7}}",
            "line 1, column 58, artifacts.promotion.pipeline: expected a pipeline name, found \"7\", which YAML may read as a number",
            "\"7\"",
        ),
        (
            "artifacts: {registry: r.example/a, promotion: {on_incomparable: on}}",
            "line 1, column 65, artifacts.promotion.on_incomparable: expected `warn` or `block`, found \"on\", which YAML may read as true",
            "put it in quotes",
        ),
    ]);
}

#[test]
fn values_keep_their_rules() {
    check(&[
        (
            "artifacts: {registry: r.example/a, promotion: {environments: [Prod]}}",
            "line 1, column 63, artifacts.promotion.environments[0]: expected an environment name of 1 to 32 of a-z 0-9 . _ -, beginning with a letter or a digit, neither `none` nor `rollback-N`, found text \"Prod\"",
            "write `prod`",
        ),
        (
            "artifacts: {registry: r.example/a, promotion: {environments: [none]}}",
            "line 1, column 63, artifacts.promotion.environments[0]: expected an environment name of 1 to 32 of a-z 0-9 . _ -, beginning with a letter or a digit, neither `none` nor `rollback-N`, found text \"none\"",
            "",
        ),
        (
            "artifacts: {registry: r.example/a, promotion: {environments: []}}",
            "line 1, column 62, artifacts.promotion.environments: expected at least one environment, found an empty list",
            "leave the key out for dev, staging, prod",
        ),
        (
            "artifacts: {registry: r.example/a, promotion: {environments: [{gates: [tests]}]}}",
            "line 1, column 63, artifacts.promotion.environments[0]: expected an environment with a `name`, found none",
            "name: …",
        ),
        (
            "artifacts: {registry: r.example/a, promotion: {on_incomparable: blok}}",
            "line 1, column 65, artifacts.promotion.on_incomparable: expected `warn` or `block`, found text \"blok\"",
            "did you mean `block`?",
        ),
        (
            "artifacts: {registry: r.example, promotion: {components: {}}}",
            "line 1, column 58, artifacts.promotion.components: expected 1 to 512 components, found 0",
            "",
        ),
        (
            "artifacts: {registry: registry.acme.example}",
            "line 1, column 12, artifacts: expected `promotion.components`, or a `registry` that is one component's repository, found only the registry \"registry.acme.example\"",
            "components: {api: shop/api}",
        ),
        (
            "artifacts: {promotion: {pipeline: shop}}",
            "line 1, column 12, artifacts: expected `promotion.components`, or a `registry` that is one component's repository, found neither",
            "components: {api: shop/api}",
        ),
        (
            "artifacts: {registry: acme/shop}",
            "line 1, column 23, artifacts.registry: expected a registry: [http://]HOST[:PORT][/PATH], or oci-layout:DIR, found text \"acme/shop\"",
            "a host holds a dot or a port",
        ),
        (
            "artifacts: {promotion: {components: {api: shop/api}}}",
            "line 1, column 43, artifacts.promotion.components.api: expected a repository with its host, since `artifacts.registry` is not set, found text \"shop/api\"",
            "registry.acme.example/shop/api",
        ),
        (
            "artifacts: {promotion: {components: {api: 'bob:hunter2@r.example/api'}}}",
            "line 1, column 43, artifacts.promotion.components.api: expected a repository: [http://]HOST[:PORT]/PATH with a lower-case path, or oci-layout:DIR, at most 255 visible ASCII characters without spaces, found text with an `@`, not repeated here since it may hold a password",
            "credentials never stand in a manifest",
        ),
    ]);
}

#[test]
fn contradictions_have_the_place_of_the_later_one() {
    check(&[
        (
            "artifacts:\n  registry: r.example/a\n  promotion:\n    environments:\n      - dev\n      - qa\n      - name: dev\n",
            "line 7, column 15, artifacts.promotion.environments[2].name: expected each environment once, found \"dev\" again",
            "remove one",
        ),
        (
            "artifacts: {registry: r.example/a, promotion: {environments: [{name: dev, gates: [a, b, a]}]}}",
            "line 1, column 89, artifacts.promotion.environments[0].gates[2]: expected each gate once, found \"a\" again",
            "remove one",
        ),
        (
            "artifacts:\n  registry: r.example\n  promotion:\n    components:\n      web: shop\n      api: r.example/shop\n",
            "line 6, column 12, artifacts.promotion.components.api: expected a repository of its own, found \"r.example/shop\", where component web is kept",
            "tags would collide",
        ),
    ]);
}

#[test]
fn nothing_in_the_section_expands() {
    let mut bomb = "a: &a [x, x]\n".to_owned();
    for (one, other) in ('a'..='y').zip('b'..='z') {
        bomb.push_str(&format!("{other}: &{other} [*{one}, *{one}, *{one}]\n"));
    }
    let section = "artifacts: {registry: r.example/a, promotion: {environments: *z}}\n";
    let error = parse(format!("{bomb}{section}").as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 27, column 62, artifacts.promotion.environments: expected a value written out in place, found a YAML alias"
    );
    assert!(parse(format!("{bomb}artifacts: {{registry: r.example/a}}\n").as_bytes()).is_ok());
    check(&[
        (
            "artifacts: {registry: !!str r.example/a}",
            "line 1, column 29, artifacts.registry: expected a value without a YAML tag, found the tag \"!!str\"",
            "in quotes",
        ),
        (
            "artifacts: {registry: [[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]}",
            "line 1, column 39, artifacts.registry[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: expected at most 16 levels, found collections nested deeper",
            "",
        ),
    ]);
}

#[test]
fn counts_and_size_have_bounds() {
    let list = |count: usize| (0..count).map(|at| format!("e{at}")).collect::<Vec<_>>().join(", ");
    let environments =
        |count| parse(format!("artifacts: {{registry: r.example/a, promotion: {{environments: [{}]}}}}", list(count)).as_bytes());
    assert_eq!(environments(64).unwrap().environments().len(), 64);
    let error = environments(65).unwrap_err();
    assert_eq!(error.to_string(), "line 1, column 62, artifacts.promotion.environments: expected at most 64 items, found 65");

    let components: String = (0..500).map(|at| format!("      c{at}: {}{at}\n", "x".repeat(150))).collect();
    let error = parse(format!("artifacts:\n  registry: r.example\n  promotion:\n    components:\n{components}").as_bytes()).unwrap_err();
    assert!(error.to_string().starts_with("line 2, column 3, artifacts: expected rules of at most 60000 bytes"), "{error}");
}

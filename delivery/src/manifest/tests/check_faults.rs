//! What is wrong with gates' commands, policies, scanners' settings and signatures: each message with its place and its hint.

use super::parse;
use crate::manifest::ManifestError;

/// Keys of `promotion`, those of an environment prod, the path below `promotion` with the message, and a part of the hint.
const FAULTS: &[(&str, &str, &str, &str)] = &[
    // Environments.
    (
        "",
        "gates: [{name: policy_compliance, advisory: true}]",
        "environments[1].gates[0].advisory: expected no `advisory` for the gate `policy_compliance`, found \"true\", which YAML may read as true",
        "never promoted",
    ),
    (
        "",
        "gates: [{name: policy_compliance, max_age: 1d}]",
        "environments[1].gates[0].max_age: expected no `max_age` for the gate `policy_compliance`, found text \"1d\"",
        "asks the policies anew",
    ),
    (
        "",
        "gates: [{name: a, advisory: yes}]",
        "environments[1].gates[0].advisory: expected `true` or `false`, found \"yes\", which YAML may read as true",
        "`true`",
    ),
    (
        "",
        "gate_timeout_seconds: 29",
        "environments[1].gate_timeout_seconds: expected a whole number from 30 to 3600, found \"29\", which YAML may read as a number",
        "",
    ),
    (
        "",
        "gate_timeout_seconds: 15m",
        "environments[1].gate_timeout_seconds: expected a whole number from 30 to 3600, found text \"15m\"",
        "`900`",
    ),
    (
        "",
        "signature: warn",
        "environments[1].signature: expected `off`, since the manifest does not say whose signatures count, found text \"warn\"",
        "add `verification` under `artifacts`",
    ),
    ("gate_timeout_seconds: 3601, ", "gates: []", "gate_timeout_seconds: expected a whole number from 30 to 3600, found \"3601\"", ""),
    // Commands.
    (
        "gate_commands: {policy_compliance: \"true\"}, ",
        "gates: []",
        "gate_commands.policy_compliance: expected a gate that a command can answer, found \"policy_compliance\", which promoledger itself answers",
        "under `policies`",
    ),
    (
        "gate_commands: {label_shape: make}, ",
        "gates: [label_shape]",
        "gate_commands.label_shape: expected a gate that a command can answer, found \"label_shape\", which promoledger itself answers",
        "the label",
    ),
    (
        "gate_commands: {test: make}, ",
        "gates: [tests]",
        "gate_commands.test: expected a gate that an environment demands, found \"test\", which none demands",
        "did you mean `tests`?",
    ),
    (
        "gate_commands: {performance: make}, ",
        "gates: [tests]",
        "gate_commands.performance: expected a gate that an environment demands, found \"performance\", which none demands",
        "or remove its command",
    ),
    (
        "gate_commands: {a: [make]}, ",
        "gates: [a]",
        "gate_commands.a: expected a command on one line, such as `make test`, found a list",
        "",
    ),
    (
        "gate_commands: {a: \"\"}, ",
        "gates: [a]",
        "gate_commands.a: expected a command on one line, such as `make test`, found text \"\"",
        "",
    ),
    (
        "gate_commands: {a: true}, ",
        "gates: [a]",
        "gate_commands.a: expected a command on one line, such as `make test`, found \"true\"",
        "\"true\"",
    ),
    (
        "gate_commands: {a: make test && make lint}, ",
        "gates: [a]",
        "gate_commands.a: expected a command that needs no shell, found '&', which means something to a shell alone",
        "`{shell: \"…\"}`",
    ),
    (
        "gate_commands: {a: {command: ./a \"$HOME\"}}, ",
        "gates: [a]",
        "gate_commands.a.command: expected a command that needs no shell, found '$', which means something to a shell alone",
        "`{shell: \"…\"}`",
    ),
    (
        "gate_commands: {a: A=1 make}, ",
        "gates: [a]",
        "gate_commands.a: expected a command that needs no shell, found a variable set",
        "`variables`",
    ),
    (
        "gate_commands: {a: make 'x}, ",
        "gates: [a]",
        "gate_commands.a: expected a command whose quotes end, found one that does not",
        "list of words",
    ),
    (
        "gate_commands: {a: {}}, ",
        "gates: [a]",
        "gate_commands.a: expected either `command` or `shell`, found neither",
        "command: make test",
    ),
    (
        "gate_commands: {a: {command: b, shell: b}}, ",
        "gates: [a]",
        "gate_commands.a: expected either `command` or `shell`, found both",
        "keep one",
    ),
    (
        "gate_commands: {a: {command: []}}, ",
        "gates: [a]",
        "gate_commands.a.command: expected a program and its arguments, found an empty list",
        "",
    ),
    ("gate_commands: {a: {command: [\"\", b]}}, ", "gates: [a]", "gate_commands.a.command[0]: expected a program, found text \"\"", ""),
    (
        "gate_commands: {a: {command: [b, 100]}}, ",
        "gates: [a]",
        "gate_commands.a.command[1]: expected a program or an argument, found \"100\", which YAML may read as a number",
        "put it in quotes",
    ),
    ("gate_commands: {a: {shell: \" \"}}, ", "gates: [a]", "gate_commands.a.shell: expected a text for /bin/sh, found text \" \"", ""),
    (
        "gate_commands: {a: {command: b, timeout: 300}}, ",
        "gates: [a]",
        "gate_commands.a.timeout: expected `command` or `shell` or `timeout_seconds` or `variables` or `warning_status`, found the unknown key",
        "outside the section",
    ),
    (
        "gate_commands: {a: {command: b, timeout_seconds: 10m}}, ",
        "gates: [a]",
        "gate_commands.a.timeout_seconds: expected a whole number from 30 to 3600, found text \"10m\"",
        "`600`",
    ),
    (
        "gate_commands: {a: {command: b, variables: [TO_ENV]}}, ",
        "gates: [a]",
        "gate_commands.a.variables[0]: expected a variable that a gate may be given, found text \"TO_ENV\"",
        "is always set",
    ),
    (
        "gate_commands: {a: {command: b, variables: [PROMOLEDGER_KEY]}}, ",
        "gates: [a]",
        "gate_commands.a.variables[0]: expected a variable that a gate may be given, found text \"PROMOLEDGER_KEY\"",
        "not passed to gates",
    ),
    (
        "gate_commands: {a: {command: b, variables: [X, X]}}, ",
        "gates: [a]",
        "gate_commands.a.variables[1]: expected each variable once",
        "remove",
    ),
    (
        "gate_commands: {a: {command: b, warning_status: 0}}, ",
        "gates: [a]",
        "gate_commands.a.warning_status: expected a whole number from 1 to 255, found \"0\"",
        "",
    ),
    // Scanners.
    (
        "security_scan: {}, ",
        "gates: [security-scan]",
        "security_scan: expected an environment that demands the gate `security_scan`, found none",
        "did you mean `security_scan` where an environment demands `security-scan`?",
    ),
    (
        "security_scan: {}, ",
        "gates: []",
        "security_scan: expected an environment that demands the gate `security_scan`, found none",
        "or remove this",
    ),
    (
        "security_scan: {block_on_severity: [HIHG]}, ",
        "gates: [security_scan]",
        "security_scan.block_on_severity[0]: expected `CRITICAL` or `HIGH` or `MEDIUM` or `LOW` or `NEGLIGIBLE` or `UNKNOWN`, found text \"HIHG\"",
        "",
    ),
    (
        "security_scan: {block_on_severity: [criticl]}, ",
        "gates: [security_scan]",
        "security_scan.block_on_severity[0]: expected `CRITICAL`",
        "did you mean `CRITICAL`?",
    ),
    (
        "security_scan: {block_on_severity: [high, HIGH]}, ",
        "gates: [security_scan]",
        "security_scan.block_on_severity[1]: expected each severity once, found \"HIGH\" again",
        "remove",
    ),
    (
        "security_scan: {block_on_severity: []}, ",
        "gates: [security_scan]",
        "security_scan.block_on_severity: expected at least one severity, found an empty list",
        "CRITICAL and HIGH",
    ),
    (
        "security_scan: {block_on: [HIGH]}, ",
        "gates: [security_scan]",
        "security_scan.block_on: expected `block_on_severity` or `ignore_unfixed` or `scanner_format`, found the unknown key \"block_on\"",
        "remove it",
    ),
    (
        "security_scan: {scanner_format: gripe}, ",
        "gates: [security_scan]",
        "security_scan.scanner_format: expected `trivy` or `grype`, found text \"gripe\"",
        "`grype`?",
    ),
    // Policies.
    ("policies: policies/shop.rego, ", "gates: []", "policies: expected a list of policies' files, found text", "write a list"),
    (
        "policies: [shop.rego], ",
        "gates: []",
        "policies[0]: expected the path of a file that can be read, found \"shop.rego\": it is not there",
        "folder of the manifest",
    ),
    ("policies: [empty], ", "gates: []", "policies[0]: expected a file of 1 to 60,000 bytes of text, found 0 bytes in \"empty\"", ""),
    ("policies: [huge], ", "gates: []", "policies[0]: expected a file of 1 to 60,000 bytes of text, found more than 1 MiB in \"huge\"", ""),
    ("policies: [bytes], ", "gates: []", "policies[0]: expected a file of UTF-8 text, found other bytes in \"bytes\"", ""),
    ("policies: [\"a b\"], ", "gates: []", "policies[0]: expected a file whose name is 1 to 100 of A-Z a-z 0-9 . _ -", "rename the file"),
    (
        "policies: [policies/shop.rego, other/shop.rego], ",
        "gates: []",
        "policies[1]: expected each policy once, found \"shop.rego\" again",
        "called like its file",
    ),
    (
        "policies: [policies/shop.rego, policies/fault.rego], ",
        "gates: []",
        "policies[1]: expected policies that can be asked, found a fault: fault.rego, line 5, column 1: ",
        "",
    ),
    (
        "policies: [policies/clock.rego, policies/shop.rego], ",
        "gates: []",
        "policies[0]: expected policies that can be asked, found a fault: clock.rego, line 3, column 36: `time.now_ns` cannot be called",
        "",
    ),
    (
        "policies: [policies/library.rego], ",
        "gates: []",
        "policies: expected policies that can be asked, found a fault: no policy decides",
        "",
    ),
];

// proves: FR-006 FR-010 FR-012a FR-054
#[test]
fn faults_are_told_with_their_place() {
    for (promotion, prod, message, hint) in FAULTS {
        let text =
            format!("artifacts:\n  registry: r.example/a\n  promotion: {{{promotion}environments: [dev, {{name: prod, {prod}}}]}}\n");
        let error = parse(text.as_bytes()).expect_err(&text);
        let expected = format!(", artifacts.promotion.{message}");
        assert!(error.line() == 3 && error.to_string().contains(&expected), "{text}{error}\nexpected {expected}");
        let given = error.hint().unwrap_or_default();
        assert!(given.contains(hint) && given.is_empty() == hint.is_empty(), "{text}hint {given:?}, expected {hint:?}");
    }
}

#[test]
fn a_fault_stands_where_it_is() {
    let text =
        "artifacts:\n  registry: r.example/a\n  promotion:\n    policies:\n      - policies/shop.rego\n      - policies/fault.rego\n";
    let error = parse(text.as_bytes()).unwrap_err();
    assert_eq!((error.line(), error.column()), (6, 9), "{error}");
    shown(&error);
    let text = "artifacts:\n  registry: r.example/a\n  promotion:\n    gate_commands:\n      test: make\n";
    let error = parse(text.as_bytes()).unwrap_err();
    assert_eq!((error.line(), error.column()), (5, 7), "{error}");
    let error = parse(text.replace("test: make", "tests: make a && make b").as_bytes()).unwrap_err();
    assert_eq!((error.line(), error.column()), (5, 14), "{error}");
    shown(&error);
}

/// The reference shows messages as they are.
#[track_caller]
fn shown(error: &ManifestError) {
    let reference = include_str!("../../../../docs/manifest.md");
    assert!(reference.contains(&error.to_string()), "{error}");
    assert!(error.hint().is_none_or(|hint| reference.contains(&hint)), "{:?}", error.hint());
}

// proves: FR-018 FR-019
#[test]
fn faults_of_verification_are_told_with_their_place() {
    let table = [
        ("{}", ": expected `keys` or `identities`, found neither", "keys: [release.pub]"),
        ("{keys: []}", ": expected `keys` or `identities`, found neither", "keys: [release.pub]"),
        (
            "{key: [release.pub]}",
            ".key: expected `keys` or `identities` or `trust_root` or `annotations`, found the unknown key",
            "`keys`?",
        ),
        ("{keys: release.pub}", ".keys: expected a list of public keys, found text \"release.pub\"", "write a list"),
        ("{keys: [none.pub]}", ".keys[0]: expected the path of a file that can be read, found \"none.pub\": it is not there", "folder"),
        (
            "{keys: [release.pub, trusted_root.json]}",
            ".keys[1]: expected a public key that can be used, found one that cannot: it is not a public key in PEM form",
            "",
        ),
        ("{keys: [release.pub, release.pub]}", ".keys[1]: expected each key once, found \"release.pub\" again", "remove"),
        (
            "{keys: [\"-----BEGIN EC PRIVATE KEY-----\"]}",
            ".keys[0]: expected a public key that can be used, found one that cannot: it is a ec private key in PEM form",
            "",
        ),
        (
            "{identities: [{identity: a}], trust_root: trusted_root.json}",
            ".identities[0]: expected an identity with a `issuer`, found none",
            "issuer",
        ),
        (
            "{identities: [{identity: \"*\", issuer: b}], trust_root: trusted_root.json}",
            ".identities[0].identity: expected a pattern with more in it than `*`, found text \"*\"",
            "anybody",
        ),
        (
            "{identities: [{identity: a, issuer: b}]}",
            ".identities: expected identities with a `trust_root` beside them, found none",
            "trust_root",
        ),
        (
            "{identities: [{identity: a, issuer: b}, {identity: a, issuer: b}], trust_root: trusted_root.json}",
            ".identities[1]: expected each identity once, found \"a\" again",
            "remove",
        ),
        (
            "{keys: [release.pub], trust_root: trusted_root.json}",
            ".trust_root: expected a trust root with `identities` beside it, found none",
            "keys need no trust root",
        ),
        (
            "{identities: [{identity: a, issuer: b}], trust_root: release.pub}",
            ".trust_root: expected the text of a sigstore `trusted_root.json`, found a fault: ",
            "",
        ),
        ("{keys: [release.pub], annotations: [env]}", ".annotations: expected a mapping of annotations, found a list", ""),
        (
            "{keys: [release.pub], annotations: {env: 1}}",
            ".annotations.env: expected an annotation's value, found \"1\", which YAML may read as a number",
            "in quotes",
        ),
        (
            "{keys: [release.pub], annotations: {env: \" \"}}",
            ".annotations.env: expected an annotation's value of 1 to 1,024 bytes of text",
            "",
        ),
    ];
    for (verification, message, hint) in table {
        let error =
            parse(format!("artifacts:\n  registry: r.example/a\n  verification: {verification}\n").as_bytes()).expect_err(verification);
        let expected = format!(", artifacts.verification{message}");
        assert!(error.line() == 3 && error.to_string().contains(&expected), "{verification}: {error}\nexpected {expected}");
        let given = error.hint().unwrap_or_default();
        assert!(given.contains(hint) && given.is_empty() == hint.is_empty(), "{verification}: hint {given:?}, expected {hint:?}");
    }
}

#[test]
fn policies_that_no_entry_can_hold_are_refused_by_name_of_the_bulk() {
    struct Long;
    impl crate::manifest::Files for Long {
        fn read(&self, _: &str) -> Result<Vec<u8>, String> {
            Ok(format!("package promoledger\n\nwarn contains \"x\" if false\n{}", "# and on it goes\n".repeat(2000)).into_bytes())
        }
    }
    let text = b"artifacts: {registry: r.example/a, promotion: {policies: [a.rego, b.rego]}}";
    let error = crate::manifest::parse(text, super::now(), &Long).unwrap_err();
    assert!(error.to_string().contains("expected rules of at most 60000 bytes"), "{error}");
    assert!(error.hint().unwrap().starts_with("the policies come to 68096 bytes"), "{:?}", error.hint());
}

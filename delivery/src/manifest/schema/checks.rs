//! The schemas of what gates and signatures are held against.

use promotion_ledger::meaning::event::scan::Severity;
use promotion_ledger::meaning::rules::{LABEL_SHAPE, POLICY_COMPLIANCE};
use serde_json::{Value, json};

use super::super::commands::TIMEOUTS;
use super::super::shape::{
    COMMAND, IDENTITY, MOST_ANNOTATIONS, MOST_COMMANDS, MOST_IDENTITIES, MOST_KEYS, MOST_POLICIES, MOST_VARIABLES, MOST_WORDS, SCANNERS,
    SECURITY_SCAN, VERIFICATION,
};
use super::forms::{about, gate_name, insert, list, object, text, words};

/// What the name of a variable is like.
const VARIABLE: &str = "^[A-Za-z_][A-Za-z0-9_]*$";

pub(super) fn policies() -> Value {
    let path = about("The path of a file in Rego, from the folder of the manifest; the policy is called like the file.", text());
    list(path, 0, MOST_POLICIES, "What every promotion is asked about, by the gate policy_compliance.")
}

pub(super) fn security_scan() -> Value {
    let severities = list(severity(), 1, Severity::ALL.len(), "The severities that stop a promotion. CRITICAL and HIGH when left out.");
    let unfixed = json!({"type": "boolean", "description": "Whether what has no fix is left out. false when left out."});
    let scanner = words(SCANNERS.iter().map(|(word, _)| *word), "Whose reports count. trivy when left out.");
    object(SECURITY_SCAN, &[], "What reports of vulnerability scanners are judged by.", [severities, unfixed, scanner])
}

/// A word in any letter case.
fn severity() -> Value {
    let letter = |letter: char| format!("[{letter}{}]", letter.to_ascii_lowercase());
    let word = |severity: Severity| severity.as_str().chars().map(letter).collect::<String>();
    let any = Severity::ALL.map(word).join("|");
    json!({"type": "string", "description": "A severity, in any letter case.", "pattern": format!("^({any})$")})
}

pub(super) fn commands() -> Value {
    let mut name = gate_name();
    insert(&mut name, "not", json!({"enum": [POLICY_COMPLIANCE, LABEL_SHAPE]}));
    json!({
        "description": "Gates that are run, and how.",
        "type": "object",
        "maxProperties": MOST_COMMANDS,
        "propertyNames": name,
        "additionalProperties": {"oneOf": [line(), command()]},
    })
}

/// A command on one line. No shell reads it.
fn line() -> Value {
    about("A program and its arguments on one line, which no shell reads.", text())
}

fn command() -> Value {
    let words = list(json!({"type": "string"}), 1, MOST_WORDS, "A program and its arguments.");
    let command = json!({"description": "What is run; no shell reads it.", "oneOf": [line(), words]});
    let shell = about("A text that /bin/sh runs, instead of a command.", text());
    let variable = json!({"type": "string", "pattern": VARIABLE, "maxLength": 128});
    let variables = list(variable, 0, MOST_VARIABLES, "Variables that it is given beside the usual ones.");
    let status =
        json!({"type": "integer", "minimum": 1, "maximum": u8::MAX, "description": "The exit status by which it passes with a warning."});
    let values = [command, shell, timeout("How long it may take, in seconds."), variables, status];
    let mut schema = object(COMMAND, &[], "A gate that is a command.", values);
    insert(&mut schema, "oneOf", json!([{"required": ["command"]}, {"required": ["shell"]}]));
    schema
}

pub(super) fn timeout(description: &str) -> Value {
    json!({"type": "integer", "minimum": TIMEOUTS.start(), "maximum": TIMEOUTS.end(), "description": description})
}

pub(super) fn verification() -> Value {
    let key = about("The path of a public key's file, or the key itself in PEM form.", text());
    let keys = list(key, 0, MOST_KEYS, "Keys whose signatures count.");
    let identities = list(identity(), 0, MOST_IDENTITIES, "Whom a certificate may name.");
    let root = about("The path of a sigstore trusted_root.json: whose certificates are believed. Needed with identities.", text());
    let annotations = json!({
        "description": "What a signature must say of itself.",
        "type": "object",
        "maxProperties": MOST_ANNOTATIONS,
        "propertyNames": text(),
        "additionalProperties": text(),
    });
    object(VERIFICATION, &[], "Whose signatures of artifacts count.", [keys, identities, root, annotations])
}

fn identity() -> Value {
    let values = [
        about("Whom the certificate names; * stands for anything.", text()),
        about("Who told its authority so; * stands for anything.", text()),
    ];
    object(IDENTITY, &["identity", "issuer"], "Somebody who signs with certificates.", values)
}

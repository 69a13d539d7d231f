//! What goes into the record: digests that anybody can compute again, and the shape of the input.

use sha2::{Digest as _, Sha256};

use super::{Input, Policies, asked, compiled, input};

/// `input()` as canonical JSON, written down by hand.
const CANONICAL: &str = concat!(
    r#"{"artifact":{"annotations":{"org.opencontainers.image.revision":"abababababababababababababababababababab"},"component":"api","#,
    r#""digest":"sha256:1111111111111111111111111111111111111111111111111111111111111111","labels":{},"#,
    r#""reference":"registry.acme.example/shop/api@sha256:1111111111111111111111111111111111111111111111111111111111111111","version":"v1.4.2"},"#,
    r#""ledger":{"current":{"by":"ci:acme/shop","digest":"sha256:2222222222222222222222222222222222222222222222222222222222222222","#,
    r#""since":"2026-01-08T09:00:00Z","version":"v1.4.1"},"gates":[{"entry":41,"gate":"tests","status":"passed","time":"2026-01-15T14:40:00Z"}],"#,
    r#""locks":[],"previous":[],"visits":[{"by":"ci:acme/shop","environment":"staging","since":"2026-01-14T10:00:00Z"}]},"#,
    r#""request":{"action":"promote","actor":"ci:acme/shop","from":"staging","groups":["deployers"],"pipeline":"shop","#,
    r#""promotion_id":"0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c77","reason":null,"time":"2026-01-15T14:45:00.123456Z","to":"prod"}}"#
);

fn spelled(hash: Sha256) -> String {
    let bytes = hash.finalize();
    format!("sha256:{}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

// proves: FR-011
#[test]
fn an_auditor_computes_digest_and_decision_again() {
    let text = "package promoledger\nallow := true\n";
    let policies = Policies::compile(&[("a.rego", text)]).expect("the policy compiles");
    let mut bytes = b"promoledger policies 1\n\0\0\0\0\0\0\0\x06a.rego\0\0\0\0\0\0\0\x22".to_vec();
    assert_eq!(text.len(), 0x22);
    bytes.extend_from_slice(text.as_bytes());
    assert_eq!(policies.digest().to_string(), spelled(Sha256::new_with_prefix(&bytes)));

    let verdict = policies.judge(&input()).expect("it answers");
    assert_eq!(verdict.policy_digest, policies.digest());
    let mut question = Sha256::new_with_prefix("promoledger policy decision 1\n");
    question.update(policies.digest().as_bytes());
    question.update(CANONICAL);
    assert_eq!(verdict.decision_id.to_string(), spelled(question));
    assert_eq!(serde_json::from_str::<Input>(CANONICAL).expect("this is an input"), input());
}

// proves: FR-011
#[test]
fn the_same_question_has_one_id_and_one_answer() {
    let rules = "deny contains k if some k, _ in input.artifact.annotations\nwarn contains sprintf(\"%v\", [input.ledger.gates]) if true";
    let policies = compiled(rules).expect("the policy compiles");
    let first = policies.judge(&input()).expect("it answers");
    assert_eq!(policies.judge(&input()), Ok(first.clone()));
    assert_eq!(compiled(rules).expect("it compiles again").judge(&input()), Ok(first.clone()));
    let mut other = input();
    other.request.time = "2026-01-15T14:45:01Z".to_owned();
    assert_ne!(policies.judge(&other).expect("it answers").decision_id, first.decision_id);
    assert_ne!(compiled(&format!("{rules} ")).expect("it compiles").judge(&input()).expect("it answers").decision_id, first.decision_id);
}

// proves: FR-011
#[test]
fn policies_are_told_apart_by_names_texts_and_order() {
    let (a, b) = (("a", "package promoledger\nallow := true"), ("b", "package promoledger\ndeny contains \"x\" if false"));
    let digest = |sources: &[(&str, &str)]| Policies::compile(sources).expect("the policies compile").digest();
    let all = [digest(&[]), digest(&[a]), digest(&[b]), digest(&[a, b]), digest(&[b, a]), digest(&[("c", a.1)])];
    for (index, one) in all.iter().enumerate() {
        assert!(all.iter().skip(index + 1).all(|other| other != one));
    }
}

// proves: FR-011
#[test]
fn a_question_without_an_answer_has_its_id_too() {
    let unanswered = asked("deny := 7", &input()).expect_err("this is no answer");
    let policies = compiled("deny := 7").expect("it is Rego all the same");
    assert_eq!(unanswered.policy_digest, policies.digest());
    assert_eq!(unanswered.decision_id, policies.decision_id(&input()));
}

// proves: FR-006
#[test]
fn the_schema_names_every_field_and_demands_it() {
    let schema = serde_json::to_value(Input::schema()).expect("a schema is JSON");
    assert_eq!(schema["required"], serde_json::json!(["artifact", "request", "ledger"]));
    for (definition, fields) in [("Artifact", 6), ("Request", 9), ("Facts", 5), ("Standing", 4), ("Visit", 3), ("Gate", 4), ("Lock", 5)] {
        let definition = &schema["$defs"][definition];
        assert_eq!(definition["properties"].as_object().map(serde_json::Map::len), Some(fields), "{definition}");
        assert_eq!(definition["additionalProperties"], false);
    }
}

//! Properties: inputs come back as they were, and another rule to deny never lets more pass.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::{GateStatus, Input, Policies, Standing, input};

fn inputs() -> impl Strategy<Value = Input> {
    let standing = (any::<String>(), any::<String>()).prop_map(|(version, by)| Standing {
        version,
        digest: String::new(),
        since: "2026-01-08T09:00:00Z".to_owned(),
        by,
    });
    let texts = || btree_map(any::<String>(), any::<String>(), 0..4);
    let entries = vec(0..=9_007_199_254_740_991_u64, 0..3);
    (texts(), texts(), option::of(any::<String>()), option::of(standing), entries, any::<bool>()).prop_map(
        |(annotations, labels, reason, current, entries, prod)| {
            let mut made = input();
            made.artifact.annotations = annotations;
            made.artifact.labels = labels;
            made.request.reason = reason;
            made.ledger.current = current;
            let gate = made.ledger.gates.remove(0);
            let gates = entries.into_iter().map(|entry| super::Gate { entry, status: GateStatus::Warning, ..gate.clone() });
            made.ledger.gates = gates.collect();
            made.request.to = if prod { "prod" } else { "dev" }.to_owned();
            made
        },
    )
}

/// Rules to choose from; each may say something, nothing, or fail.
const RULES: [&str; 7] = [
    r#"deny contains "to prod" if input.request.to == "prod""#,
    r#"deny contains "annotated" if count(input.artifact.annotations) > 1"#,
    r#"deny contains k if some k, _ in input.artifact.labels"#,
    r#"deny contains "number" if to_number(input.request.reason) > 1"#,
    "deny contains input.ledger.current if input.ledger.current",
    r#"allow if input.request.to == "dev""#,
    r#"warn contains "gates" if input.ledger.gates[_].entry > 7"#,
];

fn allowed(rules: &[&str], input: &Input) -> bool {
    let text = format!("package promoledger\nwarn contains \"none\" if false\n{}", rules.join("\n"));
    let policies = Policies::compile(&[("a.rego", &text)]).expect("the rules compile");
    policies.judge(input).is_ok_and(|verdict| verdict.allowed)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    // proves: FR-006
    #[test]
    fn an_input_comes_back_as_it_was(input in inputs()) {
        let text = crate::policy::hash::canonical(&input);
        prop_assert_eq!(&serde_json::from_slice::<Input>(&text).expect("an input reads itself"), &input);
        let rules = "package promoledger\nallow if { x := json.marshal(input); json.unmarshal(x) == input }";
        let verdict = Policies::compile(&[("a.rego", rules)]).expect("it compiles").judge(&input).expect("it answers");
        prop_assert!(verdict.allowed);
    }

    // proves: FR-006
    #[test]
    fn another_denial_never_lets_more_pass(input in inputs(), chosen in vec(any::<bool>(), RULES.len()), more in 0..5_usize) {
        let mut rules: Vec<&str> = RULES.iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(rule, _)| *rule).collect();
        let before = allowed(&rules, &input);
        rules.push(RULES[more]);
        prop_assert!(before || !allowed(&rules, &input));
    }
}

//! Gates: how rules say that they are run and judged, what stands behind their results, and those that are advice.

use crate::mutants::mutant::{Mutant, check};

const STANDING: &str = "meaning/guard/standing.rs";
const GATES: &str = "meaning/guard/gates.rs";
const RULES: &str = "meaning/rules/gate.rs";
const VERIFICATION: &str = "meaning/rules/verification.rs";
const ENVIRONMENT: &str = "meaning/rules/environment.rs";
const NAMES: &str = "meaning/names.rs";
const FACTS: &str = "meaning/facts.rs";
const FOLD: &str = "meaning/state/fold.rs";
const STATE: &str = "meaning/state/mod.rs";

const RUN: &str = "meaning/facts/run.rs";
pub(super) const CHECKS: &[Mutant] = &[
    check(
        "law policy: said by the gate that asks",
        STANDING,
        "return hold(«!silent», || format!(",
        "true",
        "law-policy-missing law-policy-missing-of-none law-policy-missing-to-warn",
    ),
    check(
        "law policy: not said by a gate that lets nothing pass",
        STANDING,
        "let silent = asks && «event.status.lets_pass()»;",
        "true",
        "valid/gates-founded",
    ),
    check(
        "law policy: said by no other gate",
        STANDING,
        "hold(«asks», || format!(",
        "true",
        "law-policy-of-another-gate law-policy-of-another-gate-that-failed",
    ),
    check(
        "law policy: those in force",
        STANDING,
        "|| «asked.policies == in_force», ||",
        "true",
        "law-policy-of-before law-policy-of-none law-policy-of-others law-policy-of-others-to-warn law-policy-of-some
         law-policy-of-some-where-none-are",
    ),
    check(
        "law policy: any that let nothing pass",
        STANDING,
        "hold(«!event.status.lets_pass()» || asked.policies",
        "false",
        "valid/gates-founded",
    ),
    check(
        "law scan: no report where nothing passes",
        STANDING,
        "filter(|_| event.gate.as_str() == SECURITY_SCAN && «event.status.lets_pass()»)",
        "true",
        "valid/gates-founded",
    ),
    check(
        "law scan: a report",
        STANDING,
        "return «Err(format!(\"gate {SECURITY_SCAN} must be answered by a scanner's report, found none\"))»;",
        "Ok(())",
        "law-scan-missing law-scan-missing-to-warn",
    ),
    check(
        "law scan: the scanner of the rules",
        STANDING,
        "hold(«found.scanner == rule.scanner», ||",
        "true",
        "law-scan-of-another-scanner",
    ),
    check(
        "law scan: nothing grave",
        STANDING,
        "hold(«grave.is_none()», ||",
        "true",
        "law-scan-grave law-scan-grave-next law-scan-grave-to-warn",
    ),
    check("law scan: nothing that stops a promotion", STANDING, "hold(«found.blocked == 0» &&", "true", "law-scan-blocked"),
    check("law scan: nothing named that stops a promotion", STANDING, "&& «found.blocking.is_empty()», ||", "true", "law-scan-blocking"),
    check("law scan: nothing left out", STANDING, "hold(«found.ignored == 0» || rule", "true", "law-scan-ignored"),
    check(
        "law scan: left out where the rules say so",
        STANDING,
        "|| «rule.ignore_unfixed.is_some()», ||",
        "false",
        "valid/gates-founded valid/gates-of-every-kind",
    ),
    check(
        "guard: advice stops nothing",
        GATES,
        "filter(|gate| «!gate.advisory»)",
        "true",
        "law-gates-advice-* law-override-of-advice valid/gates-advice-failed valid/gates-advice-not-overridden
         valid/gates-advice-too-old valid/gates-of-every-kind",
    ),
    check(
        "guard: advice is cited",
        GATES,
        "ok().or_else(|| «advice(state, promotion, gate)»)",
        "None",
        "law-gates-advice-left-out valid/gates-advice-failed valid/gates-advice-too-old valid/gates-of-every-kind",
    ),
    check(
        "guard: only advice is cited that did not pass",
        GATES,
        "result.filter(|_| «*advisory»)",
        "true",
        "law-gates-overridden-cited valid/guards-overridden",
    ),
    check(
        "facts: what is advice",
        RUN,
        "Self { advisory: «rule.advisory.contains(gate)»,",
        "false",
        "law-gates-advice-* law-override-of-advice valid/gates-advice-failed valid/gates-advice-not-overridden
         valid/gates-advice-too-old valid/gates-of-every-kind",
    ),
    check(
        "guard: policies answer one promotion",
        GATES,
        "let policies = «gate.as_str() == POLICY_COMPLIANCE»;",
        "false",
        "law-gates-policy-failed-beside law-gates-policy-of-another-environment-since law-gates-policy-of-another-promotion
         law-gates-policy-of-another-promotion-cited law-gates-policy-of-before-a-refusal law-override-without-the-policies
         valid/gates-policies-of-two valid/gates-policies-overridden",
    ),
    check(
        "state: an answer is for whom it is about",
        STATE,
        "Fact::PolicyAnswer(answer) => «answer.is_about(promotion)».then_some(",
        "true",
        "law-gates-policy-of-another-component law-gates-policy-of-another-digest law-gates-policy-of-another-environment
         law-gates-policy-of-another-environment-since law-gates-policy-of-another-pipeline",
    ),
    check(
        "facts: an answer about the component",
        FACTS,
        "«self.component == *component» && self.digest",
        "true",
        "law-gates-policy-of-another-component",
    ),
    check("facts: an answer about the digest", FACTS, "&& «self.digest == *digest» &&", "true", "law-gates-policy-of-another-digest"),
    check(
        "facts: an answer about the environment",
        FACTS,
        "&& «self.environment == *to» &&",
        "true",
        "law-gates-policy-of-another-environment law-gates-policy-of-another-environment-since",
    ),
    check(
        "facts: an answer about the pipeline",
        FACTS,
        "*to && «self.pipeline == *pipeline»",
        "true",
        "law-gates-policy-of-another-pipeline",
    ),
    check(
        "state: an answer is gone with a refusal",
        FOLD,
        "Event::PromotionRefused(event) => «self.put(FactKey::PolicyAnswer(event.promotion.promotion_id), None)»,",
        "()",
        "law-gates-policy-of-before-a-refusal",
    ),
    check(
        "state: a run knows by what it is verified",
        FOLD,
        "policy: «policy()» })",
        "None",
        "law-signature-called-a-warning law-signature-called-missing law-signature-called-not-required law-signature-found-last
         valid/gates-of-every-kind valid/guards-passed",
    ),
    check(
        "rules: advice once",
        ENVIRONMENT,
        "let advice = «twice(&self.advisory)».or_else(",
        "None::<&GateName>",
        "law-shape-advisory-twice",
    ),
    check(
        "rules: advice of a gate that is demanded",
        ENVIRONMENT,
        "self.advisory.iter().find(|gate| «!self.gates.contains(gate)»)",
        "false",
        "law-shape-advisory-of-no-gate",
    ),
    check(
        "rules: policies are no advice",
        ENVIRONMENT,
        "self.advisory.iter().find(|gate| «gate.as_str() == POLICY_COMPLIANCE»)) { return Err(",
        "false",
        "law-shape-advisory-of-the-policies",
    ),
    check(
        "rules: an age of anything but policies",
        ENVIRONMENT,
        "|| «gate.as_str() == POLICY_COMPLIANCE») ) { return Err(",
        "false",
        "law-shape-max-age-of-the-policies",
    ),
    check(
        "rules: a limit of gates",
        ENVIRONMENT,
        "is_some_and(|seconds| «!is_limit(seconds)») { return Err(",
        "false",
        "law-shape-gate-timeout-too-long law-shape-gate-timeout-too-short",
    ),
    check(
        "rules: commands ascend, each gate once",
        RULES,
        "is_some_and(|earlier| «earlier.gate >= command.gate») { return invalid(",
        "false",
        "law-shape-command-twice law-shape-commands-unsorted",
    ),
    check(
        "rules: no command for what is answered here",
        RULES,
        "if «[POLICY_COMPLIANCE, LABEL_SHAPE].contains(&command.gate.as_str())» { return invalid(",
        "false",
        "law-shape-command-of-the-label law-shape-command-of-the-policies",
    ),
    check(
        "rules: a command has a program",
        RULES,
        "if «command.arguments.first().is_none_or(|program| program.as_str().is_empty())» { return invalid(",
        "false",
        "law-shape-command-of-nothing law-shape-command-program-empty",
    ),
    check(
        "rules: one text for a shell",
        RULES,
        "&& «command.arguments.len() > 1» { return invalid(",
        "false",
        "law-shape-command-shell-arguments",
    ),
    check(
        "rules: a limit of a command",
        RULES,
        "is_some_and(|seconds| «!is_limit(seconds)») { return invalid(",
        "false",
        "law-shape-command-timeout-too-long law-shape-command-timeout-too-short",
    ),
    check(
        "rules: variables ascend, each once",
        RULES,
        "if «!ascends(&command.variables)» { return invalid(",
        "false",
        "law-shape-command-variable-twice law-shape-command-variables-unsorted",
    ),
    check(
        "rules: the gravest severity first",
        RULES,
        "all(|(one, next)| «one > next»)",
        "true",
        "law-shape-scan-severity-twice law-shape-scan-unsorted",
    ),
    check(
        "rules: some severity stops a promotion",
        RULES,
        "&& «!scan.block_on.is_empty()» { Ok(()) } else { Err(",
        "true",
        "law-shape-scan-of-nothing",
    ),
    check(
        "rules: policies ascend, each once",
        RULES,
        "if «ascends(&names)» { Ok(()) } else { Err(",
        "true",
        "law-shape-policies-unsorted law-shape-policy-twice",
    ),
    check(
        "rules: signatures of somebody",
        VERIFICATION,
        "if «somebody» && rooted",
        "true",
        "law-shape-verification-of-annotations law-shape-verification-of-nobody",
    ),
    check(
        "rules: a trust root where there are identities",
        VERIFICATION,
        "if somebody && «rooted» &&",
        "true",
        "law-shape-verification-root-missing law-shape-verification-root-needless",
    ),
    check(
        "rules: annotations ascend, each once",
        VERIFICATION,
        "&& «ascends(&names)» &&",
        "true",
        "law-shape-verification-annotation-twice law-shape-verification-annotations-unsorted",
    ),
    check(
        "rules: identities ascend, each once",
        VERIFICATION,
        "&& «ascends(&rule.identities)» &&",
        "true",
        "law-shape-verification-identities-unsorted law-shape-verification-identity-twice law-shape-verification-issuers-unsorted",
    ),
    check(
        "rules: keys that verify ascend, each once",
        VERIFICATION,
        "&& «ascends(&rule.keys)» { Ok(()) } else { Err(",
        "true",
        "law-shape-verification-key-twice law-shape-verification-keys-unsorted",
    ),
    check(
        "document: its length",
        NAMES,
        "|text| «bounded(text, 60_000)»",
        "true",
        "law-shape-issuer-keys-empty law-shape-policy-text-empty law-shape-policy-text-too-long
         law-shape-verification-key-empty",
    ),
    check("argument: its length", NAMES, "|text| «text.len() <= 4096»", "true", "law-shape-command-argument-too-long"),
    check("argument: no zero byte", NAMES, r"&& «!text.contains('\0')»", "true", "law-shape-command-argument-zero"),
    check(
        "variable: its characters",
        NAMES,
        "&& «text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')»",
        "true",
        "law-shape-command-variable-hyphen",
    ),
    check(
        "variable: its first character",
        NAMES,
        "&& «!text.starts_with(|first: char| first.is_ascii_digit())»",
        "true",
        "law-shape-command-variable-begins",
    ),
];

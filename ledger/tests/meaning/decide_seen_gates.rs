//! Gates that are asked as a promotion is decided: what they say is recorded with the decision; those that are advice; and what
//! stands behind the gates that are known by name.

use promotion_ledger::meaning::command::{Promote, Seen};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::{GateCompleted, GateStatus, PolicyAsked};
use promotion_ledger::meaning::event::overriding::Overridable;
use promotion_ledger::meaning::event::scan::{Blocking, Counts, ScanFound, Scanner, Severity};
use promotion_ledger::meaning::grant::{Grant, Role};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::rules::{EnvironmentRule, GateRules, OnIncomparable, Rules, ScanRule};

use crate::support::*;

/// dev, then prod behind these gates and whatever else.
fn rules_of(gates: &[&str], change: impl FnOnce(&mut EnvironmentRule)) -> Rules {
    guarding(&rules(&[("dev", &[]), ("prod", gates)], OnIncomparable::Warn), "prod", change)
}

/// v1.0.0 is in dev.
fn world(rules: Rules) -> World {
    let mut world = World::staffed(rules);
    world.given_arrived(&["dev"]);
    world
}

fn result(name: &str, status: GateStatus) -> GateCompleted {
    gate(name, "api", "v1.0.0", "prod", status)
}

fn to_prod() -> Promote {
    promote("api", "v1.0.0", "dev", "prod")
}

/// Asks for v1.0.0 in prod, and the gates of this decision said that.
fn having_asked(gates: Vec<GateCompleted>) -> Promote {
    Promote { seen: Seen { gates, ..Seen::default() }, ..to_prod() }
}

fn awaiting(gates: &[&str]) -> Promote {
    Promote { seen: Seen { pending: gates.iter().map(|gate| gate_name(gate)).collect(), ..Seen::default() }, ..to_prod() }
}

// proves: FR-006, FR-011
#[test]
fn what_gates_say_is_recorded_before_the_request_that_rests_on_it() {
    let mut world = world(rules_of(&["tests", "costs"], |_| {}));
    let ask = having_asked(vec![result("costs", GateStatus::Warning), result("tests", GateStatus::Passed)]);
    let at = world.number_of_next();
    let decided = world.given_done(CI, ask.clone());
    let expected = ["gate.completed", "gate.completed", "promotion.requested", "authorization.decided", "downgrade.decided"];
    assert_eq!(types(&decided), expected);
    assert_eq!(decided.first(), Some(&Event::GateCompleted(result("costs", GateStatus::Warning))));
    let completed = data!(world.given_walked(CI, ask.promotion_id), PromotionCompleted);
    let cited: Vec<_> = completed.gates.iter().map(|cited| (cited.gate.as_str(), cited.entry.get(), cited.status)).collect();
    assert_eq!(cited, [("tests", at + 1, GateStatus::Passed), ("costs", at, GateStatus::Warning)]);
    agrees_from_zero(&world);
    agrees_by_slices(&world);
}

// proves: FR-006, FR-009, FR-011
#[test]
fn what_gates_say_against_it_is_recorded_with_the_refusal() {
    let mut world = world(rules_of(&["tests", "costs"], |_| {}));
    let failed = GateCompleted { message: Some(reason("3 of 120 failed")), ..result("tests", GateStatus::Failed) };
    let ask = having_asked(vec![failed.clone(), result("costs", GateStatus::Passed)]);
    let message = "gate tests must have passed for this digest and environment, found failed: 3 of 120 failed";
    let refusal = assert_refused(world.when(CI, ask.clone()), &[(8, message)]);
    assert_eq!(hint(&refusal), "mend what it found, and promote again: it is asked anew");
    assert_eq!(types(refusal.record()), ["gate.completed", "gate.completed", "promotion.refused"]);
    assert_eq!(refusal.record().first(), Some(&Event::GateCompleted(failed)));
    world.given_refused(CI, ask);
    // It stays so for whoever asks without asking the gates.
    let at = world.number_of_next() - 3;
    let message = format!("gate tests must have passed for this digest and environment, found failed at entry {at}");
    assert_refused(world.when(CI, to_prod()), &[(8, &message)]);
    agrees_by_slices(&world);
}

// proves: FR-006
#[test]
fn a_newer_word_of_a_gate_counts_more_than_what_is_recorded() {
    for (recorded, said, code) in [(GateStatus::Passed, GateStatus::Failed, Some(8)), (GateStatus::Failed, GateStatus::Passed, None)] {
        let mut world = world(rules_of(&["tests"], |_| {}));
        world.given([(GATE, result("tests", recorded).into())]);
        let outcome = world.when(CI, having_asked(vec![result("tests", said)]));
        assert_eq!(outcome.err().map(|refusal| codes(&refusal)), code.map(|code| vec![code]), "{recorded} before {said}");
    }
}

// proves: FR-011
#[test]
fn a_refusal_that_no_gate_is_a_reason_for_records_no_gate() {
    let mut world = world(rules_of(&["tests"], |_| {}));
    world.given_done(ADMIN, lock("prod", "audit"));
    let refusal = refused(world.when(CI, having_asked(vec![result("tests", GateStatus::Passed)])));
    assert_eq!((codes(&refusal), types(refusal.record())), (vec![13], vec!["promotion.refused"]));
    let refusal = refused(world.when(CI, having_asked(vec![result("tests", GateStatus::Failed)])));
    assert_eq!((codes(&refusal), types(refusal.record())), (vec![13, 8], vec!["gate.completed", "promotion.refused"]));
}

// proves: FR-006
#[test]
fn a_gate_that_is_yet_to_be_run_is_no_obstacle_and_passes_nothing() {
    let mut world = world(rules_of(&["tests", "costs"], |_| {}));
    assert!(world.when(CI, awaiting(&["tests", "costs"])).is_ok());
    let message = "gate costs must have passed for this digest and environment, found no result";
    assert_refused(world.when(CI, awaiting(&["tests"])), &[(8, message)]);
    // Whoever goes on all the same is stopped by the law.
    let ask = awaiting(&["tests", "costs"]);
    world.given_done(CI, ask.clone());
    let step = world.next_event(&world.run(ask.promotion_id));
    world.assert_unlawful(CI, step, Rule::Gates);
}

// proves: FR-006, FR-049
#[test]
fn whoever_may_not_record_a_gate_may_not_have_it_asked() {
    let runs = Grant { gates: only([gate_name("tests")]), permissions: Role::Ci.permissions(), ..Grant::everything() };
    let mut created = staffed();
    created.keys.push(NEWCOMER.first_key(vec![runs]));
    let mut world = World::founded(&created);
    world.given_done(ADMIN, rules_of(&["tests", "costs"], |_| {}));
    world.given_arrived(&["dev"]);
    world.given([(GATE, result("costs", GateStatus::Passed).into())]);
    assert!(world.when(NEWCOMER, having_asked(vec![result("tests", GateStatus::Passed)])).is_ok());
    let message = "noor@acme.example is not allowed to do this with api in prod: key acme.example/new holds no grant for gate.completed";
    for status in [GateStatus::Passed, GateStatus::Warning] {
        let ask = having_asked(vec![result("tests", GateStatus::Passed), result("costs", status)]);
        let refusal = assert_refused(world.when(NEWCOMER, ask), &[(12, message)]);
        assert_eq!(types(refusal.record()), ["authorization.decided", "promotion.refused"]);
    }
    let refusal =
        refused(world.when(NEWCOMER, having_asked(vec![result("tests", GateStatus::Failed), result("costs", GateStatus::Failed)])));
    assert_eq!(codes(&refusal), [12, 8, 8]);
    assert_eq!(types(refusal.record()), ["authorization.decided", "promotion.refused"], "nothing that the key may not say");
    world.given([(GATE, result("tests", GateStatus::Passed).into())]);
    assert_refused(world.when(NEWCOMER, awaiting(&["costs"])), &[(12, message)]);
    assert!(world.when(NEWCOMER, to_prod()).is_ok(), "nothing is to be recorded");
}

// proves: FR-006, FR-009, FR-011
#[test]
fn advice_is_asked_for_told_recorded_and_not_taken() {
    let mut world = world(rules_of(&["costs", "tests"], |prod| prod.advisory = vec![gate_name("costs")]));
    let dear = GateCompleted { message: Some(reason("twice the bill")), ..result("costs", GateStatus::Failed) };
    let ask = having_asked(vec![dear, result("tests", GateStatus::Passed)]);
    let at = world.number_of_next();
    let decision = world.when(CI, ask.clone()).expect("advice stops nothing");
    assert_eq!(decision.warnings, ["gate costs, which is advice, failed: twice the bill"]);
    world.given_done(CI, ask.clone());
    let completed = data!(world.given_walked(CI, ask.promotion_id), PromotionCompleted);
    let cited: Vec<_> = completed.gates.iter().map(|cited| (cited.gate.as_str(), cited.entry.get(), cited.status)).collect();
    assert_eq!(cited, [("costs", at, GateStatus::Failed), ("tests", at + 1, GateStatus::Passed)]);
    agrees_by_slices(&world);
}

// proves: FR-006, FR-009
#[test]
fn advice_that_nobody_asked_for_stops_nothing_either() {
    let mut world = world(rules_of(&["costs", "tests"], |prod| prod.advisory = vec![gate_name("costs")]));
    let message = "gate tests must have passed for this digest and environment, found no result";
    assert_refused(world.when(CI, to_prod()), &[(8, message)]);
    let ask = having_asked(vec![result("tests", GateStatus::Passed)]);
    let decision = world.when(CI, ask.clone()).expect("advice stops nothing");
    assert!(decision.warnings.is_empty(), "{:?}", decision.warnings);
    world.given_done(CI, ask.clone());
    let completed = data!(world.given_walked(CI, ask.promotion_id), PromotionCompleted);
    assert_eq!(completed.gates.iter().map(|cited| cited.gate.as_str()).collect::<Vec<_>>(), ["tests"]);
}

// proves: FR-006, FR-011
#[test]
fn somebodys_word_passes_a_gate_that_fails_as_it_is_asked() {
    let mut world = world(rules_of(&["tests"], |_| {}));
    let failed = GateCompleted { message: Some(reason("3 of 120 failed")), ..result("tests", GateStatus::Failed) };
    let ask = Promote { break_glass: Some(reason("the shop is down")), ..having_asked(vec![failed]) };
    let decided = world.given_done(ADMIN, ask.clone());
    let expected = ["gate.completed", "guard.overridden", "promotion.requested", "authorization.decided", "downgrade.decided"];
    assert_eq!(types(&decided), expected);
    let guards = data!(decided, GuardOverridden).guards;
    let told: Vec<_> = guards.iter().map(|overridden| (overridden.guard, overridden.message.as_str())).collect();
    let message = "gate tests must have passed for this digest and environment, found failed: 3 of 120 failed";
    assert_eq!(told, [(Overridable::Gates, message)]);
    let completed = data!(world.given_walked(ADMIN, ask.promotion_id), PromotionCompleted);
    assert_eq!(completed.gates, []);
    agrees_from_zero(&world);
    agrees_by_slices(&world);
}

// --- policies

/// prod asks the policies.
fn policed(text: &str) -> Rules {
    with_policy(rules_of(&["policy_compliance"], |_| {}), text)
}

/// What the policies said that have that digest, when this promotion asked.
fn asked(ask: &Promote, policies: Digest, status: GateStatus) -> GateCompleted {
    let policy = Some(Box::new(PolicyAsked { decision: digest("the question"), policies, promotion_id: ask.promotion_id }));
    GateCompleted { policy, ..result("policy_compliance", status) }
}

// proves: FR-006, FR-010
#[test]
fn policies_are_asked_anew_by_every_promotion() {
    let rules = policed("package promoledger");
    let mut world = world(rules.clone());
    let message = "gate policy_compliance must have passed for this promotion, found that it was not asked";
    let refusal = assert_refused(world.when(CI, to_prod()), &[(8, message)]);
    assert_eq!(hint(&refusal), "promote again: it is asked anew");
    let other = to_prod();
    world.given([(CI, asked(&other, rules.policies_digest(), GateStatus::Passed).into())]);
    assert_refused(world.when(CI, to_prod()), &[(8, message)]);
    let ask = to_prod();
    let ask = Promote { seen: having_asked(vec![asked(&ask, rules.policies_digest(), GateStatus::Passed)]).seen, ..ask };
    world.given_done(CI, ask.clone());
    // What another promotion is answered meanwhile counts for that one alone.
    world.given([(CI, asked(&other, rules.policies_digest(), GateStatus::Failed).into())]);
    let completed = data!(world.given_walked(CI, ask.promotion_id), PromotionCompleted);
    assert_eq!(completed.gates.iter().map(|cited| cited.gate.as_str()).collect::<Vec<_>>(), ["policy_compliance"]);
    agrees_by_slices(&world);
}

// proves: FR-010, FR-011
#[test]
fn nobody_says_by_hand_what_policies_say() {
    let rules = policed("package promoledger");
    let mut world = world(rules.clone());
    let message = "gate policy_compliance is answered by the pipeline's policies, when a promotion asks them";
    let ask = to_prod();
    for by_hand in [result("policy_compliance", GateStatus::Passed), asked(&ask, rules.policies_digest(), GateStatus::Passed)] {
        assert_refused(world.when(ADMIN, by_hand), &[(2, message)]);
    }
    let detail = world.assert_unlawful(ADMIN, result("policy_compliance", GateStatus::Passed), Rule::Policy);
    assert_eq!(detail, "gate policy_compliance must say which policies were asked, and which question");
    let (in_force, others) = (rules.policies_digest(), policed("package elsewhere").policies_digest());
    let detail = world.assert_unlawful(ADMIN, asked(&ask, others.clone(), GateStatus::Passed), Rule::Policy);
    assert_eq!(detail, format!("the policies asked must be those in force, {in_force}, found {others}"));
    let elsewhere = GateCompleted { gate: gate_name("tests"), ..asked(&ask, in_force, GateStatus::Passed) };
    let detail = world.assert_unlawful(ADMIN, elsewhere, Rule::Policy);
    assert_eq!(detail, "only gate policy_compliance asks policies, found gate tests");
    // What lets nothing pass needs nothing behind it.
    world.given([(CI, result("policy_compliance", GateStatus::Failed).into()), (CI, asked(&ask, others, GateStatus::Failed).into())]);
}

// --- reports of scanners

/// prod takes reports of Trivy without anything high or critical.
fn scanning() -> Rules {
    let scan = ScanRule { block_on: vec![Severity::Critical, Severity::High], ignore_unfixed: None, scanner: Scanner::Trivy };
    let gates = GateRules { scan: Some(scan), ..GateRules::default() };
    rules_of(&["security_scan"], |_| {}).with_gates(gates).expect("rules without contradictions")
}

fn report() -> ScanFound {
    let counts = Counts { low: 3, ..Counts::default() };
    ScanFound { blocked: 0, blocking: Vec::new(), counts, ignored: 0, scanner: Scanner::Trivy, suppressed: 0 }
}

fn scanned(scan: ScanFound, status: GateStatus) -> GateCompleted {
    GateCompleted { scan: Some(Box::new(scan)), ..result("security_scan", status) }
}

// proves: FR-011, FR-054, FR-056
#[test]
fn a_scan_passes_on_a_report_that_holds_nothing_grave() {
    let mut world = world(scanning());
    let grave = Blocking { fixed: None, id: Some(reason("CVE-2026-0001")), installed: None, package: None, severity: Severity::High };
    let unfounded = [
        (result("security_scan", GateStatus::Passed), "gate security_scan must be answered by a scanner's report, found none"),
        (scanned(ScanFound { scanner: Scanner::Grype, ..report() }, GateStatus::Passed), "the report must be of Trivy, found one of Grype"),
        (
            scanned(ScanFound { counts: Counts { high: 1, ..Counts::default() }, ..report() }, GateStatus::Warning),
            "a report with findings of severity HIGH must not let a promotion pass",
        ),
        (
            scanned(ScanFound { blocking: vec![grave.clone()], ..report() }, GateStatus::Passed),
            "a report that blocks a promotion must not let it pass",
        ),
        (
            scanned(ScanFound { ignored: 2, ..report() }, GateStatus::Passed),
            "no finding may be left out for having no fix, found 2 left out",
        ),
    ];
    for (event, message) in unfounded {
        let refusal = assert_refused(world.when(GATE, event.clone()), &[(2, message)]);
        assert_eq!(hint(&refusal), "record it out of the report: --scan-report FILE in the place of --status");
        assert_eq!(world.assert_unlawful(GATE, event, Rule::Scan), message);
    }
    let found = ScanFound { blocked: 1, blocking: vec![grave], counts: Counts { high: 1, ..Counts::default() }, ..report() };
    let failed = scanned(found, GateStatus::Failed);
    assert_eq!(data!(world.given_done(GATE, failed.clone()), GateCompleted), failed, "what it found is part of the record");
    let at = world.number_of_next() - 1;
    let message = format!("gate security_scan must have passed for this digest and environment, found failed at entry {at}");
    let refusal = assert_refused(world.when(CI, to_prod()), &[(8, &message)]);
    assert!(hint(&refusal).ends_with("--env prod --scan-report FILE"), "{}", hint(&refusal));
    world.given_done(GATE, scanned(report(), GateStatus::Warning));
    let ask = to_prod();
    world.given_done(CI, ask.clone());
    world.given_walked(CI, ask.promotion_id);
    agrees_by_slices(&world);
}

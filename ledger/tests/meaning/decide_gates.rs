//! Gates: which results count, for what, and who may record them.

use promotion_ledger::meaning::command::Promote;
use promotion_ledger::meaning::event::artifact::{GateCompleted, GateStatus};
use promotion_ledger::meaning::grant::{Grant, Role};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::names::Pipeline;
use promotion_ledger::meaning::rules::OnIncomparable;

use crate::support::*;

/// v1.0.0 is in dev and staging, and may go to prod when `tests` and `security_scan` let it.
fn world() -> World {
    let mut world = World::new();
    world.given_promoted("api", "v1.0.0", &["dev", "staging"]);
    world
}

fn result(name: &str, status: GateStatus) -> GateCompleted {
    gate(name, "api", "v1.0.0", "prod", status)
}

fn to_prod() -> Promote {
    promote("api", "v1.0.0", "staging", "prod")
}

fn no_result(gate: &str) -> String {
    format!("gate {gate} must have passed for this digest and environment, found no result")
}

// proves: FR-006
#[test]
fn a_gate_without_a_result_keeps_the_release_out() {
    let mut world = world();
    let outcome = world.when(CI, to_prod());
    let refusal = assert_refused(outcome, &[(8, &no_result("tests")), (8, &no_result("security_scan"))]);
    let expected = format!(
        "record its result: promoledger record gate tests --component api --digest {} --env prod --status passed --evidence FILE",
        built("api", "v1.0.0")
    );
    assert_eq!(hint(&refusal), expected);
    world.given([(GATE, result("tests", GateStatus::Passed).into())]);
    assert_refused(world.when(CI, to_prod()), &[(8, &no_result("security_scan"))]);
    world.given([(GATE, result("security_scan", GateStatus::Passed).into())]);
    assert_eq!(events(world.when(CI, to_prod())).len(), 3);
}

// proves: FR-006, FR-008, FR-009, FR-012
#[test]
fn passed_and_warning_let_pass_failed_and_skipped_do_not() {
    for (status, lets_pass) in
        [(GateStatus::Passed, true), (GateStatus::Warning, true), (GateStatus::Failed, false), (GateStatus::Skipped, false)]
    {
        let mut world = world();
        world.given([(GATE, result("tests", GateStatus::Passed).into()), (GATE, result("security_scan", status).into())]);
        let at = world.state().core().size - 1;
        let outcome = world.when(CI, to_prod());
        if lets_pass {
            assert!(outcome.is_ok(), "{status}");
            continue;
        }
        let message = format!("gate security_scan must have passed for this digest and environment, found {status} at entry {at}");
        assert_refused(outcome, &[(8, &message)]);
    }
}

#[test]
fn the_newest_result_counts() {
    let mut world = world();
    world.given_gates("api", "v1.0.0", "prod");
    world.given([(GATE, result("tests", GateStatus::Failed).into())]);
    assert_eq!(codes(&refused(world.when(CI, to_prod()))), [8]);
    world.given([(CI, result("tests", GateStatus::Passed).into())]);
    assert!(world.when(CI, to_prod()).is_ok());
}

#[test]
fn a_result_is_bound_to_the_digest_the_environment_and_the_component() {
    let mut world = world();
    let elsewhere = [
        gate("tests", "api", "v1.1.0", "prod", GateStatus::Passed),
        gate("tests", "api", "v1.0.0", "staging", GateStatus::Passed),
        GateCompleted { component: component("web"), ..result("tests", GateStatus::Passed) },
        result("performance_baseline", GateStatus::Passed),
    ];
    world.given(elsewhere.map(|result| (GATE, result.into())));
    let refusal = refused(world.when(CI, to_prod()));
    assert_eq!(codes(&refusal), [8, 8]);
    world.given([(GATE, gate("tests", "api", "v1.1.0", "prod", GateStatus::Failed).into())]);
    world.given_gates("api", "v1.0.0", "prod");
    assert!(world.when(CI, to_prod()).is_ok(), "what failed for another digest is another's");
}

#[test]
fn a_result_may_come_before_the_release_is_registered() {
    let mut world = World::new();
    world.given([(GATE, gate("tests", "api", "v2.0.0", "staging", GateStatus::Passed).into())]);
    world.given_promoted("api", "v2.0.0", &["dev"]);
    assert!(world.when(CI, promote("api", "v2.0.0", "dev", "staging")).is_ok());
}

#[test]
fn a_gate_that_fails_on_the_way_stops_the_walk() {
    let mut world = world();
    let id = world.given_requested("api", "v1.0.0", "prod");
    for _ in 0..4 {
        world.given_step(CI, id);
    }
    world.given([(GATE, result("tests", GateStatus::Failed).into())]);
    let run = world.run(id);
    let completed = walk::completed(world.state(), &run);
    assert_eq!(world.judge(CI, completed).expect_err("no completion without its gates").rule, Rule::Gates);
    let (tag, purpose) = run.tags_due().remove(1);
    let again = world.started(&run, tag, purpose);
    assert_eq!(world.judge(CI, again).expect_err("no step without its gates").rule, Rule::Gates);
}

#[test]
fn a_run_keeps_the_gates_that_it_was_requested_under() {
    let mut world = world();
    let id = world.given_requested("api", "v1.0.0", "prod");
    let stricter = rules(&[("dev", &[]), ("staging", &[]), ("prod", &["tests", "security_scan", "cost_analysis"])], OnIncomparable::Warn);
    world.given_done(ADMIN, stricter);
    let completed = data!(world.given_walked(CI, id), PromotionCompleted);
    assert_eq!(completed.gates.iter().map(|cited| cited.gate.as_str()).collect::<Vec<_>>(), ["tests", "security_scan"]);
    agrees_by_slices(&world);
    let again = Promote { force: true, ..to_prod() };
    assert_refused(world.when(CI, again), &[(8, &no_result("cost_analysis"))]);
}

#[test]
fn a_gate_that_the_rules_dropped_is_still_due_to_a_run_that_was_requested_before() {
    let mut world = world();
    let id = world.given_requested("api", "v1.0.0", "prod");
    world.given_done(ADMIN, rules(&[("dev", &[]), ("staging", &[]), ("prod", &[])], OnIncomparable::Warn));
    world.given([(GATE, result("security_scan", GateStatus::Failed).into())]);
    assert_eq!(world.judge(CI, world.next_event(&world.run(id))).expect_err("a gate that failed").rule, Rule::Gates);
    world.given([(GATE, result("security_scan", GateStatus::Warning).into())]);
    world.given_walked(CI, id);
    agrees_by_slices(&world);
}

#[test]
fn a_result_is_recorded_as_it_is() {
    let world = world();
    let failed = GateCompleted { message: Some(reason("3 of 120 failed")), ..result("tests", GateStatus::Failed) };
    let recorded = data!(events(world.when(GATE, failed.clone())), GateCompleted);
    assert_eq!(recorded, failed);
}

// proves: FR-049
#[test]
fn who_may_record_which_gate_is_for_the_grants_to_say() {
    let mut created = founding();
    let scans = Grant { gates: only([gate_name("security_scan")]), permissions: Role::Gate.permissions(), ..Grant::everything() };
    created.keys.push(NEWCOMER.first_key(vec![scans]));
    let mut world = World::founded(&created);
    world.given_done(ADMIN, usual_rules());
    world.given_done(NEWCOMER, result("security_scan", GateStatus::Passed));
    let message = "noor@acme.example is not allowed to do this with api in prod: key acme.example/new holds no grant for gate.completed";
    assert_refused(world.when(NEWCOMER, result("tests", GateStatus::Passed)), &[(12, message)]);
    assert!(world.judge(NEWCOMER, result("tests", GateStatus::Passed)).is_err(), "nor does the law let it");
}

#[test]
fn names_that_are_not_known_are_told() {
    let world = world();
    let passed = result("tests", GateStatus::Passed);
    let blog = GateCompleted { pipeline: Pipeline::new("blog").expect("a name"), ..passed.clone() };
    assert_refused(world.when(GATE, blog), &[(2, "there is no pipeline blog in this ledger")]);
    let mail = GateCompleted { component: component("mail"), ..passed.clone() };
    assert_refused(world.when(GATE, mail), &[(3, "pipeline shop has no component mail")]);
    let qa = GateCompleted { environment: environment("qa"), ..passed };
    assert_refused(world.when(GATE, qa), &[(3, "pipeline shop has no environment qa")]);
}

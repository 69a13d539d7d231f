//! To approve and to reject: who may, which request, and what the law says to who does it anyway.

use promotion_ledger::meaning::command::{Approve, Verdict};
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::approval::{ApprovalGranted, ApprovalRejected};
use promotion_ledger::meaning::event::promotion::{Action, AuthorizationDecided};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::refusal::Refusal;
use promotion_ledger::meaning::rules::Rules;

use crate::support::*;

/// v1.0.0 is in staging, and OPS asked for what it takes to go to prod. The request's entry is returned.
fn world(count: u32, groups: &[&str]) -> (World, u64) {
    asked(with_group(prod_guarded(|prod| prod.approvals = approvals(count, groups)), "leads", &["zoe@acme.example"]))
}

/// The same under these rules.
fn asked(rules: Rules) -> (World, u64) {
    let mut world = World::staffed(rules);
    world.given_arrived(&["dev", "staging"]);
    let request = world.number_of_next();
    world.given_refused(OPS, to_prod());
    (world, request)
}

fn yes(request: u64) -> Approve {
    approve("api", "v1.0.0", "prod", request)
}

fn no(request: u64) -> Approve {
    reject("api", "v1.0.0", "prod", request)
}

/// The events that a client appends which does not ask.
fn by_hand(request: u64) -> [Event; 2] {
    let (component, digest, environment) = (component("api"), built("api", "v1.0.0"), environment("prod"));
    let granted = ApprovalGranted {
        component: component.clone(),
        digest: digest.clone(),
        environment: environment.clone(),
        group: None,
        note: None,
        pipeline: shop(),
        request: entry(request),
    };
    let reason = reason("not before the sale");
    let rejected = ApprovalRejected { component, digest, environment, group: None, pipeline: shop(), reason, request: entry(request) };
    [granted.into(), rejected.into()]
}

/// Then: neither yes nor no is theirs to say, in these words; nor does the law let them.
fn assert_not_theirs(world: &mut World, by: Actor, request: u64, message: &str) {
    for ask in [yes(request), no(request)] {
        assert_refused(world.when(by, ask), &[(12, message)]);
    }
    for event in by_hand(request) {
        assert_eq!(world.assert_unlawful(by, event, Rule::Approvals), message);
    }
}

// proves: derived
#[test]
fn a_word_is_recorded_for_just_what_was_asked() {
    let (mut world, request) = world(1, &[]);
    let noted = Approve { verdict: Verdict::Yes(Some(reason("tried it on staging"))), ..yes(request) };
    let granted = data!(events(world.when(RITA, noted)), ApprovalGranted);
    let [Event::ApprovalGranted(expected), Event::ApprovalRejected(other)] = by_hand(request) else { unreachable!("yes and no") };
    assert_eq!(granted, ApprovalGranted { note: Some(reason("tried it on staging")), ..expected });
    assert_eq!(data!(events(world.when(RITA, no(request))), ApprovalRejected), other);
    world.given_done(RITA, yes(request));
    assert_nothing(world.when(RITA, yes(request)));
    agrees_by_slices(&world);
}

// proves: FR-049
#[test]
fn it_takes_a_grant() {
    let (world, request) = world(1, &[]);
    let message = "ci:acme/shop is not allowed to do this with api in prod: key acme.example/ci holds no grant for approval.granted";
    assert_refused(world.when(CI, yes(request)), &[(12, message)]);
    let [granted, rejected] = by_hand(request);
    for event in [granted, rejected] {
        assert_eq!(world.judge(CI, event).map_err(|unlawful| unlawful.rule), Err(Rule::Grant));
    }
}

// proves: FR-050
#[test]
fn nobody_approves_their_own_with_whichever_key() {
    let (mut world, request) = world(1, &[]);
    let message = |who: &str| format!("{who} asked for this promotion at entry {request}, and nobody approves their own");
    for by in [OPS, SPARE, PORTAL.acting_for("oli@acme.example")] {
        assert_not_theirs(&mut world, by, request, &message("oli@acme.example"));
    }
    assert!(world.when(RITA, yes(request)).is_ok());
}

// proves: FR-050
#[test]
fn nobody_approves_what_their_key_asked_for_in_another_name() {
    let (mut world, _) = world(1, &[]);
    world.given_promoted("api", "v1.1.0", &["dev", "staging"]);
    let request = world.number_of_next();
    world.given_refused(PORTAL.acting_for("oli@acme.example"), promote("api", "v1.1.0", "staging", "prod"));
    for (by, who) in [(PORTAL, "portal:acme"), (PORTAL.acting_for("zoe@acme.example"), "portal:acme"), (SPARE, "oli@acme.example")] {
        let message = format!("{who} asked for this promotion at entry {request}, and nobody approves their own");
        assert_refused(world.when(by, approve("api", "v1.1.0", "prod", request)), &[(12, &message)]);
    }
}

#[test]
fn one_word_is_one_approval_under_however_many_names() {
    let (mut world, request) = world(2, &[]);
    let at = world.number_of_next();
    world.given_done(PORTAL.acting_for("zoe@acme.example"), yes(request));
    let message = format!("zoe@acme.example approved this at entry {at} already");
    let [granted, _] = by_hand(request);
    for by in [PORTAL.acting_for("yan@acme.example"), PORTAL] {
        assert_refused(world.when(by, yes(request)), &[(12, &message)]);
        assert_eq!(world.assert_unlawful(by, granted.clone(), Rule::Approvals), message);
    }
    assert_nothing(world.when(PORTAL.acting_for("zoe@acme.example"), yes(request)));
    assert_eq!(world.assert_unlawful(PORTAL.acting_for("zoe@acme.example"), granted.clone(), Rule::Approvals), message);
    world.given_done(RITA, yes(request));
    let at = at + 1;
    assert_eq!(world.assert_unlawful(RITA, granted, Rule::Approvals), format!("rita@acme.example approved this at entry {at} already"));
    world.assert_passes(OPS, &to_prod());
}

// proves: FR-046, FR-047
#[test]
fn where_groups_are_named_it_takes_one_of_their_members() {
    let (mut world, request) = world(1, &["leads", "reviewers"]);
    let message = "prod is approved by members of leads, reviewers, and rob@acme.example is in none of them";
    assert_not_theirs(&mut world, ROB, request, message);
    let message = "prod is approved by members of leads, reviewers, and rita@acme.example is in none of them";
    assert_not_theirs(&mut world, PORTAL.acting_for("rita@acme.example"), request, message);
    for (by, name) in [(RITA, "reviewers"), (PORTAL.acting_for("zoe@acme.example"), "leads")] {
        let decided = [world.when(by, yes(request)), world.when(by, no(request))].map(events);
        let [said_yes, said_no] = &decided;
        assert_eq!(data!(said_yes, ApprovalGranted).group, Some(group(name)));
        assert_eq!(data!(said_no, ApprovalRejected).group, Some(group(name)));
        for event in decided.iter().flatten() {
            assert_eq!(world.judge(by, event.clone()), Ok(()));
        }
        let detail = world.assert_unlawful(by, by_hand(request)[0].clone(), Rule::Approvals);
        assert_eq!(detail, format!("the group named must be the one by which they may answer: expected {name}, found none"));
    }
}

// proves: FR-046
#[test]
fn the_group_that_is_named_is_the_first_that_counts_those_of_the_manifest_before_those_of_a_key() {
    let (mut world, _) = world(1, &["leads", "reviewers"]);
    let rules = prod_guarded(|prod| prod.approvals = approvals(1, &["leads", "reviewers"]));
    let rules = with_group(rules, "leads", &["rita@acme.example"]);
    world.given_done(ADMIN, with_group(rules, "owners", &["rita@acme.example"]));
    let request = world.number_of_next();
    world.given_refused(OPS, to_prod());
    let granted = data!(events(world.when(RITA, yes(request))), ApprovalGranted);
    assert_eq!(granted.group, Some(group("leads")));
    for name in ["owners", "reviewers"] {
        let other = ApprovalGranted { group: Some(group(name)), ..granted.clone() };
        world.assert_unlawful(RITA, other, Rule::Approvals);
    }
    world.given_done(RITA, yes(request));
    agrees_by_slices(&world);
}

// proves: FR-047, FR-049
#[test]
fn where_no_groups_are_named_it_takes_one_who_may_change_the_environment() {
    let rules = prod_guarded(|prod| {
        prod.approvals = approvals(1, &[]);
        prod.authorization = authorization(&["reviewers"], &["oli@acme.example"]);
    });
    let (mut world, request) = asked(rules);
    let message = "prod may be changed by members of reviewers and oli@acme.example; rob@acme.example is in no group";
    for (ask, action) in [(yes(request), Action::Approve), (no(request), Action::Reject)] {
        let refusal = assert_refused(world.when(ROB, ask), &[(12, message)]);
        assert_eq!(
            hint(&refusal),
            "an admin names operators, groups and issuers of tokens in the manifest, or the groups of a key when it is added"
        );
        assert_recorded(&mut world, ROB, &refusal, action);
    }
    for event in by_hand(request) {
        assert_eq!(world.assert_unlawful(ROB, event, Rule::Authorization), message);
    }
    let granted = data!(events(world.when(RITA, yes(request))), ApprovalGranted);
    assert_eq!(granted.group, None, "no group of approvers was asked for");
    world.assert_unlawful(RITA, ApprovalGranted { group: Some(group("reviewers")), ..granted }, Rule::Approvals);
    world.given_done(RITA, yes(request));
}

// proves: FR-047
#[test]
fn where_groups_are_named_they_alone_say_who_answers() {
    let rules = prod_guarded(|prod| {
        prod.approvals = approvals(1, &["reviewers"]);
        prod.authorization = authorization(&[], &["oli@acme.example"]);
    });
    let (mut world, request) = asked(rules);
    world.given_done(RITA, yes(request));
    world.assert_passes(OPS, &to_prod());
}

/// Then: that they may not answer stands in the record, in the words that they were told.
fn assert_recorded(world: &mut World, by: Actor, refusal: &Refusal, action: Action) {
    assert_eq!(types(refusal.record()), ["authorization.decided"]);
    let decided = data!(refusal.record(), AuthorizationDecided);
    let (component, environment) = (Some(component("api")), environment("prod"));
    let authorized_via = reason(&refusal.to_string());
    let outcome = promotion_ledger::meaning::event::promotion::Outcome::Refused;
    let expected = AuthorizationDecided { action, authorized_via, component, environment, outcome, pipeline: shop(), promotion: None };
    assert_eq!(decided, expected);
    world.append(by, refusal.record()).expect("a refusal is lawful");
}

// proves: FR-048, FR-049
#[test]
fn a_refused_answer_is_recorded() {
    let (mut world, request) = world(1, &["reviewers"]);
    for by in [CI, OPS, ROB] {
        for (ask, action) in [(yes(request), Action::Approve), (no(request), Action::Reject)] {
            let refusal = refused(world.when(by, ask));
            assert_recorded(&mut world, by, &refusal, action);
        }
    }
}

#[test]
fn whoever_said_yes_may_say_no() {
    let (mut world, request) = world(1, &["reviewers"]);
    world.given_done(RITA, yes(request));
    world.assert_passes(OPS, &to_prod());
    world.given_done(RITA, no(request));
    let rejected = world.number_of_next() - 1;
    let message = format!("the request of entry {request} was rejected by rita@acme.example at entry {rejected}");
    assert_not_theirs(&mut world, RITA, request, &message);
    assert_eq!(codes(&refused(world.when(OPS, to_prod()))), [16]);
    agrees_by_slices(&world);
}

#[test]
fn only_the_newest_request_is_answered() {
    let (mut world, request) = world(1, &[]);
    world.given_done(ROB, no(request));
    let rejected = world.number_of_next() - 1;
    let message = format!("the request of entry {request} was rejected by rob@acme.example at entry {rejected}");
    assert_not_theirs(&mut world, RITA, request, &message);
    let newest = world.number_of_next();
    world.given_refused(OPS, to_prod());
    let digest = built("api", "v1.0.0");
    let message = format!("entry {request} is not the newest request for {digest} in prod: that is entry {newest}");
    let refusal = assert_refused(world.when(RITA, yes(request)), &[(16, &message)]);
    assert_eq!(hint(&refusal), format!("look at it: promoledger show seq:{newest}"));
    for event in by_hand(request) {
        let detail = world.assert_unlawful(RITA, event, Rule::Approvals);
        assert_eq!(detail, format!("entry {request} must be the newest request for this digest and environment"));
    }
    assert!(world.when(RITA, yes(newest)).is_ok());
}

#[test]
fn what_nobody_asks_for_is_not_approved() {
    let (mut world, request) = world(1, &[]);
    let digest = built("api", "v1.1.0");
    let message = format!("nobody asks for approval of {digest} in prod: entry {request} is answered, or is no request");
    assert_refused(world.when(RITA, approve("api", "v1.1.0", "prod", request)), &[(3, &message)]);
    world.given_done(RITA, yes(request));
    world.given_carried(OPS, to_prod());
    let digest = built("api", "v1.0.0");
    let message = format!("nobody asks for approval of {digest} in prod: entry {request} is answered, or is no request");
    assert_refused(world.when(ROB, yes(request)), &[(3, &message)]);
    for event in by_hand(request) {
        world.assert_unlawful(ROB, event, Rule::Approvals);
    }
    assert_refused(world.when(RITA, approve("mail", "v1", "prod", request)), &[(3, "pipeline shop has no component mail")]);
    assert_refused(world.when(RITA, approve("api", "v1", "qa", request)), &[(3, "pipeline shop has no environment qa")]);
}

#[test]
fn a_request_that_is_over_is_not_answered() {
    let (mut world, request) = world(1, &[]);
    let standing = world.state().approvals(&shop(), &component("api"), &environment("prod"), &built("api", "v1.0.0"));
    let expires = standing.expect("a request").expires;
    world.given_time(just_before(expires));
    assert!(world.when(RITA, yes(request)).is_ok());
    for event in by_hand(request) {
        assert_eq!(world.judge(RITA, event), Ok(()));
    }
    world.given_time(expires);
    let message = format!("the request of entry {request} is over since {}", expires.to_minute());
    assert_not_theirs(&mut world, RITA, request, &message);
}

#[test]
fn a_request_under_another_manifest_is_not_answered() {
    let (mut world, request) = world(1, &[]);
    world.given_done(ADMIN, prod_guarded(|prod| prod.approvals = approvals(2, &[])));
    let message = format!("the request of entry {request} is void, since the manifest changed");
    assert_not_theirs(&mut world, RITA, request, &message);
    world.given_done(ADMIN, open_rules());
    assert_not_theirs(&mut world, RITA, request, "prod asks for no approvals");
}

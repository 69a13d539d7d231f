//! Rules that carry guards, people who run into them, and what is asserted of both: the decision and the law.

use promotion_ledger::meaning::accepted::Accepted;
use promotion_ledger::meaning::command::Promote;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::ledger::LedgerCreated;
use promotion_ledger::meaning::event::overriding::{GuardOverridden, Overridable, Overridden};
use promotion_ledger::meaning::event::promotion::{Promotion, PromotionRequested};
use promotion_ledger::meaning::grant::{Grant, Names, Permission, Role};
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::names::{Document, Group, PolicyName, Principal};
use promotion_ledger::meaning::refusal::Refusal;
use promotion_ledger::meaning::rules::{
    ApprovalRule, AuthorizationRule, EnvironmentRule, FreezeRule, GateRules, GroupRule, OnIncomparable, PolicyRule, Rules,
    VerificationRule, Window,
};
use promotion_ledger::meaning::time::Timestamp;

use super::cast::{ADMIN, Actor, ONCALL, PORTAL, RITA, ROB, SPARE, principal, role};
use super::names::{built, environment, reason, rules, shop};
use super::world::{World, founding};
use super::{Ask, assert_refused, hint};

pub(crate) fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

/// The microsecond before.
pub(crate) fn just_before(time: Timestamp) -> Timestamp {
    Timestamp::from_micros(time.as_micros() - 1).expect("a time after 1970")
}

pub(crate) fn group(name: &str) -> Group {
    Group::new(name).expect("a group's name")
}

/// dev, then staging, then prod, and no gates.
pub(crate) fn open_rules() -> Rules {
    rules(&[("dev", &[]), ("staging", &[]), ("prod", &[])], OnIncomparable::Warn)
}

/// The same rules, but for what one environment demands.
pub(crate) fn guarding(rules: &Rules, environment_name: &str, change: impl FnOnce(&mut EnvironmentRule)) -> Rules {
    let mut environments = rules.environments().to_vec();
    change(environments.iter_mut().find(|rule| rule.name == environment(environment_name)).expect("an environment of the path"));
    let changed = Rules::new(shop(), rules.components().to_vec(), environments, rules.on_incomparable());
    let changed = changed.and_then(|changed| changed.with_groups(rules.groups().to_vec()));
    let gates =
        GateRules { commands: rules.commands().to_vec(), policies: rules.policies().to_vec(), scan: rules.security_scan().cloned() };
    let changed = changed.and_then(|changed| changed.with_gates(gates));
    let changed = changed.and_then(|changed| match rules.verification() {
        Some(verification) => changed.with_verification(verification.clone()),
        None => Ok(changed),
    });
    changed.expect("rules without contradictions")
}

/// That key's signatures count.
pub(crate) fn verification(key: &str) -> VerificationRule {
    let key = Document::new(key).expect("a document");
    VerificationRule { annotations: Vec::new(), identities: Vec::new(), keys: vec![key], trust_root: None }
}

/// The same rules, and that key's signatures of artifacts count.
pub(crate) fn verified_by(rules: Rules, key: &str) -> Rules {
    rules.with_verification(verification(key)).expect("rules without contradictions")
}

/// The same rules with one policy of that text.
pub(crate) fn with_policy(rules: Rules, text: &str) -> Rules {
    let policy =
        PolicyRule { name: PolicyName::new("shop.rego").expect("a policy's name"), text: Document::new(text).expect("a policy's text") };
    rules.with_gates(GateRules { policies: vec![policy], ..GateRules::default() }).expect("rules without contradictions")
}

/// The open rules with a guard before prod.
pub(crate) fn prod_guarded(change: impl FnOnce(&mut EnvironmentRule)) -> Rules {
    guarding(&open_rules(), "prod", change)
}

pub(crate) fn with_group(rules: Rules, name: &str, members: &[&str]) -> Rules {
    let listed = GroupRule { members: members.iter().map(|member| principal(member)).collect(), name: group(name) };
    let groups = rules.groups().iter().cloned().chain([listed]).collect();
    rules.with_groups(groups).expect("groups without contradictions")
}

pub(crate) fn authorization(groups: &[&str], operators: &[&str]) -> Option<AuthorizationRule> {
    let operators: Vec<Principal> = operators.iter().map(|name| principal(name)).collect();
    Some(AuthorizationRule { groups: groups.iter().map(|name| group(name)).collect(), operators })
}

/// So many, of these groups, within an hour.
pub(crate) fn approvals(count: u32, groups: &[&str]) -> Option<ApprovalRule> {
    Some(ApprovalRule { count, groups: groups.iter().map(|name| group(name)).collect(), valid_seconds: 3600 })
}

pub(crate) fn freezes(windows: &[(&str, &str, &str)], known_until: Option<&str>) -> Option<FreezeRule> {
    let window = |(from, until, name): &(&str, &str, &str)| Window { from: time(from), name: reason(name), until: time(until) };
    Some(FreezeRule { known_until: known_until.map(time), windows: windows.iter().map(window).collect() })
}

pub(crate) const fn separated() -> Option<Accepted> {
    Some(Accepted)
}

/// What a role may do, and this besides.
fn role_and(held: Role, more: &[&str], act_for: Names<Principal>) -> Vec<Grant> {
    let Names::Only(mut permissions) = held.permissions() else { return vec![Grant::everything()] };
    permissions.extend(more.iter().map(|name| name.parse::<Permission>().expect("a permission")));
    permissions.sort_by_key(ToString::to_string);
    vec![Grant { act_for, permissions: Names::Only(permissions), ..Grant::everything() }]
}

/// Entry 0 with everybody whom guards are about.
pub(crate) fn staffed() -> LedgerCreated {
    let nobody = || Names::Only(Vec::new());
    let mut rita = RITA.first_key(role(Role::Approver));
    rita.groups = vec![group("reviewers")];
    let mut created = founding();
    created.keys.extend([
        rita,
        ROB.first_key(role(Role::Approver)),
        SPARE.first_key(role_and(Role::Operator, &[], nobody())),
        PORTAL.first_key(role_and(Role::Operator, &[], Names::Any)),
        ONCALL.first_key(role_and(Role::Operator, &["guard.overridden"], nobody())),
    ]);
    created
}

/// The request that a client appends which does not ask.
pub(crate) fn unasked(world: &World, ask: &Promote) -> PromotionRequested {
    let in_force = world.state().core().pipelines.get(&shop()).expect("rules in force").sequence;
    let release = world.state().release(&ask.pipeline, &ask.component, &ask.version);
    PromotionRequested {
        accept_asserted: Accepted::when(ask.accept_asserted),
        allow_breaking: Accepted::when(ask.allow_breaking),
        allow_downgrade: ask.allow_downgrade,
        forced: ask.force,
        manifest: in_force,
        promotion: Promotion {
            component: ask.component.clone(),
            digest: release.map_or_else(|| built(ask.component.as_str(), ask.version.as_str()), |release| release.digest.clone()),
            from: ask.from.clone(),
            pipeline: ask.pipeline.clone(),
            promotion_id: ask.promotion_id,
            to: ask.to.clone(),
            version: ask.version.clone(),
        },
        reason: ask.reason.clone(),
    }
}

/// What a client appends that does not ask: an override of these guards.
pub(crate) fn override_of(world: &World, ask: &Promote, guards: &[Overridable]) -> GuardOverridden {
    let guards = guards.iter().map(|guard| Overridden { guard: *guard, message: reason("it stood in the way") }).collect();
    GuardOverridden { guards, justification: reason("the shop is down"), promotion: unasked(world, ask).promotion }
}

impl World {
    /// With everybody, and with these rules.
    pub(crate) fn staffed(rules: Rules) -> Self {
        let mut world = Self::founded(&staffed());
        world.given_done(ADMIN, rules);
        world
    }

    /// Given: this promotion was asked for, went ahead and was walked to its end.
    pub(crate) fn given_carried(&mut self, by: Actor, ask: Promote) -> PromotionId {
        let id = ask.promotion_id;
        self.given_done(by, ask);
        self.given_walked(by, id);
        id
    }

    /// Given: CI brought v1.0.0 of `api` as far as that.
    pub(crate) fn given_arrived(&mut self, environments: &[&str]) {
        self.given_promoted("api", "v1.0.0", environments);
    }

    /// When: a client appends that does not ask. Then: the law names that rule, and nothing is appended. What it says is returned.
    pub(crate) fn assert_unlawful(&mut self, by: Actor, event: impl Into<Event>, rule: Rule) -> String {
        let before = self.stored().len();
        let unlawful = self.append_unasked(by, event.into()).expect_err("the law stands in the way");
        assert_eq!((unlawful.rule, self.stored().len()), (rule, before), "{unlawful}");
        unlawful.detail
    }

    /// Then: the decision and the law both let it pass.
    pub(crate) fn assert_passes(&self, by: Actor, ask: &Promote) {
        let outcome = self.when(by, ask.clone());
        assert!(outcome.is_ok(), "{outcome:?}");
        assert_eq!(self.judge(by, unasked(self, ask)), Ok(()));
    }

    /// Then: it is refused for that one reason, with that advice; and the law names that rule, in the same words, to a client
    /// that appends the request without asking.
    pub(crate) fn assert_guarded(&mut self, by: Actor, ask: &Promote, (code, message, advice): (u8, &str, &str), rule: Rule) -> Refusal {
        let refusal = assert_refused(self.when(by, ask.clone().command()), &[(code, message)]);
        assert_eq!(hint(&refusal), advice);
        let request = unasked(self, ask);
        assert_eq!(self.assert_unlawful(by, request, rule), message);
        refusal
    }

    /// The place of the next entry.
    pub(crate) fn number_of_next(&self) -> u64 {
        self.state().core().size
    }
}

/// v1.0.0 of `api` from staging to prod.
pub(crate) fn to_prod() -> Promote {
    super::promote("api", "v1.0.0", "staging", "prod")
}

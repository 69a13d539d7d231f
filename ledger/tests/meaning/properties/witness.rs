//! The witness: what an outsider with a few maps makes of guards, to hold against every promotion that was requested.

use std::collections::{BTreeMap, BTreeSet};

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::identity::IdentityProven;
use promotion_ledger::meaning::event::overriding::Overridable;
use promotion_ledger::meaning::event::promotion::{Promotion, PromotionRequested};
use promotion_ledger::meaning::event::signature::SignatureFound;
use promotion_ledger::meaning::event::{Event, Recorded};
use promotion_ledger::meaning::id::{PromotionId, Sequence, SigningKey};
use promotion_ledger::meaning::names::{Group, Principal};
use promotion_ledger::meaning::rules::{EnvironmentRule, POLICY_COMPLIANCE, Rules};
use promotion_ledger::meaning::time::Timestamp;

use super::guards::principal_of;

type Persons = BTreeSet<String>;

/// A component, an environment, and a digest.
type Where = (String, String, String);

/// Approvals that were asked for.
struct Asked {
    manifest: Sequence,
    expires: Timestamp,
    version: String,
    granted: Vec<Persons>,
    rejected: bool,
}

/// Who stood behind what, who brought what where, and when.
#[derive(Default)]
pub(super) struct Witness {
    rules: Option<(Rules, Sequence)>,
    asked: BTreeMap<Where, Asked>,
    hands: BTreeMap<PromotionId, Persons>,
    /// Of every promotion, those whose approval it needed.
    approved: BTreeMap<PromotionId, Persons>,
    /// Promotions that are only there to be ended.
    unwinding: BTreeSet<PromotionId>,
    movers: BTreeMap<Where, Persons>,
    arrived: BTreeMap<(String, String, String), Timestamp>,
    overridden: BTreeMap<PromotionId, Vec<Overridable>>,
    breaking: BTreeSet<(String, String)>,
    /// What the policies were asked about by a promotion last, and whether they let it pass.
    complied: BTreeMap<PromotionId, (Where, bool)>,
    /// Runs that the policies must let pass.
    to_comply: BTreeSet<PromotionId>,
    /// Failures that are not resolved.
    halts: BTreeSet<Sequence>,
    /// What tokens said, by whom and in whose name they were shown.
    proven: Vec<(SigningKey, Principal, IdentityProven)>,
    verified_by: BTreeMap<PromotionId, Digest>,
}

fn persons(entry: &Recorded) -> Persons {
    [entry.actor.to_string(), principal_of(&entry.key)].into()
}

fn lands(promotion: &Promotion) -> Where {
    (promotion.component.to_string(), promotion.to.to_string(), promotion.digest.to_string())
}

impl Witness {
    pub(super) fn overrode(&self, id: &PromotionId, guard: Overridable) -> bool {
        self.overridden.get(id).is_some_and(|guards| guards.contains(&guard))
    }

    pub(super) fn take(&mut self, entry: &Recorded) {
        match &entry.event {
            Event::ManifestAdopted(event) => self.rules = Some((event.rules.clone(), entry.sequence)),
            Event::ArtifactRegistered(event) if !event.breaking.is_empty() => {
                self.breaking.insert((event.component.to_string(), event.version.to_string()));
            }
            Event::GateCompleted(event) if event.gate.as_str() == POLICY_COMPLIANCE => {
                let place = (event.component.to_string(), event.environment.to_string(), event.digest.to_string());
                let passes = matches!(event.status, GateStatus::Passed | GateStatus::Warning);
                let (rules, _) = self.rules.as_ref().expect("rules in force");
                let asked = event.policy.as_ref();
                let in_force = asked.is_some_and(|asked| asked.policies == rules.policies_digest());
                assert!(!passes || in_force, "the policies in force were not asked");
                self.complied.extend(asked.map(|asked| (asked.promotion_id, (place, passes))));
            }
            Event::SignatureChecked(event) if event.found == SignatureFound::Verified => {
                assert_eq!(self.verified_by.get(&event.promotion.promotion_id), Some(&event.policy), "verified by something else");
            }
            Event::ApprovalRequested(event) => {
                let place = (event.component.to_string(), event.environment.to_string(), event.digest.to_string());
                let (manifest, expires, version) = (event.manifest, event.expires, event.version.to_string());
                self.asked.insert(place, Asked { manifest, expires, version, granted: Vec::new(), rejected: false });
            }
            Event::ApprovalGranted(event) => {
                let place = (event.component.to_string(), event.environment.to_string(), event.digest.to_string());
                self.asked.get_mut(&place).expect("it was asked for").granted.push(persons(entry));
            }
            Event::ApprovalRejected(event) => {
                let place = (event.component.to_string(), event.environment.to_string(), event.digest.to_string());
                self.asked.get_mut(&place).expect("it was asked for").rejected = true;
            }
            Event::GuardOverridden(event) => {
                let guards = event.guards.iter().map(|overridden| overridden.guard).collect();
                self.overridden.insert(event.promotion.promotion_id, guards);
            }
            Event::PipelineHalted(_) => {
                self.halts.insert(entry.sequence);
            }
            Event::PipelineResumed(event) => assert!(self.halts.remove(&event.halt), "what is resolved was not"),
            Event::IdentityProven(event) => {
                let of = (&entry.key, &entry.actor);
                self.proven.retain(|(key, actor, token)| (key, actor) != of && entry.time < token.expires);
                self.proven.push((entry.key.clone(), entry.actor.clone(), event.clone()));
            }
            Event::PromotionRequested(event) => {
                self.nothing_was_in_the_way(event, entry);
                self.keep_what_is_demanded(&event.promotion);
                self.hands.insert(event.promotion.promotion_id, persons(entry));
                self.approved.insert(event.promotion.promotion_id, self.approvers(&event.promotion));
            }
            Event::RollbackRequested(event) => {
                self.hands.insert(event.promotion.promotion_id, persons(entry));
            }
            Event::PromotionTakenOver(event) if event.to_abort.is_some() => {
                self.unwinding.insert(event.promotion.promotion_id);
            }
            Event::PromotionTakenOver(event) => {
                self.nobody_goes_on_with_their_own(&event.promotion, entry);
                self.unwinding.remove(&event.promotion.promotion_id);
                self.hands.entry(event.promotion.promotion_id).or_default().extend(persons(entry));
            }
            Event::PromotionCompleted(event) => {
                self.policies_were_asked_for_it(&event.promotion);
                self.asked.remove(&lands(&event.promotion));
                self.arrives(&event.promotion, entry.time);
            }
            Event::RollbackCompleted(event) => self.arrives(&event.promotion, entry.time),
            _ => {}
        }
    }

    fn keep_what_is_demanded(&mut self, promotion: &Promotion) {
        let (rules, _) = self.rules.as_ref().expect("rules in force");
        let rule = rules.environment(&promotion.to).expect("an environment of the path");
        if rule.gates.iter().any(|gate| gate.as_str() == POLICY_COMPLIANCE) {
            self.to_comply.insert(promotion.promotion_id);
        }
        if let Some(verification) = rules.verification() {
            self.verified_by.insert(promotion.promotion_id, verification.digest());
        }
    }

    /// Nothing is complete that the policies were asked about for another promotion only, or that they are against.
    fn policies_were_asked_for_it(&self, promotion: &Promotion) {
        if !self.to_comply.contains(&promotion.promotion_id) {
            return;
        }
        let complied = self.complied.get(&promotion.promotion_id).is_some_and(|(about, passes)| *about == lands(promotion) && *passes);
        assert!(complied || self.overrode(&promotion.promotion_id, Overridable::Gates), "{} does not comply", promotion.version);
    }

    fn arrives(&mut self, promotion: &Promotion, at: Timestamp) {
        assert!(!self.unwinding.contains(&promotion.promotion_id), "what was taken over to be ended is not completed");
        let hands = self.hands.get(&promotion.promotion_id).cloned().unwrap_or_default();
        self.movers.entry(lands(promotion)).or_default().extend(hands);
        let visit = (promotion.component.to_string(), promotion.to.to_string(), promotion.version.to_string());
        self.arrived.insert(visit, at);
    }

    /// No promotion was requested past a guard that nobody overrode.
    fn nothing_was_in_the_way(&self, event: &PromotionRequested, entry: &Recorded) {
        let (rules, manifest) = self.rules.as_ref().expect("rules in force");
        let promotion = &event.promotion;
        let rule = rules.environment(&promotion.to).expect("an environment of the path");
        let overrode = |guard| self.overrode(&promotion.promotion_id, guard);
        let frozen = rule.freezes.as_ref().is_some_and(|freezes| {
            freezes.windows.iter().any(|window| window.from <= entry.time && entry.time < window.until)
                || freezes.known_until.is_some_and(|until| entry.time >= until)
        });
        assert!(self.halts.is_empty(), "{} is promoted although something failed", promotion.version);
        assert!(!frozen || overrode(Overridable::Freeze), "{} is frozen at {}", promotion.to, entry.time);
        assert!(self.soaked(rule, promotion, entry.time) || overrode(Overridable::Soak), "{} did not soak", promotion.version);
        assert!(self.approved(rule, promotion, entry, *manifest) || overrode(Overridable::Approvals), "too few stand behind it");
        assert!(self.may_change(rules, rule, entry), "{} may not change {}", entry.actor, promotion.to);
        let breaks = self.breaking.contains(&(promotion.component.to_string(), promotion.version.to_string()));
        assert!(!breaks || event.allow_breaking.is_some(), "{} breaks what others rely on", promotion.version);
        assert!(rule.versions.as_ref().is_none_or(|range| range.contains(&promotion.version) == Some(true)), "{}", promotion.version);
        self.duties_are_separated(rule, promotion, entry);
    }

    fn duties_are_separated(&self, rule: &EnvironmentRule, promotion: &Promotion, entry: &Recorded) {
        if let (Some(_), Some(from)) = (rule.separation_of_duties, promotion.from.environment()) {
            let place = (promotion.component.to_string(), from.to_string(), promotion.digest.to_string());
            let movers = self.movers.get(&place).cloned().unwrap_or_default();
            assert!(movers.is_disjoint(&persons(entry)), "{} brought it to {from} and further", entry.actor);
        }
    }

    /// Whose approval the promotion needs and has.
    fn approvers(&self, promotion: &Promotion) -> Persons {
        let (rules, _) = self.rules.as_ref().expect("rules in force");
        let demanded = rules.environment(&promotion.to).is_some_and(|rule| rule.approvals.is_some());
        let asked =
            self.asked.get(&lands(promotion)).filter(|_| demanded && !self.overrode(&promotion.promotion_id, Overridable::Approvals));
        asked.map(|asked| asked.granted.iter().flatten().cloned().collect()).unwrap_or_default()
    }

    /// Whoever takes a promotion over does not while something failed, and neither approved it nor brought it to where it comes from, unless they were at it before.
    fn nobody_goes_on_with_their_own(&self, promotion: &Promotion, entry: &Recorded) {
        let Some(approved) = self.approved.get(&promotion.promotion_id) else { return };
        assert!(self.halts.is_empty(), "{} goes on with a promotion although something failed", entry.actor);
        if self.hands.get(&promotion.promotion_id).is_some_and(|hands| persons(entry).is_subset(hands)) {
            return;
        }
        let (rules, _) = self.rules.as_ref().expect("rules in force");
        self.duties_are_separated(rules.environment(&promotion.to).expect("an environment of the path"), promotion, entry);
        assert!(approved.is_disjoint(&persons(entry)), "{} carries out what they approved", entry.actor);
    }

    /// In the random world no key has a group that counts for this.
    fn may_change(&self, rules: &Rules, rule: &EnvironmentRule, entry: &Recorded) -> bool {
        let Some(authorization) = &rule.authorization else { return true };
        let member = |name: &Group| {
            let listed = rules.groups().iter().any(|group| group.name == *name && group.members.contains(&entry.actor));
            listed || self.token_of(entry).is_some_and(|token| gives(rules, token, name))
        };
        authorization.operators.contains(&entry.actor) || authorization.groups.iter().any(member)
    }

    /// The token that stands for whoever wrote the entry.
    fn token_of(&self, entry: &Recorded) -> Option<&IdentityProven> {
        let mut shown = self.proven.iter();
        let (.., token) = shown.find(|(key, actor, _)| *key == entry.key && *actor == entry.actor)?;
        (entry.time < token.expires).then_some(token)
    }

    fn soaked(&self, rule: &EnvironmentRule, promotion: &Promotion, at: Timestamp) -> bool {
        let (Some(seconds), Some(from)) = (rule.soak_seconds, promotion.from.environment()) else { return true };
        let visit = (promotion.component.to_string(), from.to_string(), promotion.version.to_string());
        self.arrived.get(&visit).is_some_and(|since| since.plus_seconds(seconds) <= at)
    }

    fn approved(&self, rule: &EnvironmentRule, promotion: &Promotion, entry: &Recorded, manifest: Sequence) -> bool {
        let Some(demanded) = &rule.approvals else { return true };
        let Some(asked) = self.asked.get(&lands(promotion)) else { return false };
        let open = asked.manifest == manifest && entry.time < asked.expires && asked.version == promotion.version.as_str();
        let mut behind = Persons::new();
        let mut count = 0;
        for granted in asked.granted.iter().filter(|granted| granted.is_disjoint(&persons(entry))) {
            assert!(behind.is_disjoint(granted), "one word counts once");
            behind.extend(granted.iter().cloned());
            count += 1;
        }
        open && !asked.rejected && count >= demanded.count
    }
}

/// Whether the token gives the group, and its issuer still may.
fn gives(rules: &Rules, token: &IdentityProven, name: &Group) -> bool {
    let mut issuers = rules.issuers().iter();
    token.groups.contains(name)
        && issuers.any(|issuer| issuer.issuer == token.issuer && issuer.groups.iter().any(|given| given.name == *name))
}

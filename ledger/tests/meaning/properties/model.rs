//! The model: what an outsider with a few maps makes of the entries, to hold against what the ledger makes of them.

use std::collections::BTreeMap;

use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::promotion::Promotion;
use promotion_ledger::meaning::id::{Epoch, PromotionId};
use promotion_ledger::meaning::rules::{EnvironmentRule, POLICY_COMPLIANCE};

use crate::support::Actor;

/// What an outsider makes of the entries: who passed which gate, what is where, who held which run.
#[derive(Default)]
pub(super) struct Model {
    /// By component, environment, gate, and the digest that was examined, or the promotion that asked the policies.
    gates: BTreeMap<(String, String, String, String), bool>,
    demands: BTreeMap<String, Vec<String>>,
    demanded: BTreeMap<PromotionId, Vec<String>>,
    pub(super) there: BTreeMap<(String, String), String>,
    /// Holders whose epoch is over.
    pub(super) former: Vec<(PromotionId, Epoch, Actor)>,
}

impl Model {
    pub(super) fn take(&mut self, event: &Event, gates_overridden: impl Fn(&PromotionId) -> bool) {
        match event {
            Event::ManifestAdopted(event) => {
                let of = |rule: &EnvironmentRule| {
                    let demanded = rule.gates.iter().filter(|gate| !rule.advisory.contains(gate));
                    demanded.map(ToString::to_string).collect()
                };
                self.demands = event.rules.environments().iter().map(|rule| (rule.name.to_string(), of(rule))).collect();
            }
            Event::GateCompleted(event) => {
                let passes = matches!(event.status, GateStatus::Passed | GateStatus::Warning);
                let of = event.policy.as_ref().map_or(event.digest.to_string(), |asked| asked.promotion_id.to_string());
                let names = (event.component.to_string(), event.environment.to_string(), event.gate.to_string(), of);
                self.gates.insert(names, passes);
            }
            Event::PromotionRequested(event) => {
                let gates = self.demands.get(event.promotion.to.as_str()).cloned().unwrap_or_default();
                self.demanded.insert(event.promotion.promotion_id, gates);
            }
            Event::PromotionCompleted(event) => {
                let promotion = &event.promotion;
                let demanded = self.demanded.get(&promotion.promotion_id).expect("a completion follows a request");
                for gate in demanded.iter().filter(|_| !gates_overridden(&promotion.promotion_id)) {
                    let (component, to, digest) = (promotion.component.to_string(), promotion.to.to_string(), promotion.digest.to_string());
                    let of = if gate == POLICY_COMPLIANCE { promotion.promotion_id.to_string() } else { digest };
                    let passed = self.gates.get(&(component, to, gate.clone(), of));
                    assert_eq!(passed, Some(&true), "{} is in {} without its gate {gate}", promotion.version, promotion.to);
                }
                self.arrives(promotion);
            }
            Event::RollbackCompleted(event) => self.arrives(&event.promotion),
            _ => {}
        }
    }

    fn arrives(&mut self, promotion: &Promotion) {
        self.there.insert((promotion.component.to_string(), promotion.to.to_string()), promotion.version.to_string());
    }
}

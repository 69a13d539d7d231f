//! What a new manifest changes, in words for those who review it; what loosens a guard comes first.

mod approvals;
mod authorization;
mod calendar;
mod commands;
mod components;
mod found;
mod gates;
mod groups;
mod issuers;
mod path;
mod policies;
mod release;
mod scan;
#[cfg(test)]
mod tests;
mod verification;

use promotion_ledger::meaning::rules::Rules;
use promotion_ledger::meaning::time::Timestamp;

pub use found::Difference;
use found::Found;

/// Every difference between two sets of rules from a time on, one sentence each, what loosens a guard first.
///
/// There is none when the rules are equal, or when they would be if their freezes had been written out at the same time: what is
/// over at `from` does not count, and neither does that a calendar has moved along.
pub fn differences(old: &Rules, new: &Rules, from: Timestamp) -> Vec<Difference> {
    let mut found = Found::default();
    path::pipelines(old, new, &mut found);
    components::components(old, new, &mut found);
    groups::groups(old, new, &mut found);
    issuers::issuers(old, new, &mut found);
    policies::policies(old, new, &mut found);
    scan::scan(old, new, &mut found);
    commands::commands(old, new, &mut found);
    verification::verification(old, new, &mut found);
    path::presence(old, new, &mut found);
    path::order(old, new, &mut found);
    for now in new.environments() {
        if let Some(before) = old.environment(&now.name) {
            gates::gates(before, now, &mut found);
            authorization::authorization(before, now, &mut found);
            approvals::approvals(before, now, &mut found);
            release::release(before, now, &mut found);
            calendar::freezes(before, now, from, &mut found);
        }
    }
    components::incomparable(old, new, &mut found);
    found.in_order()
}

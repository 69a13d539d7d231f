//! The law, rule by rule: an event that may stand, and the same event with one thing changed, which breaks that rule.

mod ledger;
mod releases;
mod requests;
mod runs;

use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::names::{Component, Environment, Pipeline};

use crate::support::*;

fn holds(world: &World, by: Actor, event: impl Into<Event>) {
    let event = event.into();
    let name = event.event_type();
    assert_eq!(world.judge(by, event), Ok(()), "{name}");
}

fn breaks(world: &World, by: Actor, event: impl Into<Event>, rule: Rule) {
    let event = event.into();
    let name = event.event_type();
    assert_eq!(world.judge(by, event).map_err(|unlawful| unlawful.rule), Err(rule), "{name}");
}

/// One change of an event, and the rule that it breaks.
type Change<T> = (Rule, fn(&mut T));

/// The event may stand; with any one of the changes it may not, for just that rule.
fn only_as_it_is<T: Clone + Into<Event>>(world: &World, by: Actor, event: &T, changes: &[Change<T>]) {
    holds(world, by, event.clone());
    for (rule, change) in changes {
        let mut changed = event.clone();
        change(&mut changed);
        breaks(world, by, changed, *rule);
    }
}

fn elsewhere() -> (Pipeline, Component, Environment) {
    (Pipeline::new("blog").expect("a name"), component("mail"), environment("qa"))
}

/// v1.0.0 is in dev and staging, v1.1.0 is in dev and may go to staging.
fn world() -> World {
    let mut world = World::new();
    world.given_promoted("api", "v1.0.0", &["dev", "staging"]);
    world.given_promoted("api", "v1.1.0", &["dev"]);
    world.given_gates("api", "v1.1.0", "staging");
    world
}

/// CI is promoting v1.1.0 to staging and made that many steps.
fn under_way(steps: usize) -> (World, PromotionId) {
    let mut world = world();
    let id = world.given_requested("api", "v1.1.0", "staging");
    for _ in 0..steps {
        world.given_step(CI, id);
    }
    (world, id)
}

fn asked(world: &World) -> Vec<Event> {
    events(world.when(CI, promote("api", "v1.1.0", "dev", "staging")))
}

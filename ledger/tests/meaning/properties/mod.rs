//! What holds whatever is asked, by whom, in which order, and wherever it stops: random commands, walked half-way or to
//! the end, some by a client that does not ask first.

mod guards;
mod keys;
mod model;
mod moves;
mod play;
mod witness;

use proptest::prelude::*;

use self::guards::some_guards;
use self::keys::{a_key_move, make_key_move};
use self::moves::{a_guarded_move, a_move};
use self::play::Play;
use crate::support::{World, agrees_by_slices, agrees_from_zero};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(48))]

    /// Every decided event is lawful and applies; a replay from zero equals the state; an epoch that is over is over; and
    /// nothing is ever complete without its gates.
    #[test]
    fn whatever_is_asked_the_ledger_stays_lawful(moves in prop::collection::vec(a_move(), 1..100)) {
        let mut play = Play::begin();
        for a_move in &moves {
            play.make(a_move);
        }
        play.end();
    }

    /// Nobody gets past a guard that was not overridden, whether they ask first or not; what was refused is unlawful; and what was
    /// decided is lawful.
    #[test]
    fn whatever_guards_there_are_nobody_gets_past_them(guards in some_guards(), moves in prop::collection::vec(a_guarded_move(), 20..120)) {
        let mut play = Play::guarded(&guards);
        for a_move in &moves {
            play.make(a_move);
        }
        play.end();
    }

    /// Whatever admins do to each other's keys, enough of them remain, and what is decided is lawful.
    #[test]
    fn enough_admins_always_remain(moves in prop::collection::vec(a_key_move(), 1..30)) {
        let mut play = Play::of(World::governed_by(2));
        for a_move in &moves {
            make_key_move(&mut play, a_move);
            prop_assert!(play.world.state().core().admins().len() >= 2);
        }
        agrees_from_zero(&play.world);
        agrees_by_slices(&play.world);
    }
}

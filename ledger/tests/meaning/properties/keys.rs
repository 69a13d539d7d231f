//! Random changes of keys, where it takes two admins.

use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::grant::Role;
use promotion_ledger::meaning::id::Sequence;
use proptest::prelude::*;
use proptest::sample::select;

use super::play::Play;
use crate::support::*;

/// What somebody does to keys, where it takes two admins.
#[derive(Debug, Clone)]
pub(super) enum KeyMove {
    Add { by: Actor, key: Actor, admin: bool },
    Revoke { by: Actor, key: Actor },
    Endorse { by: Actor, proposal: usize },
}

const SPARE: Actor = Actor::new("ada-spare", "ada@acme.example", 8);
const KEYS: [Actor; 6] = [ADMIN, OTHER_ADMIN, SPARE, NEWCOMER, CI, RECOVERY];

pub(super) fn a_key_move() -> impl Strategy<Value = KeyMove> {
    let key = || select(&KEYS[..]);
    let by = || prop_oneof![8 => select(&KEYS[..4]), 1 => select(&KEYS[4..])];
    prop_oneof![
        2 => (by(), key(), any::<bool>()).prop_map(|(by, key, admin)| KeyMove::Add { by, key, admin }),
        2 => (by(), key()).prop_map(|(by, key)| KeyMove::Revoke { by, key }),
        4 => (by(), 0..4_usize).prop_map(|(by, proposal)| KeyMove::Endorse { by, proposal }),
    ]
}

pub(super) fn make_key_move(play: &mut Play, a_move: &KeyMove) {
    match *a_move {
        KeyMove::Add { by, key, admin } => {
            let grants = role(if admin { Role::Admin } else { Role::Ci });
            let key = key.added_key(&play.world.genesis(), grants);
            play.ask(by, key);
        }
        KeyMove::Revoke { by, key } => play.ask(by, key.revocation()),
        KeyMove::Endorse { by, proposal } => {
            let open: Vec<Sequence> = play.world.state().core().proposals.iter().map(|proposal| proposal.sequence).collect();
            let Some(at) = proposal.checked_rem(open.len()) else { return };
            play.ask(by, Command::Endorse(open.get(at).copied().unwrap_or(Sequence::GENESIS)));
        }
    }
}

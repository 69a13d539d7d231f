//! Somebody who acts: in whose name, by which key, and what a token proved of them.

use crate::meaning::core::{KeyRecord, Proven};
use crate::meaning::names::{Pipeline, Principal};
use crate::meaning::state::State;
use crate::meaning::time::Timestamp;

/// Somebody who acts in a pipeline at some time.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// In whose name.
    pub actor: &'a Principal,
    /// The key that signs.
    pub key: &'a KeyRecord,
    /// What a token said of them that is not over.
    pub proven: Option<&'a Proven>,
}

impl<'a> Person<'a> {
    /// Who acts, with what is known of them in that pipeline at that time.
    pub fn new(state: &'a State, pipeline: &Pipeline, key: &'a KeyRecord, actor: &'a Principal, at: Timestamp) -> Self {
        let mut proven = state.core().proven.iter();
        Self { actor, key, proven: proven.find(|proven| proven.is_of(pipeline, &key.key, actor) && at < proven.expires) }
    }

    /// Whether it is them, or whom their key stands for.
    pub fn is(&self, principal: &Principal) -> bool {
        principal == self.actor || *principal == self.key.principal
    }
}

//! What `init` and `keys` print.

use schemars::JsonSchema;
use serde::Serialize;

use super::run::EntryRange;
use crate::answer::View;

/// A ledger was made.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Initialised {
    /// Where it is kept.
    pub(crate) ledger: String,
    /// Its name.
    pub(crate) origin: String,
    /// The hash of entry 0: with the origin, what the ledger is known by.
    pub(crate) genesis: String,
    /// The pipeline whose manifest was adopted.
    pub(crate) pipeline: String,
    /// Its environments, in order.
    pub(crate) path: Vec<String>,
    /// The manifest's file.
    pub(crate) manifest: String,
    /// Whether the manifest was written by this command.
    pub(crate) manifest_made: bool,
    /// The admins' keys.
    pub(crate) keys: Vec<KeyMade>,
    /// The recovery key, if one was made.
    pub(crate) recovery_key: Option<KeyMade>,
}

impl View for Initialised {
    const SCHEMA: &'static str = "promoledger.initialised/1";
}

/// A key and where its secret is kept. The secret itself is never printed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KeyMade {
    /// The file of the secret.
    pub(crate) file: String,
    /// What verifies its signatures: NAME+ID+KEY.
    pub(crate) verifier_key: String,
    /// Whom it stands for.
    pub(crate) principal: String,
}

/// A request to add a key.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KeyRequested {
    /// The key.
    pub(crate) key: KeyMade,
    /// The request, to be handed to an admin. It is not secret.
    pub(crate) request: String,
}

impl View for KeyRequested {
    const SCHEMA: &'static str = "promoledger.key-request/1";
}

/// The keys of a ledger.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KeyList {
    /// How many admins it takes to change keys.
    pub(crate) admin_threshold: u32,
    /// Every key that ever was, in order of addition.
    pub(crate) keys: Vec<KeyRow>,
    /// Changes that wait for endorsements.
    pub(crate) proposals: Vec<ProposalRow>,
}

impl View for KeyList {
    const SCHEMA: &'static str = "promoledger.keys/1";
}

/// One key.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KeyRow {
    /// What verifies its signatures: NAME+ID+KEY.
    pub(crate) verifier_key: String,
    /// Its name.
    pub(crate) name: String,
    /// Whom it stands for.
    pub(crate) principal: String,
    /// Whether it is an admin's.
    pub(crate) admin: bool,
    /// Whether it is the recovery key.
    pub(crate) recovery: bool,
    /// Where it was added.
    pub(crate) added: u64,
    /// Where it was revoked, if it was.
    pub(crate) revoked: Option<u64>,
    /// What it may append.
    pub(crate) grants: Vec<GrantRow>,
}

/// What a key may append. A list that holds `*` alone means everything of its kind.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct GrantRow {
    /// Event types, and finer rights.
    pub(crate) permissions: Vec<String>,
    /// Pipelines.
    pub(crate) pipelines: Vec<String>,
    /// Environments.
    pub(crate) environments: Vec<String>,
    /// Components.
    pub(crate) components: Vec<String>,
    /// Gates.
    pub(crate) gates: Vec<String>,
    /// Principals that it may name as actor besides its own.
    pub(crate) act_for: Vec<String>,
}

/// A change of keys that waits for endorsements.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProposalRow {
    /// The place of the proposal, to endorse it by.
    pub(crate) entry: u64,
    /// `add` or `revoke`.
    pub(crate) change: String,
    /// The key that it is about.
    pub(crate) name: String,
    /// Who stands behind it.
    pub(crate) endorsed_by: Vec<String>,
    /// How many are needed.
    pub(crate) needed: u32,
}

/// Keys were changed, or a change was proposed or endorsed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KeysChanged {
    /// `added`, `revoked`, `proposed`, `endorsed`, or `unchanged`.
    pub(crate) outcome: String,
    /// The key that it is about.
    pub(crate) name: String,
    /// The entries that this command appended.
    pub(crate) entries: Option<EntryRange>,
}

impl View for KeysChanged {
    const SCHEMA: &'static str = "promoledger.keys-changed/1";
}

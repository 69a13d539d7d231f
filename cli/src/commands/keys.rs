//! `keys`: request, add, list, revoke, endorse.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::keyring::{KeyRequest, Signer as _, VerifierKey};
use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::core::{Core, KeyRecord, Proposal};
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::event::ledger::{KeyAddition, KeyChange, KeyRevoked};
use promotion_ledger::meaning::event::{Event, EventType};
use promotion_ledger::meaning::grant::{Grant, Name, Names, Role};
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::{Component, Environment, GateName, KeyName, Origin, Pipeline, Principal, Reason};
use promotion_ledger::meaning::refusal::ExitCode;

use crate::answer::Answer;
use crate::context::Context;
use crate::error::{CommandError, file};
use crate::keys;
use crate::page::{DIM, GOOD, Page, Table, WARN};
use crate::session::{self, Opened};
use crate::shown::{paint, shown, visible};
use crate::views::run::EntryRange;
use crate::views::setup::{GrantRow, KeyList, KeyMade, KeyRequested, KeyRow, KeysChanged, ProposalRow};

/// Keys: request, add, list, revoke, endorse.
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make a key and a request to add it, to be handed to an admin
    Request(RequestKey),
    /// Add a key that was requested
    Add(AddKey),
    /// Every key, what it may do, and what waits for endorsements
    List,
    /// Revoke a key: it may append no more
    Revoke(RevokeKey),
    /// Stand behind a proposed change of keys
    Endorse(EndorseChange),
}

/// Makes a key and a request to add it. The request is printed; it is not secret.
///
/// With --key FILE a key that is there is asked for. Where the ledger is not at hand, name it with --origin and --genesis.
#[derive(Debug, Args)]
pub(crate) struct RequestKey {
    /// Whom the key stands for, such as ci:acme/shop
    #[arg(long)]
    principal: Principal,
    /// The key's name, such as acme.example/ci-deploy
    #[arg(long, value_name = "NAME")]
    name: Option<KeyName>,
    /// The ledger's name, where it is not at hand
    #[arg(long, requires = "genesis")]
    origin: Option<Origin>,
    /// The hash of the ledger's entry 0, where it is not at hand
    #[arg(long, requires = "origin", value_name = "HASH", value_parser = EntryHash::from_hex)]
    genesis: Option<EntryHash>,
}

/// Adds a key that was requested, with the grants that its roles stand for, each narrowed as asked.
///
/// Where changes of keys take more than one admin, this proposes it; others endorse.
#[derive(Debug, Args)]
pub(crate) struct AddKey {
    /// The request, as `keys request` printed it; `-` for standard input
    request: PathBuf,
    /// What it may do; several roles may stand together
    #[arg(long, value_enum, required = true, value_delimiter = ',', value_name = "ROLES")]
    role: Vec<RoleName>,
    /// Only in these pipelines
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pipelines: Vec<Pipeline>,
    /// Only in these environments
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    environments: Vec<Environment>,
    /// Only these components
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    components: Vec<Component>,
    /// Only these gates
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    gates: Vec<GateName>,
    /// Principals that it may act for besides its own
    #[arg(long, value_delimiter = ',', value_name = "PRINCIPALS")]
    act_for: Vec<Principal>,
}

/// What a key may do, in one word.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleName {
    /// Everything, keys and manifests included
    Admin,
    /// Registers, promotes, rolls back, locks, lifts anybody's lock, halts, resolves, records gates, approves, reviews
    Operator,
    /// Registers, promotes, rolls back, halts, records gates
    Ci,
    /// Approves, rejects and reviews what others overrode
    Approver,
    /// Records gate results
    Gate,
    /// Vouches for ID tokens of CI systems that say who somebody is: stands beside another role
    Identity,
}

/// Revokes a key.
#[derive(Debug, Args)]
pub(crate) struct RevokeKey {
    /// The key's name, or its verifier key
    #[arg(id = "revoked", value_name = "KEY")] // `key` is the id of the global option
    key: String,
    /// Why
    #[arg(long)]
    reason: Reason,
}

/// Stands behind a proposed change of keys; the last endorsement needed makes it take effect.
#[derive(Debug, Args)]
pub(crate) struct EndorseChange {
    /// The entry that proposed it, as `keys list` shows it
    entry: u64,
}

pub(crate) fn run(context: &Context, arguments: Keys) -> Result<Answer, CommandError> {
    match arguments {
        Keys::Request(arguments) => request(context, arguments),
        Keys::Add(arguments) => add(context, arguments),
        Keys::List => list(context),
        Keys::Revoke(arguments) => revoke(context, arguments),
        Keys::Endorse(arguments) => endorse(context, &arguments),
    }
}

fn request(context: &Context, arguments: RequestKey) -> Result<Answer, CommandError> {
    let (origin, genesis) = match (arguments.origin, arguments.genesis) {
        (Some(origin), Some(genesis)) => (origin, genesis),
        _ => identity(&session::open_to_read(context)?)?,
    };
    let (key, path) = match &context.global.key {
        Some(path) if path.exists() => (keys::read(path)?, path.clone()),
        given => {
            let name = arguments
                .name
                .ok_or_else(|| CommandError::usage("a new key needs a name").hint("name it with --name, such as acme.example/ci-deploy"))?;
            let path = given.clone().map_or_else(|| keys::usual_place(context, &name), Ok)?;
            let key = keys::fresh(name);
            keys::write(&path, &key)?;
            context.say(shown!("{}  {}", paint(GOOD, "Created key"), context.tidy(&path)));
            (key, path)
        }
    };
    let request =
        KeyRequest::new(&key, origin, genesis, arguments.principal.clone()).map_err(|error| CommandError::usage(error.to_string()))?;
    let note = String::from_utf8(request.to_note()).map_err(|error| CommandError::new(ExitCode::Failure, error.to_string()))?;
    let mut page = Page::new();
    for line in note.lines() {
        page.line(line.to_owned());
    }
    context.say(paint(DIM, "Hand this request to an admin: promoledger keys add FILE --role …"));
    let made = KeyMade { file: context.tidy(&path), verifier_key: key.key().to_string(), principal: arguments.principal.to_string() };
    Ok(Answer::new(page, &KeyRequested { key: made, request: note }))
}

/// What the ledger is known by.
fn identity(opened: &Opened) -> Result<(Origin, EntryHash), CommandError> {
    let origin = opened.core().identity.as_ref().map(|identity| identity.origin.clone());
    origin.zip(opened.index.genesis()).ok_or_else(|| CommandError::new(ExitCode::Incomplete, "the ledger holds no entry 0"))
}

fn add(context: &Context, arguments: AddKey) -> Result<Answer, CommandError> {
    let text = read_request(&arguments.request)?;
    let request = KeyRequest::parse(&text).map_err(|error| CommandError::usage(format!("{}: {error}", arguments.request.display())))?;
    let mut opened = session::open(context)?;
    let (origin, genesis) = identity(&opened)?;
    if *request.origin() != origin || *request.genesis() != genesis {
        return Err(CommandError::usage(format!(
            "the request is for another ledger: expected {origin}, genesis {genesis}, found {}, genesis {}",
            request.origin(),
            request.genesis()
        ))
        .hint("have the holder of the key ask again for this ledger"));
    }
    let name = request.key().name().clone();
    let addition = KeyAddition {
        groups: Vec::new(),
        grants: arguments.role.iter().map(|role| grant(&arguments, *role)).collect(),
        name: name.clone(),
        principal: request.principal().clone(),
        proof: b64::encode(request.proof()),
        public: request.key().public(),
    };
    change(context, &mut opened, &Command::AddKey(addition), &name)
}

fn read_request(path: &Path) -> Result<Vec<u8>, CommandError> {
    if path.as_os_str() != "-" {
        return fs::read(path).map_err(|error| file(path, "read", &error));
    }
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut text).map_err(|error| file(path, "read", &error))?;
    Ok(text)
}

fn grant(arguments: &AddKey, role: RoleName) -> Grant {
    let role = match role {
        RoleName::Admin => Role::Admin,
        RoleName::Operator => Role::Operator,
        RoleName::Ci => Role::Ci,
        RoleName::Approver => Role::Approver,
        RoleName::Gate => Role::Gate,
        RoleName::Identity => Role::Identity,
    };
    Grant {
        act_for: Names::Only(in_order(&arguments.act_for)),
        components: narrowed(&arguments.components),
        environments: narrowed(&arguments.environments),
        gates: narrowed(&arguments.gates),
        permissions: role.permissions(),
        pipelines: narrowed(&arguments.pipelines),
    }
}

fn narrowed<T: Name>(names: &[T]) -> Names<T> {
    if names.is_empty() { Names::Any } else { Names::Only(in_order(names)) }
}

fn in_order<T: Name>(names: &[T]) -> Vec<T> {
    let mut names = names.to_vec();
    names.sort();
    names.dedup();
    names
}

fn revoke(context: &Context, arguments: RevokeKey) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let record = find(opened.core(), &arguments.key)?;
    let name = record.key.name.clone();
    let revoked = KeyRevoked { name: name.clone(), public: record.key.public, reason: arguments.reason };
    change(context, &mut opened, &Command::RevokeKey(revoked), &name)
}

/// The live key of that name or verifier key; a name may have been used again.
fn find<'a>(core: &'a Core, text: &str) -> Result<&'a KeyRecord, CommandError> {
    let wanted = text.parse::<VerifierKey>().ok();
    let matches = |record: &&KeyRecord| match &wanted {
        Some(key) => record.key.name == *key.name() && record.key.public == key.public(),
        None => record.key.name.as_str() == text,
    };
    let found: Vec<&KeyRecord> = core.keys.iter().filter(matches).collect();
    let live: Vec<&KeyRecord> = found.iter().copied().filter(|record| record.is_live()).collect();
    match (live.as_slice(), found.as_slice()) {
        ([only], _) | ([], [only]) => Ok(only),
        ([], _) => Err(CommandError::new(ExitCode::NotFound, format!("key {text} is not in this ledger"))
            .hint("`promoledger keys list` shows every key")),
        _ => Err(CommandError::usage(format!("several live keys are named {text}"))
            .hint("name the one you mean by its verifier key, as `keys list --output json` shows it")),
    }
}

fn endorse(context: &Context, arguments: &EndorseChange) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let proposal = opened.core().proposal(Sequence::new(arguments.entry)).map(subject);
    let name = proposal.unwrap_or_else(|| format!("of the proposal at entry {}", arguments.entry));
    let key = opened.signing_key(context)?;
    let command = Command::Endorse(Sequence::new(arguments.entry));
    let committed = opened.write(context, &key, |session| Ok(session.commit(&command, &[])?))?;
    let done = opened.core().proposal(Sequence::new(arguments.entry)).is_none();
    let outcome = if committed.entries.is_empty() { "unchanged" } else { "endorsed" };
    let entries = EntryRange::of(&committed.entries);
    let mut page = Page::new();
    page.line(match (entries, done) {
        (None, _) => shown!("Already endorsed  the change of key {}", visible(&name)),
        (Some(entries), true) => {
            shown!("{}  the change of key {} takes effect  {}", paint(GOOD, "Endorsed"), visible(&name), paint(DIM, entries.words()))
        }
        (Some(entries), false) => shown!(
            "{}  the change of key {} waits for more admins  {}",
            paint(GOOD, "Endorsed"),
            visible(&name),
            paint(DIM, entries.words())
        ),
    });
    Ok(Answer::new(page, &KeysChanged { outcome: outcome.to_owned(), name, entries }))
}

fn change(context: &Context, opened: &mut Opened, command: &Command, name: &KeyName) -> Result<Answer, CommandError> {
    let key = opened.signing_key(context)?;
    let committed = opened.write(context, &key, |session| Ok(session.commit(command, &[])?))?;
    let first = committed.entries.first().map(|entry| &entry.recorded().event);
    let (word, outcome) = match first.map(Event::event_type) {
        Some(EventType::KeyAdded) => ("Added key", "added"),
        Some(EventType::KeyRevoked) => ("Revoked key", "revoked"),
        Some(_) => ("Proposed", "proposed"),
        None => ("Unchanged", "unchanged"),
    };
    let entries = EntryRange::of(&committed.entries);
    let mut page = Page::new();
    let at = entries.map(|entries| paint(DIM, entries.words())).unwrap_or_default();
    page.line(shown!("{}  {}  {}", paint(GOOD, word), visible(name), at));
    if let (Some(EventType::KeyProposed), Some(entries)) = (first.map(Event::event_type), entries) {
        page.line(format!(
            "  {} admins are needed; another endorses it with: promoledger keys endorse {}",
            opened.core().admin_threshold,
            entries.first
        ));
    }
    Ok(Answer::new(page, &KeysChanged { outcome: outcome.to_owned(), name: name.to_string(), entries }))
}

fn list(context: &Context) -> Result<Answer, CommandError> {
    let opened = session::open_to_read(context)?;
    let core = opened.core();
    let view = KeyList {
        admin_threshold: core.admin_threshold,
        keys: core.keys.iter().map(key_row).collect(),
        proposals: core.proposals.iter().map(|proposal| proposal_row(proposal, core.admin_threshold)).collect(),
    };
    Ok(Answer::new(list_page(&view), &view))
}

fn key_row(record: &KeyRecord) -> KeyRow {
    let name = record.key.name.clone();
    let verifier_key = VerifierKey::new(name, &record.key.public).map(|key| key.to_string()).unwrap_or_default();
    KeyRow {
        verifier_key,
        name: record.key.name.to_string(),
        principal: record.principal.to_string(),
        admin: !record.recovery && record.grants.iter().any(Grant::is_admin),
        recovery: record.recovery,
        added: record.added.get(),
        revoked: record.revoked.map(Sequence::get),
        grants: record.grants.iter().map(grant_row).collect(),
    }
}

fn grant_row(grant: &Grant) -> GrantRow {
    GrantRow {
        permissions: grant.permissions.clone().into(),
        pipelines: grant.pipelines.clone().into(),
        environments: grant.environments.clone().into(),
        components: grant.components.clone().into(),
        gates: grant.gates.clone().into(),
        act_for: grant.act_for.clone().into(),
    }
}

fn subject(proposal: &Proposal) -> String {
    match &proposal.change {
        KeyChange::Add(addition) => addition.name.to_string(),
        KeyChange::Revoke(revoked) => revoked.name.to_string(),
    }
}

fn proposal_row(proposal: &Proposal, needed: u32) -> ProposalRow {
    let change = match &proposal.change {
        KeyChange::Add(_) => "add",
        KeyChange::Revoke(_) => "revoke",
    };
    ProposalRow {
        entry: proposal.sequence.get(),
        change: change.to_owned(),
        name: subject(proposal),
        endorsed_by: proposal.endorsed_by.iter().map(ToString::to_string).collect(),
        needed,
    }
}

fn list_page(view: &KeyList) -> Page {
    let mut page = Page::new();
    let mut table = Table::new(&["key", "principal", "may", "where", "since"]);
    for key in &view.keys {
        let since = match key.revoked {
            Some(revoked) => paint(WARN, format!("entry {} to {revoked}, revoked", key.added)),
            None => shown!("entry {}", key.added),
        };
        let (may, place) = key.grants.first().map(|grant| (may(key, grant), place(grant))).unwrap_or_default();
        table.row(vec![visible(&key.name), visible(&key.principal), visible(may), visible(place), since]);
    }
    page.table(&table, 0);
    for proposal in &view.proposals {
        page.gap();
        page.line(shown!(
            "Waiting: to {} key {}, entry {}, behind it {} of {}: {}",
            proposal.change,
            visible(&proposal.name),
            proposal.entry,
            proposal.endorsed_by.len(),
            proposal.needed,
            visible(proposal.endorsed_by.join(", "))
        ));
    }
    page
}

/// What a grant allows, by the role that it is the expansion of where there is one.
fn may(key: &KeyRow, grant: &GrantRow) -> String {
    if key.recovery {
        return "recovery".to_owned();
    }
    let role = Role::ALL.into_iter().find(|role| Vec::<String>::from(role.permissions()) == grant.permissions);
    role.map_or_else(|| crate::page::count(grant.permissions.len() as u64, "event type", "event types"), |role| role.name().to_owned())
}

fn place(grant: &GrantRow) -> String {
    let narrowed: Vec<String> = [&grant.pipelines, &grant.components, &grant.environments, &grant.gates]
        .into_iter()
        .filter(|names| names.as_slice() != ["*"])
        .map(|names| names.join(","))
        .collect();
    if narrowed.is_empty() { "everywhere".to_owned() } else { narrowed.join(" · ") }
}

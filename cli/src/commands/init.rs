//! `init`: makes a ledger, keys and a manifest, and puts the manifest in force.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use promotion_delivery::manifest::{self, NoFiles};
use promotion_ledger::custody::ledger::{self, Writer};
use promotion_ledger::custody::random::uuid;
use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_ledger::custody::store::{Store as _, StoreError};
use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::evidence::keyring::{Claim, SecretKey, Signer as _};
use promotion_ledger::meaning::event::EventType;
use promotion_ledger::meaning::event::ledger::{KeyAddition, LedgerCreated, ManifestAdopted};
use promotion_ledger::meaning::grant::{Grant, Names, Permission};
use promotion_ledger::meaning::id::LedgerId;
use promotion_ledger::meaning::law::LEVEL;
use promotion_ledger::meaning::names::{Component, KeyName, Origin, Pipeline, Principal, Repository};
use promotion_ledger::meaning::rules::{ComponentRule, Rules};

use super::manifest::read;
use crate::answer::Answer;
use crate::context::Context;
use crate::error::{CommandError, file};
use crate::keys;
use crate::machine::{SystemClock, SystemRandom};
use crate::page::{BOLD, DIM, GOOD, Page};
use crate::session::ledger_path;
use crate::shown::{paint, shown, visible};
use crate::views::setup::{Initialised, KeyMade};

/// Makes a ledger, a key to sign with, and a manifest, and puts the manifest in force.
///
/// A manifest that is there is used as it is; else a commented one is written. The key is kept in a file that only you
/// can read, never in the ledger. Pin what is printed somewhere else: auditors will ask for it.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The ledger's name, such as acme.example/promotions
    #[arg(long, value_name = "NAME")]
    origin: Origin,
    /// Whom the first key stands for (by default ops@ and the first part of the origin)
    #[arg(long)]
    principal: Option<Principal>,
    /// The first key's name (by default the first part of the origin, and /ops)
    #[arg(long, value_name = "NAME")]
    key_name: Option<KeyName>,
    /// Further admins: makes a key file for each, to be handed to them
    #[arg(long = "admin", value_name = "PRINCIPAL")]
    admins: Vec<Principal>,
    /// How many admins it takes to change keys
    #[arg(long, value_name = "N", default_value_t = 1)]
    admin_threshold: u32,
    /// Makes a recovery key in this file, to be kept offline: it may add and revoke keys when the admins' are lost
    #[arg(long, value_name = "FILE")]
    recovery_key: Option<PathBuf>,
    /// The manifest to put in force, or to write
    #[arg(long, value_name = "FILE", default_value = "manifest.yaml")]
    manifest: PathBuf,
    /// For a new manifest: a component and where its artifacts are kept
    #[arg(long = "component", value_name = "NAME=REPOSITORY", value_parser = component)]
    components: Vec<ComponentRule>,
}

fn component(text: &str) -> Result<ComponentRule, String> {
    let (name, repository) = text.split_once('=').ok_or("expected NAME=REPOSITORY, such as api=registry.acme.example/shop/api")?;
    let name = Component::new(name).map_err(|error| error.to_string())?;
    let repository = Repository::new(repository).map_err(|error| error.to_string())?;
    Ok(ComponentRule { name, repository, versions: None })
}

/// A key of entry 0, and where its secret is kept.
struct First {
    key: SecretKey,
    principal: Principal,
    path: PathBuf,
    grants: Vec<Grant>,
}

pub(crate) fn run(context: &Context, arguments: Init) -> Result<Answer, CommandError> {
    let path = ledger_path(&context.global.ledger)?;
    let store = prepare(&path)?;
    let (rules, manifest_made) = rules(context, &arguments)?;
    let admins = admins(context, &arguments)?;
    let recovery = recovery(&arguments)?;
    let [first, ..] = admins.as_slice() else {
        return Err(CommandError::usage("a ledger needs at least one admin"));
    };
    let created = created(context, &arguments, &admins, recovery.as_ref())?;
    let adopted = ManifestAdopted { rules: rules.clone() };
    let agent = Context::agent();
    let writer = Writer { signer: &first.key, actor: &first.principal, agent: &agent, clock: &SystemClock, random: &SystemRandom };
    let mut chain = Chain::begin();
    let none = |_: &_| Ok::<_, std::convert::Infallible>(None);
    ledger::append(&store, &mut chain, &writer, &[created.into(), adopted.into()], &[], none)?;
    let made = |first: &First| KeyMade {
        file: context.tidy(&first.path),
        verifier_key: first.key.key().to_string(),
        principal: first.principal.to_string(),
    };
    let view = Initialised {
        ledger: context.global.ledger.clone(),
        origin: arguments.origin.to_string(),
        genesis: chain.genesis().map(ToString::to_string).unwrap_or_default(),
        pipeline: rules.pipeline().to_string(),
        path: rules.environments().iter().map(|environment| environment.name.to_string()).collect(),
        manifest: arguments.manifest.display().to_string(),
        manifest_made,
        keys: admins.iter().map(made).collect(),
        recovery_key: recovery.as_ref().map(made),
    };
    Ok(Answer::new(page(&view), &view))
}

/// The store, made anew; one whose making was interrupted before its first entry is taken up again.
fn prepare(path: &Path) -> Result<Sqlite, CommandError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| file(folder, "made", &error))?;
        let ignore = folder.join(".gitignore");
        if folder.file_name().is_some_and(|name| name == ".promoledger") && !ignore.exists() {
            fs::write(&ignore, "# The ledger is no source file: back it up with `promoledger backup`.\n*\n")
                .map_err(|error| file(&ignore, "written", &error))?;
        }
    }
    if !path.exists() {
        return Ok(Sqlite::create(path)?);
    }
    let store = match Sqlite::open(path) {
        // A making that was interrupted leaves a file without bytes, which is taken; in any other nothing is touched.
        Err(error @ StoreError::NotALedger { .. }) => Sqlite::create(path).map_err(|_| error)?,
        opened => opened?,
    };
    if store.head()?.size == 0 {
        return Ok(store);
    }
    Err(CommandError::usage(format!("{} holds a ledger already", path.display()))
        .hint("to add a pipeline to it: promoledger manifest adopt FILE; for another ledger, name another place with --ledger sqlite:PATH"))
}

/// The rules of the manifest that is there, or of a new one, which is written.
fn rules(context: &Context, arguments: &Init) -> Result<(Rules, bool), CommandError> {
    let path = &arguments.manifest;
    if path.exists() {
        if !arguments.components.is_empty() {
            return Err(CommandError::usage(format!("{} is there already, and --component is for a new one", path.display()))
                .hint("write the component into the manifest, or leave --component out"));
        }
        return Ok((read(path, context.now())?, false));
    }
    let pipeline = context.global.pipeline.clone().unwrap_or(Pipeline::new("main").expect("a plain word is a pipeline's name"));
    let components = if arguments.components.is_empty() { vec![example()] } else { arguments.components.clone() };
    let text = manifest::template(&pipeline, &components);
    let rules = manifest::parse(text.as_bytes(), context.now(), &NoFiles)?;
    fs::write(path, &text).map_err(|error| file(path, "written", &error))?;
    Ok((rules, true))
}

/// A component to begin with, kept in a directory beside the manifest.
fn example() -> ComponentRule {
    ComponentRule {
        name: Component::new("app").expect("a plain word is a component's name"),
        repository: Repository::new("oci-layout:images/app").expect("a plain path is a repository"),
        versions: None,
    }
}

fn admins(context: &Context, arguments: &Init) -> Result<Vec<First>, CommandError> {
    let host = arguments.origin.as_str().split('/').next().unwrap_or_default().to_owned();
    let principal = match &arguments.principal {
        Some(principal) => principal.clone(),
        None => Principal::new(format!("ops@{host}"))
            .map_err(|error| CommandError::usage(error.to_string()).hint("name one with --principal"))?,
    };
    let name = match &arguments.key_name {
        Some(name) => name.clone(),
        None => {
            KeyName::new(format!("{host}/ops")).map_err(|error| CommandError::usage(error.to_string()).hint("name one with --key-name"))?
        }
    };
    let path = match &context.global.key {
        Some(path) => path.clone(),
        None => keys::usual_place(context, &name)?,
    };
    let mut admins = vec![first(name, principal, path, vec![Grant::everything()])?];
    for principal in &arguments.admins {
        let plain: String = principal.as_str().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let name = KeyName::new(format!("{host}/{plain}")).map_err(|error| CommandError::usage(error.to_string()))?;
        let path = keys::usual_place(context, &name)?;
        admins.push(first(name, principal.clone(), path, vec![Grant::everything()])?);
    }
    Ok(admins)
}

fn recovery(arguments: &Init) -> Result<Option<First>, CommandError> {
    let Some(path) = &arguments.recovery_key else { return Ok(None) };
    let host = arguments.origin.as_str().split('/').next().unwrap_or_default();
    let name = KeyName::new(format!("{host}/recovery")).map_err(|error| CommandError::usage(error.to_string()))?;
    let principal = Principal::new(format!("recovery@{host}")).map_err(|error| CommandError::usage(error.to_string()))?;
    let keys_only = [EventType::KeyAdded, EventType::KeyRevoked].map(Permission::Append).to_vec();
    let grant = Grant { permissions: Names::Only(keys_only), ..Grant::everything() };
    first(name, principal, path.clone(), vec![grant]).map(Some)
}

/// The key in that file, which an interrupted run may have made; else a fresh one, written there.
fn first(name: KeyName, principal: Principal, path: PathBuf, grants: Vec<Grant>) -> Result<First, CommandError> {
    if path.exists() {
        let key = keys::read(&path)?;
        return Ok(First { key, principal, path, grants });
    }
    let key = keys::fresh(name);
    keys::write(&path, &key)?;
    Ok(First { key, principal, path, grants })
}

fn created(context: &Context, arguments: &Init, admins: &[First], recovery: Option<&First>) -> Result<LedgerCreated, CommandError> {
    let ledger_id = LedgerId::from_uuid(uuid(&SystemRandom, context.now()));
    let add = |first: &First| -> Result<KeyAddition, CommandError> {
        let claim = Claim::of_first_key(&arguments.origin, &ledger_id, &first.principal);
        let proof = claim.prove(&first.key).map_err(|error| CommandError::usage(error.to_string()))?;
        let key = first.key.key();
        Ok(KeyAddition {
            groups: Vec::new(),
            grants: first.grants.clone(),
            name: key.name().clone(),
            principal: first.principal.clone(),
            proof: b64::encode(&proof),
            public: key.public(),
        })
    };
    Ok(LedgerCreated {
        admin_threshold: arguments.admin_threshold,
        format: LEVEL,
        keys: admins.iter().map(add).collect::<Result<_, _>>()?,
        ledger_id,
        origin: arguments.origin.clone(),
        recovery: recovery.map(add).transpose()?,
    })
}

fn page(view: &Initialised) -> Page {
    let mut page = Page::new();
    let done = |word: &str| paint(GOOD, word);
    page.line(shown!("{}  {}", done("Created ledger"), visible(&view.ledger)));
    for key in &view.keys {
        page.line(shown!(
            "{}     {}   {}",
            done("Created key"),
            visible(&key.file),
            paint(DIM, shown!("{}, admin", visible(&key.principal)))
        ));
    }
    if let Some(key) = &view.recovery_key {
        page.line(shown!("{}     {}   {}", done("Created key"), visible(&key.file), paint(DIM, "recovery: take this file offline now")));
    }
    let manifest = if view.manifest_made { "Wrote and adopted" } else { "Adopted" };
    page.line(shown!("{}  {}   pipeline {}: {}", done(manifest), visible(&view.manifest), view.pipeline, view.path.join(" → ")));
    page.gap();
    page.line(paint(BOLD, "Pin these outside this machine; auditors will ask for them:"));
    let mut pins = vec![("origin", visible(&view.origin)), ("genesis", visible(&view.genesis))];
    pins.extend(view.keys.iter().map(|key| ("key", visible(&key.verifier_key))));
    page.pairs(&pins, 2);
    page
}

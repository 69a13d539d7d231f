//! Opening: the ledger that was named, the index that follows it, the key that signs, the registries of its components.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use promotion_delivery::registry::{self, Registry, Settings, Sources};
use promotion_delivery::session::Session;
use promotion_ledger::custody::ledger::{self, Writer};
use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_ledger::evidence::keyring::SecretKey;
use promotion_ledger::meaning::core::Core;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::names::{Component, Pipeline, Repository};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::Rules;
use promotion_replay::index::Index;

use crate::context::Context;
use crate::error::CommandError;
use crate::keys;
use crate::machine::{SystemClock, SystemRandom, pause};
use crate::token::{self, Person};
use crate::trust::{self, Pin, Pins};

/// A ledger and its index, opened to ask.
pub(crate) struct Opened {
    pub(crate) store: Sqlite,
    pub(crate) index: Index,
}

/// The file that a ledger's URL names.
pub(crate) fn ledger_path(url: &str) -> Result<PathBuf, CommandError> {
    match url.split_once(':') {
        Some(("sqlite", path)) if !path.is_empty() => Ok(PathBuf::from(path)),
        _ => Err(CommandError::usage(format!("{url:?} does not name a ledger: expected sqlite:PATH"))),
    }
}

/// Opens the ledger to ask and to append, brings the index up to its head, and checks the user's pins.
pub(crate) fn open(context: &Context) -> Result<Opened, CommandError> {
    let path = ledger_path(&context.global.ledger)?;
    let store = Sqlite::open(&path)?;
    follow(context, &path, store)
}

/// Opens the ledger only to ask; nothing needs to be writable.
pub(crate) fn open_to_read(context: &Context) -> Result<Opened, CommandError> {
    let path = ledger_path(&context.global.ledger)?;
    let store = Sqlite::open_read_only(&path)?;
    follow(context, &path, store)
}

fn follow(context: &Context, path: &Path, store: Sqlite) -> Result<Opened, CommandError> {
    let Some(genesis) = ledger::genesis(&store)? else {
        let message = format!("{} holds no entries: making it was interrupted", path.display());
        return Err(CommandError::new(ExitCode::Incomplete, message).hint("run `promoledger init` again; it goes on where it stopped"));
    };
    let pins = Pins::load(context)?;
    let absolute = absolute(path);
    let pin = pins.of(&absolute).cloned();
    if let Some(pin) = &pin {
        trust::check(pin, &store)?;
    }
    let mut index = open_index(context, &genesis)?;
    index.follow(&store)?;
    if !index.understood() {
        context.warn("the ledger holds entries of a later format: what is shown rests on those before them");
    }
    if let Some(pin) = pin {
        advance(pins, &pin, &index)?;
    }
    Ok(Opened { store, index })
}

/// What was seen grows with every command, so that a log cut back to an older head is noticed by the next.
fn advance(mut pins: Pins, pin: &Pin, index: &Index) -> Result<(), CommandError> {
    let head = index.head();
    if head.size <= pin.size {
        return Ok(());
    }
    pins.keep(Pin { size: head.size, head: head.hash, ..pin.clone() })
}

/// The path that stands for the ledger in the user's pins, whatever folder a command runs in.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Where the index of a ledger is kept: in the user's cache, under the hash of entry 0.
pub(crate) fn index_path(context: &Context, genesis: &EntryHash) -> Result<PathBuf, CommandError> {
    Ok(context.cache_folder()?.join(format!("{genesis}.index")))
}

/// The index in the user's cache; in memory where there is none to be had, which costs time and nothing else.
fn open_index(context: &Context, genesis: &EntryHash) -> Result<Index, CommandError> {
    match index_path(context, genesis).and_then(|path| Ok(Index::open(&path)?)) {
        Ok(index) => Ok(index),
        Err(error) => {
            context.detail(format!("no index is kept: {}", error.message));
            Ok(Index::in_memory()?)
        }
    }
}

impl Opened {
    pub(crate) fn core(&self) -> &Core {
        self.index.core()
    }

    /// The pipeline that was named, or the only one there is.
    pub(crate) fn pipeline(&self, context: &Context) -> Result<Pipeline, CommandError> {
        pipeline(context, self.core())
    }

    /// The rules in force for the pipeline that was named, or for the only one.
    pub(crate) fn rules(&self, context: &Context) -> Result<Rules, CommandError> {
        let pipeline = self.pipeline(context)?;
        self.core().rules(&pipeline).cloned().ok_or_else(|| unknown_pipeline(&pipeline, self.core()))
    }

    /// The key that signs.
    pub(crate) fn signing_key(&self, context: &Context) -> Result<SecretKey, CommandError> {
        keys::signing_key(context, self.core())
    }

    /// Does something as whoever holds the key.
    pub(crate) fn write<T>(
        &mut self,
        context: &Context,
        key: &SecretKey,
        act: impl FnOnce(&mut Session<'_>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        self.act(context, key, None, act)
    }

    /// Does something in a pipeline that asks who somebody is: as whoever the token names that was given, else as whoever holds
    /// the key.
    pub(crate) fn write_in<T>(
        &mut self,
        context: &Context,
        pipeline: &Pipeline,
        key: &SecretKey,
        act: impl FnOnce(&mut Session<'_>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let rules = self.core().rules(pipeline);
        let person = rules.map(|rules| token::person(context, rules)).transpose()?.flatten();
        let done = self.act(context, key, person.as_ref(), act);
        match &person {
            Some(person) => done.map_err(|error| token::explain(error, &person.principal)),
            None => done,
        }
    }

    fn act<T>(
        &mut self,
        context: &Context,
        key: &SecretKey,
        person: Option<&Person>,
        act: impl FnOnce(&mut Session<'_>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let own = keys::record_of(self.core(), key).map(|record| record.principal.clone());
        let named = person.map(|person| person.principal.clone()).or_else(|| context.global.actor.clone());
        let actor = named.or(own).ok_or_else(|| {
            CommandError::new(ExitCode::NotAuthorized, "the key is not in this ledger")
                .hint("ask an admin to add it: `promoledger keys request` makes what they need")
        })?;
        let agent = Context::agent();
        let writer = Writer { signer: key, actor: &actor, agent: &agent, clock: &SystemClock, random: &SystemRandom };
        let mut session =
            Session { store: &self.store, index: &mut self.index, writer, token: person.map(|person| &person.token), pause: &pause };
        act(&mut session)
    }
}

fn pipeline(context: &Context, core: &Core) -> Result<Pipeline, CommandError> {
    if let Some(named) = &context.global.pipeline {
        return if core.rules(named).is_some() { Ok(named.clone()) } else { Err(unknown_pipeline(named, core)) };
    }
    let mut all = core.pipelines.keys();
    match (all.next(), all.next()) {
        (Some(only), None) => Ok(only.clone()),
        (None, _) => {
            Err(CommandError::usage("this ledger has no pipeline yet").hint("adopt a manifest: promoledger manifest adopt manifest.yaml"))
        }
        (Some(_), Some(_)) => {
            let names: Vec<_> = core.pipelines.keys().map(Pipeline::to_string).collect();
            Err(CommandError::usage(format!("this ledger has several pipelines: {}", names.join(", "))).hint("say which with --pipeline"))
        }
    }
}

fn unknown_pipeline(named: &Pipeline, core: &Core) -> CommandError {
    let names: Vec<_> = core.pipelines.keys().map(Pipeline::to_string).collect();
    CommandError::usage(format!("there is no pipeline {named} in this ledger")).hint(format!("its pipelines: {}", names.join(", ")))
}

/// The component that was named, or the only one of the pipeline.
pub(crate) fn component(rules: &Rules, named: Option<&Component>) -> Result<Component, CommandError> {
    if let Some(named) = named {
        return Ok(named.clone());
    }
    match rules.components() {
        [only] => Ok(only.name.clone()),
        several => {
            let names: Vec<_> = several.iter().map(|component| component.name.to_string()).collect();
            Err(CommandError::usage(format!("pipeline {} has several components: {}", rules.pipeline(), names.join(", ")))
                .hint("say which with --component"))
        }
    }
}

/// Where a component's artifacts are kept.
pub(crate) fn repository(rules: &Rules, component: &Component) -> Result<Repository, CommandError> {
    let rule = rules.component(component).map(|rule| rule.repository.clone());
    rule.ok_or_else(|| {
        let names: Vec<_> = rules.components().iter().map(|component| component.name.to_string()).collect();
        CommandError::new(ExitCode::NotFound, format!("pipeline {} has no component {component}", rules.pipeline()))
            .hint(format!("its components: {}", names.join(", ")))
    })
}

/// Opens a component's registry with the credentials and certificates that the environment and the options give.
pub(crate) fn open_registry(
    context: &Context,
    repository: &Repository,
    options: &RegistryOptions,
) -> Result<Box<dyn Registry>, CommandError> {
    Ok(registry::open(repository, &settings(context, options)?)?)
}

/// Options of commands that talk to a registry.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct RegistryOptions {
    /// A PEM file with certificates of further authorities to trust for registries
    #[arg(long, env = "PROMOLEDGER_CA_FILE", value_name = "FILE", help_heading = "Registry options")]
    pub(crate) ca_file: Vec<PathBuf>,
    /// The user name for the registry, instead of what docker and podman keep
    #[arg(
        long,
        env = "PROMOLEDGER_REGISTRY_USERNAME",
        value_name = "NAME",
        requires = "password_stdin",
        help_heading = "Registry options"
    )]
    pub(crate) username: Option<String>,
    /// Read the registry's password from standard input
    #[arg(long, requires = "username", help_heading = "Registry options")]
    pub(crate) password_stdin: bool,
}

fn settings(context: &Context, options: &RegistryOptions) -> Result<Settings, CommandError> {
    let explicit = match (&options.username, options.password_stdin) {
        (Some(username), true) => Some(registry::Login { username: username.clone(), password: registry::Secret::new(password()?) }),
        _ => None,
    };
    let mut settings = Settings::new(Arc::new(crate::machine::SystemPace::new()));
    let search = context.variable("PATH").map(|path| std::env::split_paths(path).collect()).unwrap_or_default();
    settings.credentials = Sources {
        explicit,
        registry_auth_file: context.path_variable("REGISTRY_AUTH_FILE"),
        xdg_runtime_dir: context.path_variable("XDG_RUNTIME_DIR"),
        docker_config: context.path_variable("DOCKER_CONFIG"),
        home: context.home(),
        helper_path: search,
        ..settings.credentials
    };
    settings.ca_files.clone_from(&options.ca_file);
    Ok(settings)
}

fn password() -> Result<String, CommandError> {
    let mut text = String::new();
    let read = std::io::Read::read_to_string(&mut std::io::stdin().lock(), &mut text);
    read.map_err(|error| CommandError::usage(format!("no password could be read from standard input: {error}")))?;
    let password = text.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() { Err(CommandError::usage("standard input holds no password")) } else { Ok(password) }
}

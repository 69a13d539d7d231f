//! The options that every command has.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use promotion_ledger::meaning::names::{Pipeline, Principal};

/// Options that every command has.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The ledger: `sqlite:PATH`
    #[arg(
        long,
        global = true,
        env = "PROMOLEDGER_LEDGER",
        value_name = "URL",
        default_value = "sqlite:.promoledger/ledger.db",
        help_heading = "Global options"
    )]
    pub(crate) ledger: String,
    /// The pipeline; needed only where the ledger has several
    #[arg(long, global = true, env = "PROMOLEDGER_PIPELINE", help_heading = "Global options")]
    pub(crate) pipeline: Option<Pipeline>,
    /// The file of the key to sign with; `PROMOLEDGER_KEY` may hold the key itself
    #[arg(long, global = true, env = "PROMOLEDGER_KEY_FILE", value_name = "FILE", help_heading = "Global options")]
    pub(crate) key: Option<PathBuf>,
    /// On whose behalf, where the key may act for others
    #[arg(long, global = true, env = "PROMOLEDGER_ACTOR", value_name = "PRINCIPAL", help_heading = "Global options")]
    pub(crate) actor: Option<Principal>,
    /// A file with an ID token of your CI system that says who you are; `PROMOLEDGER_ID_TOKEN` may hold the token itself
    #[arg(long, global = true, env = "PROMOLEDGER_ID_TOKEN_FILE", value_name = "FILE", help_heading = "Global options")]
    pub(crate) id_token_file: Option<PathBuf>,
    /// A table for people, or an object for machines
    #[arg(
        long,
        short,
        global = true,
        env = "PROMOLEDGER_OUTPUT",
        alias = "format",
        value_enum,
        default_value_t,
        help_heading = "Global options"
    )]
    pub(crate) output: Output,
    /// When to colour
    #[arg(long, global = true, env = "PROMOLEDGER_COLOR", value_enum, default_value_t, help_heading = "Global options")]
    pub(crate) color: Color,
    /// Say more
    #[arg(long, short, global = true, help_heading = "Global options")]
    pub(crate) verbose: bool,
    /// Say nothing but errors
    #[arg(long, short, global = true, env = "PROMOLEDGER_QUIET", conflicts_with = "verbose", help_heading = "Global options")]
    pub(crate) quiet: bool,
}

/// What standard output holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Output {
    /// Tables and sentences
    #[default]
    Table,
    /// One JSON object, with its schema named
    Json,
    /// The same object as YAML
    Yaml,
    /// The rows of an answer that is a list, for spreadsheets: status, history, where, diff
    Csv,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

//! `record`: appends what somebody else saw. In this version: gate results.

mod scan;

use std::fs;
use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use promotion_delivery::evidence::kept;
use promotion_ledger::custody::store::Body;
use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::artifact::{Evidence, GateCompleted, GateStatus};
use promotion_ledger::meaning::exit_code::ExitCode;
use promotion_ledger::meaning::names::{Component, Environment, GateName, MediaType, Reason};
use promotion_ledger::meaning::rules::{SECURITY_SCAN, ScanRule};

use crate::answer::Answer;
use crate::context::Context;
use crate::error::{CommandError, file};
use crate::machine::SystemRandom;
use crate::page::{DIM, GOOD, Page, short};
use crate::session;
use crate::shown::{paint, shown};
use crate::views::run::{EntryRange, GateRecorded, GateResult};

use scan::{Scan, ScanArguments};

/// The most bytes that evidence may have.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Records what somebody else saw.
#[derive(Debug, Args)]
pub(crate) struct Record {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A gate's result for a digest and an environment; the newest counts
    Gate(Gate),
}

/// Records a gate's result, bound to a digest and an environment. The newest by place in the log counts.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("outcome").required(true).args(["status", "scan_report"])))]
struct Gate {
    /// The gate's name, as the manifest has it
    name: GateName,
    /// What was examined
    #[arg(long)]
    digest: Digest,
    /// The environment that it was examined for
    #[arg(long, value_name = "ENVIRONMENT")]
    env: Environment,
    /// The component; needed unless the pipeline has one
    #[arg(long)]
    component: Option<Component>,
    /// How it ended
    #[arg(long, value_enum)]
    status: Option<Status>,
    #[command(flatten)]
    scan: ScanArguments,
    /// What the gate wrote, kept beside the log and named by its digest
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// What the evidence is
    #[arg(long, value_name = "TYPE", default_value = "application/octet-stream", requires = "evidence")]
    media_type: MediaType,
    /// What it says, in words
    #[arg(long)]
    message: Option<Reason>,
    /// How long it took
    #[arg(long, value_name = "MILLISECONDS", value_parser = clap::value_parser!(u64).range(..=9_007_199_254_740_991))]
    duration_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    Passed,
    Failed,
    Skipped,
    Warning,
}

pub(crate) fn run(context: &Context, arguments: Record) -> Result<Answer, CommandError> {
    match arguments.what {
        What::Gate(gate) => record_gate(context, gate),
    }
}

fn record_gate(context: &Context, arguments: Gate) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let rules = opened.rules(context)?;
    let scanned = rules.security_scan().filter(|_| arguments.name.as_str() == SECURITY_SCAN);
    let outcome = Outcome::of(&arguments, scanned)?;
    let component = session::component(&rules, arguments.component.as_ref())?;
    let key = opened.signing_key(context)?;
    let Outcome { status, message, evidence, scan } = outcome;
    let (evidence, body) = evidence.unzip();
    let event = GateCompleted {
        component: component.clone(),
        digest: arguments.digest.clone(),
        duration_ms: arguments.duration_ms,
        environment: arguments.env.clone(),
        evidence: evidence.clone(),
        gate: arguments.name.clone(),
        message,
        pipeline: rules.pipeline().clone(),
        policy: None,
        scan: scan.as_ref().map(|scan| Box::new(scan.recorded())),
        status,
    };
    let demanded = rules.environment(&arguments.env).is_some_and(|environment| environment.gates.contains(&arguments.name));
    let bodies: Vec<Body> = body.into_iter().collect();
    let committed = opened.write(context, &key, |session| Ok(session.commit(&Command::RecordGate(event), &bodies)?))?;
    if !demanded {
        context.warn(format!(
            "the manifest in force does not ask for gate {} in {}: the result is recorded and changes nothing",
            arguments.name, arguments.env
        ));
    }
    if let Some(warning) = scan.as_ref().and_then(|scan| scan.warning(&arguments.digest)) {
        context.warn(warning);
    }
    let entries = EntryRange::of(&committed.entries);
    let view = GateRecorded {
        pipeline: rules.pipeline().to_string(),
        component: component.to_string(),
        environment: arguments.env.to_string(),
        artifact_digest: arguments.digest.to_string(),
        gate_results: vec![GateResult {
            gate: arguments.name.to_string(),
            status: status.to_string(),
            entry: entries.map(|entries| entries.first),
        }],
        evidence: evidence.map(|evidence| evidence.digest.to_string()),
        scan: scan.as_ref().map(Scan::view),
        entries,
    };
    let mut page = Page::new();
    let at = entries.map(|entries| paint(DIM, entries.words())).unwrap_or_default();
    page.line(shown!(
        "{}  {} {} for {} {} in {}  {}",
        paint(GOOD, "Recorded"),
        arguments.name,
        status,
        component,
        short(&arguments.digest),
        arguments.env,
        at
    ));
    if let Some(scan) = &scan {
        scan.show(&mut page);
    }
    Ok(Answer::new(page, &view))
}

/// How a gate ended: as the caller says, or as a scanner's report says.
struct Outcome {
    status: GateStatus,
    message: Option<Reason>,
    evidence: Option<(Evidence, Body)>,
    scan: Option<Scan>,
}

impl Outcome {
    /// Reads what there is to read, before anything is written.
    fn of(arguments: &Gate, scanned: Option<&ScanRule>) -> Result<Self, CommandError> {
        if let Some(mut scan) = arguments.scan.read(&arguments.digest, scanned)? {
            let json = MediaType::new("application/json").map_err(|error| CommandError::new(ExitCode::Failure, error.to_string()))?;
            let evidence = kept(std::mem::take(&mut scan.bytes), json, &SystemRandom);
            let message = Some(scan.verdict.sentence());
            return Ok(Self { status: scan.verdict.status, message, evidence: Some(evidence), scan: Some(scan) });
        }
        let status = match arguments.status {
            Some(Status::Passed) => GateStatus::Passed,
            Some(Status::Failed) => GateStatus::Failed,
            Some(Status::Skipped) => GateStatus::Skipped,
            Some(Status::Warning) => GateStatus::Warning,
            None => return Err(CommandError::usage("how did the gate end? Give --status or --scan-report")),
        };
        Ok(Self { status, message: arguments.message.clone(), evidence: evidence(arguments)?, scan: None })
    }
}

/// The file that was given as evidence.
fn evidence(arguments: &Gate) -> Result<Option<(Evidence, Body)>, CommandError> {
    let Some(path) = &arguments.evidence else { return Ok(None) };
    let size = fs::metadata(path).map_err(|error| file(path, "read", &error))?.len();
    if size > LONGEST {
        return Err(CommandError::usage(format!("{} has {size} bytes: evidence may have at most {LONGEST}", path.display())));
    }
    let bytes = fs::read(path).map_err(|error| file(path, "read", &error))?;
    Ok(Some(kept(bytes, arguments.media_type.clone(), &SystemRandom)))
}

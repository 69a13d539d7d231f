//! Gates as commands: from the rules to what is run, and from how it ended to what is recorded.

use std::time::Duration;

use promotion_ledger::custody::random::Random;
use promotion_ledger::custody::store::Body;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::artifact::{GateCompleted, GateStatus};
use promotion_ledger::meaning::names::{Argument, GateName, MediaType};
use promotion_ledger::meaning::rules::{CommandRule, EnvironmentRule, Rules, SECURITY_SCAN, ScanRule};

use super::means::Means;
use super::result::{Examined, result};
use crate::evidence;
use crate::gate::{self, Conditions, Ending, GateCommand, GateRun, Limits, Run, Subject, VariableName};
use crate::scanner::{self, Policy};

/// How long a scanner may take where nobody says otherwise.
const SCAN_TIMEOUT: Duration = Duration::from_secs(600);

/// What the gates' commands are run for.
pub(super) struct Asked<'a> {
    pub(super) rules: &'a Rules,
    pub(super) rule: &'a EnvironmentRule,
    pub(super) promotion: &'a promotion_ledger::meaning::event::promotion::Promotion,
    pub(super) subject: Subject,
}

/// Runs the gates' commands side by side; what came of them is in their order.
pub(super) fn run(asked: &Asked<'_>, gates: &[GateName], means: &Means<'_>, random: &dyn Random) -> Vec<Examined> {
    let rules: Vec<&CommandRule> = gates.iter().filter_map(|gate| asked.rules.command(gate)).collect();
    let commands: Vec<GateCommand> = rules.iter().map(|rule| command(asked, rule, means)).collect();
    let Means { environment, pace, cancel, progress, .. } = *means;
    let conditions = Conditions { subject: &asked.subject, environment, limits: Limits::default(), pace, cancel };
    let runs = gate::run_all(&commands, &conditions, progress);
    runs.into_iter().map(|run| recorded(asked, run, random)).collect()
}

fn command(asked: &Asked<'_>, rule: &CommandRule, means: &Means<'_>) -> GateCommand {
    let words = rule.arguments.iter().map(Argument::as_str);
    GateCommand {
        gate: rule.gate.clone(),
        run: if rule.shell.is_some() { Run::Shell(words.collect()) } else { Run::Argv(words.map(str::to_owned).collect()) },
        timeout: timeout(asked.rule, rule),
        cwd: means.folder.clone(),
        // Names that gates are not given are refused when a manifest is read; rules of another hand pass none of them.
        variables: rule.variables.iter().filter_map(|name| VariableName::new(name.as_str()).ok()).collect(),
        reports: scan_rule(asked.rules, &rule.gate).is_some(),
        warning_status: rule.warning_status,
    }
}

/// The command's own limit, else the environment's, else the usual one.
fn timeout(environment: &EnvironmentRule, rule: &CommandRule) -> Duration {
    let usual = if rule.gate.as_str() == SECURITY_SCAN { SCAN_TIMEOUT } else { gate::DEFAULT_TIMEOUT };
    rule.timeout_seconds.or(environment.gate_timeout_seconds).map_or(usual, Duration::from_secs)
}

/// What the gate's report is judged by, where it is one that reports.
fn scan_rule<'a>(rules: &'a Rules, gate: &GateName) -> Option<&'a ScanRule> {
    rules.security_scan().filter(|_| gate.as_str() == SECURITY_SCAN)
}

fn recorded(asked: &Asked<'_>, run: GateRun, random: &dyn Random) -> Examined {
    let mut event = result(asked.promotion, &run.gate, run.status(), run.error());
    event.duration_ms = Some(u64::try_from(run.duration.as_millis()).unwrap_or(u64::MAX));
    let (bytes, media_type) = match (scan_rule(asked.rules, &run.gate), run.report) {
        (Some(rule), Some(report)) if !report.is_empty() => {
            scanned(&mut event, &run.ending, &report, rule, &asked.promotion.digest);
            (report, "application/json")
        }
        (Some(_), _) if run.ending == Ending::Passed => {
            fail(&mut event, "The scanner wrote no report to its standard output");
            (run.output.bytes, "text/plain")
        }
        _ => (run.output.bytes, "text/plain"),
    };
    if run.still_running {
        let said = event.message.take().map_or_else(|| "Gate ended".to_owned(), |said| said.to_string());
        fail(&mut event, &format!("{said}; something of it is still running"));
    }
    let body = (!bytes.is_empty()).then(|| keep(&mut event, bytes, media_type, random));
    Examined { event, body }
}

/// A report decides, whatever exit status the scanner gave, except that none lets pass what a scanner did not end well on.
fn scanned(event: &mut GateCompleted, ending: &Ending, report: &[u8], rule: &ScanRule, digest: &Digest) {
    let read = match scanner::read(report, Some(rule.scanner), digest) {
        Ok(read) => read,
        Err(error) if *ending == Ending::Passed => return fail(event, &format!("The scanner's report cannot be used: {error}")),
        Err(_) => return,
    };
    let verdict = Policy::from(rule).judge(&read);
    event.scan = Some(Box::new(verdict.recorded(rule.scanner)));
    if *ending == Ending::Passed || verdict.status == GateStatus::Failed {
        event.status = verdict.status;
        event.message = Some(verdict.sentence());
    }
}

fn fail(event: &mut GateCompleted, why: &str) {
    event.status = GateStatus::Failed;
    event.message = super::result::sentence(why);
}

/// Names the bytes in the event.
fn keep(event: &mut GateCompleted, bytes: Vec<u8>, media_type: &str, random: &dyn Random) -> Body {
    let (evidence, body) = evidence::kept(bytes, MediaType::new(media_type).expect("a plain media type"), random);
    event.evidence = Some(evidence);
    body
}

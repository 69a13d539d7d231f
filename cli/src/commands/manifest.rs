//! `manifest`: checks, compares and adopts the rules of a pipeline.

mod beside;

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use promotion_delivery::manifest::{self, demands, differences, provisions};
use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::core::Core;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::{ComponentRule, GroupRule, OnIncomparable, Rules};
use promotion_ledger::meaning::time::Timestamp;

use self::beside::Beside;
use crate::answer::Answer;
use crate::context::Context;
use crate::error::{CommandError, file};
use crate::page::{BOLD, DIM, GOOD, Page, WARN};
use crate::session;
use crate::shown::{paint, shown, visible};
use crate::views::admin::{ComponentRow, EnvironmentRow, GroupRow, ManifestAdopted, ManifestChecked, ManifestDiff, RulesRow};
use crate::views::run::EntryRange;

/// Check, compare and adopt the rules of a pipeline. In force are the rules that the ledger adopted last, never a file.
#[derive(Debug, Subcommand)]
pub(crate) enum Manifest {
    /// Say whether a manifest is in order, and what its rules are
    Check(File),
    /// Say what a manifest would change (exit 19 when it would change something)
    Diff(File),
    /// Put a manifest in force; needs a key with an admin's grant
    Adopt(File),
}

/// Which manifest.
#[derive(Debug, Args)]
pub(crate) struct File {
    /// The manifest
    #[arg(value_name = "FILE", default_value = "manifest.yaml")]
    path: PathBuf,
}

pub(crate) fn run(context: &Context, arguments: &Manifest) -> Result<Answer, CommandError> {
    match arguments {
        Manifest::Check(file) => check(context, &file.path),
        Manifest::Diff(file) => diff(context, &file.path),
        Manifest::Adopt(file) => adopt(context, &file.path),
    }
}

fn check(context: &Context, path: &Path) -> Result<Answer, CommandError> {
    let rules = named(context, read(path, context.now())?)?;
    let view = ManifestChecked { file: path.display().to_string(), rules: rules_row(&rules) };
    Ok(Answer::new(check_page(&view), &view))
}

fn diff(context: &Context, path: &Path) -> Result<Answer, CommandError> {
    let rules = named(context, read(path, context.now())?)?;
    let opened = session::open_to_read(context)?;
    let compared = Compared::with(opened.core(), &rules, context.now());
    let same = compared.is_same();
    let view = ManifestDiff {
        file: path.display().to_string(),
        pipeline: rules.pipeline().to_string(),
        in_force: compared.in_force,
        same,
        differences: compared.differences,
    };
    let code = if same { ExitCode::Done } else { ExitCode::ManifestDiffers };
    Ok(Answer::with_code(diff_page(&view), &view, code))
}

fn adopt(context: &Context, path: &Path) -> Result<Answer, CommandError> {
    let rules = named(context, read(path, context.now())?)?;
    let mut opened = session::open(context)?;
    let compared = Compared::with(opened.core(), &rules, context.now());
    let pipeline = rules.pipeline().to_string();
    let key = opened.signing_key(context)?;
    let committed = opened.write(context, &key, |session| Ok(session.commit(&Command::AdoptManifest(rules), &[])?))?;
    let view = ManifestAdopted {
        file: path.display().to_string(),
        pipeline,
        new_pipeline: compared.in_force.is_none(),
        differences: compared.differences,
        entries: EntryRange::of(&committed.entries),
    };
    Ok(Answer::new(adopt_page(&view), &view))
}

/// Reads a manifest's file, and the files that it names.
pub(super) fn read(path: &Path, now: Timestamp) -> Result<Rules, CommandError> {
    let text = fs::read(path).map_err(|error| file(path, "read", &error))?;
    manifest::parse(&text, now, &Beside(path)).map_err(|error| {
        let place = (error.line(), error.column(), error.path().to_owned());
        let error = CommandError::from(error);
        CommandError { message: format!("{}: {}", path.display(), error.message), ..error }
            .with("file", path.display().to_string())
            .with("line", place.0)
            .with("column", place.1)
            .with("path", place.2)
    })
}

/// The rules, if they are for the pipeline that was named, where one was.
fn named(context: &Context, rules: Rules) -> Result<Rules, CommandError> {
    match &context.global.pipeline {
        Some(named) if named != rules.pipeline() => {
            let message = format!("the manifest is for pipeline {}, and --pipeline says {named}", rules.pipeline());
            Err(CommandError::usage(message).hint("leave --pipeline out, or correct promotion.pipeline in the manifest"))
        }
        _ => Ok(rules),
    }
}

/// A manifest beside the rules in force.
pub(super) struct Compared {
    /// Where the rules in force were adopted; absent when there are none for the pipeline.
    pub(super) in_force: Option<u64>,
    /// What the manifest would change, one sentence each, what loosens a guard first and marked.
    pub(super) differences: Vec<String>,
}

impl Compared {
    pub(super) fn with(core: &Core, rules: &Rules, now: Timestamp) -> Self {
        match core.pipelines.get(rules.pipeline()) {
            Some(adopted) => {
                let changed = differences(&adopted.rules, rules, now);
                Self { in_force: Some(adopted.sequence.get()), differences: changed.iter().map(ToString::to_string).collect() }
            }
            None => Self { in_force: None, differences: Vec::new() },
        }
    }

    /// Whether the manifest is what is in force.
    pub(super) fn is_same(&self) -> bool {
        self.in_force.is_some() && self.differences.is_empty()
    }
}

fn rules_row(rules: &Rules) -> RulesRow {
    let components = rules.components().iter();
    let environments = rules.environments().iter();
    RulesRow {
        pipeline: rules.pipeline().to_string(),
        groups: rules.groups().iter().map(group_row).collect(),
        components: components.map(component_row).collect(),
        environments: environments
            .map(|rule| EnvironmentRow {
                name: rule.name.to_string(),
                gates: rule.gates.iter().filter(|gate| !rule.advisory.contains(gate)).map(ToString::to_string).collect(),
                advisory: rule.advisory.iter().map(ToString::to_string).collect(),
                demands: demands(rule),
            })
            .collect(),
        provisions: provisions(rules),
        on_incomparable: match rules.on_incomparable() {
            OnIncomparable::Warn => "warn",
            OnIncomparable::Block => "block",
        }
        .to_owned(),
    }
}

fn group_row(rule: &GroupRule) -> GroupRow {
    GroupRow { name: rule.name.to_string(), members: rule.members.iter().map(ToString::to_string).collect() }
}

fn component_row(rule: &ComponentRule) -> ComponentRow {
    let versions = rule.versions.clone().unwrap_or_default().to_string();
    ComponentRow { name: rule.name.to_string(), repository: rule.repository.to_string(), versions }
}

fn check_page(view: &ManifestChecked) -> Page {
    let mut page = Page::new();
    let rules = &view.rules;
    page.line(shown!("{}  {}", paint(GOOD, "In order"), visible(&view.file)));
    let path: Vec<&str> = rules.environments.iter().map(|environment| environment.name.as_str()).collect();
    page.line(shown!("  {}  {}", paint(BOLD, format!("pipeline {}", rules.pipeline)), path.join(" → ")));
    for component in &rules.components {
        page.line(shown!("  Component {} is kept in {}.", component.name, visible(&component.repository)));
    }
    for component in rules.components.iter().filter(|component| component.versions != "semver") {
        page.line(format!("  Versions of {} compare by {}.", component.name, component.versions));
    }
    for group in &rules.groups {
        page.line(format!("  Group {} has {}.", group.name, members(group)));
    }
    for environment in &rules.environments {
        page.line(format!("  {}", required(environment)));
        for demand in &environment.demands {
            page.line(format!("  {} {demand}.", environment.name));
        }
    }
    for provision in &rules.provisions {
        page.line(shown!("  {}.", visible(provision)));
    }
    page.line(match rules.on_incomparable.as_str() {
        "block" => "  A downgrade is refused, and so is a version that cannot be compared with the one in place.",
        _ => "  A downgrade is refused; a version that cannot be compared with the one in place passes with a warning.",
    });
    page.line(paint(DIM, "  What is in force is what the ledger adopted last: promoledger manifest diff"));
    page
}

fn members(group: &GroupRow) -> String {
    if group.members.is_empty() { "no members".to_owned() } else { group.members.join(", ") }
}

fn required(environment: &EnvironmentRow) -> String {
    match environment.gates.as_slice() {
        [] => format!("To enter {}, no gate is required.", environment.name),
        [gate] => format!("To enter {}, gate {gate} must have passed.", environment.name),
        gates => format!("To enter {}, gates {} must have passed.", environment.name, gates.join(", ")),
    }
}

fn diff_page(view: &ManifestDiff) -> Page {
    let mut page = Page::new();
    let file = visible(&view.file);
    match view.in_force {
        None => {
            page.line(shown!("{}  {}: the ledger has no pipeline {} yet; adopting it makes it", paint(WARN, "New"), file, view.pipeline))
        }
        Some(entry) if view.same => {
            page.line(shown!("{}  {} is what is in force for pipeline {}, since entry {}", paint(GOOD, "Same"), file, view.pipeline, entry))
        }
        Some(entry) => {
            page.line(shown!(
                "{}  {}, against the rules of pipeline {} in force since entry {}:",
                paint(WARN, "Differs"),
                file,
                view.pipeline,
                entry
            ));
            sentences(&mut page, &view.differences);
        }
    }
    if !view.same {
        page.line(paint(DIM, format!("To put it in force: promoledger manifest adopt {}", super::export::shell_word(&view.file))));
    }
    page
}

fn adopt_page(view: &ManifestAdopted) -> Page {
    let mut page = Page::new();
    let file = visible(&view.file);
    let Some(entries) = view.entries else {
        page.line(shown!("Already in force  {}, pipeline {}", file, view.pipeline));
        return page;
    };
    let new = if view.new_pipeline { "new " } else { "" };
    page.line(shown!("{}  {}, {}pipeline {}  {}", paint(GOOD, "Adopted"), file, new, view.pipeline, paint(DIM, entries.words())));
    sentences(&mut page, &view.differences);
    page
}

fn sentences(page: &mut Page, sentences: &[String]) {
    for sentence in sentences {
        page.line(shown!("  {}", visible(sentence)));
    }
}

#[cfg(test)]
mod tests {
    use promotion_delivery::manifest::NoFiles;

    use super::*;

    const TEXT: &str = "artifacts:\n  registry: r.example\n  promotion:\n    components: {api: shop/api}\n    environments: [dev, {name: prod, gates: [tests, scan]}]\n    gate_commands: {tests: make test}\n";

    fn lines(page: &Page) -> String {
        page.plain()
    }

    #[test]
    fn rules_are_told_in_words() {
        let view = ManifestChecked {
            file: "m.yaml".to_owned(),
            rules: rules_row(&manifest::parse(TEXT.as_bytes(), Timestamp::EPOCH, &NoFiles).unwrap()),
        };
        let text = lines(&check_page(&view));
        for sentence in [
            "pipeline main  dev → prod",
            "Component api is kept in r.example/shop/api.",
            "To enter dev, gate policy_compliance must have passed.",
            "To enter prod, gates policy_compliance, tests, scan must have passed.",
            "Gate tests runs `make test`.",
            "passes with a warning.",
        ] {
            assert!(text.contains(sentence), "{sentence}: {text}");
        }
    }

    #[test]
    fn a_fault_is_told_with_file_and_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.yaml");
        fs::write(&path, TEXT.replace("[dev,", "[dev, dev,")).unwrap();
        let error = read(&path, Timestamp::EPOCH).unwrap_err();
        assert_eq!(error.code, ExitCode::Usage);
        assert!(error.message.contains("m.yaml: line 5"), "{}", error.message);
        assert_eq!(error.attributes["line"], 5);
    }

    #[test]
    fn files_that_a_manifest_names_are_read_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.yaml");
        fs::write(&path, format!("{TEXT}    policies: [policies/shop.rego]\n")).unwrap();
        let error = read(&path, Timestamp::EPOCH).unwrap_err();
        assert!(
            error.message.contains("artifacts.promotion.policies[0]: expected the path of a file that can be read"),
            "{}",
            error.message
        );
        assert_eq!(error.attributes["line"], 7);
        fs::create_dir(folder.path().join("policies")).unwrap();
        fs::write(folder.path().join("policies/shop.rego"), "package promoledger\n\nwarn contains \"x\" if false\n").unwrap();
        assert_eq!(read(&path, Timestamp::EPOCH).unwrap().policies()[0].name.as_str(), "shop.rego");
    }

    #[test]
    fn a_pipeline_that_is_not_there_is_never_the_same() {
        let rules = manifest::parse(TEXT.as_bytes(), Timestamp::EPOCH, &NoFiles).unwrap();
        let compared = Compared::with(&Core::default(), &rules, Timestamp::EPOCH);
        assert!(!compared.is_same() && compared.in_force.is_none());
    }
}

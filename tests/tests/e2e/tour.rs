//! The guide for newcomers does what it says: every console block of it is typed in, and compared.
//!
//! A block's lines `$ command` are run by bash in one folder, with variables carried over; the lines up to the next
//! command are what it prints, standard error included. `…` stands for any text in a line, alone on a line for any
//! lines. A line `# exit N` after the output names the exit code where it is not 0.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use promoledger_tests::source::root;

/// One command of the guide.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Step {
    line: usize,
    command: String,
    output: Vec<String>,
    code: i32,
}

/// The commands of every console block, in order.
pub(crate) fn steps(markdown: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    let mut goes_on = false;
    for (number, line) in (1..).zip(markdown.lines()) {
        if line.trim_start().starts_with("```") {
            inside = !inside && line.trim() == "```console";
            continue;
        }
        if !inside {
            continue;
        }
        if goes_on && let Some(step) = steps.last_mut() {
            step.command.push('\n');
            step.command.push_str(line.strip_prefix("> ").unwrap_or(line));
        } else if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { line: number, command: command.to_owned(), ..Step::default() });
        } else if let Some(step) = steps.last_mut() {
            match line.strip_prefix("# exit ").and_then(|code| code.trim().parse().ok()) {
                Some(code) => step.code = code,
                None => step.output.push(line.trim_end().to_owned()),
            }
            continue;
        }
        goes_on = line.ends_with('\\');
    }
    for step in &mut steps {
        while step.output.last().is_some_and(String::is_empty) {
            step.output.pop();
        }
    }
    steps
}

/// Whether the text is what the line stands for.
fn line_matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Whether the lines are what the patterns stand for.
fn lines_match(patterns: &[String], lines: &[&str]) -> bool {
    match patterns {
        [] => lines.is_empty(),
        [any, after @ ..] if any.trim() == "…" => (0..=lines.len()).any(|skipped| lines_match(after, &lines[skipped..])),
        [pattern, after @ ..] => lines.split_first().is_some_and(|(first, rest)| line_matches(pattern, first) && lines_match(after, rest)),
    }
}

/// A folder where commands are typed in one after the other.
struct Terminal {
    folder: tempfile::TempDir,
}

impl Terminal {
    fn new() -> Self {
        let terminal = Self { folder: tempfile::tempdir().expect("a temporary folder can be made") };
        for name in ["work", "home"] {
            fs::create_dir(terminal.path(name)).expect("a folder can be made");
        }
        terminal
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Types one command, and gives what it printed and its exit code.
    fn type_in(&self, command: &str) -> (String, i32) {
        let (state, output) = (self.path("state"), self.path("output"));
        let script = format!(
            "set -a; [ -f '{0}' ] && . '{0}'; [ -f '{0}.pwd' ] && cd \"$(cat '{0}.pwd')\"\n{command}\ncode=$?; export -p > '{0}'; pwd > '{0}.pwd'; exit $code",
            state.display()
        );
        let printed = fs::File::create(&output).expect("a file can be made");
        let status = Command::new("bash")
            .args(["-c", &script])
            .current_dir(self.path("work"))
            .env_clear()
            .env("PATH", path_with_promoledger())
            .env("HOME", self.path("home"))
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .stdout(printed.try_clone().expect("a file can be shared"))
            .stderr(printed)
            .status()
            .expect("bash can be run");
        (fs::read_to_string(output).expect("what was printed is text"), status.code().unwrap_or(-1))
    }
}

/// The folder that the program lies in, before everything else.
fn path_with_promoledger() -> std::ffi::OsString {
    let test = std::env::current_exe().expect("a running program has a path");
    let folder = test.ancestors().nth(2).expect("a test lies two folders below its profile's").to_owned();
    let others = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(folder).chain(std::env::split_paths(&others))).expect("folders make a path")
}

/// Types in every command of a document, and shows all that is not as it says.
fn follow(document: &Path) {
    follow_in(&Terminal::new(), document);
}

fn follow_in(terminal: &Terminal, document: &Path) {
    let text = fs::read_to_string(document).unwrap_or_else(|error| panic!("{} cannot be read: {error}", document.display()));
    let steps = steps(&text);
    assert!(steps.len() >= 5, "{} has {} commands", document.display(), steps.len());
    for step in &steps {
        let (output, code) = terminal.type_in(&step.command);
        let lines: Vec<&str> = output.trim_end().lines().map(str::trim_end).collect();
        let as_it_says = code == step.code && lines_match(&step.output, &lines);
        let at = format!("{}:{}", document.display(), step.line);
        assert!(
            as_it_says,
            "{at}: $ {}\nexpected exit {} and\n{}\n\nfound exit {code} and\n{output}",
            step.command,
            step.code,
            step.output.join("\n")
        );
    }
}

#[test]
fn the_guide_for_newcomers_does_what_it_says() {
    follow(&root().join("docs/getting-started.md"));
}

/// The history that it is about is not part of the repository: it is followed where the file is at hand.
#[test]
fn the_example_of_imported_history_does_what_it_says() {
    let packed = root().join("../shared/data/k8s-promotions.jsonl.gz");
    if !packed.exists() {
        eprintln!("not tried: {} is not there", packed.display());
        return;
    }
    let terminal = Terminal::new();
    let python = xtask::python().expect(xtask::NO_PYTHON);
    std::os::unix::fs::symlink(python, terminal.path("python3")).expect("a link can be made");
    let (output, code) = terminal.type_in(&format!(
        "zcat '{}' > kubernetes.jsonl && INDEPENDENT='{}' PATH='{}':$PATH",
        packed.display(),
        root().join("tests/independent").display(),
        terminal.folder.path().display()
    ));
    assert_eq!((output.as_str(), code), ("", 0));
    follow_in(&terminal, &root().join("docs/imported-history.md"));
}

#[test]
fn a_guide_is_taken_apart() {
    let text = "x\n```console\n$ echo a \\\n  b\na b\n\n$ false\n# exit 1\n```\n```sh\n$ rm -rf /\n```\n";
    let expected = [
        Step { line: 3, command: "echo a \\\n  b".to_owned(), output: vec!["a b".to_owned()], code: 0 },
        Step { line: 7, command: "false".to_owned(), output: Vec::new(), code: 1 },
    ];
    assert_eq!(steps(text), expected);
}

#[test]
fn an_ellipsis_stands_for_any_text() {
    for (pattern, text, expected) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("a…", "abc", true),
        ("…c", "abc", true),
        ("a…b…c", "a1b2c", true),
        ("a…b…c", "a1c", false),
        ("entry …, now", "entry 7, now", true),
    ] {
        assert_eq!(line_matches(pattern, text), expected, "{pattern} {text}");
    }
    let patterns = ["a", "…", "z"].map(str::to_owned);
    assert!(lines_match(&patterns, &["a", "b", "c", "z"]) && lines_match(&patterns, &["a", "z"]));
    assert!(!lines_match(&patterns, &["a", "b"]));
}

#[test]
fn variables_and_folders_are_carried_from_command_to_command() {
    let terminal = Terminal::new();
    terminal.type_in("word='two words'; mkdir there; cd there");
    let (output, code) = terminal.type_in("echo \"$word\"; basename \"$PWD\"; (exit 3)");
    assert_eq!((output.as_str(), code), ("two words\nthere\n", 3));
}

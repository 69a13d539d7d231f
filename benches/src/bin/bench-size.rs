//! Measures `promoledger` as a whole process over generated ledgers: `cargo xtask bench-size [ENTRIES…]`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use promoledger_benches::ledgers::{Plan, generate};
use promoledger_benches::size::floors::Floors;
use promoledger_benches::size::process::{Cost, Program};
use promoledger_benches::size::table::{Row, shown, size, table};
use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::evidence::keyring::SecretKey;
use promotion_ledger::meaning::facts::{Fact, FactKey};
use rusqlite::{Connection, OpenFlags};

/// What is measured when no sizes are named.
const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];

/// How often a command of milliseconds is run.
const OFTEN: usize = 30;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.as_slice() {
        [first, file] if first == SELECT => select(Path::new(file)).map_err(Failure::from),
        sizes => run(sizes),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-size: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The word by which this program measures its own floor: one row by its key, in a fresh process.
const SELECT: &str = "--select";

fn select(index: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(index, flags)?;
    connection.query_row("SELECT hash FROM entry WHERE sequence = 100", [], |row| row.get::<_, Vec<u8>>(0)).map(|_| ())
}

fn run(words: &[String]) -> Result<(), Failure> {
    let sizes: Vec<u64> =
        words.iter().map(|word| word.replace('_', "").parse().map_err(|_| format!("{word:?} is no number"))).collect::<Result<_, _>>()?;
    let sizes = if sizes.is_empty() { SIZES.to_vec() } else { sizes };
    for entries in sizes {
        let folder = tempfile::tempdir()?;
        println!("\n## {entries} entries\n");
        measure(entries, folder.path())?;
    }
    Ok(())
}

/// A ledger to measure, and what asks about it.
struct Subject {
    entries: u64,
    promoledger: Program,
    /// A release that is in an environment, and was not the first there: pipeline, component, environment, version, digest.
    there: [String; 5],
}

fn measure(entries: u64, folder: &Path) -> Result<(), Failure> {
    let ledger = folder.join("ledger.db");
    let began = Instant::now();
    let store = Sqlite::create(&ledger)?;
    let made = generate(&store, Plan { entries, seed: 1 })?;
    let took = began.elapsed();
    let per_entry = fs::metadata(&ledger)?.len() / entries;
    println!("Made in {}; {per_entry} bytes an entry in the ledger's file, bodies and SQLite's own indexes included.\n", shown(took));
    let subject = Subject { entries, promoledger: promoledger(&ledger, folder, &made.admin)?, there: somewhere(&made.chain)? };
    drop(made);
    let floors = Floors::measure(&store, folder)?;
    drop(store);
    let mut rows = subject.long_runs(&floors)?;
    let index = index_of(folder)?;
    rows.extend(subject.questions(&index)?);
    rows.extend(subject.append(&floors)?);
    println!("{}", table(&rows));
    println!(
        "\nThe index takes {}; a strict check {}, a hash {}.",
        size(fs::metadata(&index)?.len()),
        shown(floors.verify),
        shown(floors.hash)
    );
    Ok(())
}

impl Subject {
    /// Whatever goes through the whole log.
    fn long_runs(&self, floors: &Floors) -> Result<Vec<Row>, Failure> {
        let checks = (format!("{} strict checks", self.entries), floors.verify * u32::try_from(self.entries)?);
        let rounds = if self.entries > 200_000 { 1 } else { 3 };
        let verify = self.promoledger.with(&["verify"]);
        let mut rows = vec![
            row("verify", Program::measure(std::slice::from_ref(&verify), rounds)?, checks.clone()),
            row("verify --plain", Program::measure(&[verify.with(&["--plain"])], rounds)?, checks.clone()),
            row("the first status: verify and index", Program::measure(&[self.promoledger.with(&["status"])], 1)?, checks),
        ];
        if let Some(plain) = rows.get_mut(1) {
            plain.floor.0.push_str(", one thread");
        }
        rows.push(Row {
            what: "reading every entry".to_owned(),
            time: floors.scan,
            floor: (format!("{} hashes", self.entries), floors.hash * u32::try_from(self.entries)?),
            memory: None,
        });
        Ok(rows)
    }

    /// Questions, which the index answers.
    fn questions(&self, index: &Path) -> Result<Vec<Row>, Failure> {
        let version = Program { arguments: vec!["--version".into()], ..self.promoledger.clone() };
        let start = ("promoledger --version".to_owned(), Program::measure(&[version], OFTEN)?.time);
        let own = Program { file: std::env::current_exe()?, arguments: vec![SELECT.into(), index.into()], environment: Vec::new() };
        let select = ("one SELECT in a fresh process".to_owned(), Program::measure(&[own], OFTEN)?.time);
        let [pipeline, component, environment, version, digest] = &self.there;
        let half = format!("seq:{}", self.entries / 2);
        let place = ["--pipeline", pipeline.as_str()];
        let component_and_environment = ["--component", component.as_str(), "--env", environment.as_str()];
        let questions: [(&str, Vec<&str>); 7] = [
            ("status of a pipeline", [&["status"], &place[..]].concat()),
            ("status of all pipelines", vec!["status"]),
            ("status --at half of the log", [&["status", "--at", &half], &place[..]].concat()),
            ("history, the newest 50", vec!["history"]),
            ("history of a component in an environment", [&["history"], &place[..], &component_and_environment].concat()),
            ("where DIGEST", vec!["where", digest]),
            ("impact", [&["impact", version], &place[..], &component_and_environment].concat()),
        ];
        let mut rows = vec![Row { what: "one SELECT in a fresh process".to_owned(), time: select.1, floor: start, memory: None }];
        for (what, words) in questions {
            match Program::measure(&[self.promoledger.with(&words)], OFTEN) {
                Ok(cost) => rows.push(row(what, cost, select.clone())),
                Err(error) => println!("Not measured: {what} ({error}).\n"),
            }
        }
        Ok(rows)
    }

    /// One append, from the start of the process to its end: an environment is locked and unlocked in turn.
    fn append(&self, floors: &Floors) -> Result<Vec<Row>, Failure> {
        let [pipeline, _, environment, ..] = &self.there;
        let place = ["--pipeline", pipeline.as_str(), "--env", environment.as_str(), "--reason", "measuring"];
        let turn = ["lock", "unlock"].map(|word| self.promoledger.with(&[word]).with(&place));
        let commits = ("one row, one durable commit".to_owned(), floors.commit);
        Ok(vec![row("one append (lock, unlock)", Program::measure(&turn, OFTEN)?, commits)])
    }
}

fn row(what: &str, Cost { time, memory }: Cost, floor: (String, Duration)) -> Row {
    Row { what: what.to_owned(), time, floor, memory }
}

/// The release build beside this program, with a home of its own.
fn promoledger(ledger: &Path, home: &Path, key: &SecretKey) -> Result<Program, Failure> {
    let file = std::env::current_exe()?.with_file_name("promoledger");
    if !file.is_file() {
        return Err(format!("{} is not there: run `cargo xtask bench-size`, which builds it", file.display()).into());
    }
    let mut url = OsString::from("sqlite:");
    url.push(ledger);
    let variable = |name: &str, value: &Path| (name.into(), value.into());
    let environment = vec![
        variable("HOME", home),
        variable("XDG_CACHE_HOME", &home.join("cache")),
        variable("XDG_CONFIG_HOME", &home.join("config")),
        ("PROMOLEDGER_KEY".into(), key.to_text().as_str().into()),
        ("PROMOLEDGER_LEDGER".into(), url),
    ];
    Ok(Program { file, arguments: Vec::new(), environment })
}

/// The file of the index, which the first question made.
fn index_of(home: &Path) -> Result<PathBuf, Failure> {
    let mut folders = vec![home.join("cache")];
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(&folder)? {
            let path = file?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "index") {
                return Ok(path);
            }
        }
    }
    Err("the first status made no index".into())
}

/// A release that was in an environment, half-way through the story.
fn somewhere(chain: &Chain) -> Result<[String; 5], Failure> {
    // Of a version that was there before: rolling back to it would undo something.
    let visits = chain.state().facts().filter_map(|(key, fact)| match (key, fact) {
        (FactKey::Visit(pipeline, component, environment, version), Fact::Visit(visit)) => {
            Some((visit.entered, [pipeline.as_str(), component.as_str(), environment.as_str(), version.as_str(), visit.digest.as_str()]))
        }
        _ => None,
    });
    let mut visits: Vec<_> = visits.collect();
    visits.sort_unstable();
    let middle = visits.get(visits.len() / 2).ok_or("nothing was promoted in this ledger")?;
    Ok(middle.1.map(str::to_owned))
}

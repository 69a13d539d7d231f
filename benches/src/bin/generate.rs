//! Makes a plausible ledger: `cargo xtask generate ENTRIES [SEED] [FILE]`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use promoledger_benches::ledgers::{Plan, generate};
use promotion_ledger::custody::store::sqlite::Sqlite;

const USAGE: &str = "usage: generate ENTRIES [SEED] [FILE]";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("generate: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<(), String> {
    let number = |text: &str| text.replace('_', "").parse::<u64>().map_err(|_| format!("{text:?} is not a number; {USAGE}"));
    let (entries, seed, file) = match words {
        [entries] => (number(entries)?, 0, None),
        [entries, seed] => (number(entries)?, number(seed)?, None),
        [entries, seed, file] => (number(entries)?, number(seed)?, Some(PathBuf::from(file))),
        _ => return Err(USAGE.to_owned()),
    };
    let file = file.unwrap_or_else(|| PathBuf::from(format!("generated-{entries}-{seed}.db")));
    let began = Instant::now();
    let store = Sqlite::create(&file).map_err(|error| error.to_string())?;
    let chain = generate(&store, Plan { entries, seed }).map_err(|error| error.to_string())?.chain;
    eprintln!("{}: {} entries ending in {}, in {:.1} s", file.display(), chain.size(), chain.head(), began.elapsed().as_secs_f64());
    Ok(())
}

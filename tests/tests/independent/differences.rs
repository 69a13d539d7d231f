//! Runs cases through both verifiers on every core, counts what was found, and keeps what differs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::case::{self, Case, Files};
use crate::second::Second;
use crate::verdict::{self, Verdict};

/// How many differences are told before a run ends.
const ENOUGH: usize = 20;

/// What a run came to.
#[derive(Default)]
pub(crate) struct Outcome {
    /// How often each exit code was found.
    pub(crate) codes: BTreeMap<u64, u64>,
    /// How often each rule or fault was found.
    pub(crate) words: BTreeMap<String, u64>,
    /// Where the verifiers differ, in sentences.
    pub(crate) differences: Vec<String>,
}

impl Outcome {
    fn count(&mut self, verdict: &Verdict) {
        *self.codes.entry(verdict.code).or_default() += 1;
        *self.words.entry(verdict.word.clone()).or_default() += 1;
    }

    fn merge(&mut self, other: Self) {
        for (code, count) in other.codes {
            *self.codes.entry(code).or_default() += count;
        }
        for (word, count) in other.words {
            *self.words.entry(word).or_default() += count;
        }
        self.differences.extend(other.differences);
    }
}

/// A case to be held against both verifiers, and the words that tell which it is and how it is made again.
pub(crate) struct Question {
    pub(crate) case: Case,
    pub(crate) files: Files,
    pub(crate) told: String,
    /// The folder that it is kept in if the verifiers differ.
    pub(crate) kept: PathBuf,
}

/// Asks both verifiers about the cases `first` to `first + count`, as `make` makes them on each of the threads.
pub(crate) fn run<M: FnMut(u64) -> Question>(first: u64, count: u64, maker: impl Fn() -> M + Sync) -> Outcome {
    let (next, total) = (AtomicU64::new(0), Mutex::new(Outcome::default()));
    let threads = thread::available_parallelism().map_or(2, std::num::NonZero::get);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let (mut make, mut second, mut mine) = (maker(), Second::start(), Outcome::default());
                let folder = scratch();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count || mine.differences.len() >= ENOUGH {
                        break;
                    }
                    let question = make(first.wrapping_add(number));
                    mine.ask(&question, &folder.path().join("export"), &mut second);
                }
                total.lock().expect("no thread panics with the lock").merge(mine);
            });
        }
    });
    total.into_inner().expect("no thread panics with the lock")
}

impl Outcome {
    fn ask(&mut self, question: &Question, folder: &Path, second: &mut Second) {
        case::write(&question.files, folder);
        let (ours, theirs) = (verdict::ours(folder, &question.case), second.ask(&question.case.arguments(folder)));
        if !ours.agrees(&theirs) {
            case::write(&question.files, &question.kept);
            let arguments = question.case.arguments(&question.kept);
            self.differences.push(format!("{}\n    ours   {ours:?}\n    theirs {theirs:?}\n    kept: {arguments}", question.told));
        }
        self.count(&ours);
    }
}

/// A folder for exports that live for a moment: in memory where there is such a place.
fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a temporary folder can be made")
}

/// Where differing exports are kept, to be looked at.
pub(crate) fn kept(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("independent");
    fs::create_dir_all(&folder).expect("cargo's folder for tests can be written");
    folder.join(name)
}

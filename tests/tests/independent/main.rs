//! Two verifiers that share no code come to one verdict: ours, and `tests/independent/verify.py`, written from `FORMAT.md` alone.
//!
//! They are held against each other on every vector, and on mutations of sound ledgers: ten thousand, or as many as
//! `PROMOLEDGER_MUTATIONS` says, from the seed `PROMOLEDGER_SEED` on (`cargo xtask independent [COUNT [SEED]]` sets both). What
//! they differ over is kept below cargo's folder for tests, and the test says where.

mod case;
mod dice;
mod differences;
mod mutate;
mod pen;
mod program;
mod second;
mod story;
mod verdict;

use case::Case;
use differences::{Outcome, Question, kept, run};
use mutate::World;
use pen::Pen;
use serde_json::Value;

/// How many mutations are made where nobody says how many.
const USUAL: u64 = 10_000;
/// Rules and faults that the usual run must have met, so that it cannot become one-sided in silence.
const MET: &str = "malformed, sequence, previous, unknown-key, revoked-key, signature, not-understood, body-changed, body-missing, \
    tail-missing, pin-genesis, pin-origin, pin-key, pin-head, export, type, shape, genesis, time, actor, grant, format level, \
    admin threshold, key reuse, revocation, endorsement, proof, unique id, known, manifest, alone, path, release, release once, locks, \
    already there, under way, epoch, downgrade, authorized, tags, gates, tags left, rollback target, reasons, lock owner, \
    asserted time, imported once, freeze, soak, authorization, duties, versions, breaking, approvals, signature, override, review, halt, identity";

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} must be a number, found {text:?}")))
}

fn agreed(outcome: &Outcome) {
    let differences = &outcome.differences;
    assert!(differences.is_empty(), "the verifiers differ over {} exports:\n{}", differences.len(), differences.join("\n"));
}

/// A case as it is, to be kept under that name.
fn unchanged(case: Case, name: &str) -> Question {
    Question { files: case.files(), told: case.name.clone(), kept: kept(name), case }
}

// proves: derived
#[test]
fn both_verifiers_agree_on_every_vector() {
    let vectors: Vec<(Case, Value)> = case::vectors().iter().map(|file| Case::of_vector(file)).filter(|(case, _)| case.fits()).collect();
    let count = vectors.len() as u64;
    let outcome = run(0, count, || {
        |number| {
            let case = vectors[usize::try_from(number).expect("few")].0.clone();
            let name = format!("vector-{}", case.name);
            unchanged(case, &name)
        }
    });
    agreed(&outcome);
    assert!(count > 400, "expected hundreds of vectors, found {count}");
    for (case, expected) in vectors.iter().filter(|(case, _)| !case.entries.is_empty()) {
        expected_is_found(case, expected);
    }
}

/// Both agree; so it is enough to ask ours whether they agree with the vector, too.
fn expected_is_found(case: &Case, expected: &Value) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let export = folder.path().join("export");
    case::write(&case.files(), &export);
    let found = verdict::ours(&export, case);
    let word = expected.get("rule").or(expected.get("fault")).and_then(Value::as_str).unwrap_or_default();
    let wanted = (expected["exit_code"].as_u64(), expected["entry"].as_u64(), word);
    assert_eq!((Some(found.code), found.entry, found.word.as_str()), wanted, "{}", case.name);
}

// proves: derived
#[test]
fn both_verifiers_agree_at_the_edges() {
    let edges = story::edges();
    let outcome = run(0, edges.len() as u64, || {
        |number| {
            let case = edges[usize::try_from(number).expect("few")].clone();
            let name = case.name.clone();
            unchanged(case, &name)
        }
    });
    agreed(&outcome);
    assert!([0, 23].iter().all(|code| outcome.codes.contains_key(code)), "{:?}", outcome.codes);
}

// proves: derived
#[test]
fn both_verifiers_agree_on_mutations() {
    let (world, count) = (World::new(), number("PROMOLEDGER_MUTATIONS").unwrap_or(USUAL));
    let first = number("PROMOLEDGER_SEED").unwrap_or(0);
    let sound = run(0, world.bases().len() as u64, || {
        |number| {
            let case = world.bases()[usize::try_from(number).expect("few")].clone();
            let name = format!("base-{}", case.name);
            unchanged(case, &name)
        }
    });
    agreed(&sound);
    assert!(
        sound.codes.keys().all(|code| [0, 22].contains(code)),
        "ledgers to be mutated must be sound: {:?} {:?}",
        sound.codes,
        sound.words
    );
    let outcome = run(first, count, || {
        let (mut pen, world) = (Pen::default(), &world);
        move |seed| mutate::question(world, &mut pen, seed)
    });
    println!("{count} mutations from seed {first}: exit codes {:?}, rules and faults {:?}", outcome.codes, outcome.words);
    agreed(&outcome);
    if count >= USUAL {
        let unmet: Vec<&str> = MET.split(", ").filter(|word| !outcome.words.contains_key(*word)).collect();
        assert!(unmet.is_empty(), "no mutation led to {unmet:?}: {:?}", outcome.words);
        assert!([0, 20, 21, 22, 23].iter().all(|code| outcome.codes.contains_key(code)), "{:?}", outcome.codes);
    }
}

// proves: derived
#[test]
fn the_program_says_what_both_verifiers_say() {
    let (world, mut pen) = (World::new(), Pen::default());
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for seed in 0..50 {
        let question = mutate::question(&world, &mut pen, seed);
        program::agrees(&question, &folder.path().join("export"));
    }
}

#[test]
fn the_second_verifier_is_short_enough_to_be_read() {
    let folder = second::script().with_file_name("");
    let files = std::fs::read_dir(&folder).expect("the second verifier is in the repository").map(|file| file.expect("a file").path());
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "py")) {
        let text = std::fs::read_to_string(&file).expect("a file of text");
        assert!(text.lines().count() < 250, "{} must stay below 250 lines, found {}", file.display(), text.lines().count());
    }
}

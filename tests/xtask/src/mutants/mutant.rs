//! A check of the verifier that can be switched off, and what must notice.

use std::collections::BTreeSet;
use std::fs;

use crate::shell::root;

/// A check, by the place where it stands, and what proves it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mutant {
    /// What it is called, subject first. No two have one name.
    pub(crate) name: &'static str,
    /// The file of package `promotion-ledger` that it stands in, from `ledger/src`.
    pub(crate) file: &'static str,
    /// Its text, white space aside, which stands in the file exactly once. The expression between « and » is what is
    /// replaced; what is around it says which one is meant.
    pub(crate) check: &'static str,
    /// The expression that takes its place when the check is off.
    pub(crate) off: &'static str,
    /// What must fail then, and nothing else.
    pub(crate) caught: Caught,
}

/// What notices that a check is off: these, and no others of the same test target.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Caught {
    /// Vectors of `fixtures/vectors/v1/invalid`, by their names, apart by spaces and lines; `valid/NAME` for one of the others,
    /// `NAME*` for all that begin so.
    Vectors(&'static str),
    /// Tests of another target of the package, `lib` for those beside the code: the target, and their names, apart by spaces and lines.
    Tests(&'static str, &'static str),
}

/// A check that vectors prove.
pub(crate) const fn check(name: &'static str, file: &'static str, check: &'static str, off: &'static str, vectors: &'static str) -> Mutant {
    Mutant { name, file, check, off, caught: Caught::Vectors(vectors) }
}

/// A check that no vector can reach, and that tests of another target prove.
pub(crate) const fn check_by(
    name: &'static str,
    file: &'static str,
    check: &'static str,
    off: &'static str,
    (target, tests): (&'static str, &'static str),
) -> Mutant {
    Mutant { name, file, check, off, caught: Caught::Tests(target, tests) }
}

/// The test target that runs the vectors.
pub(crate) const VECTORS: &str = "vectors";

impl Caught {
    /// The test target to run.
    pub(crate) const fn target(&self) -> &'static str {
        match self {
            Self::Vectors(_) => VECTORS,
            Self::Tests(target, _) => target,
        }
    }

    /// The names of what must fail.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let (Self::Vectors(names) | Self::Tests(_, names)) = self;
        names.split_whitespace().flat_map(|name| name.strip_suffix('*').map_or_else(|| vec![name.to_owned()], vectors_of)).collect()
    }
}

/// The vectors of the folder `invalid` whose names begin so.
fn vectors_of(beginning: &str) -> Vec<String> {
    let files = fs::read_dir(root().join("fixtures/vectors/v1/invalid")).into_iter().flatten().flatten();
    let names = files.filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()));
    names.filter(|name| name.starts_with(beginning)).collect()
}

//! The mutation run: each check of a verifier is switched off once, and exactly the vectors or tests that prove it fail.
//!
//! A check that can be switched off with nobody noticing is not a check, and a vector that fails for a check that is not
//! its own proves something else than its name says. All switches are built into one copy of the workspace, so that a
//! run costs one build and not one for each check; then each is turned in a process of its own.

#[cfg(test)]
mod complete;
mod mutant;
mod place;
mod scratch;
mod suite;
mod table;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::shell::{Failure, Outcome};
use mutant::Mutant;
use suite::Suites;

/// Switches off every check whose name holds one of `filters` (every one, where there are none), and compares what fails
/// with what should.
pub(crate) fn run(filters: &[&str]) -> Outcome {
    let all = table::all();
    let chosen: Vec<(usize, &Mutant)> = all.iter().enumerate().filter(|(_, mutant)| is_chosen(mutant, filters)).collect();
    if chosen.is_empty() {
        return Err(Failure::Message(format!("no check has a name that holds {}", filters.join(" or "))));
    }
    let suites = scratch::build(&all)?;
    expect_all_to_pass(&suites, &chosen)?;
    let all_told = chosen.len();
    let held = switch_off_each(&suites, &chosen);
    println!("{all_told} checks switched off, {held} caught by exactly what should catch them, {} not", all_told - held);
    if held == all_told { Ok(()) } else { Err(Failure::Exit(1)) }
}

fn is_chosen(mutant: &Mutant, filters: &[&str]) -> bool {
    filters.is_empty() || filters.iter().any(|filter| mutant.name.contains(filter))
}

/// With every check on, nothing may fail: else what fails later would prove nothing.
fn expect_all_to_pass(suites: &Suites, chosen: &[(usize, &Mutant)]) -> Outcome {
    let targets: BTreeSet<&str> = chosen.iter().map(|(_, mutant)| mutant.caught.target()).collect();
    for target in targets {
        let failed = suites.run(target, None).map_err(Failure::Message)?;
        if !failed.is_empty() {
            return Err(Failure::Message(format!("{target} fails with every check on: {}", shown(&failed))));
        }
    }
    Ok(())
}

/// What came of switching a check off.
struct Tried {
    name: &'static str,
    expected: BTreeSet<String>,
    found: Result<BTreeSet<String>, String>,
}

impl Tried {
    fn holds(&self) -> bool {
        self.found.as_ref() == Ok(&self.expected)
    }
}

impl std::fmt::Display for Tried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.name;
        match &self.found {
            Ok(found) if *found == self.expected => writeln!(f, "caught    {name}: {}", shown(found)),
            Ok(found) if found.is_empty() => writeln!(f, "SURVIVED  {name}: expected to fail: {}", shown(&self.expected)),
            Ok(found) => {
                writeln!(f, "DIFFERS   {name}")?;
                writeln!(f, "            passes, and should fail: {}", shown(&self.expected.difference(found).cloned().collect()))?;
                writeln!(f, "            fails, and should pass:  {}", shown(&found.difference(&self.expected).cloned().collect()))
            }
            Err(why) => writeln!(f, "BROKEN    {name}: {why}"),
        }
    }
}

fn shown(names: &BTreeSet<String>) -> String {
    if names.is_empty() { "none".to_owned() } else { names.iter().map(String::as_str).collect::<Vec<_>>().join(" ") }
}

/// As many at a time as there are processors; each is told as soon as it is done. Gives how many were caught as they should.
fn switch_off_each(suites: &Suites, chosen: &[(usize, &Mutant)]) -> usize {
    let next = AtomicUsize::new(0);
    let held = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((number, mutant)) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = suites.run(mutant.caught.target(), Some(*number));
                    let tried = Tried { name: mutant.name, expected: mutant.caught.names(), found };
                    held.fetch_add(usize::from(tried.holds()), Ordering::Relaxed);
                    print!("{tried}");
                }
            });
        }
    });
    held.into_inner()
}

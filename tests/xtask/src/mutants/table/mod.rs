//! Every check that can be switched off, by subject, with what must notice.

mod approvals;
mod custody;
mod encoding;
mod entry;
mod forms;
mod gates;
mod grants;
mod guards;
mod halts;
mod history;
mod identity;
mod keys;
mod promotions;
mod rollbacks;
mod rules;
mod taking_over;
mod tokens;

use super::mutant::Mutant;

/// All of them. Their places in this list are the numbers of their switches.
pub(super) fn all() -> Vec<Mutant> {
    [
        entry::CHECKS,
        encoding::CHECKS,
        forms::CHECKS,
        rules::CHECKS,
        identity::CHECKS,
        grants::CHECKS,
        keys::CHECKS,
        promotions::CHECKS,
        rollbacks::CHECKS,
        guards::CHECKS,
        approvals::CHECKS,
        gates::CHECKS,
        taking_over::CHECKS,
        halts::CHECKS,
        tokens::CHECKS,
        history::CHECKS,
        custody::CHECKS,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::super::place;
    use super::*;
    use crate::shell::root;

    #[test]
    fn every_check_stands_in_its_file_once_and_apart_from_the_others() {
        let mut faults = Vec::new();
        for mutant in all() {
            let path = root().join("ledger/src").join(mutant.file);
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            if let Err(fault) = place::find(&text, mutant.check) {
                faults.push(format!("{}: {fault}", mutant.name));
            }
        }
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    }

    #[test]
    fn every_check_has_a_name_of_its_own_and_something_that_notices() {
        let mut names = BTreeSet::new();
        for mutant in all() {
            assert!(names.insert(mutant.name), "two checks are called {:?}", mutant.name);
            assert!(!mutant.caught.names().is_empty(), "nothing notices when this is off: {:?}", mutant.name);
        }
    }
}

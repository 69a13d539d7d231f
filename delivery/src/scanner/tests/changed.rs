//! Reports that were cut or changed on their way.

use proptest::prelude::*;

use super::{fixture, image};
use crate::scanner::{Policy, read};

const FILES: [&str; 5] = [
    fixture!("trivy/findings.json"),
    fixture!("trivy/array.json"),
    fixture!("trivy/lower.json"),
    fixture!("grype/findings.json"),
    fixture!("grype/lower.json"),
];

proptest! {
    #[test]
    fn a_file_that_was_cut_is_never_read(file in 0..FILES.len(), place in any::<prop::sample::Index>()) {
        let whole = FILES[file].trim_end();
        let cut = &whole.as_bytes()[..place.index(whole.len())];
        prop_assert!(read(cut, None, &image()).is_err());
    }

    #[test]
    fn a_changed_file_is_refused_or_can_be_judged(
        file in 0..FILES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = FILES[file].as_bytes().to_vec();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        match read(&bytes, None, &image()) {
            Ok(report) => {
                let verdict = Policy::default().judge(&report);
                prop_assert_eq!(verdict.blocking.len() + verdict.lower.len(), report.findings.len());
                prop_assert!(verdict.sentence().as_str().len() <= 1024);
            }
            Err(error) => prop_assert!(!error.to_string().is_empty() && !error.hint().is_empty()),
        }
    }
}

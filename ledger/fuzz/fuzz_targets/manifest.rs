//! Arbitrary bytes as a manifest: rules that differ from themselves in nothing, or an error with a place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use promotion_delivery::manifest::{NoFiles, differences, parse, template};
use promotion_ledger::meaning::rules::Rules;
use promotion_ledger::meaning::time::Timestamp;

/// 2026-11-21, from when on freezes are written out.
const NOW: i64 = 1_795_219_200_000_000;

fuzz_target!(|text: &[u8]| {
    let now = Timestamp::from_micros(NOW).expect("within the times that the log can hold");
    match parse(text, now, &NoFiles) {
        Ok(rules) => {
            assert!(differences(&rules, &rules, now).is_empty());
            let written = template(rules.pipeline(), rules.components());
            if let Ok(again) = parse(written.as_bytes(), now, &NoFiles) {
                // The first manifest of a pipeline says what is kept where, and leaves the rest to whoever edits it.
                let kept = |rules: &Rules| rules.components().iter().map(|rule| (rule.name.clone(), rule.repository.clone())).collect::<Vec<_>>();
                assert_eq!(kept(&again), kept(&rules));
                assert_eq!(again.pipeline(), rules.pipeline());
            }
        }
        Err(error) => assert!(error.line() >= 1 && error.column() >= 1 && !error.to_string().is_empty()),
    }
});

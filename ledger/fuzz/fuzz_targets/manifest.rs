//! Arbitrary bytes as a manifest: rules that differ from themselves in nothing, or an error with a place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use promotion_delivery::manifest::{differences, parse, template};

fuzz_target!(|text: &[u8]| match parse(text) {
    Ok(rules) => {
        assert!(differences(&rules, &rules).is_empty());
        let written = template(rules.pipeline(), rules.components());
        if let Ok(again) = parse(written.as_bytes()) {
            assert_eq!(again.components(), rules.components());
            assert_eq!(again.pipeline(), rules.pipeline());
        }
    }
    Err(error) => assert!(error.line() >= 1 && error.column() >= 1 && !error.to_string().is_empty()),
});

//! Whatever text the check accepts is JSON, and is the canonical form of the value that it spells.

#![no_main]

use libfuzzer_sys::fuzz_target;
use promotion_ledger::evidence::encoding::{canonical, check};

fuzz_target!(|text: &[u8]| {
    if check(text).is_ok() {
        let value: serde_json::Value = serde_json::from_slice(text).expect("canonical text is JSON");
        assert_eq!(canonical(&value).expect("a value read from canonical text has that form"), text);
    }
});

//! Arbitrary bytes as a file of history: every line that is not blank is either good or bad, and is numbered.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use promotion_delivery::history::read;
use promotion_ledger::meaning::names::Pipeline;

fuzz_target!(|bytes: &[u8]| {
    let file = read(bytes, &Pipeline::new("main").expect("a name"), |_| {}).expect("bytes in memory can be read");
    let good = file.good.values().flatten().map(|line| line.number);
    let numbers: Vec<u64> = good.chain(file.bad.iter().map(|bad| bad.number)).collect();
    assert_eq!(numbers.len() as u64, file.lines);
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
    assert!(file.bad.iter().all(|bad| !bad.reason.is_empty()));
});

//! Gates that write more than anybody keeps.

use std::fs;

use promotion_delivery::gate::Ending;

use crate::stage::{LIMIT, stage};

const GIGABYTE: usize = 1 << 30;

/// The most memory that this process has had at once, in KiB.
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

// proves: FR-011
#[test]
fn of_a_gigabyte_the_head_and_the_tail_are_kept() {
    let stage = stage();
    let before = peak();
    let run = stage.run_sh(&format!("echo first; head -c {GIGABYTE} /dev/zero; echo; echo last"));
    assert_eq!(run.ending, Ending::Passed);
    let written = "first\n".len() + GIGABYTE + "\nlast\n".len();
    assert_eq!(run.output.left_out as usize, written - stage.limits.output);
    let (bytes, line) = (&run.output.bytes, format!("\n[{} bytes left out]\n", run.output.left_out));
    assert_eq!(bytes.len(), stage.limits.output + line.len());
    assert!(bytes.starts_with(b"first\n\0") && bytes.ends_with(b"\0\nlast\n"));
    assert!(bytes.windows(line.len()).any(|window| window == line.as_bytes()));
    assert!(peak() - before < 64 * 1024, "{} KiB more than before", peak() - before);
}

// proves: FR-012a, NFR-001
#[test]
fn writing_without_end_does_not_put_off_the_limit() {
    let stage = stage().late();
    let run = stage.run_sh("echo $$ > leader; touch ready; exec yes");
    assert_eq!(run.ending, Ending::TimedOut(LIMIT));
    assert!(run.output.bytes.len() <= stage.limits.output + 64);
    assert!(!stage.process("leader").runs());
}

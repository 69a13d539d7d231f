//! Output within its bound.

use std::fs::File;
use std::io::PipeReader;
use std::os::fd::OwnedFd;
use std::time::Duration;

use proptest::prelude::*;

use crate::gate::capture::{Capture, Output};
use crate::gate::output::{FULLEST, Pipes};
use crate::registry::retry::Pace;

fn captured(bound: usize, pieces: &[&[u8]]) -> Output {
    let mut capture = Capture::new(bound);
    pieces.iter().for_each(|piece| capture.push(piece));
    capture.finish()
}

#[test]
fn what_fits_is_kept_as_it_is() {
    assert_eq!(captured(8, &[b"abc", b"", b"defgh"]), Output { bytes: b"abcdefgh".to_vec(), left_out: 0 });
    assert_eq!(captured(8, &[]), Output::default());
}

#[test]
fn head_and_tail_are_kept_with_a_line_between() {
    let expected = Output { bytes: b"abcd\n[2 bytes left out]\nghij".to_vec(), left_out: 2 };
    assert_eq!(captured(8, &[b"abcdefghij"]), expected);
    assert_eq!(captured(8, &[b"abc", b"def", b"ghi", b"j"]), expected);
}

#[test]
fn a_head_that_ends_its_line_gets_no_second_end() {
    assert_eq!(captured(8, &[b"abc\ndefghi"]).bytes, b"abc\n[2 bytes left out]\nfghi");
    assert_eq!(captured(0, &[b"abc"]), Output { bytes: b"[3 bytes left out]\n".to_vec(), left_out: 3 });
}

/// For what never waits.
struct Standstill;

impl Pace for Standstill {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) {}

    fn jitter(&self) -> f64 {
        0.0
    }
}

#[test]
fn a_writer_without_end_is_read_no_further_than_a_pipe_can_hold() {
    let endless = PipeReader::from(OwnedFd::from(File::open("/dev/zero").unwrap()));
    let written = Pipes::new(endless, 8, None, &Standstill).finish();
    assert_eq!((written.output.left_out, written.report), ((FULLEST - 8) as u64, None));
}

#[test]
fn a_report_is_kept_apart_and_whole_up_to_its_bound() {
    let pipe = |bytes: &[u8]| {
        let (reader, mut writer) = std::io::pipe().unwrap();
        std::io::Write::write_all(&mut writer, bytes).unwrap();
        reader
    };
    let written = |bound| Pipes::new(pipe(b"said"), 100, Some((pipe(b"reported"), bound)), &Standstill).finish();
    assert_eq!((written(100).output.bytes, written(100).report), (b"said".to_vec(), Some(b"reported".to_vec())));
    assert_eq!(written(3).report, Some(b"rep".to_vec()), "a longer one is cut");
}

proptest! {
    /// However it comes in pieces, the same is kept: the first and the last half, and the number of bytes between.
    #[test]
    fn pieces_make_no_difference(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..12), half in 0usize..30) {
        let whole = pieces.concat();
        let slices: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        let found = captured(half * 2, &slices);
        let left_out = whole.len().saturating_sub(half * 2);
        prop_assert_eq!(found.left_out, left_out as u64);
        if left_out == 0 {
            prop_assert_eq!(found.bytes, whole);
        } else {
            prop_assert!(found.bytes.starts_with(&whole[..half]));
            prop_assert!(found.bytes.ends_with(&whole[whole.len() - half..]));
            prop_assert!(found.bytes.len() <= half * 2 + 40);
        }
    }
}

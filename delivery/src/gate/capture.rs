//! What a gate writes, kept within a bound: the beginning and the end, and between them a line that says how much is missing.

use std::collections::VecDeque;

/// What a gate wrote to standard output and standard error, in the order in which it arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// The bytes. Where some are missing, a line of its own says how many.
    pub bytes: Vec<u8>,
    /// How many bytes are missing; what tells such a line from one that the gate wrote itself.
    pub left_out: u64,
}

/// Takes all that is written, and keeps the first and the last half of its bound.
#[derive(Debug)]
pub(super) struct Capture {
    half: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: u64,
}

impl Capture {
    pub(super) fn new(bound: usize) -> Self {
        Self { half: bound / 2, head: Vec::new(), tail: VecDeque::new(), left_out: 0 }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        let (head, rest) = bytes.split_at(bytes.len().min(self.half - self.head.len()));
        self.head.extend_from_slice(head);
        let (passing, last) = rest.split_at(rest.len().saturating_sub(self.half));
        let excess = (self.tail.len() + last.len()).saturating_sub(self.half);
        self.tail.drain(..excess);
        self.tail.extend(last);
        self.left_out += (passing.len() + excess) as u64;
    }

    pub(super) fn finish(self) -> Output {
        let mut bytes = self.head;
        if self.left_out > 0 {
            let begin = if bytes.last().is_none_or(|last| *last == b'\n') { "" } else { "\n" };
            bytes.extend_from_slice(format!("{begin}[{} bytes left out]\n", self.left_out).as_bytes());
        }
        bytes.extend(self.tail);
        Output { bytes, left_out: self.left_out }
    }
}

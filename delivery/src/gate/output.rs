//! The pipe that a gate's standard output and standard error share, or the two that part a report from the rest, read without ever
//! waiting longer than told.

use std::io::{ErrorKind, PipeReader, Read as _};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::capture::{Capture, Output};
use crate::registry::retry::Pace;

/// How much is read at once: what a pipe usually holds.
const CHUNK: usize = 64 * 1024;

/// The most that a pipe can hold unread for an ordinary user (Linux: `/proc/sys/fs/pipe-max-size`).
pub(super) const FULLEST: usize = 1024 * 1024;

/// The reading ends, and what came out of them.
pub(super) struct Pipes<'a> {
    /// Those that somebody may still write into.
    streams: Vec<Stream>,
    chunk: Vec<u8>,
    capture: Capture,
    report: Option<Report>,
    pace: &'a dyn Pace,
}

/// What came out of a gate.
pub(super) struct Written {
    pub(super) output: Output,
    pub(super) report: Option<Vec<u8>>,
}

struct Stream {
    reader: PipeReader,
    reports: bool,
}

/// A report, whole up to its bound.
struct Report {
    bytes: Vec<u8>,
    bound: usize,
}

impl<'a> Pipes<'a> {
    /// The pipe of what a gate says, and where it reports that of its report with its bound.
    pub(super) fn new(output: PipeReader, bound: usize, report: Option<(PipeReader, usize)>, pace: &'a dyn Pace) -> Self {
        let mut streams = vec![Stream { reader: output, reports: false }];
        let report = report.map(|(reader, bound)| {
            streams.push(Stream { reader, reports: true });
            Report { bytes: Vec::new(), bound }
        });
        Self { streams, chunk: vec![0; CHUNK], capture: Capture::new(bound), report, pace }
    }

    /// Reads once what there is, waiting at most that long for it. Whether anything came, be it the end.
    pub(super) fn read_within(&mut self, wait: Duration) -> bool {
        if self.streams.is_empty() {
            self.pace.sleep(wait);
            return false;
        }
        let ready = readable(&self.streams, wait);
        let streams = std::mem::take(&mut self.streams);
        for (stream, ready) in streams.into_iter().zip(&ready) {
            if !ready {
                self.streams.push(stream);
            } else if let Some(stream) = self.read(stream) {
                self.streams.push(stream);
            }
        }
        ready.contains(&true)
    }

    /// Reads once; nothing is left where nobody can write any more. Whoever still writes into it is ended by SIGPIPE, or told.
    fn read(&mut self, mut stream: Stream) -> Option<Stream> {
        match stream.reader.read(&mut self.chunk) {
            Ok(length) if length > 0 => {
                let came = self.chunk.get(..length).unwrap_or_default();
                match self.report.as_mut().filter(|_| stream.reports) {
                    Some(report) => report.push(came),
                    None => self.capture.push(came),
                }
                Some(stream)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Some(stream),
            Ok(_) | Err(_) => None,
        }
    }

    /// Reads what an ended writer left in the pipes, and then lets go of them. Somebody who left the group may hold the other end
    /// and go on writing: therefore no more than pipes can hold.
    pub(super) fn finish(mut self) -> Written {
        let mut reads = FULLEST / CHUNK * self.streams.len();
        while reads > 0 && !self.streams.is_empty() && self.read_within(Duration::ZERO) {
            reads -= 1;
        }
        Written { output: self.capture.finish(), report: self.report.map(|report| report.bytes) }
    }
}

impl Report {
    fn push(&mut self, bytes: &[u8]) {
        let room = self.bound.saturating_sub(self.bytes.len()).min(bytes.len());
        self.bytes.extend_from_slice(bytes.get(..room).unwrap_or_default());
    }
}

/// From which a read would not block; this is the pipes' only reader.
fn readable(streams: &[Stream], wait: Duration) -> Vec<bool> {
    let wait = Timespec { tv_sec: wait.as_secs().try_into().unwrap_or(i64::MAX), tv_nsec: wait.subsec_nanos().into() };
    let mut polled: Vec<PollFd<'_>> = streams.iter().map(|stream| PollFd::new(&stream.reader, PollFlags::IN)).collect();
    match poll(&mut polled, Some(&wait)) {
        Ok(0) | Err(Errno::INTR) => vec![false; streams.len()],
        Ok(_) => polled.iter().map(|polled| !polled.revents().is_empty()).collect(),
        // What cannot be polled is read, which says what is wrong.
        Err(_) => vec![true; streams.len()],
    }
}

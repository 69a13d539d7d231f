//! What can happen to a request on its way through the proxy.

use std::io::{self, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::http::Message;

/// How long a test waits for a request to come, and a stalled request for its release.
const PATIENCE: Duration = Duration::from_secs(60);

/// What happens to a chosen request.
#[derive(Debug, Clone)]
pub enum Fault {
    /// It waits before it is forwarded, until the gate opens or it is dropped there.
    Stall(Gate),
    /// It is forwarded; the answer waits until the gate opens or it is dropped there.
    StallAnswer(Gate),
    /// It is not forwarded; this is the answer.
    Answer {
        /// The status code.
        status: u16,
        /// Headers beside `Content-Length` and `Connection`, e.g. `Retry-After`.
        headers: Vec<(&'static str, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// It is not forwarded, and the connection is closed without an answer: it failed, and the client cannot know.
    LoseRequest,
    /// It is forwarded, and the connection is closed without an answer: it was done, and the client cannot know.
    LoseAnswer,
    /// It is forwarded; of the answer's body only the first half comes, and then the connection ends.
    CutBody,
    /// It is forwarded; the first half of the answer's body comes as if it were all.
    HalfBody,
    /// It is forwarded; the answer's body comes byte by byte, with a pause before each.
    Drip(Duration),
    /// It is forwarded; the answer keeps its status and headers, but these are its bytes.
    ReplaceBody(Vec<u8>),
    /// It is forwarded; the answer has this header in place of its own.
    Header(&'static str, String),
    /// It is forwarded as if it had named this tag or digest, the last part of its path.
    Instead(String),
}

impl Fault {
    /// An answer with an empty body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: Vec::new() }
    }

    /// Lets it befall the request. Nothing is sent to the client where its connection is to end without an answer.
    pub(super) fn befall(self, message: Message, upstream: &str, client: &TcpStream) -> io::Result<()> {
        let answer = match self {
            Self::Stall(gate) => {
                if !gate.hold() {
                    return Ok(());
                }
                let answer = forward(message, upstream);
                gate.pass();
                answer?
            }
            Self::StallAnswer(gate) => {
                let answer = forward(message, upstream)?;
                if !gate.hold() {
                    return Ok(());
                }
                gate.pass();
                answer
            }
            Self::Answer { status, headers, body } => {
                let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
                Message::response(status, &headers, &body)
            }
            Self::LoseRequest => return Ok(()),
            Self::LoseAnswer => return forward(message, upstream).map(drop),
            Self::CutBody => return send(client, &cut(&forward(message, upstream)?)),
            Self::HalfBody => {
                let answer = forward(message, upstream)?;
                let half = answer.body[..answer.body.len() / 2].to_vec();
                // The answer to a HEAD keeps the length that it speaks of.
                if half.is_empty() { answer } else { answer.with_body(half) }
            }
            Self::Drip(pause) => return drip(&forward(message, upstream)?, pause, client),
            Self::ReplaceBody(body) => forward(message, upstream)?.with_body(body),
            Self::Header(name, value) => forward(message, upstream)?.with_header(name, value),
            Self::Instead(reference) => forward(naming(message, &reference), upstream)?,
        };
        send(client, &answer.bytes())
    }
}

/// Sends the request on and takes the whole answer.
pub(super) fn forward(message: Message, upstream: &str) -> io::Result<Message> {
    let mut stream = TcpStream::connect(upstream)?;
    stream.write_all(&message.closing().bytes())?;
    Message::read_response(&mut BufReader::new(stream))
}

pub(super) fn send(mut client: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    client.write_all(bytes)
}

fn cut(answer: &Message) -> Vec<u8> {
    let mut bytes = answer.bytes();
    bytes.truncate(bytes.len() - answer.body.len().div_ceil(2));
    bytes
}

fn drip(answer: &Message, pause: Duration, client: &TcpStream) -> io::Result<()> {
    let bytes = answer.bytes();
    let (head, body) = bytes.split_at(bytes.len() - answer.body.len());
    send(client, head)?;
    for byte in body {
        thread::sleep(pause);
        send(client, &[*byte])?;
    }
    Ok(())
}

/// The request with another last part of its path.
fn naming(mut message: Message, reference: &str) -> Message {
    let mut words: Vec<&str> = message.first_line.split(' ').collect();
    let path = words.get(1).and_then(|path| Some(format!("{}/{reference}", path.rsplit_once('/')?.0))).unwrap_or_default();
    if let Some(word) = words.get_mut(1) {
        *word = &path;
    }
    message.first_line = words.join(" ");
    message
}

/// Holds a stalled request until a test lets it pass or drops it.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<(Mutex<GateState>, Condvar)>);

#[derive(Debug, Default)]
struct GateState {
    reached: bool,
    open: bool,
    dropped: bool,
    passed: bool,
}

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until a request stands before the gate; fails after a minute.
    pub fn wait_until_reached(&self) {
        assert!(self.wait(|state| state.reached), "no request came to the gate within {PATIENCE:?}");
    }

    /// Lets the request pass, and all later ones.
    pub fn open(&self) {
        self.change(|state| state.open = true);
    }

    /// Drops the request: whatever was held does not go on.
    pub fn drop_it(&self) {
        self.change(|state| state.dropped = true);
    }

    /// Waits until the request that was let pass has been answered; fails after a minute.
    pub fn wait_until_passed(&self) {
        assert!(self.wait(|state| state.passed), "no request passed the gate within {PATIENCE:?}");
    }

    /// Says that a request is here and holds it. Gives whether it may go on.
    fn hold(&self) -> bool {
        self.change(|state| state.reached = true);
        self.wait(|state| state.open || state.dropped);
        let (state, _) = &*self.0;
        lock(state).open
    }

    fn pass(&self) {
        self.change(|state| state.passed = true);
    }

    fn change(&self, change: impl FnOnce(&mut GateState)) {
        let (state, changed) = &*self.0;
        change(&mut lock(state));
        changed.notify_all();
    }

    fn wait(&self, reached: impl Fn(&GateState) -> bool) -> bool {
        let (state, changed) = &*self.0;
        let (state, _) = changed.wait_timeout_while(lock(state), PATIENCE, |state| !reached(state)).unwrap_or_else(PoisonError::into_inner);
        reached(&state)
    }
}

/// The lock, even where a test that held it has panicked: its own panic is the one to show.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

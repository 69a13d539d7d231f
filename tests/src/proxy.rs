//! A proxy before a registry that hurts chosen requests: it stalls, refuses, loses, cuts or forges.
//!
//! HTTP/1.1 without TLS, one request per connection, whole messages in memory: enough for a registry on loopback.

use std::io::{self, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::http::Message;

/// How long a test waits for a request to come, and a stalled request for its release.
const PATIENCE: Duration = Duration::from_secs(60);

/// What happens to a chosen request.
#[derive(Debug, Clone)]
pub enum Fault {
    /// It waits before it is forwarded, until the gate opens.
    Stall(Gate),
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
    /// It is forwarded; of the answer's body only the first half comes.
    CutBody,
    /// It is forwarded; the answer keeps its status and headers, but these are its bytes.
    ReplaceBody(Vec<u8>),
}

impl Fault {
    /// An answer with an empty body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: Vec::new() }
    }
}

/// Holds a stalled request until a test lets it pass.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<(Mutex<GateState>, Condvar)>);

#[derive(Debug, Default)]
struct GateState {
    reached: bool,
    open: bool,
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

    /// Says that a request is here and holds it until the gate opens.
    fn hold(&self) {
        self.change(|state| state.reached = true);
        self.wait(|state| state.open);
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

/// A request that has come through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `PUT`, …
    pub method: String,
    /// Path and query.
    pub path: String,
}

impl Request {
    fn matches(&self, method: &str, path_part: &str) -> bool {
        self.method == method && self.path.contains(path_part)
    }
}

/// A running proxy. It ends when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    upstream: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    ended: bool,
    requests: Vec<Request>,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    method: String,
    path_part: String,
    /// How many matching requests pass before the one that is hurt.
    passing: usize,
    fault: Fault,
}

impl Proxy {
    /// Starts a proxy before the registry at `upstream`, which is `127.0.0.1:PORT`.
    #[must_use]
    pub fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
        let address = listener.local_addr().expect("a bound listener has an address");
        let shared = Arc::new(Shared { upstream: upstream.to_owned(), state: Mutex::default() });
        let accepting = Arc::clone(&shared);
        let acceptor = thread::spawn(move || accept(&listener, &accepting));
        Self { address, shared, acceptor: Some(acceptor) }
    }

    /// `127.0.0.1:PORT`, to be used in place of the registry's.
    #[must_use]
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// Hurts the `nth` request from now on (1 is the next one) with this method and this text in its path. Once.
    pub fn hurt(&self, nth: usize, method: &str, path_part: &str, fault: Fault) {
        let passing = nth.checked_sub(1).expect("requests are counted from 1");
        let rule = Rule { method: method.to_owned(), path_part: path_part.to_owned(), passing, fault };
        lock(&self.shared.state).rules.push(rule);
    }

    /// Every request so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.state).requests.clone()
    }

    /// How many requests with this method and this text in their path have come.
    #[must_use]
    pub fn count(&self, method: &str, path_part: &str) -> usize {
        self.requests().iter().filter(|request| request.matches(method, path_part)).count()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        lock(&self.shared.state).ended = true;
        // The acceptor looks up when somebody comes.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        if lock(&shared.state).ended {
            return;
        }
        let Ok(client) = client else { continue };
        let shared = Arc::clone(shared);
        // A connection that breaks is what this proxy is for; whoever opened it will notice.
        thread::spawn(move || drop(serve(&client, &shared)));
    }
}

fn serve(client: &TcpStream, shared: &Shared) -> io::Result<()> {
    let message = Message::read_request(&mut BufReader::new(client))?;
    let fault = shared.note(request_of(&message));
    if let Some(answer) = answer(message, fault, &shared.upstream)? {
        (&mut &*client).write_all(&answer)?;
    }
    client.shutdown(Shutdown::Both)
}

/// What the client gets; nothing, where its connection is to be closed without an answer.
fn answer(message: Message, fault: Option<Fault>, upstream: &str) -> io::Result<Option<Vec<u8>>> {
    let forward = || forward(message, upstream);
    match fault {
        None => Ok(Some(forward()?.bytes())),
        Some(Fault::Stall(gate)) => {
            gate.hold();
            Ok(Some(forward()?.bytes()))
        }
        Some(Fault::Answer { status, headers, body }) => {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Ok(Some(Message::response(status, &headers, &body).bytes()))
        }
        Some(Fault::LoseRequest) => Ok(None),
        Some(Fault::LoseAnswer) => forward().map(|_| None),
        Some(Fault::CutBody) => {
            let response = forward()?;
            let mut bytes = response.bytes();
            bytes.truncate(bytes.len() - response.body.len().div_ceil(2));
            Ok(Some(bytes))
        }
        Some(Fault::ReplaceBody(body)) => Ok(Some(forward()?.with_body(body).bytes())),
    }
}

fn forward(message: Message, upstream: &str) -> io::Result<Message> {
    let mut stream = TcpStream::connect(upstream)?;
    stream.write_all(&message.closing().bytes())?;
    Message::read_response(&mut BufReader::new(stream))
}

fn request_of(message: &Message) -> Request {
    let mut words = message.first_line.split(' ').map(str::to_owned);
    Request { method: words.next().unwrap_or_default(), path: words.next().unwrap_or_default() }
}

impl Shared {
    /// Keeps the request in the list and gives the fault that is due to it. Every rule that it matches counts it.
    fn note(&self, request: Request) -> Option<Fault> {
        let mut state = lock(&self.state);
        let mut due = None;
        for (index, rule) in state.rules.iter_mut().enumerate() {
            if !request.matches(&rule.method, &rule.path_part) {
                continue;
            }
            match rule.passing.checked_sub(1) {
                Some(left) => rule.passing = left,
                None => due = due.or(Some(index)),
            }
        }
        state.requests.push(request);
        due.map(|index| state.rules.remove(index).fault)
    }
}

/// The lock, even where a test that held it has panicked: its own panic is the one to show.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Layout;
    use crate::registry::Registry;
    use crate::skopeo::Skopeo;

    const MANIFEST: &str = "/v2/acme/shop/manifests/1.0.0";

    /// A registry that holds one image, and a proxy before it.
    fn served_image() -> (Registry, Proxy, String) {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut layout = Layout::create(folder.path());
        let digest = layout.add_image("shop 1.0.0");
        layout.tag(&digest, "1.0.0");
        let registry = Registry::start();
        registry.skopeo().push_layout(layout.path(), "1.0.0", "acme/shop", "1.0.0");
        let proxy = Proxy::before(&registry.host());
        (registry, proxy, digest)
    }

    /// The answer to a `GET` through the proxy: its status line and body.
    fn get(proxy: &Proxy, path: &str) -> io::Result<(String, Vec<u8>)> {
        let mut stream = TcpStream::connect(proxy.address)?;
        let accept = "application/vnd.oci.image.manifest.v1+json";
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: {accept}\r\n\r\n", proxy.host()).as_bytes())?;
        let response = Message::read_response(&mut BufReader::new(stream))?;
        Ok((response.first_line, response.body))
    }

    #[test]
    fn a_push_and_a_pull_pass_through_it() {
        let (_registry, proxy, digest) = served_image();
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut layout = Layout::create(folder.path());
        let other = layout.add_image("shop 1.0.1");
        layout.tag(&other, "1.0.1");
        let skopeo = Skopeo::at(&proxy.host());
        skopeo.push_layout(layout.path(), "1.0.1", "acme/shop", "1.0.1");
        assert_eq!(skopeo.digest("acme/shop", "1.0.1"), other);
        assert_eq!(skopeo.digest("acme/shop", "1.0.0"), digest);
        assert_eq!(proxy.count("PUT", "/manifests/1.0.1"), 1);
        assert_eq!(proxy.count("GET", MANIFEST), 1);
    }

    #[test]
    fn a_stalled_request_waits_for_the_gate() {
        let (_registry, proxy, _) = served_image();
        let gate = Gate::new();
        proxy.hurt(1, "GET", MANIFEST, Fault::Stall(gate.clone()));
        thread::scope(|scope| {
            let stalled = scope.spawn(|| get(&proxy, MANIFEST));
            gate.wait_until_reached();
            assert!(get(&proxy, MANIFEST).is_ok_and(|(status, _)| status.contains(" 200 ")), "others pass a stalled one");
            assert!(!stalled.is_finished());
            gate.open();
            let answer = stalled.join().expect("the thread ends by itself");
            assert!(answer.is_ok_and(|(status, _)| status.contains(" 200 ")));
        });
    }

    #[test]
    fn the_nth_request_alone_is_answered() {
        let (_registry, proxy, _) = served_image();
        let headers = vec![("Retry-After", "7".to_owned())];
        proxy.hurt(2, "GET", MANIFEST, Fault::Answer { status: 503, headers, body: b"later".to_vec() });
        let codes = [(); 3].map(|()| get(&proxy, MANIFEST).expect("each is answered").0);
        assert!(codes[0].contains(" 200 ") && codes[1].contains(" 503 ") && codes[2].contains(" 200 "), "{codes:?}");
    }

    #[test]
    fn bodies_are_cut_and_replaced() {
        let (_registry, proxy, _) = served_image();
        let (_, whole) = get(&proxy, MANIFEST).expect("the manifest is there");
        proxy.hurt(1, "GET", MANIFEST, Fault::CutBody);
        let (_, half) = get(&proxy, MANIFEST).expect("half of it comes");
        assert!(whole.starts_with(&half));
        assert_eq!(half.len(), whole.len() / 2);
        proxy.hurt(1, "GET", MANIFEST, Fault::ReplaceBody(b"{}".to_vec()));
        let (status, forged) = get(&proxy, MANIFEST).expect("something else comes");
        assert!(status.contains(" 200 "));
        assert_eq!(forged, b"{}");
    }

    #[test]
    fn what_is_lost_may_have_been_done() {
        let (registry, proxy, _) = served_image();
        proxy.hurt(1, "GET", MANIFEST, Fault::LoseRequest);
        proxy.hurt(2, "GET", MANIFEST, Fault::LoseAnswer);
        let seen = || registry.log().matches("response completed").count();
        let before = seen();
        assert!(get(&proxy, MANIFEST).is_err());
        assert_eq!(seen(), before);
        assert!(get(&proxy, MANIFEST).is_err());
        assert_eq!(seen(), before + 1);
    }

    #[test]
    fn it_is_gone_when_dropped() {
        let proxy = Proxy::before("127.0.0.1:9");
        let address = proxy.address;
        drop(proxy);
        assert!(TcpStream::connect(address).is_err());
    }
}

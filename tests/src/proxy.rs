//! A proxy before a registry that hurts chosen requests: it stalls, refuses, loses, cuts, drips or forges.
//!
//! HTTP/1.1 without TLS, one request per connection, whole messages in memory: enough for a registry on loopback.

mod fault;

use std::io::{self, BufReader};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use fault::lock;
pub use fault::{Fault, Gate};

use crate::http::Message;

/// A request that has come through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `PUT`, …
    pub method: String,
    /// Path and query.
    pub path: String,
}

impl Request {
    /// No method stands for every one.
    fn matches(&self, method: &str, path_part: &str) -> bool {
        (method.is_empty() || self.method == method) && self.path.contains(path_part)
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
    /// Whether all that come after it are hurt, too.
    lasting: bool,
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
    /// An empty method stands for every one.
    pub fn hurt(&self, nth: usize, method: &str, path_part: &str, fault: Fault) {
        self.add(nth, method, path_part, false, fault);
    }

    /// Hurts the `nth` such request from now on and all that come after it, until [`Proxy::heal`].
    pub fn hurt_from(&self, nth: usize, method: &str, path_part: &str, fault: Fault) {
        self.add(nth, method, path_part, true, fault);
    }

    /// Hurts nothing more.
    pub fn heal(&self) {
        lock(&self.shared.state).rules.clear();
    }

    fn add(&self, nth: usize, method: &str, path_part: &str, lasting: bool, fault: Fault) {
        let passing = nth.checked_sub(1).expect("requests are counted from 1");
        let rule = Rule { method: method.to_owned(), path_part: path_part.to_owned(), passing, lasting, fault };
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
    match fault {
        None => fault::send(client, &fault::forward(message, &shared.upstream)?.bytes())?,
        Some(fault) => fault.befall(message, &shared.upstream, client)?,
    }
    client.shutdown(Shutdown::Both)
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
        let rule = state.rules.get(due?)?;
        let fault = rule.fault.clone();
        if !rule.lasting {
            state.rules.remove(due?);
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

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
    fn a_lasting_fault_lasts_until_it_is_healed() {
        let (_registry, proxy, _) = served_image();
        proxy.hurt_from(2, "", "", Fault::status(500));
        let status = || get(&proxy, MANIFEST).expect("an answer comes").0;
        assert!(status().contains(" 200 "));
        assert!(status().contains(" 500 ") && status().contains(" 500 "));
        proxy.heal();
        assert!(status().contains(" 200 "));
    }

    #[test]
    fn an_answer_may_be_held_that_was_given() {
        let (registry, proxy, _) = served_image();
        let seen = || registry.log().matches("response completed").count();
        let before = seen();
        let gate = Gate::new();
        proxy.hurt(1, "GET", MANIFEST, Fault::StallAnswer(gate.clone()));
        thread::scope(|scope| {
            let asking = scope.spawn(|| get(&proxy, MANIFEST));
            gate.wait_until_reached();
            assert_eq!(seen(), before + 1);
            gate.drop_it();
            assert!(asking.join().expect("asking does not panic").is_err());
        });
    }

    #[test]
    fn a_held_request_may_come_late_or_never() {
        let (registry, proxy, _) = served_image();
        let seen = || registry.log().matches("response completed").count();
        let before = seen();
        for (late, more) in [(false, 0), (true, 1)] {
            let gate = Gate::new();
            proxy.hurt(1, "GET", MANIFEST, Fault::Stall(gate.clone()));
            let mut asking = TcpStream::connect(proxy.host()).expect("the proxy listens");
            asking.write_all(format!("GET {MANIFEST} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).expect("it is sent");
            gate.wait_until_reached();
            // Whoever asked is gone before it passes.
            drop(asking);
            if late {
                gate.open();
                gate.wait_until_passed();
            } else {
                gate.drop_it();
            }
            assert_eq!(seen(), before + more);
        }
    }

    #[test]
    fn an_answer_may_lie() {
        let (_registry, proxy, _) = served_image();
        let half = |fault| {
            proxy.hurt(1, "GET", MANIFEST, fault);
            get(&proxy, MANIFEST).expect("an answer comes").1
        };
        let whole = get(&proxy, MANIFEST).expect("an answer comes").1;
        let cut = half(Fault::HalfBody);
        assert!(whole.starts_with(&cut) && cut.len() == whole.len() / 2);
        assert_eq!(half(Fault::Header("Docker-Content-Digest", "sha256:0".to_owned())), whole);
        let other = half(Fault::Instead("absent".to_owned()));
        assert!(String::from_utf8_lossy(&other).contains("MANIFEST_UNKNOWN"));
    }

    #[test]
    fn it_is_gone_when_dropped() {
        let proxy = Proxy::before("127.0.0.1:9");
        let address = proxy.address;
        drop(proxy);
        assert!(TcpStream::connect(address).is_err());
    }
}

//! A registry that misbehaves on demand: scripted answers over loopback, in the clear or behind openssl.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::{Certificates, Running, free_port};

/// What was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn read(stream: &mut impl BufRead) -> Option<Self> {
        let mut line = || {
            let mut text = String::new();
            stream.read_line(&mut text).ok().filter(|read| *read > 0).map(|_| text.trim_end().to_owned())
        };
        let first = line()?;
        let mut words = first.split(' ').map(str::to_owned);
        let (method, target) = (words.next()?, words.next()?);
        let mut headers = Vec::new();
        while let Some((name, value)) = line()?.split_once(':') {
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let mut asked = Self { method, target, headers, body: Vec::new() };
        asked.body = vec![0; asked.header("content-length").map_or(0, |length| length.parse().unwrap())];
        stream.read_exact(&mut asked.body).ok()?;
        Some(asked)
    }
}

/// What is answered: a head, a body, and how the body goes wrong.
#[derive(Default)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    cut_at: Option<usize>,
    drip: Option<Duration>,
}

impl Reply {
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Announces the whole body and sends only so much of it.
    pub fn cut_at(mut self, at: usize) -> Self {
        self.cut_at = Some(at);
        self
    }

    /// Sends byte by byte, waiting before each.
    pub fn drip(mut self, wait: Duration) -> Self {
        self.drip = Some(wait);
        self
    }

    fn send(&self, stream: &mut impl Write, has_body: bool) -> std::io::Result<()> {
        write!(stream, "HTTP/1.1 {} Scripted\r\nConnection: close\r\n", self.status)?;
        for (name, value) in &self.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        write!(stream, "Content-Length: {}\r\n\r\n", self.body.len())?;
        let body = if has_body { &self.body[..self.cut_at.unwrap_or(self.body.len())] } else { &[] };
        match self.drip {
            None => stream.write_all(body)?,
            Some(wait) => {
                for byte in body {
                    thread::sleep(wait);
                    stream.write_all(&[*byte])?;
                    stream.flush()?;
                }
            }
        }
        stream.flush()
    }
}

/// A registry that answers as it is told, one connection after the other.
pub struct FakeRegistry {
    pub port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    _tls: Option<Running>,
}

impl FakeRegistry {
    /// Over http. The handler is told its own address and how many requests came before.
    pub fn start(handler: impl Fn(&Asked, u16, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let kept = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut stream = stream;
                let _ = answer(&mut reader, &mut stream, &kept, |asked, before| handler(asked, port, before));
            }
        });
        Self { port, asked, _tls: None }
    }

    /// Over TLS: openssl decrypts to and from the handler.
    pub fn start_tls(certificates: &Certificates, handler: impl Fn(&Asked) -> Reply + Send + 'static) -> Self {
        let port = free_port();
        let mut command = Command::new("openssl");
        command.args(["s_server", "-quiet", "-accept", &format!("127.0.0.1:{port}"), "-cert"]).arg(&certificates.certificate);
        command.arg("-key").arg(&certificates.key).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = Running(command.spawn().unwrap_or_else(|error| panic!("cannot run openssl (Debian package openssl): {error}")));
        let mut reader = BufReader::new(server.0.stdout.take().unwrap());
        let mut writer = server.0.stdin.take().unwrap();
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let kept = Arc::clone(&asked);
        thread::spawn(move || while answer(&mut reader, &mut writer, &kept, |asked, _| handler(asked)).is_some() {});
        let fake = Self { port, asked, _tls: Some(server) };
        fake.wait();
        fake
    }

    fn wait(&self) {
        for _ in 0..200 {
            // A look at the kernel's table: a connection would be the one that openssl answers.
            let port = format!(":{:04X} 00000000:0000 0A", self.port);
            if std::fs::read_to_string("/proc/net/tcp").unwrap().contains(&port) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("openssl s_server did not listen");
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn lines(&self) -> Vec<String> {
        self.asked().iter().map(Asked::line).collect()
    }

    pub fn repository(&self) -> String {
        let scheme = if self._tls.is_some() { "" } else { "http://" };
        format!("{scheme}127.0.0.1:{}/shop/api", self.port)
    }
}

/// A registry that takes tokens of its own token server, which takes passwords.
pub fn bearer(asked: &Asked, port: u16, accepted: &str) -> Option<Reply> {
    if asked.target.starts_with("/token?") {
        return Some(Reply::new(200).body(serde_json::json!({"token": accepted}).to_string()));
    }
    if asked.header("authorization") == Some(&format!("Bearer {accepted}")) {
        return None;
    }
    let challenge = format!(r#"Bearer realm="http://127.0.0.1:{port}/token",service="fake""#);
    Some(Reply::new(401).header("WWW-Authenticate", challenge))
}

fn answer(
    reader: &mut impl BufRead,
    writer: &mut impl Write,
    kept: &Mutex<Vec<Asked>>,
    handler: impl Fn(&Asked, usize) -> Reply,
) -> Option<()> {
    let asked = Asked::read(reader)?;
    let before = {
        let mut kept = kept.lock().unwrap();
        kept.push(asked.clone());
        kept.len() - 1
    };
    // A client that has had enough closes early; that is its right.
    let _ = handler(&asked, before).send(writer, asked.method != "HEAD");
    Some(())
}

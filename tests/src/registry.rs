//! An OCI registry for one test: Debian's `docker-registry` on a loopback port, its data in a folder of its own.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::http::Message;
use crate::programs;
use crate::skopeo::Skopeo;

/// How long a registry may take until it answers. It takes 40 ms on an idle machine.
const START_LIMIT: Duration = Duration::from_secs(20);

/// What a registry asks of its clients.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The one user and password that it lets in; none lets everybody in.
    pub auth: Option<(String, String)>,
    /// Whether it speaks TLS, with a certificate under an authority of its own ([`Registry::ca_pem`]).
    pub tls: bool,
}

/// A running registry. It ends when this is dropped, and its data with it.
#[derive(Debug)]
pub struct Registry {
    folder: TempDir,
    options: Options,
    port: u16,
    child: Option<Child>,
}

impl Registry {
    /// Starts a registry that lets everybody in and speaks plain HTTP.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(Options::default())
    }

    /// Starts a registry and waits until it answers.
    #[must_use]
    pub fn start_with(options: Options) -> Self {
        let folder = tempfile::Builder::new().prefix("registry-").tempdir().expect("a temporary folder can be made");
        if options.tls {
            make_certificates(folder.path());
        }
        if let Some((user, password)) = &options.auth {
            // bcrypt is the only hash that the registry takes.
            let line = programs::stdout(programs::quiet("htpasswd").args(["-Bbn", user, password]));
            fs::write(folder.path().join("htpasswd"), line).expect("the password file can be written");
        }
        // Port 0: the system chooses, so that tests at the same time never choose the same one.
        let mut registry = Self { folder, options, port: 0, child: None };
        registry.restart();
        registry
    }

    /// `127.0.0.1:PORT`, as it stands before the repository in a reference.
    #[must_use]
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `http://127.0.0.1:PORT`, or `https://…`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", if self.options.tls { "https" } else { "http" }, self.host())
    }

    /// The certificate authority of a registry that speaks TLS, in PEM.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        assert!(self.options.tls, "a registry without TLS has no certificate authority: start it with Options {{ tls: true, .. }}");
        fs::read_to_string(self.folder.path().join("ca.crt")).expect("the authority's certificate was written at the start")
    }

    /// The folder that its repositories lie in.
    pub(crate) fn repositories(&self) -> PathBuf {
        self.folder.path().join("data/docker/registry/v2/repositories")
    }

    /// Skopeo, set up to be let in here.
    #[must_use]
    pub fn skopeo(&self) -> Skopeo {
        let skopeo = Skopeo::at(&self.host());
        match &self.options.auth {
            Some((user, password)) => skopeo.with_credentials(user, password),
            None => skopeo,
        }
    }

    /// What the registry has logged since it was last started.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Ends the registry at once, as a crash would. Its port and data are kept for [`Registry::restart`].
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself; what matters is that it is gone.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts the registry again, on the same port and with the same data.
    pub fn restart(&mut self) {
        self.stop();
        let folder = self.folder.path();
        fs::write(folder.join("config.yml"), self.config()).expect("the configuration can be written");
        let log = File::create(folder.join("log")).expect("the log can be made");
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(folder.join("config.yml")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.child = Some(programs::spawn(&mut command));
        self.wait_until_it_answers();
    }

    fn config(&self) -> String {
        let folder = self.folder.path().display();
        let mut config = format!(
            "version: 0.1\nlog: {{level: info}}\nstorage:\n  filesystem: {{rootdirectory: {folder}/data}}\n  delete: {{enabled: true}}\n  \
             maintenance: {{uploadpurging: {{enabled: false}}}}\nhttp:\n  addr: 127.0.0.1:{}\n  secret: of-no-use-elsewhere\n",
            self.port
        );
        if self.options.tls {
            let _ = writeln!(config, "  tls: {{certificate: {folder}/tls.crt, key: {folder}/tls.key}}");
        }
        if self.options.auth.is_some() {
            let _ = writeln!(config, "auth:\n  htpasswd: {{realm: test, path: {folder}/htpasswd}}");
        }
        config
    }

    fn wait_until_it_answers(&mut self) {
        let deadline = Instant::now() + START_LIMIT;
        while !self.answers() {
            let ended = self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
            if ended || Instant::now() > deadline {
                self.stop();
                let what = if ended { "ended" } else { "did not answer" };
                panic!("docker-registry {what} on {}; its log:\n{}", self.url(), self.log());
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn answers(&mut self) -> bool {
        if self.port == 0 {
            let Some(port) = listening_port(&self.log()) else { return false };
            self.port = port;
        }
        let status = if self.options.tls { self.status_over_tls() } else { self.status() };
        status.is_some_and(|line| line.contains(" 200 ") || line.contains(" 401 "))
    }

    /// The status line of a plain `GET /v2/`.
    fn status(&self) -> Option<String> {
        let mut stream = TcpStream::connect(self.host()).ok()?;
        stream.write_all(&self.ping()).ok()?;
        Some(Message::read_response(&mut BufReader::new(stream)).ok()?.first_line)
    }

    /// The same through `openssl s_client`, which also holds the certificate against the authority.
    fn status_over_tls(&self) -> Option<String> {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-quiet", "-verify_return_error", "-connect", &self.host()]);
        command.arg("-CAfile").arg(self.folder.path().join("ca.crt"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = programs::spawn(&mut command);
        let sent = child.stdin.as_mut().is_some_and(|stdin| stdin.write_all(&self.ping()).is_ok());
        let mut answer = String::new();
        if sent && let Some(stdout) = child.stdout.as_mut() {
            // Where the handshake fails there is nothing to read, and that is the answer.
            let _ = stdout.read_to_string(&mut answer);
        }
        let _ = child.kill();
        let _ = child.wait();
        answer.lines().next().map(str::to_owned)
    }

    fn ping(&self) -> Vec<u8> {
        format!("GET /v2/ HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.host()).into_bytes()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The port of the log's `listening on 127.0.0.1:PORT`.
fn listening_port(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("listening on 127.0.0.1:")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    // A port at the very end of the log may still be being written.
    if digits.len() == rest.len() { None } else { digits.parse().ok() }
}

/// An authority (`ca.crt`) and a certificate under it (`tls.crt`, `tls.key`): clients refuse an authority's certificate
/// as the server's own.
fn make_certificates(folder: &Path) {
    let openssl = |line: &str| programs::stdout(programs::quiet("openssl").current_dir(folder).args(line.split_ascii_whitespace()));
    openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=test-authority \
         -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign",
    );
    openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tls.key -out tls.csr -subj /CN=127.0.0.1");
    let extensions = "subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n";
    fs::write(folder.join("tls.ext"), extensions).expect("the certificate's extensions can be written");
    openssl("x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out tls.crt -extfile tls.ext");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(auth: Option<(&str, &str)>, tls: bool) -> Options {
        Options { auth: auth.map(|(user, password)| (user.to_owned(), password.to_owned())), tls }
    }

    #[test]
    fn it_answers_until_it_is_dropped() {
        let registry = Registry::start();
        let host = registry.host();
        assert!(registry.status().is_some_and(|line| line.contains(" 200 ")));
        drop(registry);
        assert!(TcpStream::connect(host).is_err());
    }

    #[test]
    fn it_stops_and_comes_back_on_the_same_port() {
        let mut registry = Registry::start();
        let host = registry.host();
        registry.stop();
        assert!(TcpStream::connect(&host).is_err());
        registry.restart();
        assert_eq!(registry.host(), host);
        assert!(registry.status().is_some());
    }

    #[test]
    fn with_a_password_strangers_stay_outside() {
        let registry = Registry::start_with(options(Some(("ci", "secret")), false));
        assert!(registry.status().is_some_and(|line| line.contains(" 401 ")));
        assert_eq!(registry.skopeo().find_digest("acme/shop", "1.0.0"), None);
    }

    #[test]
    fn with_tls_the_authority_vouches_for_it() {
        let registry = Registry::start_with(options(None, true));
        assert!(registry.url().starts_with("https://"));
        assert!(registry.ca_pem().starts_with("-----BEGIN CERTIFICATE-----"));
        assert!(registry.status_over_tls().is_some_and(|line| line.contains(" 200 ")));
    }

    #[test]
    fn a_port_is_read_only_when_whole() {
        assert_eq!(listening_port("x listening on 127.0.0.1:4556"), None);
        assert_eq!(listening_port("x listening on 127.0.0.1:45569\" y"), Some(45569));
    }
}

//! What tests of registries stand on: a pace that does not wait, image layouts, and Debian's `docker-registry`.

// Each test program uses its part.
#![allow(dead_code, unreachable_pub, reason = "each test program uses only a part of what they share")]

pub mod fake;
pub mod signed;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use promotion_delivery::registry::retry::Pace;
use promotion_delivery::registry::{Login, Registry, Secret, Settings, open};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::{Repository, TagName};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub const KIND: &str = "application/vnd.oci.image.manifest.v1+json";
pub const USER: &str = "ci";
pub const PASSWORD: &str = "correct horse";

/// Time that passes only by sleeping, which takes none.
#[derive(Default)]
pub struct Fake {
    waits: Mutex<Vec<Duration>>,
}

impl Fake {
    /// The waits so far, in milliseconds.
    pub fn waits(&self) -> Vec<u128> {
        self.waits.lock().unwrap().iter().map(Duration::as_millis).collect()
    }
}

impl Pace for Fake {
    fn elapsed(&self) -> Duration {
        self.waits.lock().unwrap().iter().sum()
    }
    fn sleep(&self, wait: Duration) {
        self.waits.lock().unwrap().push(wait);
    }
    fn jitter(&self) -> f64 {
        1.0
    }
}

pub fn settings() -> Settings {
    Settings::new(Arc::new(Fake::default()))
}

pub fn with_login(mut settings: Settings) -> Settings {
    settings.credentials.explicit = Some(Login { username: USER.to_owned(), password: Secret::new(PASSWORD) });
    settings
}

pub fn opened(repository: &str, settings: &Settings) -> Box<dyn Registry> {
    open(&Repository::new(repository).unwrap(), settings).unwrap()
}

pub fn tag(name: &str) -> TagName {
    TagName::new(name).unwrap()
}

pub fn digest_of(bytes: &[u8]) -> Digest {
    Digest::from_sha256(&Sha256::digest(bytes).into())
}

/// An image layout with one small image, tagged; gives the image's digest.
pub fn make_layout(directory: &Path, name: &str) -> Digest {
    fs::create_dir_all(directory.join("blobs/sha256")).unwrap();
    let blob = |kind: &str, bytes: &[u8]| -> Value {
        let digest = digest_of(bytes);
        fs::write(directory.join("blobs/sha256").join(digest.hex()), bytes).unwrap();
        json!({"mediaType": kind, "digest": digest.as_str(), "size": bytes.len()})
    };
    let config =
        json!({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}, "config": {"Labels": {"name": name}}});
    let config = blob("application/vnd.oci.image.config.v1+json", config.to_string().as_bytes());
    let manifest = json!({"schemaVersion": 2, "mediaType": KIND, "config": config, "layers": []}).to_string();
    let mut descriptor = blob(KIND, manifest.as_bytes());
    descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": name});
    fs::write(directory.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    fs::write(directory.join("index.json"), json!({"schemaVersion": 2, "manifests": [descriptor]}).to_string()).unwrap();
    digest_of(manifest.as_bytes())
}

/// Runs a program to its end, and fails naming the Debian package where it is missing.
pub fn run(package: &str, program: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("cannot run {program} (Debian package {package}): {error}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A certificate authority and a server's certificate for 127.0.0.1: rustls takes no authority as a server.
pub struct Certificates {
    pub authority: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Certificates {
    pub fn make(directory: &Path) -> Self {
        let file = |name: &str| directory.join(name).display().to_string();
        let new_key =
            |key: &str| ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key].map(str::to_owned);
        let openssl = |arguments: &[&str]| drop(run("openssl", "openssl", arguments));
        let [ca_key, ca, key, request, leaf, extensions] = ["ca.key", "ca.crt", "tls.key", "tls.csr", "tls.crt", "tls.ext"].map(file);
        let with_key = |key: &str, rest: &[&str]| {
            let first = new_key(key);
            openssl(&first.iter().map(String::as_str).chain(rest.iter().copied()).collect::<Vec<_>>());
        };
        let authority = ["-x509", "-out", &ca, "-days", "30", "-subj", "/CN=test-ca", "-addext", "keyUsage=critical,keyCertSign"];
        with_key(&ca_key, &authority);
        with_key(&key, &["-out", &request, "-subj", "/CN=127.0.0.1"]);
        fs::write(&extensions, "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n").unwrap();
        let sign = [
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            &ca,
            "-CAkey",
            &ca_key,
            "-CAcreateserial",
            "-days",
            "30",
            "-out",
            &leaf,
            "-extfile",
            &extensions,
        ];
        openssl(&sign);
        Self { authority: ca.into(), certificate: leaf.into(), key: key.into() }
    }
}

/// A program that does not outlive its test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How a registry is to be reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    Openly,
    WithLogin,
    OverTls,
}

/// Debian's `docker-registry` on a loopback port, its storage in a temporary directory.
pub struct RealRegistry {
    pub directory: tempfile::TempDir,
    pub port: u16,
    pub certificates: Option<Certificates>,
    reached: Reached,
    _server: Running,
}

impl RealRegistry {
    pub fn start(reached: Reached) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let port = free_port();
        let certificates = (reached == Reached::OverTls).then(|| Certificates::make(directory.path()));
        let mut config = json!({
            "version": "0.1",
            "log": {"level": "error", "accesslog": {"disabled": true}},
            "storage": {"filesystem": {"rootdirectory": directory.path().join("data")}, "maintenance": {"uploadpurging": {"enabled": false}}},
            "http": {"addr": format!("127.0.0.1:{port}"), "secret": "not a secret"},
        });
        if let Some(certificates) = &certificates {
            config["http"]["tls"] = json!({"certificate": certificates.certificate, "key": certificates.key});
        }
        if reached == Reached::WithLogin {
            let file = directory.path().join("htpasswd");
            fs::write(&file, run("apache2-utils", "htpasswd", &["-Bbn", USER, PASSWORD]).stdout).unwrap();
            config["auth"] = json!({"htpasswd": {"realm": "test", "path": file}});
        }
        // YAML holds JSON.
        let file = directory.path().join("config.yml");
        fs::write(&file, config.to_string()).unwrap();
        let log = fs::File::create(directory.path().join("log")).unwrap();
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let server = command.spawn().unwrap_or_else(|error| panic!("cannot run docker-registry (Debian package docker-registry): {error}"));
        let registry = Self { directory, port, certificates, reached, _server: Running(server) };
        registry.wait();
        registry
    }

    fn wait(&self) {
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("docker-registry did not listen: {}", fs::read_to_string(self.directory.path().join("log")).unwrap_or_default());
    }

    pub fn repository(&self, path: &str) -> String {
        let scheme = if self.reached == Reached::OverTls { "" } else { "http://" };
        format!("{scheme}127.0.0.1:{}/{path}", self.port)
    }

    /// Makes an image and pushes it with skopeo, which is not ours; gives its digest.
    pub fn seed(&self, path: &str, name: &str) -> Digest {
        let layout = self.directory.path().join("layout");
        let digest = make_layout(&layout, name);
        let login = format!("{USER}:{PASSWORD}");
        let (source, target) = (format!("oci:{}:{name}", layout.display()), self.skopeo_name(path, name));
        let mut arguments = vec!["copy", "--insecure-policy", "--quiet", "--dest-tls-verify=false"];
        if self.reached == Reached::WithLogin {
            arguments.extend(["--dest-creds", &login]);
        }
        arguments.extend([source.as_str(), target.as_str()]);
        run("skopeo", "skopeo", &arguments);
        digest
    }

    /// The bytes under a tag as skopeo sees them.
    pub fn inspect(&self, path: &str, name: &str) -> Vec<u8> {
        let login = format!("{USER}:{PASSWORD}");
        let target = self.skopeo_name(path, name);
        let mut arguments = vec!["inspect", "--raw", "--tls-verify=false"];
        if self.reached == Reached::WithLogin {
            arguments.extend(["--creds", &login]);
        }
        arguments.push(&target);
        run("skopeo", "skopeo", &arguments).stdout
    }

    fn skopeo_name(&self, path: &str, name: &str) -> String {
        format!("docker://127.0.0.1:{}/{path}:{name}", self.port)
    }
}

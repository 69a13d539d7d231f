//! Which source speaks: tables over files in a temporary directory, and helpers made of shell.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::*;
use crate::registry::secret::Secret;

const TARGET: Target<'static> = Target { host: "r.example", path: "team/shop/api" };
const HUB: Target<'static> = Target { host: "docker.io", path: "library/busybox" };

/// One test at a time writes and runs programs: a file that another test's new process still holds open for writing
/// cannot be run.
static PROGRAMS: Mutex<()> = Mutex::new(());

struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, value: &Value) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, value.to_string()).unwrap();
        path
    }

    fn helper(&self, name: &str, script: &str) {
        let path = self.0.path().join(format!("docker-credential-{name}"));
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn docker(&self, config: &Value) -> Sources {
        self.write("config.json", config);
        let directory = self.0.path().to_owned();
        Sources { docker_config: Some(directory.clone()), helper_path: vec![directory], ..Sources::default() }
    }
}

/// `USER:PASSWORD` in base64.
fn auth(login: &str) -> Value {
    use base64::Engine as _;
    json!({"auth": base64::engine::general_purpose::STANDARD.encode(login)})
}

fn username(found: Option<Found>) -> Option<String> {
    found.map(|found| match found.credential {
        Credential::Password(login) => login.username,
        Credential::IdentityToken(token) => format!("token {}", token.expose()),
    })
}

fn found(config: &Value, target: Target<'_>) -> Option<String> {
    username(Bench::new().docker(config).find(target).unwrap())
}

#[test]
fn sources_speak_in_order() {
    let bench = Bench::new();
    let config = |user: &str| json!({"auths": {"r.example": auth(&format!("{user}:p"))}});
    let mut sources = Sources {
        explicit: Some(Login { username: "explicit".into(), password: Secret::new("p") }),
        registry_auth_file: Some(bench.write("named.json", &config("named"))),
        xdg_runtime_dir: Some(bench.0.path().to_owned()),
        docker_config: Some(bench.0.path().to_owned()),
        home: Some(bench.0.path().to_owned()),
        ..Sources::default()
    };
    bench.write("containers/auth.json", &config("podman"));
    bench.write("config.json", &config("docker"));
    bench.write(".docker/config.json", &config("home"));
    let ask = |sources: &Sources| username(sources.find(TARGET).unwrap()).unwrap();
    assert_eq!(ask(&sources), "explicit");
    sources.explicit = None;
    assert_eq!(ask(&sources), "named");
    sources.registry_auth_file = None;
    assert_eq!(ask(&sources), "podman");
    sources.xdg_runtime_dir = None;
    assert_eq!(ask(&sources), "docker");
    sources.docker_config = None;
    assert_eq!(ask(&sources), "home");
    sources.home = None;
    assert_eq!(sources.find(TARGET).unwrap(), None);
}

#[test]
fn a_file_that_knows_nothing_passes_the_question_on() {
    let bench = Bench::new();
    let mut sources = bench.docker(&json!({"auths": {"r.example": auth("docker:p")}}));
    sources.registry_auth_file = Some(bench.write("named.json", &json!({"auths": {"other.example": auth("other:p"), "r.example": {}}})));
    assert_eq!(username(sources.find(TARGET).unwrap()).unwrap(), "docker");
}

#[test]
fn the_key_that_names_most_of_the_path_wins() {
    for (keys, expected) in [
        (vec!["r.example", "r.example/team", "r.example/team/shop"], Some("r.example/team/shop")),
        (vec!["r.example", "r.example/team/shop/api", "r.example/team/shop/api/web"], Some("r.example/team/shop/api")),
        (vec!["r.example/tea", "r.example/team/shop/ap"], None),
        (vec!["https://r.example/v1/"], Some("https://r.example/v1/")),
        (vec!["https://r.example", "r.example"], Some("r.example")),
        (vec!["http://r.example/v2"], Some("http://r.example/v2")),
        (vec!["https://r.example/team/"], Some("https://r.example/team/")),
        (vec!["R.Example"], Some("R.Example")),
        (vec!["r.example:5000", "other.example", "example", "sub.r.example", "r.example.evil"], None),
    ] {
        let auths: serde_json::Map<_, _> = keys.iter().map(|key| ((*key).to_owned(), json!({"username": key, "password": "p"}))).collect();
        assert_eq!(found(&json!({"auths": auths}), TARGET).as_deref(), expected, "{keys:?}");
    }
}

#[test]
fn docker_hub_is_found_under_its_old_key() {
    for key in ["https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io", "docker.io/library"] {
        assert_eq!(found(&json!({"auths": {key: auth("me:p")}}), HUB).as_deref(), Some("me"), "{key}");
    }
    assert_eq!(found(&json!({"auths": {"https://index.docker.io/v1/": auth("me:p")}}), TARGET), None);
}

#[test]
fn an_entry_is_a_login_or_an_identity_token() {
    for (entry, expected) in [
        (auth("me:pass:word"), Some("me")),
        (json!({"username": "me", "password": "p"}), Some("me")),
        (json!({"auth": auth("me:p")["auth"], "identitytoken": "refresh"}), Some("token refresh")),
        (json!({"auth": "", "identitytoken": ""}), None),
        (json!({}), None),
    ] {
        assert_eq!(found(&json!({"auths": {"r.example": entry}}), TARGET).as_deref(), expected, "{entry}");
    }
}

#[test]
fn everything_after_the_first_colon_is_the_password() {
    let sources = Bench::new();
    let found = sources.docker(&json!({"auths": {"r.example": auth("me:pass:word\0\0")}})).find(TARGET).unwrap().unwrap();
    assert_eq!(found.credential, Credential::Password(Login { username: "me".into(), password: Secret::new("pass:word") }));
}

#[test]
fn errors_name_the_file_and_never_the_secret() {
    let bench = Bench::new();
    let sources = bench.docker(&json!({"auths": {"r.example": {"auth": "hunter2hunter2!!"}}}));
    let error = sources.find(TARGET).unwrap_err().to_string();
    assert!(error.contains("config.json") && error.contains("r.example") && !error.contains("hunter2"), "{error}");

    fs::write(bench.0.path().join("config.json"), r#"{"auths": "hunter2"}"#).unwrap();
    let error = sources.find(TARGET).unwrap_err().to_string();
    assert!(error.contains("line 1 column") && !error.contains("hunter2"), "{error}");

    let missing = Sources { registry_auth_file: Some("/nowhere/auth.json".into()), ..Sources::default() };
    assert_eq!(
        missing.find(TARGET).unwrap_err().to_string(),
        "the credentials file /nowhere/auth.json does not exist, and REGISTRY_AUTH_FILE names it"
    );

    let sources = bench.docker(&json!({"auths": {"r.example": {"username": "me", "password": "hunter2"}}}));
    assert!(!format!("{:?}", sources.find(TARGET).unwrap()).contains("hunter2"));
}

const ANSWERING: &str = r#"read server; echo "{\"ServerURL\":\"$server\",\"Username\":\"$server\",\"Secret\":\"s\"}""#;

#[test]
fn helpers_are_asked_before_the_files_own_entries() {
    let _alone = PROGRAMS.lock();
    let bench = Bench::new();
    bench.helper("one", ANSWERING);
    bench.helper("all", r#"echo '{"Username":"<token>","Secret":"refresh"}'"#);
    bench.helper("none", "echo 'credentials not found in native keychain'; exit 1");
    for (config, expected) in [
        (json!({"credHelpers": {"r.example": "one"}, "credsStore": "all"}), "r.example"),
        (json!({"credHelpers": {"other.example": "one"}, "credsStore": "all"}), "token refresh"),
        (json!({"credsStore": "one", "auths": {"r.example": auth("file:p")}}), "r.example"),
        (json!({"credHelpers": {"r.example": "none"}, "credsStore": "all"}), "token refresh"),
        (json!({"credsStore": "none", "auths": {"r.example": auth("file:p")}}), "file"),
    ] {
        let sources = bench.docker(&config);
        assert_eq!(username(sources.find(TARGET).unwrap()).as_deref(), Some(expected), "{config}");
    }
    let hub = bench.docker(&json!({"credsStore": "one"})).find(HUB).unwrap();
    assert_eq!(username(hub).as_deref(), Some("https://index.docker.io/v1/"));
}

#[test]
fn helpers_that_fail_are_named_without_what_they_wrote() {
    let _alone = PROGRAMS.lock();
    let bench = Bench::new();
    bench.helper("bad", "echo hunter2; exit 3");
    bench.helper("noise", "echo hunter2");
    bench.helper("slow", "exec sleep 30");
    for (name, expected) in [
        ("bad", "failed with exit status: 3"),
        ("noise", "gave an answer that is not the JSON of its protocol"),
        ("slow", "did not answer within 200ms"),
        ("gone", "is not installed"),
        ("../bad", "has a name that is none"),
    ] {
        let mut sources = bench.docker(&json!({"credsStore": name}));
        sources.helper_time_limit = Duration::from_millis(200);
        let error = sources.find(TARGET).unwrap_err().to_string();
        assert!(error.contains(&format!("docker-credential-{name}, named in ")) && error.contains(expected), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

//! A real registry, Debian's `docker-registry`, over http, with a login, and over TLS; skopeo as the second opinion.

#[cfg(test)]
mod support;

use promotion_delivery::registry::{Registry, RegistryError, Settings};
use promotion_ledger::meaning::refusal::ExitCode;

use support::{Reached, RealRegistry, digest_of, opened, settings, tag, with_login};

/// What every registry must do, however it is reached.
#[cfg(test)]
fn walk(real: &RealRegistry, settings: &Settings) {
    let digest = real.seed("shop/api", "v1.0.0");
    let registry = opened(&real.repository("shop/api"), settings);

    assert_eq!(registry.resolve(&tag("v1.0.0")).unwrap().as_ref(), Some(&digest));
    assert_eq!(registry.resolve(&tag("v9")).unwrap(), None);
    let manifest = registry.manifest(&digest).unwrap();
    assert_eq!((manifest.digest(), manifest.media_type().as_str()), (&digest, support::KIND));

    registry.tag(&tag("v1.0.0-prod"), &manifest).unwrap();
    let seen = real.inspect("shop/api", "v1.0.0-prod");
    assert_eq!(seen, manifest.bytes(), "skopeo reads the very bytes");
    assert_eq!(digest_of(&seen), digest);
    assert_eq!(registry.tags().unwrap(), [tag("v1.0.0"), tag("v1.0.0-prod")]);

    registry.check_push().unwrap();
    let uploads = real.directory.path().join("data/docker/registry/v2/repositories/shop/api/_uploads");
    // The registry itself forgets to remove the hash state of a cancelled upload; the upload is gone with `startedat`.
    let open = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().path().join("startedat").exists();
    assert!(!std::fs::read_dir(&uploads).unwrap().any(open), "the upload was not cancelled");
}

#[test]
fn over_http() {
    let real = RealRegistry::start(Reached::Openly);
    walk(&real, &settings());

    let absent = opened(&real.repository("shop/none"), &settings());
    assert_eq!(absent.tags().unwrap(), []);
    let error = absent.manifest(&digest_of(b"")).unwrap_err();
    assert!(matches!(error, RegistryError::NotFound { .. }), "{error}");
    assert_eq!(error.exit_code(), ExitCode::NotFound);
}

#[test]
fn a_tag_moves() {
    let real = RealRegistry::start(Reached::Openly);
    let (one, two) = (real.seed("api", "v1"), real.seed("api", "v2"));
    let registry = opened(&real.repository("api"), &settings());
    for digest in [&one, &two, &one, &one] {
        registry.tag(&tag("latest-prod"), &registry.manifest(digest).unwrap()).unwrap();
        assert_eq!(registry.resolve(&tag("latest-prod")).unwrap().as_ref(), Some(digest));
        assert_eq!(digest_of(&real.inspect("api", "latest-prod")), *digest);
    }
}

#[test]
fn with_a_login() {
    let real = RealRegistry::start(Reached::WithLogin);
    walk(&real, &with_login(settings()));

    let anonymous = opened(&real.repository("shop/api"), &settings());
    let error = anonymous.resolve(&tag("v1.0.0")).unwrap_err();
    assert!(matches!(error, RegistryError::LoginNeeded { .. }), "{error}");
    assert_eq!(error.exit_code(), ExitCode::Usage);

    let mut wrong = with_login(settings());
    wrong.credentials.explicit.as_mut().unwrap().username = "somebody".to_owned();
    let error = opened(&real.repository("shop/api"), &wrong).check_push().unwrap_err();
    assert!(matches!(error, RegistryError::LoginRefused { .. }), "{error}");
    assert!(!error.to_string().contains(support::PASSWORD), "{error}");
}

#[test]
fn over_tls() {
    let real = RealRegistry::start(Reached::OverTls);
    let mut trusting = settings();
    trusting.ca_files.push(real.certificates.as_ref().unwrap().authority.clone());
    walk(&real, &trusting);

    let stranger: Box<dyn Registry> = opened(&real.repository("shop/api"), &settings());
    let error = stranger.resolve(&tag("v1.0.0")).unwrap_err();
    assert!(matches!(error, RegistryError::Tls { .. }), "{error}");
    assert_eq!(error.exit_code(), ExitCode::Unavailable);
    assert!(error.hint().unwrap().contains("CA file"));
}

#[test]
fn a_ca_file_without_certificates_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ca.pem");
    std::fs::write(&file, "no certificate").unwrap();
    let mut settings = settings();
    settings.ca_files.push(file.clone());
    let repository = promotion_ledger::meaning::names::Repository::new("r.example/api").unwrap();
    let error = promotion_delivery::registry::open(&repository, &settings).err().unwrap();
    assert!(error.to_string().contains(&file.display().to_string()), "{error}");
    assert_eq!(error.exit_code(), ExitCode::Usage);
}

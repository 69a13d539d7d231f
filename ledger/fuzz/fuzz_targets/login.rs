//! Arbitrary bytes as a challenge of a registry, and as a file of credentials: what is understood was said, and no secret is told.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;

/// The readers stand behind the registry's own walls: their files are read here as they are, with what they stand on.
#[path = "../../../delivery/src/registry"]
#[allow(dead_code, reason = "the readers alone are run here, not what uses them")]
mod registry {
    mod secret;

    pub(crate) mod credentials {
        mod error;
        mod file;
        mod helper;
        mod shown;

        use std::path::Path;

        use file::AuthFile;
        use shown::{Credential, Target};

        const TARGETS: [Target<'static>; 3] = [
            Target { host: "registry.example", path: "shop/api" },
            Target { host: "docker.io", path: "library/busybox" },
            Target { host: "", path: "" },
        ];

        /// Reads the file, and looks for what it has for several repositories.
        pub(crate) fn look(path: &Path) {
            let file = match AuthFile::read(path) {
                Ok(file) => file.expect("the file was just written"),
                Err(error) => return assert!(error.to_string().contains("line") || error.to_string().contains("larger")),
            };
            for target in TARGETS {
                let _ = (file.helper_for(target), file.helper_for_all(target));
                let Some((key, entry)) = file.entry_for(target) else { continue };
                match entry.credential(path, key) {
                    Ok(Some(Credential::Password(login))) => assert_eq!(format!("{:?}", login.password), "Secret(not shown)"),
                    Ok(Some(Credential::IdentityToken(token))) => assert!(!token.expose().is_empty()),
                    Ok(None) => {}
                    Err(error) => assert!(error.to_string().contains("`auth`")),
                }
            }
        }
    }

    pub(crate) mod oci {
        mod challenge;

        use challenge::Challenge;

        /// Reads the header alone, and beside another one.
        pub(crate) fn meet(header: &str) {
            let said = |word: &str| header.to_ascii_lowercase().contains(word);
            match Challenge::choose([header]) {
                Some(Challenge::Bearer { realm, .. }) => assert!(said("bearer") && said("realm") && realm.len() <= header.len()),
                Some(Challenge::Basic) => assert!(said("basic")),
                None => {}
            }
            // A token is taken before a password, in whatever order they stand.
            for both in [[header, "Bearer realm=x"], ["Bearer realm=x", header]] {
                assert!(matches!(Challenge::choose(both), Some(Challenge::Bearer { .. })));
            }
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(header) = std::str::from_utf8(bytes) {
        registry::oci::meet(header);
    }
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("it can be written");
    registry::credentials::look(Path::new(file.path()));
});

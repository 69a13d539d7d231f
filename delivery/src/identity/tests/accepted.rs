//! Tokens that count, and what they come to mean.

use promotion_ledger::meaning::digest::Digest;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::authority::Authority;
use super::{ISSUER, NOW, Pinned, at, claims, group, issuer, made, prove, proven, with};

// proves: FR-045
#[test]
fn every_algorithm_with_a_public_key_counts() {
    let rsa = Authority::rsa("r");
    for algorithm in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] {
        let token = rsa.under(&json!({"alg": algorithm, "kid": "r"}), &claims());
        assert_eq!(proven(&token, &issuer(&[rsa.jwk()])).unwrap().principal.as_str(), "github:acme/shop", "{algorithm}");
    }
    for authority in [Authority::p256("k"), Authority::p384("k"), Authority::ed25519("k")] {
        assert!(proven(&authority.token(&claims()), &issuer(&[authority.jwk()])).is_ok(), "{}", authority.jwk());
    }
}

/// The claims of a job on GitHub, as its documentation gives them.
fn github() -> Value {
    json!({
        "jti": "example-id", "sub": "repo:octo-org/octo-repo:environment:prod", "environment": "prod", "aud": "promoledger",
        "ref": "refs/heads/main", "sha": "a1b2c3", "repository": "octo-org/octo-repo", "repository_owner": "octo-org",
        "actor_id": "12", "repository_visibility": "private", "repository_id": "74", "repository_owner_id": "65",
        "run_id": "1", "run_number": "10", "run_attempt": "2", "runner_environment": "github-hosted", "actor": "octocat",
        "workflow": "release", "event_name": "workflow_dispatch", "ref_type": "branch",
        "job_workflow_ref": "octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main",
        "iss": "https://token.actions.githubusercontent.com", "nbf": NOW - 600, "exp": NOW + 300, "iat": NOW
    })
}

// proves: FR-045, FR-046
#[test]
fn a_job_on_github_is_its_repository_with_groups_from_its_claims() {
    let authority = Authority::rsa("cc413527-173f-5a05-976e-9c52b1d7b431");
    let groups = vec![
        group(
            "release",
            &[("job_workflow_ref", "octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main"), ("environment", "prod")],
        ),
        group("main", &[("ref", "refs/heads/main")]),
        group("main", &[("repository_owner", "octo-org")]),
        group("staging", &[("ref", "refs/heads/main"), ("environment", "staging")]),
    ];
    let rule = made("https://token.actions.githubusercontent.com", "github:{repository}", &[authority.jwk()], groups);
    let found = proven(&authority.token(&github()), &rule).unwrap();
    assert_eq!(found.principal.as_str(), "github:octo-org/octo-repo");
    assert_eq!(found.subject, "repo:octo-org/octo-repo:environment:prod");
    assert_eq!(found.issuer, "https://token.actions.githubusercontent.com");
    assert_eq!(found.groups.iter().map(|group| group.as_str()).collect::<Vec<_>>(), ["main", "release"]);
    assert_eq!(found.expires, at(NOW + 300));
}

// proves: FR-045, FR-046
#[test]
fn a_job_on_gitlab_is_its_project_and_groups_come_out_of_arrays() {
    let authority = Authority::rsa("4i3sFE7sxqNPOT7FdvcGA1ZVGGI_r-tsDXnEuYT4ZqE");
    let claims = json!({
        "namespace_id": "72", "namespace_path": "my-group", "project_id": "20", "project_path": "my-group/my-project", "user_id": "1",
        "user_login": "sample-user", "user_identities": [{"provider": "github", "extern_uid": "2435223452345"}], "pipeline_source": "web",
        "job_id": "302", "ref": "v2", "ref_type": "tag", "ref_protected": "true", "groups_direct": ["my-group/admins", "my-group/dev"],
        "environment": "prod", "environment_protected": "true", "runner_environment": "self-hosted", "sha": "714a629c", "iat": NOW,
        "ci_config_ref_uri": "gitlab.example/my-group/my-project//.gitlab-ci.yml@refs/tags/v2", "jti": "235b3a54", "exp": NOW + 3600,
        "iss": "https://gitlab.example:8443/ci", "nbf": NOW - 5, "sub": "project_path:my-group/my-project:ref_type:tag:ref:v2",
        "aud": ["https://vault.example", "promoledger"]
    });
    let groups = vec![
        group("admins", &[("groups_direct", "my-group/admins"), ("environment_protected", "true")]),
        group("part", &[("groups_direct", "my-group")]),
        group("object", &[("user_identities", "github")]),
    ];
    let rule = made("https://gitlab.example:8443/ci", "gitlab:{project_path}:{ref}", &[authority.jwk()], groups);
    let found = proven(&authority.token(&claims), &rule).unwrap();
    assert_eq!(found.principal.as_str(), "gitlab:my-group/my-project:v2");
    assert_eq!(found.groups.iter().map(|group| group.as_str()).collect::<Vec<_>>(), ["admins"]);
}

// proves: FR-045
#[test]
fn claims_are_found_by_their_whole_names_at_the_top() {
    let authority = Authority::ed25519("k");
    let mut claims = with("https://acme.example/role", json!(7));
    claims["a.b"] = json!("dotted");
    claims["a"] = json!({"b": "nested"});
    let groups = vec![group("dotted", &[("a.b", "dotted")]), group("nested", &[("a.b", "nested")])];
    let rule = made(ISSUER, "{a.b}#{https://acme.example/role}", &[authority.jwk()], groups);
    let found = proven(&authority.token(&claims), &rule).unwrap();
    assert_eq!(found.principal.as_str(), "dotted#7");
    assert_eq!(found.groups.len(), 1);
}

// proves: FR-048
#[test]
fn what_is_kept_says_all_that_the_token_says_and_is_no_credential() {
    let authority = Authority::ed25519("k");
    let token = authority.token(&claims());
    let found = proven(&token, &issuer(&[authority.jwk()])).unwrap();
    let kept: Value = serde_json::from_slice(&found.claims).unwrap();
    assert_eq!(kept, json!({"claims": claims(), "header": {"alg": "EdDSA", "typ": "JWT", "kid": "k"}}));
    assert_eq!(found.token, Digest::from_sha256(&Sha256::digest(&token).into()));
    let signature = token.rsplit('.').next().unwrap();
    assert!(!format!("{found:?}").contains(signature));
}

#[test]
fn a_token_without_an_id_of_its_key_means_the_only_one_that_fits() {
    let (authority, other) = (Authority::ed25519("k"), Authority::p256("other"));
    let token = authority.under(&json!({"alg": "EdDSA"}), &claims());
    let unknown = json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"});
    let mut encrypting = Authority::ed25519("e").jwk();
    encrypting["use"] = json!("enc");
    assert!(proven(&token, &issuer(&[other.jwk(), unknown, authority.jwk(), encrypting, json!(1)])).is_ok());
}

#[test]
fn a_type_is_jwt_in_any_case_or_nothing() {
    let authority = Authority::ed25519("k");
    for header in [json!({"alg": "EdDSA"}), json!({"alg": "EdDSA", "typ": "jwt"}), json!({"alg": "EdDSA", "x5t": "unheard"})] {
        assert!(proven(&authority.under(&header, &claims()), &issuer(&[authority.jwk()])).is_ok(), "{header}");
    }
}

#[test]
fn a_token_counts_a_minute_longer_than_it_says_and_a_minute_before() {
    let authority = Authority::ed25519("k");
    let rule = [issuer(&[authority.jwk()])];
    let token = authority.token(&claims());
    for (seconds, counts) in [(-61, false), (-60, true), (0, true), (659, true), (660, false), (661, false), (1_000_000, false)] {
        assert_eq!(prove(&token, &rule, &Pinned, at(NOW + seconds)).is_ok(), counts, "{seconds}");
    }
    let day = authority.token(&with("exp", json!(NOW + 86_400)));
    assert!(prove(&day, &rule, &Pinned, at(NOW)).is_ok());
    let without = authority.token(&with("nbf", Value::Null));
    assert!(prove(&without, &rule, &Pinned, at(NOW)).is_ok());
}

#[test]
fn each_issuer_has_its_own_keys_and_its_own_principals() {
    let (one, two) = (Authority::ed25519("k"), Authority::ed25519("k"));
    let rules = [made(ISSUER, "one:{sub}", &[one.jwk()], vec![]), made("http://127.0.0.1:1/two/", "two:{sub}", &[two.jwk()], vec![])];
    let other = with("iss", json!("http://127.0.0.1:1/two/"));
    let principal = |token: String| prove(&token, &rules, &Pinned, at(NOW)).map(|found| found.principal.to_string()).ok();
    assert_eq!(principal(one.token(&claims())).as_deref(), Some("one:repo:acme/shop"));
    assert_eq!(principal(two.token(&other)).as_deref(), Some("two:repo:acme/shop"));
    assert_eq!(principal(one.token(&other)), None);
}

//! Which variables a gate may ask for, and what the subject's say.

use std::collections::BTreeMap;

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::{Environment, Repository, Version};
use promotion_ledger::meaning::rules::Source;

use crate::gate::{InvalidVariable, Subject, VariableName};

#[test]
fn a_gate_may_name_what_is_neither_ours_nor_the_subjects() {
    for good in ["TOKEN", "_", "aws_region", "X1", "PROMOLEDGERS", "HOME"] {
        assert_eq!(VariableName::new(good).unwrap().as_str(), good);
    }
    for bad in ["", "1X", "A=B", "A B", "A-B", "Ä", "A\0", &"A".repeat(129)] {
        assert!(matches!(VariableName::new(bad), Err(InvalidVariable::Name(_))), "{bad:?}");
    }
    for ours in ["PROMOLEDGER_KEY", "PROMOLEDGER_REGISTRY_PASSWORD", "PROMOLEDGER_"] {
        assert_eq!(VariableName::new(ours), Err(InvalidVariable::Ours(ours.to_owned())));
    }
    assert_eq!(VariableName::new("ARTIFACT_DIGEST"), Err(InvalidVariable::Subject("ARTIFACT_DIGEST".to_owned())));
}

fn subject(repository: &str, from: Source) -> Subject {
    Subject {
        repository: Repository::new(repository).unwrap(),
        digest: Digest::new(format!("sha256:{}", "a".repeat(64))).unwrap(),
        tag: Version::new("v1.4.2").unwrap(),
        from,
        to: Environment::new("prod").unwrap(),
        promotion_id: PromotionId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap(),
    }
}

#[test]
fn the_reference_is_pinned_and_names_no_scheme() {
    let digest = "a".repeat(64);
    for (repository, reference) in [
        ("registry.acme.example/shop/api", format!("registry.acme.example/shop/api@sha256:{digest}")),
        ("http://127.0.0.1:5000/api", format!("127.0.0.1:5000/api@sha256:{digest}")),
        ("oci-layout:images/api", format!("oci-layout:images/api@sha256:{digest}")),
    ] {
        assert_eq!(subject(repository, Source::Nowhere).artifact_ref(), reference);
    }
}

#[test]
fn a_release_from_nowhere_comes_from_none() {
    let variables: BTreeMap<_, _> = subject("r.example/api", Source::Nowhere).variables().collect();
    assert_eq!(variables["FROM_ENV"], "none");
    let staging = Source::From(Environment::new("staging").unwrap());
    let variables: BTreeMap<_, _> = subject("r.example/api", staging).variables().collect();
    assert_eq!(variables["FROM_ENV"], "staging");
}

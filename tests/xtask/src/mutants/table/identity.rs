//! Public keys and proofs: which keys may be trusted, and what signature under them holds.

use crate::mutants::mutant::{Mutant, check, check_by};

const TABLES: &str = "evidence/keyring/tables.rs";
const OPENED: &str = "evidence/opened.rs";
const VERIFIER: &str = "evidence/keyring/verifier.rs";

pub(super) const CHECKS: &[Mutant] = &[
    check_by(
        "public key: its one encoding",
        VERIFIER,
        "if «point.compress().as_bytes() != public.as_bytes()» { return Err(UnacceptableKey::NotCanonical",
        "false",
        ("lib", "evidence::keyring::verifier::tests::second_spellings_of_points_are_refused"),
    ),
    check(
        "public key: not of small order",
        VERIFIER,
        "if «point.is_small_order()» { return Err(UnacceptableKey::SmallOrder",
        "false",
        "genesis-key-of-small-order",
    ),
    check(
        "public key: no torsion component",
        VERIFIER,
        "if «!point.is_torsion_free()» { return Err(UnacceptableKey::Torsion",
        "false",
        "law-proof-torsion",
    ),
    check(
        "signature: R is not of small order",
        VERIFIER,
        "«self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()»",
        "ed25519_dalek::Verifier::verify(&self.0, message, &Signature::from_bytes(signature)).is_ok()",
        "signature-of-small-order",
    ),
    check_by(
        "tables: S is below the order of the group",
        TABLES,
        "let s = «Option::<Scalar>::from(Scalar::from_canonical_bytes(s.try_into().ok()?))»?;",
        "Some(Scalar::from_bytes_mod_order(s.try_into().ok()?))",
        ("lib", "evidence::keyring::tables::tests::second_spellings_of_r_and_s_are_refused"),
    ),
    check_by(
        "tables: R is not of small order",
        TABLES,
        "if «SMALL_ORDER.contains(&claimed)» { return None; }",
        "false",
        ("lib", "evidence::keyring::tables::tests::an_r_of_small_order_is_refused_even_where_the_equation_holds"),
    ),
    check_by(
        "tables: the equation",
        TABLES,
        "«*expected == pending.claimed»",
        "true",
        (
            "lib",
            "evidence::keyring::tables::tests::a_bad_one_among_many_is_named
             evidence::keyring::tables::tests::an_r_with_torsion_is_refused_whatever_a_batch_would_say
             evidence::keyring::tables::tests::every_bit_of_a_signature_and_of_its_message_counts
             evidence::keyring::tables::tests::scalars_at_their_edges_count_like_any_other
             evidence::keyring::tables::tests::second_spellings_of_r_and_s_are_refused
             evidence::keyring::tables::tests::tables_and_plain_checks_agree
             evidence::keyring::tables::tests::they_agree_on_noise",
        ),
    ),
    check_by(
        "ahead: only what was found good is noted",
        OPENED,
        "entries.get_mut(*at).filter(|_| «good»)",
        "true",
        ("efforts", "a_flipped_bit_is_found_where_it_is_by_every_effort a_log_that_cannot_be_read_to_its_end_is_judged_as_far_as_it_goes"),
    ),
];

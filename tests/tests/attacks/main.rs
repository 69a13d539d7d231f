//! Every attack on a ledger that the field has seen and that concerns entries, chain, keys, bodies, law and operation, played
//! from outside: who holds what, what they do, and what the auditor's `promoledger verify` says of it, by exit code and entry.
//! Those for which a store has to lie are played in `ledger/tests/front_door`.
//!
//! Vectors (`ledger/tests/vectors`) hold every malformation of the format; this holds the stories. Each test says in a line above it
//! which group it plays. Groups 15 to 26, 28 and 29 are about checkpoints, proofs, tiles and witnesses.

mod bodies;
mod chain;
mod entries;
mod keys;
mod law;
mod operation;
mod scene;

use std::collections::BTreeMap;

use promoledger_tests::source::{root, rust_files};

/// The groups of attacks, and the tests that play them.
const GROUPS: [(u32, &str, &[&str]); 18] = [
    (1, "any byte of an entry changed", &["no_part_of_an_entry_can_be_edited_without_its_key"]),
    (
        2,
        "entries deleted, inserted, swapped, repeated inside",
        &["nothing_is_dropped_repeated_or_moved_in_the_middle", "an_event_that_is_put_in_again_is_unlawful"],
    ),
    (3, "the beginning cut off", &["a_log_without_its_beginning_is_no_log"]),
    (
        4,
        "the end cut off, the log deleted",
        &[
            "a_tail_that_was_cut_off_shows_against_a_head_held_elsewhere",
            "a_ledger_that_was_deleted_and_begun_again_is_not_the_one_that_was_trusted",
        ],
    ),
    (5, "cut off, then appended to with a live key", &["a_log_that_was_cut_and_went_on_is_another_log"]),
    (
        6,
        "old entries rewritten and signed with a current key",
        &[
            "a_key_cannot_sign_what_was_before_it",
            "a_key_cannot_sign_for_somebody_else",
            "a_suffix_of_the_same_length_shows_against_a_head_held_elsewhere",
            "no_key_makes_a_promotion_lawful_that_skipped_its_rules",
        ],
    ),
    (
        7,
        "revoked keys, future keys, unsigned rows",
        &["a_revoked_key_signs_nothing_more", "a_future_key_signs_nothing_yet", "an_unsigned_row_among_signed_ones_is_no_entry"],
    ),
    (
        8,
        "entries of another ledger, another ledger",
        &["an_entry_of_another_ledger_does_not_fit", "a_swapped_ledger_has_the_name_and_not_the_genesis"],
    ),
    (
        9,
        "columns, look-ups, indexes and bodies that differ from the signed bytes",
        &[
            "columns_that_differ_from_the_signed_bytes_are_noticed",
            "a_look_up_that_differs_from_the_rows_is_noticed",
            "a_doctored_index_does_not_outlive_a_check",
            "a_body_that_was_exchanged_or_taken_away_is_noticed",
        ],
    ),
    (10, "other spellings of the same JSON", &["one_event_has_one_spelling_whoever_signs_it", "text_is_bytes_and_is_not_normalised"]),
    (
        11,
        "times dated back, ahead, falling",
        &["an_entry_is_not_dated_back", "a_time_far_ahead_is_remarked_on_and_binds_what_follows", "a_time_has_one_spelling"],
    ),
    (12, "unknown types and versions", &["an_unknown_type_is_not_skipped", "a_later_type_at_a_later_level_is_not_called_sound"]),
    (13, "places with gaps, repeated, overflowing", &["places_have_no_gap_no_repeat_and_an_end"]),
    (14, "both ends right and the middle not", &["both_ends_that_match_do_not_vouch_for_the_middle"]),
    (
        27,
        "two writers, outcomes that are unknown",
        &[
            "two_writers_make_one_chain",
            "an_acknowledgement_that_was_lost_is_found_again_by_id",
            "an_entry_that_was_lost_with_its_answer_is_not_taken_for_written",
            "a_promotion_that_is_asked_for_again_is_made_once",
        ],
    ),
    (
        30,
        "the instant at which keys change hands",
        &["a_key_signs_its_own_revocation_and_nothing_after_it", "a_key_signs_from_the_entry_after_the_one_that_adds_it"],
    ),
    (
        31,
        "a bit that flips between hash and store",
        &[
            "a_bit_of_the_entry_that_flips_on_its_way_is_heard_of_at_once",
            "a_bit_of_its_hash_that_flips_on_its_way_is_heard_of_at_once",
            "an_entry_that_is_read_back_from_another_place_is_not_stored",
            "a_store_that_keeps_nothing_is_not_believed",
        ],
    ),
    (
        32,
        "a verifier that could not run, checks that never ran (`cargo xtask mutants`)",
        &["could_not_run_and_tampered_are_two_exit_codes", "a_file_that_was_destroyed_is_tampered_with_where_it_still_is_a_ledger"],
    ),
];

/// The tests that say which group they play, by their groups.
fn marked() -> BTreeMap<u32, Vec<String>> {
    let mut found: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let folders = ["tests/tests/attacks", "ledger/tests/front_door"];
    for file in folders.iter().flat_map(|folder| rust_files(&root().join(folder))) {
        let mut group = None;
        for line in file.text.lines().map(str::trim) {
            if let Some(number) = line.strip_prefix("// attack: ") {
                group = Some(number.parse().unwrap_or_else(|_| panic!("{}: {line}", file.path.display())));
            }
            if let (Some(name), Some(number)) = (line.strip_prefix("fn ").and_then(|rest| rest.strip_suffix("() {")), group) {
                found.entry(number).or_default().push(name.to_owned());
                group = None;
            }
        }
    }
    found
}

#[test]
fn every_group_of_the_list_is_played_by_its_tests_and_no_others() {
    let mut marked = marked();
    for (number, about, tests) in GROUPS {
        let mut found = marked.remove(&number).unwrap_or_default();
        let mut listed: Vec<String> = tests.iter().map(|&test| test.to_owned()).collect();
        found.sort();
        listed.sort();
        assert_eq!(found, listed, "group {number}: {about}");
    }
    assert!(marked.is_empty(), "groups that are not on the list: {marked:?}");
}

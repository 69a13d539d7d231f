//! Properties of canonical JSON that hold over all values and all bytes, not only over chosen ones.

use promotion_ledger::evidence::encoding::{canonical, check};
use proptest::prelude::*;
use serde_json::Value;

/// Any value within the domain of entries.
fn value() -> impl Strategy<Value = Value> {
    let integer = -9_007_199_254_740_991_i64..=9_007_199_254_740_991;
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        integer.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[\\x00-\\x1f\"\\\\/é\u{2028}]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z0-9_]{1,4}", inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

fn object() -> impl Strategy<Value = Value> {
    prop::collection::btree_map("[a-z0-9_]{1,4}", value(), 0..4).prop_map(|map| map.into_iter().collect())
}

/// What must hold for whatever the check accepts: it is JSON, and the one text of its value.
fn is_the_one_text_of_its_value(text: &[u8]) {
    let value: Value = serde_json::from_slice(text).expect("what is accepted is JSON");
    assert_eq!(canonical(&value).expect("what is accepted has a canonical form"), text);
}

proptest! {
    #[test]
    fn every_value_of_the_domain_has_a_form_that_reads_back(value in object()) {
        let text = canonical(&value).unwrap();
        prop_assert_eq!(check(&text), Ok(()));
        prop_assert_eq!(serde_json::from_slice::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn a_changed_byte_is_refused_or_gives_another_value(value in object(), at: prop::sample::Index, byte: u8) {
        let mut text = canonical(&value).unwrap();
        let at = at.index(text.len());
        text[at] = byte;
        if check(&text).is_ok() {
            is_the_one_text_of_its_value(&text);
        }
    }

    #[test]
    fn an_added_piece_is_refused_or_gives_another_value(
        value in object(),
        at: prop::sample::Index,
        piece in r#"[ \n\t]|\\u00[01][0-9a-fA-F]|\\/|[0-9]|-|\.0|e1|null|true|,"a":1|,|"|\\"#,
    ) {
        let mut text = canonical(&value).unwrap();
        let at = at.index(text.len() + 1);
        text.splice(at..at, piece.bytes());
        if check(&text).is_ok() {
            is_the_one_text_of_its_value(&text);
        }
    }

    #[test]
    fn a_cut_text_is_refused(value in object(), cut: prop::sample::Index) {
        let text = canonical(&value).unwrap();
        prop_assert!(check(&text[..cut.index(text.len())]).is_err());
    }

    #[test]
    fn no_input_panics(text in prop::collection::vec(prop_oneof![prop::sample::select(br#"{}[]":,\u0-1ea"#.to_vec()), any::<u8>()], 0..80)) {
        if check(&text).is_ok() {
            is_the_one_text_of_its_value(&text);
        }
    }

    #[test]
    fn a_fault_lies_within_the_text(text in ".{0,80}") {
        if let Err(fault) = check(text.as_bytes()) {
            prop_assert!(fault.offset <= text.len());
        }
    }
}

//! The built-in gate on the label of the revision.

use std::collections::BTreeMap;

use crate::gate::{LabelFault, REVISION, label_shape};

const COMMIT: &str = "9632686afa9e0d3f1b2c4a5968778695a4b3c2d1";
const OTHER: &str = "0000000000000000000000000000000000000001";

fn judged(label: Option<&str>, annotation: Option<&str>) -> Result<String, LabelFault> {
    let one = |text: Option<&str>| -> BTreeMap<String, String> {
        let noise = ("org.opencontainers.image.version".to_owned(), "v1".to_owned());
        text.map(|text| (REVISION.to_owned(), text.to_owned())).into_iter().chain([noise]).collect()
    };
    label_shape(&one(label), &one(annotation)).map(|revision| revision.to_string())
}

#[test]
fn forty_hexadecimal_digits_pass_wherever_they_stand() {
    for (label, annotation) in [(Some(COMMIT), None), (None, Some(COMMIT)), (Some(COMMIT), Some(COMMIT))] {
        assert_eq!(judged(label, annotation).as_deref(), Ok(COMMIT));
    }
    let upper = COMMIT.to_ascii_uppercase();
    assert_eq!(judged(Some(&upper), Some(COMMIT)).as_deref(), Ok(COMMIT));
}

#[test]
fn anything_else_fails_and_says_what_was_found() {
    for bad in
        ["", "main", "v1.4.2", &COMMIT[1..], &format!("{COMMIT}0"), &format!("{COMMIT}\n"), &COMMIT.replace('9', "g"), &"é".repeat(20)]
    {
        let expected = LabelFault::Shape { found: bad.to_owned() };
        assert_eq!(judged(Some(bad), None), Err(expected.clone()), "{bad:?}");
        assert_eq!(judged(Some(COMMIT), Some(bad)), Err(expected), "{bad:?}");
    }
    assert_eq!(
        judged(Some("\u{202e}main\u{1b}"), None).unwrap_err().to_string(),
        "label org.opencontainers.image.revision is \"\\u{202e}main\\u{1b}\": expected 40 hexadecimal digits, a whole commit id"
    );
}

#[test]
fn a_missing_label_fails() {
    assert_eq!(judged(None, None), Err(LabelFault::Missing));
    assert!(LabelFault::Missing.to_string().contains(REVISION));
}

#[test]
fn a_label_and_an_annotation_that_disagree_fail() {
    assert!(matches!(judged(Some(COMMIT), Some(OTHER)), Err(LabelFault::Disagree { .. })));
}

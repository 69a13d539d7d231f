//! Pages: data and conversation apart, colour only where it is wanted, nothing that plays with the terminal.

use crate::shop::{PLAIN, Shop};

/// A reason that would colour a terminal, move its cursor, set its title and turn its text round.
const NASTY: &str = "fix\u{1b}[31m\u{1b}]0;owned\u{7}\u{8}\u{202e}txt\u{200b}\u{9b}1m";

/// Whether the text holds a character that a terminal obeys or hides.
fn has_hidden(text: &str) -> bool {
    text.chars().any(|letter| (letter.is_control() && letter != '\n') || "\u{202e}\u{200b}".contains(letter))
}

// proves: FR-036
#[test]
fn control_and_bidi_characters_are_made_visible_wherever_they_are_shown() {
    let shop = Shop::in_layouts(PLAIN);
    let locked = shop.run(&["lock", "--env", "dev", "--reason", NASTY]).expect_code(0);
    let place = (shop.entries().len() - 1).to_string();
    let runs = [
        locked,
        shop.promote("v1.0.0", "none", "dev").expect_code(13),
        shop.run(&["status"]).expect_code(0),
        shop.run(&["history"]).expect_code(0),
        shop.run(&["show", &place]).expect_code(0),
        shop.run(&["verify"]).expect_code(0),
    ];
    for run in &runs {
        assert!(!has_hidden(&run.stdout) && !has_hidden(&run.stderr), "{run:?}");
    }
    assert!(runs[1].stderr.contains(r"fix\u{1b}[31m"), "{}", runs[1].stderr);
    assert!(runs[2].stdout.contains(r"\u{202e}txt"), "{}", runs[2].stdout);
    // What is recorded is what was said, to the last character.
    assert_eq!(shop.newest("environment.locked").data()["reason"], NASTY);
}

#[test]
fn without_a_terminal_there_is_no_colour_unless_it_is_asked_for() {
    let shop = Shop::in_layouts(PLAIN);
    let colours = |program: promoledger_tests::command::Promoledger, further: &[&str]| {
        let good = program.run(&[&["status"], further].concat()).expect_code(0).stdout;
        let bad = program.run(&[&["show", "999"], further].concat()).expect_code(3).stderr;
        [good, bad].map(|text| text.contains('\u{1b}'))
    };
    // An empty NO_COLOR counts as absent.
    let plain = shop.admin().env("NO_COLOR", "");
    assert_eq!(colours(plain.clone(), &[]), [false, false]);
    assert_eq!(colours(plain.clone(), &["--color", "always"]), [true, true]);
    assert_eq!(colours(plain.clone(), &["--color", "never"]), [false, false]);
    assert_eq!(colours(shop.admin(), &[]), [false, false]);
    let machine = plain.run(&["status", "--output", "json", "--color", "always"]).expect_code(0);
    assert!(!machine.stdout.contains('\u{1b}'));
}

// proves: FR-031
#[test]
fn standard_output_is_data_and_standard_error_conversation() {
    let shop = Shop::in_layouts(PLAIN);
    let refused = shop.promote("v1.0.0", "dev", "staging").expect_code(11);
    assert_eq!(refused.stdout, "");
    assert!(refused.stderr.starts_with("error: "), "{}", refused.stderr);
    assert!(refused.stderr.contains("exit 11 (version never promoted there), recorded as entry"), "{}", refused.stderr);

    let downgrade = || {
        shop.promote("v1.1.0", "none", "dev").expect_code(0);
        [&shop.promotion("v1.0.0", "none", "dev")[..], &["--allow-downgrade", "--output", "json"]].concat()
    };
    let warned = shop.run(&downgrade()).expect_code(0);
    assert!(warned.json()["warnings"][0].as_str().is_some_and(|warning| warning.contains("downgrade")), "{warned:?}");
    assert!(warned.stderr.contains("warning: "), "{warned:?}");

    let quiet = shop.run(&["lock", "--env", "prod", "--reason", "x", "--quiet"]).expect_code(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    let quiet = shop.run(&["show", "999", "--quiet"]).expect_code(3);
    assert!(quiet.stderr.starts_with("error: "), "{quiet:?}");
}

#[test]
fn a_slip_of_the_hand_is_a_usage_error_and_help_is_not() {
    let shop = Shop::in_layouts(PLAIN);
    for arguments in [&["promot"][..], &["promote"], &["lock", "--env", "Dev!", "--reason", "x"], &["status", "--output", "xml"]] {
        let run = shop.run(arguments).expect_code(2);
        assert_eq!(run.stdout, "");
        assert!(run.stderr.starts_with("error: "), "{run:?}");
    }
    for arguments in [&["--help"][..], &["promote", "--help"], &["--version"], &["help", "lock"]] {
        assert_eq!(shop.run(arguments).expect_code(0).stderr, "");
    }
}

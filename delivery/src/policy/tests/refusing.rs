//! What cannot be evaluated refuses: policies that are none, and questions that get no answer.

use super::{Policies, PolicyError, asked, compiled, input};
use crate::policy::{LARGEST_INPUT, LARGEST_POLICY, MOST_RULES, Place, Why};

#[track_caller]
fn why(rules: &str) -> Why {
    match asked(rules, &input()) {
        Err(unanswered) => unanswered.why,
        Ok(verdict) => panic!("{rules}\n{verdict:?}"),
    }
}

// proves: FR-006
#[test]
fn an_answer_of_another_kind_is_none() {
    for (rules, words) in [
        (r#"deny := "no""#, "`deny` gives the text \"no\"; expected a set"),
        ("deny := true", "`deny` gives true"),
        (r#"deny := ["no"]"#, "`deny` gives a list"),
        (r#"deny := {"x"} if input.artifact.labels.x"#, "`deny` gives nothing"),
        ("deny contains 7 if true", "`deny` gives a number"),
        ("deny contains null if true", "`deny` gives null"),
        (r#"deny contains {"code": "X"} if true"#, "`deny` gives an object of another shape"),
        (r#"deny contains {"msg": 7} if true"#, "`deny` gives an object of another shape"),
        (r#"deny contains {"msg": "a", "more": "b"} if true"#, "`deny` gives an object of another shape"),
        (r#"warn contains ["a"] if true"#, "`warn` gives a list"),
        (r#"allow := "yes""#, "`allow` gives the text \"yes\"; expected true or false"),
        ("allow := {true}", "`allow` gives a set"),
    ] {
        let told = why(rules).to_string();
        assert!(told.contains(words), "{rules}\n{told}");
    }
}

// proves: FR-006
#[test]
fn a_fault_while_evaluating_refuses_and_says_where() {
    let Why::Failed { place, what } = why("deny contains \"x\" if {\n  to_number(input.artifact.version) > 1\n}") else {
        panic!("another reason")
    };
    assert_eq!(place.map(|place| (place.policy, place.line)), Some(("shop.rego".to_owned(), 3)), "{what}");
    assert!(matches!(why("allow := true\nallow := false"), Why::Failed { .. }));
}

// proves: FR-006
#[test]
fn what_is_no_rego_is_told_with_its_place() {
    let error = compiled("deny contains \"x\" if {\n  input.request.to ==\n}").expect_err("this is no Rego");
    let PolicyError::Rego { place: Place { policy, line, column }, .. } = &error else { panic!("{error}") };
    assert_eq!((policy.as_str(), *line, *column), ("shop.rego", 4, 1), "{error}");
    for rules in ["deny[x] { x := 1 }", "deny contains x if y", "\u{0}", "deny contains \"x\" if \""] {
        compiled(rules).expect_err(rules);
    }
}

// proves: FR-006
#[test]
fn functions_of_more_than_their_arguments_are_refused() {
    for (call, words) in [
        (r#"http.send({"method": "get", "url": "http://127.0.0.1/"})"#, "`http.send` cannot be called: it would ask somebody outside"),
        ("time.now_ns()", "it reads a clock"),
        (r#"rand.intn("x", 7)"#, "it draws chance"),
        (r#"uuid.rfc4122("x")"#, "it draws chance"),
        ("opa.runtime()", "it reads the environment"),
        (r#"net.lookup_ip_addr("acme.example")"#, "it would ask somebody outside"),
        (r#"print("x")"#, "by `deny` and `warn` alone"),
        ("bits.lsh(1, 1000000000000)", "what it makes cannot be bounded"),
        ("magic(1)", "there is no such function here"),
    ] {
        for rules in [
            format!("deny contains \"x\" if {{\n  {call}\n}}"),
            format!("f(x) := y if {{\n  y := {call}\n}}\ndeny contains \"x\" if f(1)"),
            format!("deny contains \"x\" if {{\n  count([y | y := {call}]) > 0\n}}"),
        ] {
            let error = compiled(&rules).expect_err(&rules);
            assert!(matches!(&error, PolicyError::Call { place, .. } if place.line == 3), "{error:?}");
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}

// proves: FR-006
#[test]
fn a_function_is_not_smuggled_in_under_another_name() {
    for replacement in ["http.send", "time.now_ns", "strings.replace_n", "bits.lsh"] {
        let rules = format!("f(x, y) := 1\nv := f(1, 2) with f as {replacement}\ndeny contains \"x\" if v");
        let answered = compiled(&rules).map(|policies| policies.judge(&input()));
        assert!(!matches!(answered, Ok(Ok(_))), "{replacement}");
    }
}

// proves: FR-006
#[test]
fn policies_that_take_too_much_end_and_refuse() {
    let nested = "deny contains \"x\" if {\n some a in numbers.range(1, 1000)\n some b in numbers.range(1, 1000)\n a * b == -1\n}";
    assert!(why(nested).to_string().contains("more than 250000 steps"));
    // A step limit that is met inside a function, whose faults Rego may pass over.
    let inside =
        "f(n) := count([1 | some a in numbers.range(1, n); some b in numbers.range(1, n); a > b])\ndeny contains \"x\" if not f(2000)";
    assert!(why(inside).to_string().contains("steps"));
    let doubled: String = (1..60).map(|n| format!("a{n} := concat(\"\", [a{0}, a{0}])\n", n - 1)).collect();
    assert!(why(&format!("a0 := \"0123456789\"\n{doubled}deny contains \"x\" if a59 == \"\"")).to_string().contains("bytes"));
    for call in [
        "numbers.range(1, 1000000000000)",
        "sprintf(\"%999999999d\", [1])",
        "replace(concat(\",\", numbers.range(1, 10)), \"\", concat(\",\", numbers.range(1, 10)))",
        "sprintf(\"%½d\", [1])",
    ] {
        let answered = asked(&format!("deny contains \"x\" if {call} == 1"), &input());
        assert!(answered.is_err(), "{call} {answered:?}");
    }
}

// proves: FR-006
#[test]
fn rules_that_need_themselves_are_refused() {
    for rules in [
        "a := b\nb := a\ndeny contains \"x\" if a",
        "f(x) := f(x + 1)\ndeny contains \"x\" if f(1)",
        "f(x) := g(x)\ng(x) := 1 if f(x)\ndeny contains \"x\" if f(1)",
        "f(x) := h(x) with h as data.promoledger.f\nh(x) := 1\ndeny contains \"x\" if f(1)",
        "deny contains x if some x in deny",
    ] {
        let answered = compiled(rules).map(|policies| policies.judge(&input()));
        assert!(!matches!(answered, Ok(Ok(_))), "{rules}");
    }
}

// proves: FR-006
#[test]
fn policies_that_decide_nothing_are_refused() {
    for text in [
        "package other\ndeny contains \"x\" if true",
        "package promoledger\nrefuse contains \"x\" if true",
        "package promoledger.more\ndeny contains \"x\" if true",
    ] {
        assert_eq!(Policies::compile(&[("a.rego", text)]).expect_err(text), PolicyError::DecidesNothing);
    }
}

// proves: FR-006
#[test]
fn sizes_and_names_are_bounded() {
    let large = format!("package promoledger\n{}", "#\n".repeat(LARGEST_POLICY / 2));
    assert!(matches!(Policies::compile(&[("a", &large)]), Err(PolicyError::TooLarge { .. })));
    let many: String = (0..=MOST_RULES).map(|n| format!("a{n} := {n}\n")).collect();
    assert_eq!(compiled(&many).expect_err("too many"), PolicyError::TooManyRules { found: MOST_RULES + 1 });
    for name in ["", "a\nb", &"a".repeat(201)] {
        assert_eq!(Policies::compile(&[(name, "")]).expect_err(name), PolicyError::Name(name.to_owned()));
    }
    let twice = [("a", "package promoledger\nallow := true"), ("a", "package promoledger\nallow := true")];
    assert_eq!(Policies::compile(&twice).expect_err("named twice"), PolicyError::NamedTwice("a".to_owned()));
    let mut request = input();
    request.artifact.labels.insert("x".to_owned(), "x".repeat(LARGEST_INPUT));
    let answered = asked("allow := true", &request).expect_err("too large");
    assert!(matches!(answered.why, Why::InputTooLarge { .. }));
}

// proves: FR-006
#[test]
fn a_long_chain_of_rules_has_room() {
    let chain: String = (1..MOST_RULES - 1).map(|n| format!("a{n} := a{}\n", n - 1)).collect();
    let answered = asked(&format!("a0 := 1\n{chain}deny contains \"x\" if a{} == 1", MOST_RULES - 2), &input());
    assert_eq!(answered.expect("it answers").denials, ["x"]);
}

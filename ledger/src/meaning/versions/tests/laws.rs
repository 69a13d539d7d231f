//! What holds of every scheme for any versions: there are two sides to each answer, and answers chain.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::*;
use super::version;

/// A version that some scheme reads, or none does; small numbers, so that equals and neighbours are common.
fn a_version() -> impl Strategy<Value = String> {
    let strange = || select(vec!["00", "01", "10", "999999999999999999", "1000000000000000000"]).prop_map(str::to_owned);
    let number = || prop_oneof![4 => (0..3_u64).prop_map(|n| n.to_string()), 1 => strange()];
    let tail = select(vec!["", "-rc1", "-rc.1", "-rc.2", "rc", "_b10", "-B", "-0", "."]);
    prop_oneof![
        (any::<bool>(), prop::collection::vec(number(), 1..4), select(vec![".", "-", "_"]), tail)
            .prop_map(|(v, numbers, between, tail)| format!("{}{}{tail}", if v { "v" } else { "" }, numbers.join(between))),
        number().prop_map(|n| format!("release-{n}")),
        (number(), number()).prop_map(|(week, n)| format!("2026.{week}-b{n}")),
        select(vec!["nightly", "v", "rc1"]).prop_map(str::to_owned),
    ]
}

fn a_scheme() -> impl Strategy<Value = Scheme> {
    let template = |text| Scheme::Pattern(Template::new(text).unwrap());
    select(vec![
        Scheme::Semver,
        Scheme::Calver,
        Scheme::Recency,
        template("release-{n}"),
        template("2026.{week}-b{n}"),
        template("{a}.{b}"),
    ])
}

type Candidate = (Version, Option<Sequence>);

/// Versions that were registered, or not, each name at one place.
fn candidates(count: usize) -> impl Strategy<Value = Vec<Candidate>> {
    let drawn = prop::collection::vec((a_version(), prop::option::weighted(0.9, 0..4_u64)), count);
    drawn.prop_map(|mut drawn| {
        for at in 1..drawn.len() {
            if let Some(same) = drawn[..at].iter().find(|other| other.0 == drawn[at].0).cloned() {
                drawn[at].1 = same.1;
            }
        }
        drawn.into_iter().map(|(text, place)| (version(&text), place.map(Sequence::new))).collect()
    })
}

fn by(scheme: &Scheme, landing: &Candidate, current: &Candidate) -> Comparison {
    compare_by(scheme, &landing.0, Some(&current.0), (landing.1, current.1))
}

fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Newer => Comparison::Older,
        Comparison::Older => Comparison::Newer,
        same => same,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_newer_one_way_is_older_the_other(scheme in a_scheme(), pair in candidates(2)) {
        prop_assert_eq!(by(&scheme, &pair[0], &pair[1]), turned(by(&scheme, &pair[1], &pair[0])));
        prop_assert_eq!(by(&scheme, &pair[0], &pair[0]), Comparison::Equal);
    }

    #[test]
    fn answers_chain(scheme in a_scheme(), three in candidates(3)) {
        let compared = |left: usize, right: usize| by(&scheme, &three[left], &three[right]);
        let not_older = |left: usize, right: usize| matches!(compared(left, right), Comparison::Newer | Comparison::Equal);
        if not_older(0, 1) && not_older(1, 2) {
            prop_assert!(not_older(0, 2));
            let equal = |left: usize, right: usize| compared(left, right) == Comparison::Equal;
            prop_assert_eq!(equal(0, 2), equal(0, 1) && equal(1, 2));
        }
    }

    #[test]
    fn a_version_reads_or_does_not_whatever_it_is_compared_with(scheme in a_scheme(), three in candidates(3)) {
        let differ = |left: usize, right: usize| three[left].0 != three[right].0;
        let readable = |left: usize, right: usize| by(&scheme, &three[left], &three[right]) != Comparison::Incomparable;
        if differ(0, 1) && differ(1, 2) && differ(0, 2) && readable(0, 1) && readable(1, 2) {
            prop_assert!(readable(0, 2));
        }
    }
}

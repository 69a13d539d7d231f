//! Fields of the JSON: replaced, made odd, removed, added, spelled otherwise; and signed well again.

use serde_json::{Value, json};

use super::Hand;
use crate::dice::Dice;
use crate::pen::Pen;

/// A value of some field by another that stands under the same name somewhere.
pub(super) fn replace(hand: &mut Hand) {
    let (place, pool) = (hand.place(), &hand.world.pool);
    hand.rewrite(place, |open, dice| {
        let path = choose(&open.value, dice);
        let name = path.rsplit('/').find(|part| part.parse::<usize>().is_err()).unwrap_or_default();
        let in_array = !path.ends_with(name);
        if let (Some(target), Some(values)) = (open.value.pointer_mut(&path), pool.get(name)) {
            let value = dice.pick(values).clone();
            *target = match value {
                Value::Array(values) if in_array && !values.is_empty() => dice.pick(&values).clone(),
                Value::Number(number) if dice.once_in(2) => json!(number.as_u64().unwrap_or(0).wrapping_add(1)),
                value => value,
            };
        }
    });
}

/// A value of some field by one that hardly any field takes.
pub(super) fn make_odd(hand: &mut Hand) {
    let place = hand.place();
    hand.rewrite(place, |open, dice| {
        let path = choose(&open.value, dice);
        if let Some(target) = open.value.pointer_mut(&path) {
            *target = odd(target, dice);
        }
    });
}

/// A field less, or one more.
pub(super) fn remove_or_add(hand: &mut Hand) {
    let (place, pool) = (hand.place(), &hand.world.pool);
    hand.rewrite(place, |open, dice| {
        let path = choose(&open.value, dice);
        let (parent, name) = path.rsplit_once('/').unwrap_or_default();
        let adds = dice.once_in(2);
        match open.value.pointer_mut(parent) {
            Some(Value::Object(fields)) if adds => {
                let (name, values) = pool.iter().nth(dice.below(pool.len())).expect("the pool is not empty");
                fields.insert(name.clone(), dice.pick(values).clone());
            }
            Some(Value::Object(fields)) => drop(fields.remove(name)),
            Some(Value::Array(values)) if adds && !values.is_empty() => values.push(dice.pick(values).clone()),
            Some(Value::Array(values)) if !values.is_empty() => drop(values.remove(0)),
            _ => {}
        }
    });
}

/// The same value in a spelling that is not its own, signed.
pub(super) fn spell_otherwise(hand: &mut Hand) {
    const SPELLINGS: [(&str, &str); 12] = [
        ("\":", "\": "),
        (",\"", ", \""),
        ("{\"", "{ \""),
        ("/", "\\/"),
        ("a", "\\u0061"),
        ("\"v\":1", "\"v\":1.0"),
        ("\"v\":1", "\"v\":01"),
        ("\"v\":1", "\"v\":1,\"v\":1"),
        (":true", ":null"),
        (":0", ":-0"),
        ("}", "},"),
        ("\"id\"", "\"ID\""),
    ];
    let place = hand.place();
    let Some(open) = Pen::open(&hand.case.entries[place]) else { return };
    let (from, to) = *hand.dice.pick(&SPELLINGS);
    let line = open.value.to_string().replacen(from, to, 1);
    if let Some(note) = hand.pen.sign(&open.signer, format!("{line}\n").as_bytes()) {
        hand.case.entries[place] = note;
        hand.pen.chain(&mut hand.case.entries, place + 1);
    }
}

/// The path of some value in an entry, mostly of its data.
fn choose(value: &Value, dice: &mut Dice) -> String {
    let mut paths = Vec::new();
    let (start, within) = if dice.once_in(4) { ("", Some(value)) } else { ("/data", value.get("data")) };
    collect(within.unwrap_or(value), start, &mut paths);
    if paths.is_empty() { "/data".to_owned() } else { dice.pick(&paths).clone() }
}

fn collect(value: &Value, at: &str, paths: &mut Vec<String>) {
    let mut go = |name: String, value: &Value| {
        let path = format!("{at}/{name}");
        collect(value, &path, paths);
        paths.push(path);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| go(name.clone(), value)),
        Value::Array(values) => values.iter().enumerate().for_each(|(index, value)| go(index.to_string(), value)),
        _ => {}
    }
}

fn odd(value: &Value, dice: &mut Dice) -> Value {
    if let (Some(text), false) = (value.as_str(), dice.once_in(3)) {
        return json!(odd_text(text, dice));
    }
    if let (Some(number), false) = (value.as_u64(), dice.once_in(3)) {
        return match dice.below(4) {
            0 => json!(number.wrapping_add(1)),
            1 => json!(number.saturating_sub(1)),
            2 => json!(number.wrapping_add(1 << 32)),
            _ => json!(-i64::try_from(number).unwrap_or(1)),
        };
    }
    let deep = (0..dice.below(18)).fold(json!(0), |inner, _| json!([inner]));
    let odd = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1u64 << 53),
        json!((1u64 << 53) - 1),
        json!(u32::MAX),
        json!(1.5),
        json!(""),
        json!("*"),
        json!("none"),
        json!("\u{2028}\u{85}"),
        json!([]),
        json!({}),
        json!(["*"]),
        json!(["*", "ana"]),
        json!(["b", "a"]),
        json!([1]),
        json!({"A": 1}),
        deep,
    ];
    dice.pick(&odd).clone()
}

fn odd_text(text: &str, dice: &mut Dice) -> String {
    let end: String = text.chars().skip(1).collect();
    match dice.below(12) {
        0 => text.to_uppercase(),
        1 => format!("{text}{}", dice.pick(&["/", ".", "-", "_", "+", " ", "\n", "\u{e9}", "\\", "0", "@", "\u{7f}"])),
        2 => format!("{}{text}", dice.pick(&["/", ".", "-", "_", "+", " ", "x000/", "http://", "oci-layout:", "latest-", "v", "0"])),
        3 => text.repeat(2 + dice.below(12)),
        4 => text.repeat(80).chars().take(*dice.pick(&[32, 33, 64, 65, 75, 76, 127, 128, 129, 255, 256])).collect(),
        5 => end,
        6 => text.replacen('0', "\u{660}", 1),
        7 => {
            let other: &&str = dice.pick(&["", "//", "..", "--", "/"]);
            text.replacen(['-', '/', ':', '.'], other, 1)
        }
        8 => (*dice.pick(&["\u{1c}", "\u{a0}", "\u{200b}", "\u{3000}", "\u{0}", " \t\n"])).to_owned(),
        9 => (*dice.pick(&["latest", "none", "rollback-", "rollback-7", "rollback-7a", "latest-x", "_", ".x", "-x"])).to_owned(),
        10 => (*dice.pick(&[
            "2026-02-29T00:00:00.000000Z",
            "1969-12-31T23:59:59.999999Z",
            "9999-12-30T22:00:00.000000Z",
            "9999-12-30T22:00:00.000001Z",
            "2026-06-30T23:59:60.000000Z",
            "2026-03-01T24:00:00.000000Z",
            "2027-01-01T00:00:00.000000Z",
        ]))
        .to_owned(),
        _ => "x".repeat(*dice.pick(&[1, 1024, 1025])),
    }
}

//! Files of an export: bodies changed or gone, bundles cut, misnamed, missing, and files that do not belong there.

use super::Hand;
use crate::case::Files;
use crate::dice::Dice;

/// A body is changed, cut, gone, or filed under another's name.
pub(super) fn change_body(hand: &mut Hand) {
    let names: Vec<String> = hand.case.bodies.keys().cloned().collect();
    if names.is_empty() {
        hand.case.bodies.insert("ab".repeat(32), vec![7; hand.dice.below(40)]);
        return;
    }
    let name = hand.dice.pick(&names).clone();
    let mut body = hand.case.bodies.remove(&name).unwrap_or_default();
    let at = hand.dice.below(body.len());
    match hand.dice.below(6) {
        0 => body[at] ^= 1 << hand.dice.below(8),
        1 => body.truncate(at),
        2 => body.push(hand.dice.byte()),
        3 => return,
        4 => {
            hand.case.bodies.insert(hand.dice.pick(&names).clone(), body);
            return;
        }
        _ => body.truncate(hand.dice.below(17)),
    }
    hand.case.bodies.insert(name, body);
}

/// Something about the files of the export.
pub(super) fn change(files: &mut Files, dice: &mut Dice) {
    let bundles: Vec<String> = files.keys().filter(|name| name.starts_with("tile/")).cloned().collect();
    if bundles.is_empty() {
        return;
    }
    let name = dice.pick(&bundles).clone();
    let whole = files[&name].clone();
    let at = dice.below(whole.len());
    match dice.below(9) {
        0 => drop(files.remove(&name)),
        1 => rename(files, &name, dice),
        2 => drop(files.insert(name, whole[..at].to_vec())),
        3 => drop(files.insert(name, [&whole[..], &[dice.byte()][..]].concat())),
        4 => files.entry(name).or_default()[at] ^= 1 << dice.below(8),
        5 => {
            let stray = *dice.pick(&[
                "tile/entries/junk/",
                "tile/entries/001/",
                "tile/entries/x001/",
                "tile/entries/002.p/",
                "bodies/sub/",
                "tile/entries/notes.txt",
                "tile/entries/000.p/07",
                "tile/entries/000.p/x",
                "tile/entries/x000/000",
                "tile/entries/0000",
                "tile/entries/1",
                "tile/entries/000.q/1",
                "tile/entries/x00/001",
                "tile/entries/000.p/256",
            ]);
            files.insert(stray.to_owned(), whole);
        }
        6 => drop(files.insert("tile/entries/000.p/1".to_owned(), vec![0; at])),
        7 => {
            let other = *dice.pick(&[
                "bodies/notes.txt",
                "bodies/AB",
                "README",
                "tile/0/000",
                "pins",
                "tile/entries/001.p/1",
                "tile/entries/x001/000",
                "tile/entries/002",
                "bodies/0000000000000000000000000000000000000000000000000000000000000000",
            ]);
            files.insert(other.to_owned(), whole[..at].to_vec());
        }
        _ => drop(files.insert("pins".to_owned(), b"origin somebody.else/ledger\n".to_vec())),
    }
}

fn rename(files: &mut Files, name: &str, dice: &mut Dice) {
    let names = [
        "tile/entries/000",
        "tile/entries/001.p/3",
        "tile/entries/000.p/9",
        "tile/entries/000.p/255",
        "tile/entries/000.p/0",
        "tile/entry/000",
    ];
    let bytes = files.remove(name).unwrap_or_default();
    files.insert((*dice.pick(&names)).to_owned(), bytes);
}

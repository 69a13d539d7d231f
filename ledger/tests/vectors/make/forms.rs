//! Entries that do not have the form of an entry. All but those whose signature line is at fault are properly signed.

use serde_json::{Value, json};

use super::Case;
use super::hand::{Hand, Key, sign};
use super::run::{with, without};

pub(crate) fn all() -> Vec<Case> {
    [notes(), texts(), lines(), envelopes()].into_iter().flatten().collect()
}

/// A ledger of one entry, its admin, and a good second entry.
fn begun() -> (Hand, Key, String) {
    let alice = Key::alice();
    let hand = Hand::with(&[&alice]);
    let mut longer = hand.clone();
    longer.write(&alice, "clock.corrected", json!({"reason": "x"}));
    let good = longer.notes.pop().and_then(|note| String::from_utf8(note).ok()).expect("an entry is text");
    (hand, alice, good)
}

fn malformed(name: &str, about: &str, note: Vec<u8>, says: &'static str) -> Case {
    let (mut hand, ..) = begun();
    hand.push(note);
    Case::broken(name, about, &hand, "malformed").says(says)
}

/// The note's frame and its signature line.
fn notes() -> Vec<Case> {
    let (_, _, good) = begun();
    let (text, line) = good.split_once("\n\n").expect("a text and a signature line");
    let payload = line.trim_end().rsplit(' ').next().expect("a payload");
    let (frame, dash, name, base64) =
        ("a text and a blank line before", "a signature line that begins", "a key name", "a space and 92 characters of base64");
    let table = [
        ("empty", "Nothing at all.", String::new(), "a line feed at the end"),
        ("no-final-line-feed", "The last line feed is missing.", good.trim_end().to_owned(), "a line feed at the end"),
        ("line-feed-too-many", "A blank line at the end.", format!("{good}\n"), frame),
        ("text-after", "A line after the signature line.", format!("{good}x\n"), frame),
        ("no-signature-line", "A text and no signature line.", format!("{text}\n\n"), frame),
        ("no-text", "A signature line after a blank line and nothing else.", format!("\n{line}"), frame),
        ("only-signature-line", "A signature line alone.", line.to_owned(), frame),
        ("no-blank-line", "No blank line before the signature line.", format!("{text}\n{line}"), frame),
        ("second-signature-line", "The signature line twice.", format!("{good}{line}"), frame),
        ("carriage-returns", "Lines that end in CR LF.", good.replace('\n', "\r\n"), frame),
        ("hyphen-for-dash", "A hyphen in the place of the em dash.", good.replace('—', "-"), dash),
        ("en-dash", "An en dash in the place of the em dash.", good.replace('—', "–"), dash),
        ("no-space-after-dash", "No space after the dash.", good.replace("— ", "—"), dash),
        ("two-spaces-after-dash", "Two spaces after the dash.", good.replace("— ", "—  "), name),
        ("plus-in-key-name", "A plus sign in the key's name.", good.replace("/alice ", "/al+ce "), name),
        ("key-name-not-ascii", "A key name outside ASCII.", good.replace("/alice ", "/alicé "), name),
        ("key-name-too-long", "A key name of 256 bytes.", good.replace("acme.example/alice", &"a".repeat(256)), name),
        ("no-space-after-name", "No space after the key's name.", good.replace("/alice ", "/alice"), base64),
        ("two-spaces-after-name", "Two spaces after the key's name.", good.replace("/alice ", "/alice  "), base64),
        ("space-at-end", "A space at the end of the signature line.", format!("{} \n", good.trim_end()), base64),
        ("no-signature", "A signature line without its signature.", good.replace(payload, ""), base64),
        ("base64-unpadded", "Base64 without its padding.", good.replace("=\n", "\n"), base64),
        ("base64-of-urls", "Base64 in the alphabet of URLs.", good.replacen(&payload[..4], "-_-_", 1), base64),
        ("base64-left-over-bits", "Base64 with left-over bits that are not zero.", left_over(&good), base64),
        ("signature-too-short", "A signature that lacks three bytes.", good.replacen(&payload[..4], "", 1), base64),
        (
            "signature-timed",
            "A payload eight bytes longer, as a timed signature's.",
            good.replacen(&payload[..4], "AAAAAAAAAAAAAA", 1),
            base64,
        ),
    ];
    table.into_iter().map(|(name, about, note, says)| malformed(&format!("note-{name}"), about, note.into_bytes(), says)).collect()
}

/// The last of 68 bytes leaves four bits of its second character unused.
fn left_over(good: &str) -> String {
    let at = good.len() - 3;
    let last = good.as_bytes().get(at).copied().expect("a last character");
    let other = char::from(last + 1);
    format!("{}{other}=\n", good.get(..at).expect("ASCII"))
}

/// The signed text, which must be one line of text.
fn texts() -> Vec<Case> {
    let (hand, alice, _) = begun();
    let line = promotion_ledger::evidence::encoding::canonical(&hand.envelope(&alice, "clock.corrected", 1, &json!({"reason": "x"})))
        .expect("a canonical value");
    let with_piece = |piece: &[u8]| {
        let at = line.len() - 2;
        sign(&alice, &[line.get(..at).unwrap_or_default(), piece, line.get(at..).unwrap_or_default(), b"\n"].concat())
    };
    vec![
        malformed("note-tab-in-text", "A tab in the text.", with_piece(b"\t"), "text without control characters"),
        malformed("note-nul-in-text", "A byte 00 in the text.", with_piece(b"\0"), "text without control characters"),
        malformed("note-not-utf-8", "A byte ff in the text.", with_piece(b"\xff"), "text in UTF-8"),
        malformed("note-surrogate", "A surrogate in what is nearly UTF-8.", with_piece(b"\xed\xa0\x80"), "text in UTF-8"),
        malformed("note-two-lines", "A text of two lines.", with_piece(b"\n"), "a blank line after the one line"),
        malformed("note-blank-line-of-text", "A text that is one blank line.", sign(&alice, b"\n"), "a line of text"),
        malformed(
            "note-blank-line-after",
            "A text with a blank line at its end.",
            sign(&alice, &[&line, &b"\n\n"[..]].concat()),
            "a blank line after the one line",
        ),
        malformed("note-too-long", "An entry of 65,536 bytes.", too_long(&alice, &line), "the end, after at most 65,535 bytes"),
    ]
}

fn too_long(alice: &Key, line: &[u8]) -> Vec<u8> {
    let length = sign(alice, &[line, b"\n"].concat()).len();
    let at = line.len() - 20;
    let filler = "x".repeat(65_536 - length);
    sign(alice, &[line.get(..at).unwrap_or_default(), filler.as_bytes(), line.get(at..).unwrap_or_default(), b"\n"].concat())
}

/// What becomes of a good line.
type Change = fn(String) -> String;

/// The line, which must be canonical JSON. `{D}` is an entry's data.
fn lines() -> Vec<Case> {
    let integer = "an integer within 2^53 - 1";
    let escape = r#"one of \" \\"#;
    let value = "a string, an integer, true";
    let key = "a key of a-z 0-9 _";
    let data = [
        ("space-after-brace", "A space after an opening brace.", r#"{ "a":1}"#, "a key in quotes"),
        ("key-unquoted", "A key without quotes.", "{a:1}", "a key in quotes"),
        ("trailing-comma", "A comma before a closing brace.", r#"{"a":1,}"#, "a key in quotes"),
        ("key-empty", "An empty key.", r#"{"":1}"#, key),
        ("key-upper-case", "A key with a capital.", r#"{"A":1}"#, key),
        ("key-hyphen", "A key with a hyphen.", r#"{"a-b":1}"#, key),
        ("key-escaped", "A key with an escape.", r#"{"\u0061":1}"#, key),
        ("space-before-colon", "A space before a colon.", r#"{"a" :1}"#, "a colon"),
        ("space-after-colon", "A space after a colon.", r#"{"a": 1}"#, value),
        ("space-before-comma", "A space before a comma.", r#"{"a":1 ,"b":2}"#, "a comma or a closing brace"),
        ("key-twice", "A key twice.", r#"{"a":1,"a":1}"#, "a key that sorts after"),
        ("keys-unsorted", "Keys out of order.", r#"{"b":1,"a":2}"#, "a key that sorts after"),
        ("key-prefix-unsorted", "A key after one that it begins.", r#"{"ab":1,"a":2}"#, "a key that sorts after"),
        ("array-trailing-comma", "A comma before a closing bracket.", r#"{"a":[1,]}"#, value),
        ("array-space", "A space in an array.", r#"{"a":[1, 2]}"#, value),
        ("array-no-comma", "No comma in an array.", r#"{"a":[1"x"]}"#, "a comma or a closing bracket"),
        ("null", "A null.", r#"{"a":null}"#, value),
        ("true-capital", "True with a capital.", r#"{"a":True}"#, value),
        ("true-misspelled", "A word that begins like true.", r#"{"a":tru}"#, "true or false"),
        ("quotes-single", "Single quotes.", "{\"a\":'x'}", value),
        ("number-plus", "A number with a plus sign.", r#"{"a":+1}"#, value),
        ("number-leading-zero", "A leading zero.", r#"{"a":01}"#, integer),
        ("number-minus-zero", "Minus zero.", r#"{"a":-0}"#, integer),
        ("number-minus-alone", "A minus sign alone.", r#"{"a":-}"#, integer),
        ("number-fraction", "A fraction, though it is whole.", r#"{"a":1.0}"#, integer),
        ("number-exponent", "An exponent.", r#"{"a":1e2}"#, integer),
        ("number-exponent-capital", "An exponent with a capital.", r#"{"a":1E2}"#, integer),
        ("number-too-large", "2^53.", r#"{"a":9007199254740992}"#, integer),
        ("number-too-small", "-2^53.", r#"{"a":-9007199254740992}"#, integer),
        ("number-huge", "A number of thirty digits.", r#"{"a":999999999999999999999999999999}"#, integer),
        ("escape-solidus", "An escaped solidus.", r#"{"a":"\/"}"#, escape),
        ("escape-needless", "An escape for a letter.", r#"{"a":"\u0041"}"#, escape),
        ("escape-long-form", "The long escape of a line feed.", r#"{"a":"\u000a"}"#, escape),
        ("escape-upper-case", "An escape in upper case.", r#"{"a":"\u001F"}"#, escape),
        ("escape-delete", "An escape for 7f, which stands as it is.", r#"{"a":"\u007f"}"#, escape),
        ("escape-not-ascii", "An escape for a letter outside ASCII.", r#"{"a":"\u00e9"}"#, escape),
        ("escape-surrogate", "An escape for a surrogate.", r#"{"a":"\ud800"}"#, escape),
        ("escape-surrogates", "An escape of two surrogates for one character.", r#"{"a":"\ud83d\ude00"}"#, escape),
        ("escape-unknown", "An escape that JSON does not have.", r#"{"a":"\x41"}"#, escape),
    ];
    let mut cases: Vec<Case> =
        data.into_iter().map(|(name, about, data, says)| line(name, about, says, |good| good.replace("{D}", data))).collect();
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(15), "]".repeat(15));
    cases.push(line("too-deep", "Seventeen levels of nesting.", "objects and arrays at most 16 deep", |good| good.replace("{D}", &deep)));
    let whole: [(&str, &str, &str, Change); 9] = [
        ("array", "An array in the place of the object.", "an object", |good| format!("[{good}]")),
        ("string", "A string in the place of the object.", "an object", |_| "\"x\"".to_owned()),
        ("byte-order-mark", "A byte order mark.", "an object", |good| format!("\u{feff}{good}")),
        ("space-before", "A space before the object.", "an object", |good| format!(" {good}")),
        ("space-after", "A space after the object.", "the end, after the one object", |good| format!("{good} ")),
        ("two-objects", "Two objects.", "the end, after the one object", |good| format!("{good}{{}}")),
        ("cut-in-object", "An object that does not end.", "a comma or a closing brace", |good| {
            good.strip_suffix('}').unwrap_or_default().to_owned()
        }),
        ("cut-in-key", "A key that does not end.", key, |_| "{\"actor".to_owned()),
        ("cut-in-string", "A string that does not end.", "a quote that ends the string", |_| "{\"actor\":\"alice".to_owned()),
    ];
    cases.extend(whole.into_iter().map(|(name, about, says, change)| line(name, about, says, |good| change(good.replace("{D}", "{}")))));
    cases
}

fn line(name: &str, about: &str, says: &'static str, change: impl FnOnce(String) -> String) -> Case {
    let (mut hand, alice, good) = begun();
    let (text, _) = good.split_once('\n').expect("a line");
    let template = text.replace(r#"{"reason":"x"}"#, "{D}");
    hand.write_line(&alice, change(template).as_bytes());
    Case::broken(format!("json-{name}"), about, &hand, "malformed").says(says)
}

/// The envelope, whose fields must be there, each of its kind, and no others.
fn envelopes() -> Vec<Case> {
    let fields = "the fields of an entry";
    let place = "a place below 2^53 - 1";
    let prev = "32 bytes in base64";
    let zeros = "A".repeat(43);
    let changed = [
        ("unknown-field", "A field that entries do not have.", "extra", json!(1), fields),
        ("actor-empty", "An empty actor.", "actor", json!(""), fields),
        ("actor-space", "An actor with a space.", "actor", json!("alice smith"), fields),
        ("actor-not-ascii", "An actor outside ASCII.", "actor", json!("alicé"), fields),
        ("actor-too-long", "An actor of 256 bytes.", "actor", json!("a".repeat(256)), fields),
        ("actor-number", "A number for the actor.", "actor", json!(1), fields),
        ("agent-too-long", "An agent of 65 bytes.", "agent", json!("a".repeat(65)), fields),
        ("data-array", "An array for the data.", "data", json!([]), "an object"),
        ("data-string", "A string for the data.", "data", json!("x"), "an object"),
        ("id-upper-case", "An id in upper case.", "id", json!("0198F0A4-6F3A-7C1E-8A55-000000000001"), fields),
        ("id-without-hyphens", "An id without hyphens.", "id", json!("0198f0a46f3a7c1e8a55000000000001"), fields),
        ("id-in-braces", "An id in braces.", "id", json!("{0198f0a4-6f3a-7c1e-8a55-000000000001}"), fields),
        ("prev-hexadecimal", "The hash before in hexadecimal.", "prev", json!("0".repeat(64)), prev),
        ("prev-unpadded", "The hash before without padding.", "prev", json!(zeros), prev),
        ("prev-left-over-bits", "The hash before with left-over bits.", "prev", json!(format!("{}B=", "A".repeat(42))), prev),
        ("prev-too-short", "A hash before of 31 bytes.", "prev", json!(format!("{}==", "A".repeat(42))), prev),
        ("seq-string", "A string for the sequence.", "seq", json!("1"), fields),
        ("seq-negative", "A negative sequence.", "seq", json!(-1), fields),
        ("seq-too-large", "A sequence of 2^53 - 1.", "seq", json!(9_007_199_254_740_991_u64), place),
        ("time-seconds", "A time without a fraction.", "time", json!("2026-01-15T09:01:00Z"), fields),
        ("time-milliseconds", "A time in milliseconds.", "time", json!("2026-01-15T09:01:00.000Z"), fields),
        ("time-nanoseconds", "A time in nanoseconds.", "time", json!("2026-01-15T09:01:00.000000000Z"), fields),
        ("time-offset", "A time with an offset.", "time", json!("2026-01-15T09:01:00.000000+00:00"), fields),
        ("time-lower-case", "A time with small letters.", "time", json!("2026-01-15t09:01:00.000000z"), fields),
        ("time-space", "A time with a space.", "time", json!("2026-01-15 09:01:00.000000Z"), fields),
        ("time-before-1970", "A time in 1969.", "time", json!("1969-12-31T23:59:59.999999Z"), fields),
        ("time-after-the-last", "A time later than every time there is.", "time", json!("9999-12-31T23:59:59.999999Z"), fields),
        ("time-just-after-the-last", "A time one microsecond after the last.", "time", json!("9999-12-30T22:00:00.000001Z"), fields),
        ("time-no-such-day", "The thirtieth of February.", "time", json!("2026-02-30T09:01:00.000000Z"), fields),
        ("time-leap-second", "A sixty-first second.", "time", json!("2016-12-31T23:59:60.000000Z"), fields),
        ("time-number", "A number for the time.", "time", json!(1_768_467_660), fields),
        ("type-number", "A number for the type.", "type", json!(1), fields),
        ("version-string", "A string for the version.", "v", json!("1"), fields),
        ("version-negative", "A negative version.", "v", json!(-1), fields),
        ("version-too-large", "A version of 2^32.", "v", json!(1_u64 << 32), fields),
    ];
    let mut cases: Vec<Case> =
        changed.into_iter().map(|(name, about, field, value, says)| envelope(name, about, says, |good| with(good, field, value))).collect();
    for field in ["actor", "agent", "data", "id", "prev", "seq", "time", "type", "v"] {
        cases.push(envelope(&format!("no-{field}"), &format!("No {field}."), fields, |good| without(good, field)));
    }
    cases
}

fn envelope(name: &str, about: &str, says: &'static str, change: impl FnOnce(Value) -> Value) -> Case {
    let (mut hand, alice, _) = begun();
    let line = change(hand.envelope(&alice, "clock.corrected", 1, &json!({"reason": "x"})));
    hand.write_line(&alice, &promotion_ledger::evidence::encoding::canonical(&line).expect("a canonical value"));
    Case::broken(format!("envelope-{name}"), about, &hand, "malformed").says(says)
}

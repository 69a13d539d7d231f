//! The signed note, the envelope, and the chain: what makes an entry authentic where it stands.

use crate::mutants::mutant::{Mutant, check, check_by};

const NOTE: &str = "evidence/note.rs";
const BASE64: &str = "evidence/b64.rs";
const ENTRY: &str = "evidence/entry.rs";
const CHAIN: &str = "evidence/chain.rs";

/// Fills in what is missing and drops what is too much, as a reader would that takes what it knows and no more.
const LENIENT_ENVELOPE: &str = r#"{
    let mut value: serde_json::Value = serde_json::from_slice(line).unwrap_or_default();
    let kept = [
        ("actor", "a".into()), ("agent", "a".into()), ("data", serde_json::json!({})), ("id", "00000000-0000-0000-0000-000000000000".into()),
        ("prev", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into()), ("seq", 0.into()), ("time", "2026-01-01T00:00:00.000000Z".into()),
        ("type", "x".into()), ("v", 1.into()),
    ];
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, _| kept.iter().any(|(known, _)| known == name));
        for (name, default) in kept {
            fields.entry(name).or_insert(default);
        }
    }
    serde_json::from_slice(Box::leak(serde_json::to_vec(&value).unwrap_or_default().into_boxed_slice()))
}"#;

/// A decoder that takes any padding, and bits that are left over.
const LENIENT_BASE64: &str = "{
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    let lenient = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true).with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&base64::alphabet::STANDARD, lenient).decode_slice(text, bytes)
}";

pub(super) const CHECKS: &[Mutant] = &[
    check("note: at most 65,535 bytes", NOTE, "if «bytes.len() <= LONGEST» { return Ok(())", "true", "note-too-long"),
    check(
        "note: a line feed at the end",
        NOTE,
        r#"let Some(lines) = «bytes.strip_suffix(b"\n")» else { return Err(Malformed::at("#,
        r#"Some(bytes.strip_suffix(b"\n").unwrap_or(bytes))"#,
        "note-empty note-no-final-line-feed",
    ),
    check(
        "note: the text ends in a line feed",
        NOTE,
        r#".filter(|text| «text.ends_with(b"\n")»); let text = text.ok_or_else(|| Malformed::at("#,
        "true",
        "note-carriage-returns note-line-feed-too-many note-no-blank-line note-no-signature-line note-no-text
         note-second-signature-line note-text-after",
    ),
    check_by(
        "note: text in UTF-8",
        NOTE,
        "if let Err(fault) = «str::from_utf8(text)» { return Err(Malformed::at(",
        r#"Ok::<&str, core::str::Utf8Error>("")"#,
        ("lib", "evidence::note::tests::a_text_is_utf_8"),
    ),
    check(
        "note: no control characters",
        NOTE,
        r"position(|byte| «*byte < 0x20 && *byte != b'\n'») { Some(offset) => Err(Malformed::at(",
        "false",
        "note-nul-in-text note-tab-in-text",
    ),
    check(
        "note: a dash before the signature",
        NOTE,
        "let Some(rest) = «line.strip_prefix(DASH.as_bytes())» else { return Err(Malformed::at(",
        "Some(line.get(line.iter().position(|byte| *byte == b' ').map_or(0, |at| at + 1)..).unwrap_or_default())",
        "note-en-dash note-hyphen-for-dash note-no-space-after-dash",
    ),
    check(
        "note: a key name",
        NOTE,
        "let name = «name».ok_or_else(|| Malformed::at(bytes, name_at,",
        r#"name.or_else(|| KeyName::new("x").ok())"#,
        "note-key-name-not-ascii note-key-name-too-long note-plus-in-key-name note-two-spaces-after-dash",
    ),
    check(
        "note: a line that is not empty",
        NOTE,
        r#"Some(0) => «Err(Malformed::at(bytes, 0, "a line of text"))»"#,
        "Ok(note)",
        "note-blank-line-of-text",
    ),
    check(
        "note: one line",
        NOTE,
        "Some(end) if «end + 1 < note.text.len()» => Err(Malformed::at(",
        "false",
        "note-blank-line-after note-two-lines",
    ),
    check(
        "base64: one spelling",
        BASE64,
        "«STANDARD.decode_slice(text, bytes)».is_ok_and(",
        LENIENT_BASE64,
        "envelope-prev-left-over-bits envelope-prev-unpadded note-base64-left-over-bits note-base64-unpadded",
    ),
    check(
        "base64: the length asked for",
        BASE64,
        ".is_ok_and(|length| «length == N»)",
        "true",
        "envelope-prev-too-short note-no-signature note-signature-too-short",
    ),
    check(
        "envelope: the nine fields",
        ENTRY,
        "= «serde_json::from_slice(line)».map_err(|error| misplaced(line,",
        LENIENT_ENVELOPE,
        "envelope-no-actor envelope-no-agent envelope-no-data envelope-no-id envelope-no-prev envelope-no-seq envelope-no-time
         envelope-no-type envelope-no-v envelope-unknown-field",
    ),
    check(
        "envelope: a previous hash",
        ENTRY,
        r#"let prev = «prev».ok_or_else(|| field(line, "prev","#,
        "Some(prev.unwrap_or(EntryHash::NONE))",
        "envelope-prev-hexadecimal envelope-prev-left-over-bits envelope-prev-too-short envelope-prev-unpadded",
    ),
    check(
        "envelope: a place that JSON holds",
        ENTRY,
        r#"if «envelope.seq > LARGEST_INTEGER - 1» { return Err(field(line, "seq""#,
        "false",
        "envelope-seq-too-large",
    ),
    check(
        "envelope: data is an object",
        ENTRY,
        r#"if «!envelope.data.get().starts_with('{')» { return Err(field(line, "data""#,
        "false",
        "envelope-data-array envelope-data-string",
    ),
    check(
        "entry: a known version",
        ENTRY,
        "filter(|_| «*v == DATA_VERSION»)",
        "true",
        "law-type-of-version-0 law-type-of-version-2 valid/not-understood",
    ),
    check(
        "entry: data in the form that its type writes",
        ENTRY,
        "Ok(event) if «encoding::canonical(&event).is_ok_and(|text| text == data.get().as_bytes())» =>",
        "true",
        "law-shape-advisory-empty law-shape-array law-shape-breaking-empty law-shape-command-variables-empty law-shape-commands-empty
         law-shape-groups-empty law-shape-issuer-groups-empty law-shape-issuers-empty law-shape-max-age-empty law-shape-policies-empty
         law-shape-verification-keys-empty",
    ),
    check_by(
        "entry: none is written that is too long",
        ENTRY,
        "if «entry.len() > note::LONGEST» { return Err(WriteError::TooLong",
        "false",
        ("front_door", "an_entry_that_is_too_long_is_not_written"),
    ),
    check(
        "chain: the place",
        CHAIN,
        "if «entry.sequence != sequence» { return Err(EntryFault::Sequence",
        "false",
        "chain-dropped chain-duplicate chain-first-dropped chain-gap chain-sequence-repeated chain-swapped
         tampered-over-a-hundred tampered-over-unlawful",
    ),
    check(
        "chain: the entry before",
        CHAIN,
        "if «entry.prev != self.head» { return Err(EntryFault::Previous",
        "false",
        "chain-first-previous chain-previous chain-rewritten chain-splice",
    ),
    check("chain: a key of that name", CHAIN, "find(|key| «key.name == reference.name» &&", "true", "valid/keys-of-one-id"),
    check("chain: a key of that id", CHAIN, "&& «key_id(&key.name, &key.public) == reference.id»)", "true", "key-of-the-same-name"),
    check(
        "chain: only entry 0 brings its own keys",
        CHAIN,
        "Content::Event(Event::LedgerCreated(created)) if «self.size() == 0» =>",
        "true",
        "key-of-a-second-genesis",
    ),
    check(
        "chain: a key that is not revoked",
        CHAIN,
        "if let Some(revoked) = «self.state.core().key(key).and_then(|record| record.revoked)» { return Err(EntryFault::RevokedKey",
        "None",
        "key-revoked",
    ),
    check(
        "chain: a signature that holds",
        CHAIN,
        "if «!entry.is_signed_by(verifier)» { return Err(EntryFault::Signature",
        "false",
        "signature-by-another-key signature-of-another-text signature-of-small-order signature-second-form
         signature-without-line-feed signature-zero",
    ),
    check(
        "chain: a later type only at a later level",
        CHAIN,
        "Content::Unknown { event_type, version } if «self.state.core().format > LEVEL» => {",
        "true",
        "law-type-of-version-0 law-type-of-version-2 law-type-unknown",
    ),
    check(
        "chain: data of its type's shape",
        CHAIN,
        "return «Err(faulty(Unlawful::new(Rule::Shape, detail).into()))»",
        "{ self.pass_over(entry.sequence, entry.time, hash); Ok(Admitted::NotUnderstood { event_type: detail, version: 1 }) }",
        "law-shape-* law-asserted-accepted-false law-import-declared-out-of-order law-import-declared-twice law-import-kind
         law-import-no-lines
         unlawful-over-not-understood",
    ),
    check(
        "chain: no law over what is not understood or unlawful",
        CHAIN,
        "if «!self.understood» { return Ok(()); }",
        "false",
        "unlawful-key-is-a-key valid/not-understood",
    ),
    check(
        "keys brought in: those of entry 0",
        CHAIN,
        "all.iter().try_for_each(|key| «self.key_proven(key, claim(key))»)?;",
        "Ok(())",
        "law-proof-of-first-key-altered law-proof-of-first-key-ledger law-proof-of-first-key-principal law-proof-of-recovery-key",
    ),
    check(
        "keys brought in: no name and id twice in entry 0",
        CHAIN,
        "if «!references.insert(reference.clone())» { return Err(Unlawful::new(Rule::KeyReuse,",
        "false",
        "law-key-reuse-of-name-and-id-in-genesis",
    ),
    check(
        "keys brought in: one that is added",
        CHAIN,
        "Event::KeyAdded(added) => «self.requested(&added.key)»",
        "Ok(())",
        "law-key-reuse-of-name-and-id law-proof-missing law-proof-no-point law-proof-of-another-kind
         law-proof-of-another-ledger law-proof-of-another-name law-proof-of-another-principal law-proof-second-spelling
         law-proof-small-order law-proof-torsion unlawful-key-is-a-key",
    ),
    check(
        "keys brought in: one that is proposed",
        CHAIN,
        "match &proposed.change { KeyChange::Add(key) => «self.requested(key)»",
        "Ok(())",
        "law-proof-proposed",
    ),
    check(
        "keys brought in: one that is endorsed",
        CHAIN,
        "Some(KeyChange::Add(key)) => «self.requested(key)»",
        "Ok(())",
        "law-key-reuse-of-name-and-id-endorsed",
    ),
    check(
        "keys brought in: acceptable",
        CHAIN,
        "if let Err(unacceptable) = «Verifier::new(&key.public)» { return Err(Unlawful::new(Rule::Proof, unacceptable",
        "Verifier::new(&crate::switched::base_point())",
        "law-proof-no-point law-proof-second-spelling law-proof-small-order law-proof-torsion",
    ),
    check(
        "keys brought in: no name and id twice",
        CHAIN,
        "if «taken» { return Err(Unlawful::new(Rule::KeyReuse, format!(\"the name and id {}+{id}",
        "false",
        "law-key-reuse-of-name-and-id law-key-reuse-of-name-and-id-endorsed",
    ),
    check(
        "keys brought in: proven",
        CHAIN,
        "if «proven» { return Ok(()); } let detail = format!(\"the holder of key {} must have signed the request that binds it to this ledger and to {}\", key.name, key.principal); Err(Unlawful::new(Rule::Proof, detail))",
        "true",
        "law-proof-missing law-proof-of-another-kind law-proof-of-another-ledger law-proof-of-another-name
         law-proof-of-another-principal law-proof-of-first-key-altered law-proof-of-first-key-ledger
         law-proof-of-first-key-principal law-proof-of-recovery-key law-proof-proposed unlawful-key-is-a-key",
    ),
];

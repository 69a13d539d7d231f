//! Histories signed anew: with a stranger's key, and with the admin's own, which bends hashes and signatures to its will
//! and the law not at all.

use std::fs;

use promotion_ledger::evidence::entry::{Content, Draft, Entry};
use promotion_ledger::evidence::hash::leaf_hash;
use promotion_ledger::evidence::keyring::SecretKey;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::{GateCompleted, GateStatus};
use promotion_ledger::meaning::event::environment::EnvironmentLocked;
use promotion_ledger::meaning::id::{EntryId, Sequence};
use promotion_ledger::meaning::names::{KeyName, Reason};
use rusqlite::params;

use crate::shop::{Shop, notes};
use crate::tampering::{GATE, edit, story, verify};

pub(super) fn admin_key(shop: &Shop) -> SecretKey {
    let text = fs::read_to_string(shop.key_file()).expect("the admin's key is kept in its file");
    SecretKey::parse(text.trim()).expect("the admin's key is a key")
}

/// Writes the whole history anew, each event as `change` gives it (none, one, or more), chained and signed by `key`.
pub(super) fn rewrite(shop: &Shop, key: &SecretKey, change: impl Fn(&Event) -> Vec<Event>) {
    let mut forged: Vec<(EntryId, Vec<u8>)> = Vec::new();
    let mut prev = EntryHash::NONE;
    for note in notes(&shop.ledger()) {
        let entry = Entry::parse(&note).expect("the entry is in order before it is forged");
        let Content::Event(event) = entry.content() else { panic!("the entry holds an event") };
        for (extra, event) in change(&event).into_iter().enumerate() {
            let id = if extra == 0 { entry.id() } else { other_id(&entry.id(), extra) };
            let sequence = Sequence::new(forged.len() as u64);
            let (actor, agent) = (entry.actor().clone(), entry.agent().clone());
            let bytes = Draft { sequence, prev, id, time: entry.time(), actor, agent, event }.sign(key).expect("a draft can be signed");
            prev = leaf_hash(&bytes);
            forged.push((id, bytes));
        }
    }
    edit(shop, |ledger| {
        ledger.execute("DELETE FROM entry", []).expect("rows can be deleted");
        for (sequence, (id, note)) in (0i64..).zip(&forged) {
            let hash = leaf_hash(note);
            let row = params![sequence, id.as_uuid().as_bytes(), hash.as_bytes(), note];
            ledger.execute("INSERT INTO entry(sequence, id, hash, note) VALUES (?1, ?2, ?3, ?4)", row).expect("rows can be added");
        }
    });
}

/// An id that differs in its last digit.
fn other_id(id: &EntryId, by: usize) -> EntryId {
    let mut text = id.to_string();
    let last = text.pop().and_then(|digit| digit.to_digit(16)).expect("ids are hexadecimal");
    text.push(char::from_digit((last + by as u32) % 16, 16).expect("a digit below 16"));
    EntryId::parse(&text).expect("one digit more or less is an id still")
}

/// The gate's result that was recorded in the story.
fn recorded_gate(shop: &Shop) -> GateCompleted {
    let gate = notes(&shop.ledger()).iter().find_map(|note| match Entry::parse(note).map(|entry| entry.content()) {
        Ok(Content::Event(Event::GateCompleted(gate))) if gate.gate.as_str() == GATE => Some(gate),
        _ => None,
    });
    gate.expect("the story holds a gate's result")
}

/// Whether a promotion into staging, which demands the gate, says it.
fn is_into_staging(event: &Event) -> bool {
    event.promotion().is_some_and(|promotion| promotion.to.as_str() == "staging")
}

/// Where the forged ledger completes a promotion into staging.
fn completion(shop: &Shop) -> u64 {
    let completes =
        |entry: &crate::shop::Entry| entry.text("type") == "promotion.completed" && entry.data()["promotion"]["to"] == "staging";
    shop.entries().iter().position(completes).expect("a release reached staging") as u64
}

/// The law refuses that entry for its gate: it is the first thing that is wrong, and the only thing that is told, for
/// what stands on an unlawful entry cannot be judged.
#[track_caller]
fn expect_unlawful_for_its_gate(shop: &Shop, entry: u64) {
    let findings = verify(shop, 23, &[]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!((findings[0].code, findings[0].entry), (23, Some(entry)), "{findings:?}");
    assert!(findings[0].message.contains("gate") && findings[0].message.contains("(law: gates)"), "{findings:?}");
}

#[test]
fn a_history_signed_with_another_key_is_no_history() {
    let shop = story();
    let name = KeyName::new("acme.example/ops").expect("a key's name");
    rewrite(&shop, &SecretKey::from_seed(name, &[7; 32]), |event| vec![event.clone()]);
    let findings = verify(&shop, 20, &[]);
    assert_eq!(findings[0].entry, Some(0), "{findings:?}");
    assert!(findings[0].message.contains("key"), "{findings:?}");
}

#[test]
fn a_history_rewritten_with_the_true_key_shows_against_a_pin() {
    let shop = story();
    let auditor = shop.workspace.promoledger_of("auditor");
    auditor.run(&["trust"]).expect_code(0);
    let genesis = auditor.run(&["verify", "--output", "json"]).json()["genesis"].as_str().expect("a genesis hash").to_owned();
    let another_reason = Reason::new("nothing happened").expect("a reason");
    rewrite(&shop, &admin_key(&shop), |event| match event {
        Event::EnvironmentLocked(locked) => vec![EnvironmentLocked { reason: another_reason.clone(), ..locked.clone() }.into()],
        other => vec![other.clone()],
    });

    // With every key in hand a lawful history can be told differently. Who saw the first one notices.
    verify(&shop, 0, &["--genesis", &genesis]);
    let verdict = auditor.run(&["verify", "--output", "json"]).expect_code(20).json();
    assert!(verdict["findings"][0]["message"].as_str().is_some_and(|message| message.contains("pinned")), "{verdict}");
    auditor.run(&["status"]).expect_code(20);
    shop.run(&["status"]).expect_code(20);
}

#[test]
fn a_completion_that_leaves_its_gate_out_is_unlawful_whoever_signs_it() {
    let shop = story();
    rewrite(&shop, &admin_key(&shop), |event| match event {
        Event::PromotionCompleted(completed) => {
            let mut without = completed.clone();
            without.gates.retain(|cited| cited.gate.as_str() != GATE);
            vec![without.into()]
        }
        other => vec![other.clone()],
    });
    expect_unlawful_for_its_gate(&shop, completion(&shop));
    // Nobody decides on top of it either.
    shop.workspace.promoledger_of("stranger").run(&["status"]).expect_code(23);
    shop.run(&["export", "audit"]).expect_code(23);
}

#[test]
fn a_completion_that_cites_a_result_which_a_later_one_took_back_is_unlawful() {
    let shop = story();
    let failed = |gate: &GateCompleted| GateCompleted { status: GateStatus::Failed, evidence: None, ..gate.clone() };
    let passed = recorded_gate(&shop);
    rewrite(&shop, &admin_key(&shop), |event| match event {
        Event::PromotionCompleted(_) if is_into_staging(event) => vec![failed(&passed).into(), event.clone()],
        other => vec![other.clone()],
    });
    expect_unlawful_for_its_gate(&shop, completion(&shop));
}

#[test]
fn without_its_gate_a_promotion_is_unlawful_from_its_first_tag_on() {
    let shop = story();
    rewrite(&shop, &admin_key(&shop), |event| match event {
        Event::GateCompleted(gate) if gate.gate.as_str() == GATE => Vec::new(),
        other => vec![other.clone()],
    });
    let is_first_step = |entry: &crate::shop::Entry| entry.text("type") == "step.started" && entry.data()["promotion"]["to"] == "staging";
    let first_step = shop.entries().iter().position(is_first_step).expect("a release was tagged for staging");
    expect_unlawful_for_its_gate(&shop, first_step as u64);
}

#[test]
fn a_completion_that_nobody_was_authorized_for_is_unlawful() {
    let shop = story();
    rewrite(&shop, &admin_key(&shop), |event| match event {
        Event::AuthorizationDecided(decided) if decided.environment.as_str() == "staging" => Vec::new(),
        other => vec![other.clone()],
    });
    let findings = verify(&shop, 23, &[]);
    assert!(findings[0].message.contains("authorized"), "{findings:?}");
}

#[test]
fn a_completion_signed_by_hand_and_put_into_the_store_is_unlawful() {
    let shop = story();
    // The last completion once more, under another id: as if the release had been promoted without a request.
    let again = |event: &Event| match event {
        Event::PromotionCompleted(_) if is_into_staging(event) => vec![event.clone(), event.clone()],
        other => vec![other.clone()],
    };
    rewrite(&shop, &admin_key(&shop), again);
    let findings = verify(&shop, 23, &[]);
    assert_eq!(findings[0].entry, Some(completion(&shop) + 1), "{findings:?}");
    assert!(findings[0].message.contains("under way"), "{findings:?}");
}

//! What one entry costs: taking it apart, and checking its signature plainly or by tables, beside bare ed25519 and SHA-256.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ed25519_dalek::{Signer as _, SigningKey};
use promoledger_benches::scribe::{a_log, one_entry};
use promotion_ledger::evidence::entry::Entry;
use promotion_ledger::evidence::hash::sha256;
use promotion_ledger::evidence::keyring::Verifier;
use promotion_ledger::evidence::keyring::tables::{Tables, settle};
use promotion_ledger::evidence::opened::Opened;
use promotion_ledger::meaning::id::PublicKey;

/// How many signatures share one division in the field.
const TOGETHER: u64 = 256;

fn parsing(c: &mut Criterion) {
    let bytes = one_entry(&a_log(10));
    let mut group = c.benchmark_group("entry");
    group.bench_function("floor: sha256", |b| b.iter(|| sha256(black_box(&bytes))));
    group.bench_function("parse", |b| b.iter(|| Entry::parse(black_box(&bytes)).unwrap()));
    group.bench_function("take apart: parse, read, hash", |b| b.iter(|| Opened::of(black_box(&bytes).clone()).unwrap()));
    group.finish();
}

fn signatures(c: &mut Criterion) {
    let bytes = one_entry(&a_log(10));
    let entry = Entry::parse(&bytes).unwrap();
    let signing = SigningKey::from_bytes(&[7; 32]);
    let verifying = signing.verifying_key();
    let verifier = Verifier::new(&PublicKey::from_bytes(verifying.to_bytes())).unwrap();
    let tables = Tables::of(&verifier);
    let signature = signing.sign(entry.signed());
    let bytes = signature.to_bytes();
    let mut group = c.benchmark_group("signature");
    group.bench_function("floor: sign", |b| b.iter(|| signing.sign(black_box(entry.signed()))));
    group.bench_function("floor: verify strictly", |b| b.iter(|| verifying.verify_strict(black_box(entry.signed()), &signature)));
    group.bench_function("make the tables of a key", |b| b.iter(|| Tables::of(black_box(&verifier))));
    group.throughput(Throughput::Elements(TOGETHER));
    group.bench_function("256 by tables", |b| {
        b.iter(|| {
            let begun: Vec<_> = (0..TOGETHER).map(|_| tables.begin(black_box(entry.signed()), &bytes).unwrap()).collect();
            assert!(settle(&begun).into_iter().all(|good| good));
        });
    });
    group.finish();
}

criterion_group!(benches, parsing, signatures);
criterion_main!(benches);

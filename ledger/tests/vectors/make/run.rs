//! Runs by hand: the events of promotions and rollbacks, one function each.

use serde_json::{Value, json};

use super::hand::{Hand, Key};

/// The pipeline of every vector.
pub(crate) const PIPELINE: &str = "shop";
/// The component of every vector.
pub(crate) const COMPONENT: &str = "api";
/// Where it is kept.
pub(crate) const REPOSITORY: &str = "registry.acme.example/shop/api";
/// The gate before staging.
pub(crate) const GATE: &str = "scan";
/// The right that is decided.
pub(crate) const RIGHT: &str = "group release-managers";

/// An artifact's digest, told apart by one byte.
pub(crate) fn digest(byte: u8) -> String {
    format!("sha256:{}", format!("{byte:02x}").repeat(32))
}

/// The rules of the pipeline: dev, then staging behind a gate.
pub(crate) fn rules(on_incomparable: &str) -> Value {
    json!({
        "components": [{"name": COMPONENT, "repository": REPOSITORY}],
        "environments": [{"gates": [], "name": "dev"}, {"gates": [GATE], "name": "staging"}],
        "on_incomparable": on_incomparable,
        "pipeline": PIPELINE,
    })
}

/// A promotion or rollback. `leaves` makes it a rollback.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) number: u64,
    pub(crate) version: &'static str,
    pub(crate) digest: u8,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) manifest: u64,
    pub(crate) epoch: u32,
    /// Whether the caller says that a downgrade is meant.
    pub(crate) meant: bool,
    pub(crate) leaves: Option<(&'static str, u8, u32)>,
}

impl Run {
    /// A promotion under the manifest of entry 1.
    pub(crate) const fn promotion(number: u64, version: &'static str, digest: u8, from: &'static str, to: &'static str) -> Self {
        Self { number, version, digest, from, to, manifest: 1, epoch: 1, meant: false, leaves: None }
    }

    /// A rollback under the manifest of entry 1: to a version, from another, for the `times`-th time.
    pub(crate) const fn rollback(
        number: u64,
        to: &'static str,
        (version, digest): (&'static str, u8),
        (left, left_digest): (&'static str, u8),
        times: u32,
    ) -> Self {
        Self { number, version, digest, from: to, to, manifest: 1, epoch: 1, meant: false, leaves: Some((left, left_digest, times)) }
    }

    pub(crate) fn id(&self) -> String {
        format!("0198f0a5-0000-7000-8000-{:012x}", self.number)
    }

    /// What all its events carry.
    pub(crate) fn json(&self) -> Value {
        json!({
            "component": COMPONENT,
            "digest": digest(self.digest),
            "from": self.from,
            "pipeline": PIPELINE,
            "promotion_id": self.id(),
            "to": self.to,
            "version": self.version,
        })
    }

    pub(crate) fn leaves(&self) -> Value {
        self.leaves.map_or(Value::Null, |(version, left, number)| json!({"digest": digest(left), "number": number, "version": version}))
    }

    pub(crate) fn request(&self) -> (&'static str, Value) {
        let (manifest, promotion) = (self.manifest, self.json());
        match self.leaves {
            None => (
                "promotion.requested",
                json!({"allow_downgrade": self.meant, "forced": false, "manifest": manifest, "promotion": promotion}),
            ),
            Some(_) => (
                "rollback.requested",
                json!({"leaves": self.leaves(), "manifest": manifest, "promotion": promotion, "reason": "errors after the release"}),
            ),
        }
    }

    pub(crate) fn authorized(&self) -> Value {
        json!({
            "action": if self.leaves.is_some() { "rollback" } else { "promote" },
            "authorized_via": RIGHT,
            "component": COMPONENT,
            "environment": self.to,
            "outcome": "passed",
            "pipeline": PIPELINE,
            "promotion": self.json(),
        })
    }

    /// The downgrade guard's judgement that nothing is there, or the comparison with what is there.
    pub(crate) fn compared(&self, current: Option<(&str, &str)>, allow: bool, outcome: &str) -> Value {
        let comparison = current.map_or("empty", |(_, comparison)| comparison);
        let mut data = json!({"allow_downgrade": allow, "comparison": comparison, "outcome": outcome, "promotion": self.json()});
        if let (Some((version, _)), Some(data)) = (current, data.as_object_mut()) {
            data.insert("current".to_owned(), json!(version));
        }
        data
    }

    /// The tag of that purpose.
    pub(crate) fn tag(&self, purpose: &str) -> String {
        let Self { version, to, leaves, .. } = self;
        match purpose {
            "latest" => format!("latest-{to}"),
            "rollback" => format!("{version}-{to}-rollback-{}", leaves.map_or(0, |(_, _, number)| number)),
            _ => format!("{version}-{to}"),
        }
    }

    /// A tag is about to point at a digest.
    pub(crate) fn start(&self, purpose: &str, at: u8, previous: Option<u8>) -> Value {
        let mut data = json!({
            "digest": digest(at), "epoch": self.epoch, "promotion": self.json(), "purpose": purpose, "tag": self.tag(purpose),
        });
        if let (Some(previous), Some(data)) = (previous, data.as_object_mut()) {
            data.insert("previous".to_owned(), json!(digest(previous)));
        }
        data
    }

    /// A tag points at a digest.
    pub(crate) fn tagged(&self, purpose: &str, at: u8) -> Value {
        json!({
            "digest": digest(at), "epoch": self.epoch, "promotion": self.json(), "purpose": purpose,
            "repository": REPOSITORY, "tag": self.tag(purpose),
        })
    }

    pub(crate) fn completed(&self, gates: &[u64]) -> (&'static str, Value) {
        let common = json!({"authorization_passed": true, "authorized_via": RIGHT, "epoch": self.epoch, "promotion": self.json()});
        let (event_type, field, value) = match self.leaves {
            None => ("promotion.completed", "gates", gates.iter().map(|entry| cited(*entry, "passed")).collect()),
            Some(_) => ("rollback.completed", "leaves", self.leaves()),
        };
        let mut data = with(common, field, value);
        if self.leaves.is_none() {
            data = with(data, "signature_status", json!("not_required"));
        }
        (event_type, data)
    }

    pub(crate) fn failed(&self, left: &Value) -> Value {
        json!({"code": 5, "epoch": self.epoch, "message": "the registry did not answer", "promotion": self.json(), "tags_left": left})
    }

    pub(crate) fn aborted(&self, left: &Value) -> Value {
        json!({"epoch": self.epoch, "promotion": self.json(), "reason": "asked to stop", "tags_left": left})
    }

    pub(crate) fn taken_over(&self, from_holder: &str) -> Value {
        json!({"epoch": self.epoch + 1, "from_holder": from_holder, "promotion": self.json()})
    }

    pub(crate) fn refused(&self, code: u8) -> Value {
        json!({"promotion": self.json(), "reasons": [{"code": code, "message": "not now"}]})
    }
}

/// A gate's result as a completion cites it.
pub(crate) fn cited(entry: u64, status: &str) -> Value {
    json!({"entry": entry, "gate": GATE, "status": status})
}

/// The same data with a field set.
pub(crate) fn with(mut data: Value, field: &str, value: Value) -> Value {
    data.as_object_mut().expect("data is an object").insert(field.to_owned(), value);
    data
}

/// The same data without a field.
pub(crate) fn without(mut data: Value, field: &str) -> Value {
    data.as_object_mut().expect("data is an object").remove(field);
    data
}

/// What is said of a gate for staging.
pub(crate) fn gate(of: u8, status: &str) -> Value {
    json!({"component": COMPONENT, "digest": digest(of), "environment": "staging", "gate": GATE, "pipeline": PIPELINE, "status": status})
}

/// What registers a version.
pub(crate) fn registration(version: &str, of: u8) -> Value {
    json!({"component": COMPONENT, "digest": digest(of), "pipeline": PIPELINE, "version": version})
}

impl Hand {
    /// The rules of the pipeline come into force.
    pub(crate) fn adopt(&mut self, key: &Key) -> u64 {
        self.write(key, "manifest.adopted", json!({"rules": rules("warn")}))
    }

    pub(crate) fn register(&mut self, key: &Key, version: &str, of: u8) -> u64 {
        self.write(key, "artifact.registered", registration(version, of))
    }

    pub(crate) fn gate(&mut self, key: &Key, of: u8, status: &str) -> u64 {
        self.write(key, "gate.completed", gate(of, status))
    }

    pub(crate) fn request(&mut self, key: &Key, run: &Run) -> u64 {
        let (event_type, data) = run.request();
        self.write(key, event_type, data)
    }

    pub(crate) fn authorize(&mut self, key: &Key, run: &Run) -> u64 {
        self.write(key, "authorization.decided", run.authorized())
    }

    pub(crate) fn compare(&mut self, key: &Key, run: &Run, current: Option<(&str, &str)>) -> u64 {
        self.write(key, "downgrade.decided", run.compared(current, run.meant, "passed"))
    }

    /// A tag is announced and written.
    pub(crate) fn tag(&mut self, key: &Key, run: &Run, purpose: &str, previous: Option<u8>) -> u64 {
        self.write(key, "step.started", run.start(purpose, run.digest, previous));
        self.write(key, "registry.tagged", run.tagged(purpose, run.digest))
    }

    pub(crate) fn complete(&mut self, key: &Key, run: &Run, gates: &[u64]) -> u64 {
        let (event_type, data) = run.completed(gates);
        self.write(key, event_type, data)
    }

    /// All up to the tags: asked, allowed, compared.
    pub(crate) fn begin(&mut self, key: &Key, run: &Run, current: Option<(&str, &str)>) {
        self.request(key, run);
        self.authorize(key, run);
        if run.leaves.is_none() {
            self.compare(key, run, current);
        }
    }

    /// Both tags.
    pub(crate) fn tags(&mut self, key: &Key, run: &Run, previous: Option<u8>) {
        self.tag(key, run, if run.leaves.is_some() { "rollback" } else { "immutable" }, None);
        self.tag(key, run, "latest", previous);
    }

    /// The whole of a run that nothing stops.
    pub(crate) fn carry_out(&mut self, key: &Key, run: &Run, current: Option<(&str, &str)>, previous: Option<u8>, gates: &[u64]) -> u64 {
        self.begin(key, run, current);
        self.tags(key, run, previous);
        self.complete(key, run, gates)
    }
}

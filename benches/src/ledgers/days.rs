//! What happens next: releases, promotions, rollbacks, gates, locks, and things that are refused.

use fastrand::Rng;
use promotion_ledger::custody::store::{Body, Store};
use promotion_ledger::evidence::hash::{body_digest, sha256};
use promotion_ledger::meaning::command::{Command, Lock, Promote, Register, Rollback, Seen, Unlock};
use promotion_ledger::meaning::digest::{Digest, to_hex};
use promotion_ledger::meaning::event::artifact::{Evidence, GateCompleted, GateStatus};
use promotion_ledger::meaning::event::ledger::{LedgerCreated, ManifestAdopted};
use promotion_ledger::meaning::id::{LedgerId, PromotionId};
use promotion_ledger::meaning::names::{Component, Environment, GateName, MediaType, Origin, Pipeline, SourceSha, Version};
use promotion_ledger::meaning::rules::Source;

use super::cast::Cast;
use super::land::{self, Line, Part};
use super::past;
use super::plan::{GenerateError, Made, Plan};
use super::teller::{Teller, reason};
use super::upkeep::Upkeep;
use super::walks::{By, Walk, person};

/// One pipeline for so many entries, within bounds.
const ENTRIES_PER_PIPELINE: u64 = 20_000;

/// Everything that is going on.
pub(super) struct Days<'a> {
    teller: Teller<'a>,
    rng: Rng,
    cast: Cast,
    lines: Vec<Line>,
    walks: Vec<Walk>,
    /// How many promotions and how many rollbacks began.
    begun: [u64; 2],
    upkeep: Upkeep,
}

/// A component in an environment.
struct Spot {
    line: usize,
    pipeline: Pipeline,
    component: Component,
    /// Where in the pipeline's path the environment stands.
    stage: usize,
    environment: Environment,
    gates: Vec<GateName>,
}

impl<'a> Days<'a> {
    /// A ledger with its keys and rules, and nothing released yet.
    pub(super) fn begin(store: &'a dyn Store, plan: Plan) -> Result<Self, GenerateError> {
        let mut rng = Rng::with_seed(plan.seed);
        let pipelines = usize::try_from(plan.entries / ENTRIES_PER_PIPELINE).unwrap_or(usize::MAX).clamp(3, 48);
        let lines = land::settle(pipelines, &mut rng);
        let cast = Cast::new(plan.seed, lines.iter().map(|line| &line.pipeline));
        let mut days =
            Self { teller: Teller::new(store, plan), rng, cast, lines, walks: Vec::new(), begun: [0; 2], upkeep: Upkeep::new(plan) };
        days.create()?;
        Ok(days)
    }

    fn create(&mut self) -> Result<(), GenerateError> {
        let Self { teller, cast, lines, rng, .. } = self;
        let origin = Origin::new("acme.example/promotions").expect("a host and a path");
        let ledger_id = LedgerId::from_uuid(teller.uuid());
        let (keys, recovery) = (cast.first_keys(&origin, &ledger_id), Some(cast.recovery_key(&origin, &ledger_id)));
        let format = promotion_ledger::meaning::law::LEVEL;
        let created = LedgerCreated { admin_threshold: 2, format, keys, ledger_id, origin, recovery };
        let [admin, ..] = cast.admins.as_slice() else { return Ok(()) };
        teller.append(admin, &[created.into()], &[])?;
        for line in lines {
            teller.append(admin, &[ManifestAdopted { rules: line.rules() }.into(), past::of(line, cast.seed, rng).into()], &[])?;
        }
        Ok(())
    }

    /// Lets things happen until there are enough entries.
    pub(super) fn tell(mut self) -> Result<Made, GenerateError> {
        while !self.teller.is_done() {
            self.next()?;
        }
        let admin = self.cast.admins.into_iter().next().expect("two admins are cast");
        Ok(Made { chain: self.teller.into_chain(), admin: admin.key })
    }

    fn next(&mut self) -> Result<(), GenerateError> {
        if self.upkeep.is_due(self.teller.chain().size()) {
            return self.upkeep.go(&mut self.teller, &mut self.cast, &mut self.lines, &mut self.rng);
        }
        // The more is under way, the likelier it is that some of it goes on.
        if self.rng.usize(..self.walks.len() + 6) >= 6 {
            return self.go_on();
        }
        self.teller.wait(&mut self.rng);
        let spot = self.somewhere();
        match self.rng.u16(0..1000) {
            0..60 => self.release(&spot),
            60..730 => self.promote(&spot),
            730..800 => self.roll_back(&spot),
            800..825 => self.lock_or_unlock(&spot),
            825..880 => self.scan_again(&spot),
            880..890 => self.trespass(&spot),
            _ => self.release(&spot).and_then(|()| self.promote(&Spot { stage: 0, ..self.at_stage(&spot, 0) })),
        }
    }

    fn go_on(&mut self) -> Result<(), GenerateError> {
        let at = self.rng.usize(..self.walks.len());
        let mut walk = self.walks.swap_remove(at);
        if walk.advance(&mut self.teller, &self.cast, &mut self.rng)? {
            self.walks.push(walk);
        }
        Ok(())
    }

    /// Some pipelines are busier than others, and so are the first environments of each.
    fn somewhere(&mut self) -> Spot {
        let line = self.rng.usize(..self.lines.len()).min(self.rng.usize(..self.lines.len()));
        let found = &self.lines[line];
        let (part, stage) = (self.rng.usize(..found.components.len()), self.rng.usize(..found.environments.len()));
        spot(&self.lines, line, &found.components[part].name, stage)
    }

    fn at_stage(&self, spot_before: &Spot, stage: usize) -> Spot {
        spot(&self.lines, spot_before.line, &spot_before.component, stage)
    }

    fn part(&mut self, spot: &Spot) -> &mut Part {
        let parts = &mut self.lines[spot.line].components;
        parts.iter_mut().find(|part| part.name == spot.component).expect("spots are made of what there is")
    }

    fn digest(&self, spot: &Spot, version: &Version) -> Digest {
        land::digest(self.cast.seed, &spot.pipeline, &spot.component, version)
    }

    /// The CI system, or now and then an operator.
    fn somebody(&mut self, spot: &Spot) -> By {
        if self.rng.u8(0..5) > 0 { By::Ci(spot.line) } else { By::Operator(self.rng.usize(..self.cast.operators.len())) }
    }

    fn release(&mut self, spot: &Spot) -> Result<(), GenerateError> {
        let mut rng = self.rng.fork();
        let version = self.part(spot).next_version(&mut rng);
        let digest = self.digest(spot, &version);
        let sha = to_hex(&sha256(digest.as_str().as_bytes()));
        let source_sha = (rng.u8(0..5) > 0).then(|| SourceSha::new(sha.get(..40).unwrap_or(&sha)).expect("40 digits"));
        self.part(spot).remember(version.clone());
        let register = Register {
            pipeline: spot.pipeline.clone(),
            component: spot.component.clone(),
            version,
            digest,
            source_sha,
            breaking: Vec::new(),
        };
        let by = person(&self.cast, By::Ci(spot.line));
        self.teller.must(by, &Command::Register(register))
    }

    /// What could be promoted there next: the newest release, or what is in the environment before.
    fn candidate(&mut self, spot: &Spot) -> Option<(Version, Source)> {
        let there = self.teller.state().place(&spot.pipeline, &spot.component, &spot.environment).holder;
        let (version, from) = match spot.stage.checked_sub(1) {
            None => (self.part(spot).released.last()?.clone(), Source::Nowhere),
            Some(before) => {
                let before = self.at_stage(spot, before).environment;
                let place = self.teller.state().place(&spot.pipeline, &spot.component, &before);
                (place.holder?.version, Source::From(before))
            }
        };
        there.is_none_or(|holder| holder.version != version).then_some((version, from))
    }

    fn promote(&mut self, spot: &Spot) -> Result<(), GenerateError> {
        let Some((version, from)) = self.candidate(spot) else { return Ok(()) };
        for gate in &spot.gates {
            self.pass_gate(spot, gate, &version)?;
        }
        if !self.is_free(spot, &version) && !self.asks_anyway() {
            return Ok(());
        }
        let promotion_id = self.teller.promotion_id();
        let (by, allow_downgrade) = (self.somebody(spot), self.rng.u8(0..4) == 0);
        let command = Promote {
            accept_asserted: false,
            promotion_id,
            pipeline: spot.pipeline.clone(),
            component: spot.component.clone(),
            version,
            from,
            to: spot.environment.clone(),
            allow_downgrade,
            allow_breaking: false,
            break_glass: None,
            force: false,
            reason: (self.rng.u8(0..6) == 0).then(|| reason("part of the weekly release train")),
            seen: Seen::default(),
        };
        let begun = self.teller.ask(person(&self.cast, by), &Command::Promote(command))?;
        self.set_out(spot, promotion_id, by, begun.is_ok(), false);
        Ok(())
    }

    fn set_out(&mut self, spot: &Spot, id: PromotionId, by: By, begun: bool, is_rollback: bool) {
        if begun && self.teller.state().run(&id).is_some() {
            let repository = self.part(spot).repository.clone();
            let count = &mut self.begun[usize::from(is_rollback)];
            self.walks.push(Walk::new(id, by, repository, *count, is_rollback));
            *count += 1;
        }
    }

    /// Whether to ask although it will be refused: now and then people do.
    fn asks_anyway(&mut self) -> bool {
        self.rng.u8(0..12) == 0
    }

    /// Whether nothing stands in the way there: no other run, no lock, no gate that did not let pass.
    fn is_free(&self, spot: &Spot, version: &Version) -> bool {
        let state = self.teller.state();
        let Spot { pipeline, component, environment, .. } = spot;
        let digest = self.digest(spot, version);
        let passed = |gate| state.gate(pipeline, component, environment, gate, &digest).is_some_and(|known| known.status.lets_pass());
        state.place(pipeline, component, environment).run.is_none()
            && state.locks(pipeline, environment).iter().find(|lock| lock.component.as_ref().is_none_or(|only| only == component)).is_none()
            && spot.gates.iter().all(passed)
    }

    /// Runs a gate that did not let pass yet, once or twice.
    fn pass_gate(&mut self, spot: &Spot, gate: &GateName, version: &Version) -> Result<(), GenerateError> {
        let digest = self.digest(spot, version);
        for _ in 0..2 {
            let known = self.teller.state().gate(&spot.pipeline, &spot.component, &spot.environment, gate, &digest);
            if known.is_some_and(|known| known.status.lets_pass()) {
                break;
            }
            self.record_gate(spot, gate, &digest)?;
        }
        Ok(())
    }

    fn record_gate(&mut self, spot: &Spot, gate: &GateName, digest: &Digest) -> Result<(), GenerateError> {
        let (status, message) = match self.rng.u8(0..100) {
            0..7 => (GateStatus::Failed, Some("1 finding of severity high: see the report")),
            7..9 => (GateStatus::Skipped, Some("the scanner was not reachable")),
            9..15 => (GateStatus::Warning, None),
            _ => (GateStatus::Passed, None),
        };
        let body = (self.rng.u8(0..5) < 2).then(|| report(&mut self.rng, gate, digest));
        let evidence = body.as_ref().map(|body| Evidence {
            digest: body.digest,
            media_type: MediaType::new("application/json").expect("a media type"),
            size: u64::try_from(body.bytes.len()).unwrap_or(u64::MAX),
        });
        let completed = GateCompleted {
            component: spot.component.clone(),
            digest: digest.clone(),
            duration_ms: Some(self.rng.u64(900..400_000)),
            environment: spot.environment.clone(),
            evidence,
            gate: gate.clone(),
            message: message.map(reason),
            pipeline: spot.pipeline.clone(),
            policy: None,
            scan: None,
            status,
        };
        self.teller.wait(&mut self.rng);
        let scanner = &self.cast.scanners[spot.line];
        let bodies: Vec<Body> = body.into_iter().collect();
        let recorded = self.teller.ask_with(scanner, &Command::RecordGate(completed), &bodies)?;
        if recorded.is_ok() {
            bodies.iter().for_each(|body| self.upkeep.remember(body.digest));
        }
        Ok(())
    }

    /// A gate is run again over what is there.
    fn scan_again(&mut self, spot: &Spot) -> Result<(), GenerateError> {
        let holder = self.teller.state().place(&spot.pipeline, &spot.component, &spot.environment).holder;
        match (holder, spot.gates.first()) {
            (Some(holder), Some(gate)) => self.record_gate(spot, gate, &holder.digest),
            _ => Ok(()),
        }
    }

    fn roll_back(&mut self, spot: &Spot) -> Result<(), GenerateError> {
        let Some(holder) = self.teller.state().place(&spot.pipeline, &spot.component, &spot.environment).holder else { return Ok(()) };
        // One in ten asks for a version that never was there, and is refused.
        let mistaken = self.rng.u8(0..10) == 0;
        let released = self.part(spot).released.clone();
        let was_there =
            |version: &Version| self.teller.state().visit(&spot.pipeline, &spot.component, &spot.environment, version).is_some();
        let target = released.into_iter().rev().find(|version| *version != holder.version && was_there(version) != mistaken);
        let Some(version) = target else { return Ok(()) };
        let promotion_id = self.teller.promotion_id();
        let by = By::Operator(self.rng.usize(..self.cast.operators.len()));
        let rollback = Rollback {
            accept_asserted: false,
            promotion_id,
            pipeline: spot.pipeline.clone(),
            component: spot.component.clone(),
            version,
            environment: spot.environment.clone(),
            reason: reason("error rate above five percent since the last release"),
            target_tag: None,
        };
        let begun = self.teller.ask(person(&self.cast, by), &Command::Rollback(rollback))?;
        self.set_out(spot, promotion_id, by, begun.is_ok(), true);
        Ok(())
    }

    fn lock_or_unlock(&mut self, spot: &Spot) -> Result<(), GenerateError> {
        let (pipeline, environment) = (spot.pipeline.clone(), spot.environment.clone());
        let operator = person(&self.cast, By::Operator(self.rng.usize(..self.cast.operators.len())));
        let command = if self.teller.state().locks(&pipeline, &environment).is_empty() {
            let component = self.rng.bool().then(|| spot.component.clone());
            Command::Lock(Lock { pipeline, environment, component, expires: None, reason: reason("database migration in progress") })
        } else {
            Command::Unlock(Unlock { pipeline, environment, component: None, others: true, reason: Some(reason("the migration is done")) })
        };
        self.teller.must(operator, &command)
    }

    /// Somebody else's CI system tries, and is refused.
    fn trespass(&mut self, spot: &Spot) -> Result<(), GenerateError> {
        let Some((version, from)) = self.candidate(spot) else { return Ok(()) };
        let stranger = By::Ci((spot.line + 1) % self.lines.len());
        let command = Promote {
            accept_asserted: false,
            promotion_id: self.teller.promotion_id(),
            pipeline: spot.pipeline.clone(),
            component: spot.component.clone(),
            version,
            from,
            to: spot.environment.clone(),
            allow_downgrade: false,
            allow_breaking: false,
            break_glass: None,
            force: false,
            reason: None,
            seen: Seen::default(),
        };
        self.teller.ask(person(&self.cast, stranger), &Command::Promote(command)).map(|_| ())
    }
}

fn spot(lines: &[Line], line: usize, component: &Component, stage: usize) -> Spot {
    let found = &lines[line];
    let at = &found.environments[stage];
    Spot {
        line,
        pipeline: found.pipeline.clone(),
        component: component.clone(),
        stage,
        environment: at.name.clone(),
        gates: at.gates.clone(),
    }
}

/// What a scanner wrote, between half and two thousand bytes.
fn report(rng: &mut Rng, gate: &GateName, digest: &Digest) -> Body {
    let findings: Vec<String> = (0..rng.usize(4..20))
        .map(|_| format!(r#"{{"id":"CVE-{}-{}","severity":"low","package":"lib{}"}}"#, rng.u16(2015..2019), rng.u16(1000..), rng.u8(..)))
        .collect();
    let bytes = format!(r#"{{"gate":"{gate}","subject":"{digest}","findings":[{}]}}"#, findings.join(",")).into_bytes();
    let salt = rng.u128(..).to_be_bytes();
    Body { digest: body_digest(&salt, &bytes), salt, bytes }
}

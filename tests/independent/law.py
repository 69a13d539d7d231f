"""The law: whether an event may stand where it stands.

The sections, and the numbers in comments, are those of FORMAT.md: this is its section 11, but for the guards. What asks a rule gives
the first that is broken, or None; so rules that are asked in order are put together with `or`.
"""
import json
from entries import acceptable
from guards import (approval_answered, approval_asked, authorization, goes_on, override, proven, resumes, review, rule, stands_behind,
                    stands_in_the_way)
from state import granted, covers, is_admin, new_key, next_tag, place_of, proof_holds, tags_due, tags_left, touched
from versions import compare

def law(s, entry, key):
    """11.1, behind the shape."""
    d, kind = entry.data, entry.type
    free = kind in ("promotion.refused", "rollback.refused") or (kind, d.get("outcome")) == ("authorization.decided", "refused")
    if entry.seq == 0 or kind == "ledger.created":
        return rule("genesis", (entry.seq, kind) == (0, "ledger.created")) or law_of_genesis(d, entry)
    broken = (rule("time", entry.time >= s.floor or kind == "clock.corrected")
              or rule("actor", entry.actor == key.principal or any(covers(g["act_for"], entry.actor) for g in key.grants))
              or rule("grant", free or (kind in ("key.added", "key.revoked") if key.recovery else granted(key, kind, touched(kind, d))))
              or Asked(s, entry, key).law_of_type())
    change = s.proposals[d["proposal"]].change if kind == "key.endorsed" and not broken else d.get("change", {})
    brought = d.get("key") or change.get("add")
    return broken or brought and law_of_new_key(s.keys, new_key(brought), "promoledger key request v1", s.origin, s.genesis.hex())

def law_of_genesis(d, entry):  # 11.2
    keys, recovery = [new_key(k) for k in d["keys"]], [new_key(d[k], True) for k in d if k == "recovery"]
    signer, every = next(k for k in keys if k.id == entry.key), keys + recovery
    return (rule("format level", d["format"] == 1) or rule("key reuse", len({k.public for k in every}) == len(every))
            or rule("admin threshold", 1 <= d["admin_threshold"] <= len({k.principal for k in keys if is_admin(k)}))
            or rule("grant", is_admin(signer)) or rule("actor", entry.actor == signer.principal)
            or next(filter(None, (law_of_new_key([], k, "promoledger first key v1", d["origin"], d["ledger_id"]) for k in every)), None)
            or rule("key reuse", len({k.id for k in every}) == len(every)))

def law_of_new_key(keys, key, *head):  # 11.4
    return (rule("proof", acceptable(key.public)) or rule("key reuse", key.id not in [k.id for k in keys])
            or rule("proof", proof_holds(key, *head)))

def law_of_change(s, add=None, revoke=None):
    if add:
        return rule("key reuse", add["public"] not in [k.public.hex() for k in s.keys])
    key = s.key_of(revoke)
    return rule("revocation", key and not key.revoked and (not is_admin(key) or len(s.admins(but=key)) >= s.threshold))

class Asked:
    """What the law of a type (11.3) is asked about, and the conditions that several types share."""

    def __init__(self, s, entry, key):
        self.s, self.entry, self.key, self.d, self.p = s, entry, key, entry.data, entry.data.get("promotion")
        self.principals = {entry.actor, key.principal}
        self.run, self.place = self.p and s.runs.get(self.p["promotion_id"]), self.p and place_of(self.p)
        self.where = self.place or (self.d.get("pipeline"), self.d.get("component"), self.d.get("environment"))
        self.rules, self.demands = s.pipelines.get(self.where[0]), s.environment_rule(self.where[0], self.where[2])

    def known(self, environment=None, component=None):
        return (rule("known", self.rules) or rule("known", environment in (None, *(e["name"] for e in self.rules.environments)))
                or rule("known", component in (None, *(c["name"] for c in self.rules.components))))

    def known_here(self): return self.known(self.where[2], self.where[1])
    def in_force(self, seq): return rule("manifest", seq == self.rules.seq)
    def under_way(self, condition=True): return rule("under way", self.run and self.run.promotion == self.p and condition)
    def held(self, epoch): return rule("epoch", (epoch, self.entry.actor) == (self.run.epoch, self.run.holder))
    def going_on(self): return self.under_way() or self.held(self.d["epoch"])
    def allowed(self): return authorization(self, self.where[0], self.where[2])

    def passes(self, gate): return self.s.passes(self.p, gate, self.run.requested)

    def entitled(self):
        run = self.run
        return (rule("authorized", run.right is not None) or rule("downgrade", run.guard)
                or rule("signature", run.signature is None or run.found == "verified" or run.found and run.signature == "warn")
                or rule("gates", "gates" in run.overridden or all(gate.advice or self.passes(gate) for gate in run.gates)))

    def all_done(self): return rule("epoch", not self.run.unwinding) or self.entitled() or rule("tags", next_tag(self.run) is None)

    def may_begin(self):
        free = self.place not in self.s.busy and self.p["promotion_id"] not in self.s.runs.keys() | self.s.ended
        return self.known_here() or self.in_force(self.d["manifest"]) or rule("alone", free)

    def path(self, source):
        listed = ["none"] + [e["name"] for e in self.rules.environments]
        return rule("path", source == listed[listed.index(self.where[2]) - 1])

    def released(self, digest):
        release = self.s.releases.get((self.where[0], self.where[1], (self.p or self.d)["version"]))
        return rule("release", release and release.digest == digest)

    def was_there(self, environment, condition):
        """Whether the visit has the digest and meets the condition; without any visit, what is asserted may stand for it."""
        where = (*self.where[:2], environment, self.p["version"])
        visit, line = self.s.visits.get(where), self.s.asserted.get(where) if "accept_asserted" in self.d else None
        if visit:
            return visit.digest == self.p["digest"] and condition(visit)
        return line and line["kind"] != "removal" and line.get("digest") == self.p["digest"]

    def rolls_back(self):
        old, holder = self.d["leaves"], self.s.holders.get(self.place)
        visit = self.s.visits.get((*self.place, self.p["version"]))
        return (rule("rollback target", holder == (old["version"], old["digest"]) and self.p["version"] != old["version"])
                or rule("rollback target", self.was_there(self.p["to"], lambda visit: True))
                or rule("rollback target", old["number"] == 1 + (visit.rollbacks if visit else 0)))

    def mine(self):
        """No lock in the way is another's."""
        locks = self.s.locks_at(self.where[0], self.where[2], self.entry.time)
        return rule("locks", all(k.owner == self.entry.actor for k in locks if k.component in (None, self.where[1])))

    def unlocks(self):
        d, locks = self.d, self.s.locks.get((self.where[0], self.where[2]), [])
        lock = next((k for k in locks if (k.seq, k.component) == (d["lock"], d.get("component"))), None)
        others = granted(self.key, "environment.unlocked.others", touched(self.entry.type, d))
        over = lock and lock.expires is not None and lock.expires <= self.entry.time
        return rule("lock owner", lock and (lock.owner == self.entry.actor or others or over))

    def compared(self):
        d, s, (pipeline, component, _) = self.d, self.s, self.place
        current = s.holders.get(self.place, (None,))[0]
        scheme = next((c.get("versions") for c in self.rules.components if c["name"] == component), None)
        registered = {version: release.seq for (*of, version), release in s.releases.items() if of == [pipeline, component]}
        how = compare(self.p["version"], current, scheme or {"scheme": "semver"}, registered.get)
        meant = d["allow_downgrade"] and how in ("older", "incomparable")
        passes = how in ("empty", "newer", "equal") or meant or (how, self.rules.on_incomparable) == ("incomparable", "warn")
        decided = d.get("current"), d.get("scheme"), d["comparison"], d["outcome"] == "passed"
        return (rule("downgrade", decided == (current, scheme, how, passes))
                or passes and (self.under_way() or rule("downgrade", d["allow_downgrade"] == self.run.allow) or self.held(self.run.epoch))
                or None)

    def imports(self):
        d, declares, seen = self.d, self.d["declares"], set(self.s.imported)
        components = [*declares["components"], *(c["name"] for c in self.rules.components)]
        environments = ["none", *declares["environments"], *(e["name"] for e in self.rules.environments)]
        for line in d["lines"]:
            first = self.s.first.get((d["pipeline"], line["component"], line["to"]), line["time"])
            same = d["pipeline"], json.dumps(line, sort_keys=True)
            if broken := (rule("known", line["component"] in components and line["to"] in environments and line["from"] in environments)
                          or rule("asserted time", line["time"] <= self.entry.time and line["time"] <= first)
                          or rule("imported once", same not in seen)):
                return broken
            seen.add(same)

    def starts_step(self):
        d, p, run = self.d, self.p, self.run
        mine, latest = run.tags.get(d["tag"]), d["purpose"] == "latest"
        if (d["tag"], d["purpose"]) not in tags_due(run):
            return "tags"
        if run.unwinding or d["digest"] != p["digest"]:
            return rule("tags", latest and mine and mine.before == d["digest"])
        return (rule("tags", latest or d.get("previous", p["digest"]) == p["digest"]) or self.entitled()
                or rule("tags", mine or next_tag(run) in (None, d["tag"])))

    def ends(self):
        """The rest of a completion: signature_status of promotions, leaves of rollbacks, and the right of both."""
        d, run = self.d, self.run
        results = [self.s.result(self.p, gate) for gate in run.gates if gate.advice or self.passes(gate)]
        cited = [dict(entry=r.entry, gate=r.gate, status=r.status) for r in results if r]
        status = "not_required" if run.signature is None else "verified" if run.found == "verified" else "warned"
        return (self.under_way(d.get("leaves") == run.leaves) or rule("gates", d.get("gates", []) == cited)
                or rule("signature", d.get("signature_status", status) == status)
                or rule("authorized", d["authorization_passed"] and d["authorized_via"] == run.right))

    def law_of_type(self):
        s, d, p, run, entry = self.s, self.d, self.p, self.run, self.entry
        match entry.type:
            case "format.raised": return rule("format level", d["level"] > s.level)
            case "key.added" | "key.revoked":
                change = {"add": d["key"]} if entry.type == "key.added" else {"revoke": d}
                return rule("admin threshold", self.key.recovery or s.threshold == 1) or law_of_change(s, **change)
            case "key.proposed": return rule("endorsement", is_admin(self.key)) or law_of_change(s, **d["change"])
            case "key.endorsed":
                proposal, principal = s.proposals.get(d["proposal"]), self.key.principal
                return (rule("endorsement", is_admin(self.key) and proposal and principal not in proposal.behind)
                        or s.takes_effect(proposal, principal) and law_of_change(s, **proposal.change) or None)
            case "history.imported": return self.known() or self.imports()
            case "artifact.registered":
                release = d["pipeline"], d["component"], d["version"]
                return self.known(None, d["component"]) or rule("release once", release not in s.releases)
            case "gate.completed": return self.known_here() or stands_behind(d, self.rules)
            case "environment.locked":
                return self.known_here() or rule("locks", "expires" not in d or d["expires"] > entry.time) or self.allowed()
            case "environment.unlocked": return self.unlocks() or self.allowed()
            case "pipeline.halted": return self.known_here()
            case "pipeline.resumed": return resumes(self) or self.allowed()
            case "identity.proven": return self.known() or proven(self, self.rules)
            case "approval.requested":
                return (self.known_here() or self.in_force(d["manifest"]) or self.path(d["from"]) or self.released(d["digest"])
                        or approval_asked(self, self.demands))
            case "approval.granted" | "approval.rejected":
                return self.known_here() or approval_answered(self, self.demands, self.rules)
            case "authorization.decided" if p and d["outcome"] == "passed":
                return (self.under_way((d["pipeline"], d.get("component"), d["environment"]) == self.place)
                        or rule("authorized", d["action"] == ("rollback" if run.leaves else "promote")) or self.held(run.epoch))
            case "downgrade.decided": return self.known() or self.compared()
            case "guard.overridden":
                used = p["promotion_id"] in s.runs.keys() | s.ended | s.overrides.keys()
                return self.known_here() or rule("alone", not used) or override(self, p)
            case "override.reviewed": return review(self, p)
            case "promotion.refused" | "rollback.refused":
                return rule("reasons", d["reasons"] and all(1 <= r["code"] <= 19 for r in d["reasons"]))
            case "promotion.requested":
                told, both = s.overrides.get(p["promotion_id"]), (p["version"], p["digest"])
                asked = p, entry.seq, entry.actor, self.key.id
                return (self.may_begin() or self.path(p["from"]) or self.released(p["digest"])
                        or rule("path", p["from"] == "none" or self.was_there(p["from"], lambda visit: not visit.left))
                        or rule("already there", s.holders.get(self.place) != both or d["forced"])
                        or rule("override", told is None or (told.promotion, told.seq + 1, told.actor, told.key) == asked)
                        or stands_in_the_way(self, p))
            case "rollback.requested":
                return (self.may_begin() or rule("path", p["from"] == p["to"]) or self.rolls_back() or self.mine()
                        or rule("override", p["promotion_id"] not in s.overrides) or self.allowed())
            case "promotion.taken_over":
                return (self.under_way() or rule("epoch", (d["epoch"], d["from_holder"]) == (run.epoch + 1, run.holder)) or self.allowed()
                        or "to_abort" not in d and goes_on(self, self.demands, run) or None)
            case "signature.checked":
                return self.going_on() or rule("signature", run.signature and (d["found"] != "verified" or d["policy"] == run.verification))
            case "step.started": return self.going_on() or self.starts_step()
            case "registry.tagged":
                mine, here = run and run.tags.get(d["tag"]), (p["component"], d["repository"])
                return (self.going_on() or rule("tags", mine and (mine.purpose, mine.pending) == (d["purpose"], (d["digest"], d["epoch"])))
                        or rule("known", self.rules and here in [(c["name"], c["repository"]) for c in self.rules.components]))
            case "promotion.completed" | "rollback.completed":
                return self.going_on() or self.under_way(bool(run.leaves) == ("leaves" in d)) or self.all_done() or self.ends()
            case "promotion.failed" | "rollback.failed":
                back = entry.type == "rollback.failed"
                return (rule("reasons", 1 <= d["code"] <= 19) or self.going_on() or self.under_way(bool(run.leaves) == back)
                        or rule("tags left", d["tags_left"] == tags_left(run)))
            case "promotion.aborted":
                return (self.under_way() or rule("epoch", d["epoch"] == run.epoch) or rule("tags left", d["tags_left"] == tags_left(run))
                        or self.allowed())

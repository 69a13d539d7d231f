#!/usr/bin/env python3
"""A second verifier of promoledger ledgers, written from ledger/FORMAT.md alone; it shares no code with the first.

    verify.py EXPORT [--origin NAME] [--genesis HASH] [--head SIZE:HASH] [--key VERIFIER-KEY]
    verify.py --batch      the same arguments, a line for each export, on standard input; a JSON object for each, a line, out

It reads an export (14) and says what section 15 says: an exit code, the entry it is about, the fault or the broken rule. The sections, and
the numbers in comments, are those of FORMAT.md. What entries mean is here; what they are is in entries.py. Needs Python 3.11.
"""
import argparse, base64, json, os, re, shlex, sys
from types import SimpleNamespace as Record
from entries import KINDS, Finding, acceptable, compare, contents, entries_of, read_entry, root, sha256, signature_holds, unbase64

# --- 6: keys and grants

ALL = object()  # what an event touches of a kind of which it touches all; None where it touches nothing

def new_key(a, recovery=False):
    public = bytes.fromhex(a["public"])
    return Record(name=a["name"], public=public, principal=a["principal"], proof=a["proof"], grants=a["grants"], recovery=recovery,
                  revoked=False, id=(a["name"], sha256(a["name"].encode(), b"\n\x01", public)[:4]))

def touched(kind, d):
    """Pipelines, components, environments, gates."""
    if "promotion" in d:
        return d["promotion"]["pipeline"], d["promotion"]["component"], d["promotion"]["to"], None
    if kind in ("manifest.adopted", "history.imported"):
        return d.get("rules", d)["pipeline"], ALL, ALL, ALL
    if kind.startswith(("artifact.", "gate.", "authorization.", "environment.")):
        return d["pipeline"], d.get("component", ALL), d.get("environment"), d.get("gate")
    return ALL, ALL, ALL, ALL

def covers(names, one): return one is None or names == ["*"] or one in names

def granted(key, permission, touches):
    lists = "pipelines", "components", "environments", "gates"
    return any(covers(g["permissions"], permission) and all(covers(g[k], t) for k, t in zip(lists, touches)) for g in key.grants)

def is_admin(key): return not key.revoked and not key.recovery and granted(key, "key.added", [ALL] * 4)

def proof_holds(key, *head):
    verifier_key = f"{key.name}+{key.id[1].hex()}+" + base64.b64encode(b"\1" + key.public).decode()
    proof, text = unbase64(key.proof, 64), "".join(line + "\n" for line in (*head, key.principal, verifier_key))
    return proof is not None and signature_holds(key.public, proof, text.encode())

# --- 10: state

class State:
    def __init__(self):
        self.floor, self.origin, self.genesis, self.level, self.threshold, self.keys = "", "", b"", 0, 0, []
        self.ended, self.imported, self.proposals, self.pipelines, self.locks, self.releases = set(), set(), {}, {}, {}, {}
        self.holders, self.busy, self.first, self.visits, self.asserted, self.results, self.runs = {}, {}, {}, {}, {}, {}, {}

    def key_of(self, r): return next((k for k in self.keys if (k.name, k.public.hex()) == (r["name"], r["public"])), None)
    def admins(self, but=None): return {k.principal for k in self.keys if is_admin(k) and k is not but}
    def takes_effect(self, proposal, principal): return len((proposal.behind | {principal}) & self.admins()) >= self.threshold

    def change(self, add=None, revoke=None):
        if add:
            self.keys.append(new_key(add))
        elif key := self.key_of(revoke):
            key.revoked = True

    def apply(self, entry, key):
        """Takes in an entry that has the shape of its type."""
        d, p, self.floor = entry.data, entry.data.get("promotion"), entry.time
        run, place = p and self.runs.get(p["promotion_id"]), p and (p["pipeline"], p["component"], p["to"])
        match entry.type:
            case "ledger.created":
                self.origin, self.level, self.threshold = d["origin"], d["format"], d["admin_threshold"]
                self.keys += [new_key(k) for k in d["keys"]] + [new_key(d[k], True) for k in d if k == "recovery"]
            case "format.raised": self.level = d["level"]
            case "key.added": self.change(add=d["key"])
            case "key.revoked": self.change(revoke=d)
            case "key.proposed": self.proposals[entry.seq] = Record(change=d["change"], behind={key.principal})
            case "key.endorsed" if proposal := self.proposals.get(d["proposal"]):
                if self.takes_effect(proposal, key.principal):
                    self.change(**self.proposals.pop(d["proposal"]).change)
                proposal.behind.add(key.principal)
            case "manifest.adopted": self.pipelines[d["rules"]["pipeline"]] = Record(seq=entry.seq, **d["rules"])
            case "artifact.registered": self.releases[d["pipeline"], d["component"], d["version"]] = d["digest"]
            case "gate.completed":
                result = dict(entry=entry.seq, gate=d["gate"], status=d["status"])
                self.results[d["pipeline"], d["component"], d["environment"], d["gate"], d["digest"]] = result
            case "authorization.decided" if run and d["outcome"] == "passed": run.right = d["authorized_via"]
            case "downgrade.decided" if run and d["outcome"] == "passed": run.guard = True
            case "promotion.requested" | "rollback.requested":
                back, rules = d.get("leaves"), self.pipelines.get(p["pipeline"])
                gates = [g for e in (rules.environments if rules and not back else []) if e["name"] == p["to"] for g in e["gates"]]
                self.runs[p["promotion_id"]] = Record(promotion=p, holder=entry.actor, epoch=1, gates=gates, leaves=back, right=None,
                                                      guard=bool(back), tags={}, allow=d.get("allow_downgrade", False))
                self.busy[place], _ = p["promotion_id"], self.first.setdefault(place, entry.time)
            case "promotion.taken_over" if run: run.epoch, run.holder = d["epoch"], entry.actor
            case "step.started" if run:
                tag = run.tags.setdefault(d["tag"], Record(purpose=d["purpose"], before=d.get("previous"), confirmed=None))
                tag.pending = d["digest"], d["epoch"]
            case "registry.tagged" if run and d["tag"] in run.tags:
                run.tags[d["tag"]].confirmed, run.tags[d["tag"]].pending = d["digest"], None
            case "promotion.completed" | "rollback.completed" | "promotion.failed" | "promotion.aborted" | "rollback.failed" if run:
                del self.runs[p["promotion_id"]]
                self.busy.pop(place, self.ended.add(p["promotion_id"]))
                if entry.type.endswith(".completed"):
                    self.land(place, p, d.get("leaves"))
            case "history.imported":
                for line in d["lines"]:
                    where = d["pipeline"], line["component"], line["to"], line["version"]
                    self.imported.add((d["pipeline"], json.dumps(line, sort_keys=True)))
                    if where not in self.asserted or self.asserted[where]["time"] <= line["time"]:
                        self.asserted[where] = line
            case "environment.locked":
                lock = Record(component=d.get("component"), owner=entry.actor, seq=entry.seq)
                self.locks.setdefault((d["pipeline"], d["environment"]), []).append(lock)
            case "environment.unlocked":
                where = d["pipeline"], d["environment"]
                self.locks[where] = [lock for lock in self.locks.get(where, []) if lock.seq != d["lock"]]

    def land(self, place, p, leaves):
        if leaves and (old := self.visits.get((*place, leaves["version"]))):
            old.left = True
        visit = self.visits.setdefault((*place, p["version"]), Record(rollbacks=0))
        visit.digest, visit.left, visit.rollbacks = p["digest"], False, visit.rollbacks + bool(leaves)
        self.holders[place] = p["version"], p["digest"]

def is_at(tag, digest): return tag is not None and tag.pending is None and tag.confirmed == digest

def tags_due(run):
    v, e = run.promotion["version"], run.promotion["to"]
    own = (f"{v}-{e}-rollback-{run.leaves['number']}", "rollback") if run.leaves else (f"{v}-{e}", "immutable")
    return [own, (f"latest-{e}", "latest")]

def next_tag(run): return next((t for t, _ in tags_due(run) if not is_at(run.tags.get(t), run.promotion["digest"])), None)

def tags_left(run):
    return [dict(digest=run.promotion["digest"], tag=n) for n, t in run.tags.items() if t.before is None or not is_at(t, t.before)]

# --- 11: the law. What asks it gives the first rule that is broken, or None.

def rule(name, holds):
    return None if holds else name

def law(s, entry, key):
    """11.1, behind the shape."""
    d, kind = entry.data, entry.type
    free = kind in ("promotion.refused", "rollback.refused") or (kind, d.get("outcome")) == ("authorization.decided", "refused")
    if entry.seq == 0 or kind == "ledger.created":
        return rule("genesis", (entry.seq, kind) == (0, "ledger.created")) or law_of_genesis(d, entry)
    broken = (rule("time", entry.time >= s.floor or kind == "clock.corrected")
              or rule("actor", entry.actor == key.principal or any(covers(g["act_for"], entry.actor) for g in key.grants))
              or rule("grant", free or (kind in ("key.added", "key.revoked") if key.recovery else granted(key, kind, touched(kind, d))))
              or law_of_type(s, entry, key))
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

def law_of_type(s, entry, key):  # 11.3
    d, p, kind = entry.data, entry.data.get("promotion"), entry.type
    run, place = p and s.runs.get(p["promotion_id"]), p and (p["pipeline"], p["component"], p["to"])
    rules = s.pipelines.get(p["pipeline"] if p else d.get("pipeline"))
    locks = s.locks.get(place[::2] if p else (d.get("pipeline"), d.get("environment")), [])
    locked = [k for k in locks if p and k.component in (None, p["component"])]

    def known(environment=None, component=None):
        return (rule("known", rules) or rule("known", environment in (None, *(e["name"] for e in rules.environments)))
                or rule("known", component in (None, *(c["name"] for c in rules.components))))
    def under_way(condition=True):
        return rule("under way", run and run.promotion == p and condition)
    def held(epoch):
        return rule("epoch", (epoch, entry.actor) == (run.epoch, run.holder))
    def going_on():
        return under_way() or held(d["epoch"])
    def results():
        return [s.results.get((*place, gate, p["digest"])) for gate in run.gates]
    def entitled():
        return (rule("authorized", run.right is not None) or rule("downgrade", run.guard)
                or rule("gates", all(r and r["status"] in ("passed", "warning") for r in results())))
    def may_begin():
        return (known(p["to"], p["component"]) or rule("manifest", d["manifest"] == rules.seq)
                or rule("alone", place not in s.busy and p["promotion_id"] not in s.runs.keys() | s.ended))
    def visit_of(environment):
        """The visit with the digest; where there is no visit at all, and the request accepts that, the asserted one."""
        where = p["pipeline"], p["component"], environment, p["version"]
        line = s.asserted.get(where) if "accept_asserted" in d else None
        asserted = line and line["kind"] != "removal" and Record(digest=line.get("digest"), left=False, rollbacks=0)
        visit = s.visits.get(where, asserted)
        return visit if visit and visit.digest == p["digest"] else None

    match kind:
        case "format.raised": return rule("format level", d["level"] > s.level)
        case "key.added" | "key.revoked":
            change = {"add": d["key"]} if kind == "key.added" else {"revoke": d}
            return rule("admin threshold", key.recovery or s.threshold == 1) or law_of_change(s, **change)
        case "key.proposed": return rule("endorsement", is_admin(key)) or law_of_change(s, **d["change"])
        case "key.endorsed":
            proposal = s.proposals.get(d["proposal"])
            return (rule("endorsement", is_admin(key) and proposal and key.principal not in proposal.behind)
                    or s.takes_effect(proposal, key.principal) and law_of_change(s, **proposal.change) or None)
        case "history.imported":
            named = [*d["declares"]["components"], *(c["name"] for c in rules.components)] if rules else []
            stages = ["none", *d["declares"]["environments"], *(e["name"] for e in rules.environments)] if rules else []
            seen = set(s.imported)
            for line in d["lines"] if rules else []:
                first = s.first.get((d["pipeline"], line["component"], line["to"]), line["time"])
                same = d["pipeline"], json.dumps(line, sort_keys=True)
                if broken := (rule("known", line["component"] in named and line["to"] in stages and line["from"] in stages)
                              or rule("asserted time", line["time"] <= entry.time and line["time"] <= first)
                              or rule("imported once", same not in seen)):
                    return broken
                seen.add(same)
            return known()
        case "artifact.registered":
            return known(None, d["component"]) or rule("release once", (d["pipeline"], d["component"], d["version"]) not in s.releases)
        case "gate.completed" | "environment.locked": return known(d["environment"], d.get("component"))
        case "environment.unlocked":
            lock = next((k for k in locks if (k.seq, k.component) == (d["lock"], d.get("component"))), None)
            others = granted(key, "environment.unlocked.others", touched(kind, d))
            return rule("lock owner", lock and (lock.owner == entry.actor or others))
        case "authorization.decided" if p and d["outcome"] == "passed":
            return (under_way((d["pipeline"], d.get("component"), d["environment"]) == place)
                    or rule("authorized", d["action"] == ("rollback" if run.leaves else "promote")) or held(run.epoch))
        case "downgrade.decided":
            current, meant = s.holders.get(place, (None,))[0], d["allow_downgrade"]
            how = compare(p["version"], current)
            passes = how in ("empty", "newer", "equal") or meant or rules and (how, rules.on_incomparable) == ("incomparable", "warn")
            return (known() or rule("downgrade", (d.get("current"), d["comparison"], d["outcome"] == "passed") == (current, how, passes))
                    or passes and (under_way() or rule("downgrade", meant == run.allow) or held(run.epoch)) or None)
        case "promotion.refused" | "rollback.refused":
            return rule("reasons", d["reasons"] and all(1 <= r["code"] <= 19 for r in d["reasons"]))
        case "promotion.requested":
            path = ["none"] + [e["name"] for e in (rules.environments if rules else [])]
            return (may_begin() or rule("path", p["from"] == path[path.index(p["to"]) - 1])
                    or rule("release", s.releases.get((p["pipeline"], p["component"], p["version"])) == p["digest"])
                    or rule("path", p["from"] == "none" or (v := visit_of(p["from"])) and not v.left) or rule("locks", not locked)
                    or rule("already there", s.holders.get(place) != (p["version"], p["digest"]) or d["forced"]))
        case "rollback.requested":
            old, visit = d["leaves"], visit_of(p["to"])
            return (may_begin() or rule("path", p["from"] == p["to"])
                    or rule("rollback target", s.holders.get(place) == (old["version"], old["digest"]) and p["version"] != old["version"])
                    or rule("rollback target", visit and old["number"] == visit.rollbacks + 1)
                    or rule("locks", all(k.owner == entry.actor for k in locked)))
        case "promotion.taken_over":
            return under_way() or rule("epoch", (d["epoch"], d["from_holder"]) == (run.epoch + 1, run.holder))
        case "step.started":
            if broken := going_on() or rule("tags", (d["tag"], d["purpose"]) in tags_due(run)):
                return broken
            mine, mutable = run.tags.get(d["tag"]), d["purpose"] == "latest"
            if d["digest"] != p["digest"]:
                return rule("tags", mutable and mine and mine.before == d["digest"])
            return (rule("tags", mutable or d.get("previous", p["digest"]) == p["digest"]) or entitled()
                    or rule("tags", mine or next_tag(run) in (None, d["tag"])))
        case "registry.tagged":
            mine, here = run and run.tags.get(d["tag"]), dict(name=p["component"], repository=d["repository"])
            return (going_on() or rule("tags", mine and (mine.purpose, mine.pending) == (d["purpose"], (d["digest"], d["epoch"])))
                    or rule("known", rules and here in rules.components))
        case "promotion.completed" | "rollback.completed":
            return (going_on() or under_way(bool(run.leaves) == ("leaves" in d)) or entitled() or rule("tags", next_tag(run) is None)
                    or under_way(d.get("leaves") == run.leaves) or rule("gates", d.get("gates", []) == results())
                    or rule("authorized", d["authorization_passed"] and d["authorized_via"] == run.right))
        case "promotion.failed" | "rollback.failed":
            return (rule("reasons", 1 <= d["code"] <= 19) or going_on() or under_way(bool(run.leaves) == (kind == "rollback.failed"))
                    or rule("tags left", d["tags_left"] == tags_left(run)))
        case "promotion.aborted":
            return under_way() or rule("epoch", d["epoch"] == run.epoch) or rule("tags left", d["tags_left"] == tags_left(run))

# --- 15: verification

def authentic(raw, place, leaves, state):
    """Steps 1 to 7 of 15.1: the entry and its signing key."""
    def fault(name, holds):
        if not holds:
            raise Finding(20, place, name)
    entry = read_entry(raw)
    fault("malformed", entry)
    fault("sequence", entry.seq == place)
    fault("previous", unbase64(entry.prev, 32) == (leaves[-1] if leaves else bytes(32)))
    first = map(new_key, entry.data["keys"]) if place == 0 and entry.shaped and entry.type == "ledger.created" else []
    key = next((k for k in (state.keys if place else first) if k.id == entry.key), None)
    fault("unknown-key", key and acceptable(key.public))
    fault("revoked-key", not key.revoked)
    fault("signature", signature_holds(key.public, entry.signature, entry.text))
    return entry, key

def audit(export, pins, log):
    """Findings in the order of 15.3: exit code, entry or None, fault or rule. `log` keeps the hashes, and whether a pin agreed."""
    state, ids, cited, removed, judged = State(), set(), {}, set(), True
    for place, raw in enumerate(entries_of(export)):
        entry, key = authentic(raw, place, log.leaves, state)
        log.leaves.append(entry.hash)
        state.genesis, broken = log.leaves[0], None
        if not entry.known and state.level > 1:
            if not log.strange:
                yield 22, place, "not-understood"
            log.strange, judged = True, False
        elif broken := "type" if not entry.known else "shape" if not entry.shaped else judged and law(state, entry, key):
            yield 23, place, broken
            judged = False
        elif "evidence" in entry.data:
            cited.setdefault(entry.data["evidence"]["digest"], (place, entry.data["evidence"]["size"]))
        elif entry.type == "body.removed":
            removed.add(entry.data["digest"])
        if entry.shaped:
            state.apply(entry, key)
        if entry.id in ids:
            yield 23, place, "unique id"
        ids.add(entry.id)
        held = [(k.name, k.public) for k in state.keys]
        for name, pin, agrees in (("genesis", place == 0 and pins.genesis, entry.hash == pins.genesis),
                                  ("origin", place == 0 and pins.origin, state.origin == pins.origin),
                                  ("key", place == 0 and pins.key, pins.key in held),
                                  ("head", pins.head and pins.head[0] == place + 1, pins.head and pins.head[1] == entry.hash)):
            log.pinned |= bool(pin and agrees and name != "origin")
            if pin and not agrees:
                yield 20, place, "pin-" + name
    if pins.head and pins.head[0] > len(log.leaves):
        yield 21, None, "tail-missing"
    top = os.path.join(export, "bodies")
    for digest, (place, size) in sorted(cited.items()):
        try:
            raw = contents(os.path.join(top, digest), place)
        except Finding as unreadable:
            yield unreadable.args
            continue
        if raw is None and digest not in removed:
            yield 21, place, "body-missing"
        if raw is not None and (sha256(raw).hex(), len(raw) - 16) != (digest, size):
            yield 20, place, "body-changed"
    if os.path.exists(top) and not all(map(KINDS["hex32"], os.listdir(top))):
        yield 20, None, "body-name"

def verdict(export, pins):
    log, found = Record(leaves=[], pinned=False, strange=False), []
    try:
        found.extend(audit(export, pins, log))
    except Finding as last:
        found.append(last.args)
    except OSError:
        found.append((22, None, "unreadable"))
    code, entry, fault = next((f for c in (20, 21, 23, 22) for f in found if f[0] == c), (0, None, None))
    message = {20: "tampered with", 21: "incomplete", 23: "authentic but unlawful", 22: "not verifiable here", 0: "sound"}[code]
    return dict(code=code, entry=entry, rule_or_fault=fault, message=message + ("" if entry is None else f" at entry {entry}"),
                level="pinned" if log.pinned else "self-consistent", sound=len(log.leaves),
                head=(log.leaves or [bytes(32)])[-1].hex(), root=root(log.leaves).hex())

# --- the command

def pinned_head(text):
    size, head = re.fullmatch("([1-9][0-9]*):([0-9a-f]{64})", text).groups()
    return int(size), bytes.fromhex(head)

def pinned_key(text):
    name, ident, blob = text.split("+", 2)
    key = new_key(dict(name=name, public=unbase64(blob, 33)[1:].hex(), principal="", proof="", grants=[]))
    if key.id[1].hex() != ident:
        raise ValueError("another id")
    return name, key.public

def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("export", nargs="?", help="an export directory")
    parser.add_argument("--origin", help="the name that the ledger must have")
    parser.add_argument("--genesis", type=bytes.fromhex, metavar="HASH", help="the hash of entry 0, in hex")
    parser.add_argument("--head", type=pinned_head, metavar="SIZE:HASH", help="the hash of entry SIZE - 1, in hex")
    parser.add_argument("--key", type=pinned_key, metavar="VERIFIER-KEY", help="a key that entry 0 must bring in")
    parser.add_argument("--batch", action="store_true", help="take arguments from standard input, an export a line")
    arguments = parser.parse_args()
    if not arguments.batch and not arguments.export:
        parser.error("an export, or --batch")
    for line in sys.stdin if arguments.batch else [None]:
        chosen = parser.parse_args(shlex.split(line)) if line else arguments
        result = verdict(chosen.export, chosen)
        print(json.dumps(result), flush=True)
    sys.exit(0 if arguments.batch else result["code"])

if __name__ == "__main__":
    main()

"""Keys and their grants, and the state that follows from the entries.

The sections, and the numbers in comments, are those of FORMAT.md.
"""
import base64, json
from types import SimpleNamespace as Record
from entries import sha256, signature_holds
from shapes import after, unbase64

# --- 6: keys and grants

ALL = object()  # what an event touches of a kind of which it touches all; None where it touches nothing

def new_key(a, recovery=False):
    public = bytes.fromhex(a["public"])
    return Record(name=a["name"], public=public, principal=a["principal"], proof=a["proof"], grants=a["grants"], groups=a.get("groups", []),
                  recovery=recovery, revoked=False, id=(a["name"], sha256(a["name"].encode(), b"\n\x01", public)[:4]))

def touched(kind, d):
    """Pipelines, components, environments, gates."""
    if "promotion" in d:
        return d["promotion"]["pipeline"], d["promotion"]["component"], d["promotion"]["to"], None
    if kind in ("manifest.adopted", "history.imported"):
        return d.get("rules", d)["pipeline"], ALL, ALL, ALL
    if kind == "identity.proven":
        return d["pipeline"], None, None, None
    if kind.startswith(("approval.", "artifact.", "gate.", "authorization.", "environment.", "pipeline.")):
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

def place_of(promotion): return promotion["pipeline"], promotion["component"], promotion["to"]

class State:
    def __init__(self):
        self.floor, self.origin, self.genesis, self.level, self.threshold, self.keys = "", "", b"", 0, 0, []
        self.proposals, self.pipelines, self.releases, self.locks, self.imported, self.asserted = {}, {}, {}, {}, set(), {}
        self.holders, self.busy, self.first, self.visits, self.movers, self.results = {}, {}, {}, {}, {}, {}
        self.approvals, self.overrides, self.runs, self.ended = {}, {}, {}, set()
        self.halts, self.proven, self.answers = {}, {}, {}

    def key_of(self, r): return next((k for k in self.keys if (k.name, k.public.hex()) == (r["name"], r["public"])), None)
    def admins(self, but=None): return {k.principal for k in self.keys if is_admin(k) and k is not but}
    def takes_effect(self, proposal, principal): return len((proposal.behind | {principal}) & self.admins()) >= self.threshold

    def environment_rule(self, pipeline, environment):
        """What the rules in force have of the environment; nothing where they do not list it."""
        rules = self.pipelines.get(pipeline)
        return next((e for e in rules.environments if e["name"] == environment), {}) if rules else {}

    def locks_at(self, pipeline, environment, time):
        locks = self.locks.get((pipeline, environment), [])
        return [lock for lock in locks if lock.expires is None or time < lock.expires]

    def result(self, p, gate):
        """The result that counts for a promotion: of policies, only what was answered to that one."""
        if gate.name != "policy_compliance":
            return self.results.get((*place_of(p), gate.name, p["digest"]))
        answer = self.answers.get(p["promotion_id"])
        return answer if answer and answer.about == (*place_of(p), p["digest"]) else None

    def passes(self, p, gate, time):
        result = self.result(p, gate)
        return result and lets_pass(result.status) and (gate.age is None or after(result.time, gate.age) >= time)

    def change(self, add=None, revoke=None):
        if add:
            self.keys.append(new_key(add))
        elif key := self.key_of(revoke):
            key.revoked = True

    def apply(self, entry, key):
        """Takes in an entry that has the shape of its type."""
        d, p, self.floor, principals = entry.data, entry.data.get("promotion"), entry.time, {entry.actor, key.principal}
        run, place = p and self.runs.get(p["promotion_id"]), p and place_of(p)
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
            case "manifest.adopted":
                groups = {group["name"]: group["members"] for group in d["rules"].get("groups", [])}
                absent = dict(policies=[], issuers=[], security_scan=None, verification=None)
                self.pipelines[d["rules"]["pipeline"]] = Record(**absent | d["rules"] | dict(seq=entry.seq, groups=groups))
            case "artifact.registered":
                release = Record(seq=entry.seq, digest=d["digest"], breaking="breaking" in d)
                self.releases[d["pipeline"], d["component"], d["version"]] = release
            case "gate.completed":
                about = d["pipeline"], d["component"], d["environment"], d["digest"]
                result = Record(entry=entry.seq, gate=d["gate"], status=d["status"], time=entry.time, about=about)
                self.answers.update({d["policy"]["promotion_id"]: result} if "policy" in d else {})
                self.results[d["pipeline"], d["component"], d["environment"], d["gate"], d["digest"]] = result
            case "approval.requested":
                self.approvals[d["pipeline"], d["component"], d["environment"], d["digest"]] = Record(
                    seq=entry.seq, asked=principals, manifest=d["manifest"], expires=d["expires"], version=d["version"], granted=[],
                    rejected=False)
            case "approval.granted" | "approval.rejected":
                if approvals := self.approvals.get((d["pipeline"], d["component"], d["environment"], d["digest"])):
                    approvals.granted += [principals] if entry.type == "approval.granted" else []
                    approvals.rejected |= entry.type == "approval.rejected"
            case "guard.overridden":
                guards = [g["guard"] for g in d["guards"]]
                self.overrides[p["promotion_id"]] = Record(
                    seq=entry.seq, actor=entry.actor, key=key.id, by=principals, guards=guards, promotion=p, reviewed=False)
            case "override.reviewed" if p["promotion_id"] in self.overrides: self.overrides[p["promotion_id"]].reviewed = True
            case "authorization.decided" if run and d["outcome"] == "passed": run.right = d["authorized_via"]
            case "downgrade.decided" if run and d["outcome"] == "passed": run.guard = True
            case "signature.checked" if run and run.signature: run.found = d["found"]
            case "promotion.requested" | "rollback.requested": self.begin(entry, p, place, principals, d.get("leaves"))
            case "promotion.taken_over" if run:
                run.epoch, run.holder, run.unwinding = d["epoch"], entry.actor, "to_abort" in d
                run.hands = run.hands if run.unwinding else run.hands | principals
            case "step.started" if run:
                tag = run.tags.setdefault(d["tag"], Record(purpose=d["purpose"], before=d.get("previous"), confirmed=None))
                tag.pending = d["digest"], d["epoch"]
            case "registry.tagged" if run and d["tag"] in run.tags:
                run.tags[d["tag"]].confirmed, run.tags[d["tag"]].pending = d["digest"], None
            case "promotion.completed" | "rollback.completed" | "promotion.failed" | "promotion.aborted" | "rollback.failed" if run:
                del self.runs[p["promotion_id"]]
                self.busy.pop(place, self.ended.add(p["promotion_id"]))
                self.answers.pop(p["promotion_id"], None)
                if entry.type.endswith(".completed"):
                    self.land(entry.time, place, p, run.hands, d.get("leaves"))
            case "promotion.refused": self.answers.pop(p["promotion_id"], None)
            case "history.imported":
                for line in d["lines"]:
                    where = d["pipeline"], line["component"], line["to"], line["version"]
                    self.imported.add((d["pipeline"], json.dumps(line, sort_keys=True)))
                    if where not in self.asserted or self.asserted[where]["time"] <= line["time"]:
                        self.asserted[where] = line
            case "environment.locked":
                lock = Record(component=d.get("component"), owner=entry.actor, seq=entry.seq, expires=d.get("expires"))
                self.locks.setdefault((d["pipeline"], d["environment"]), []).append(lock)
            case "environment.unlocked":
                where = d["pipeline"], d["environment"]
                self.locks[where] = [lock for lock in self.locks.get(where, []) if lock.seq != d["lock"]]
            case "pipeline.halted":
                halt = entry.seq, d["environment"], d.get("component")
                self.halts[d["pipeline"]] = self.halts.get(d["pipeline"], []) + [halt]
            case "pipeline.resumed":
                self.halts[d["pipeline"]] = [halt for halt in self.halts.get(d["pipeline"], []) if halt[0] != d["halt"]]
            case "identity.proven":
                self.proven = {of: token for of, token in self.proven.items() if entry.time < token.expires}
                token = Record(issuer=d["issuer"], groups=d["groups"], expires=d["expires"])
                self.proven[d["pipeline"], key.id, entry.actor] = token

    def begin(self, entry, p, place, principals, leaves):
        rule = {} if leaves else self.environment_rule(p["pipeline"], p["to"])
        override, rules = self.overrides.get(p["promotion_id"]), self.pipelines.get(p["pipeline"])
        approvals, overridden = self.approvals.get((*place, p["digest"])), override.guards if override else []
        heard = approvals and "approvals" in rule and "approvals" not in overridden
        self.runs[p["promotion_id"]] = Record(
            promotion=p, requested=entry.time, holder=entry.actor, hands=principals, epoch=1, gates=demanded(rule), leaves=leaves,
            allow=entry.data.get("allow_downgrade", False), guard=bool(leaves), overridden=overridden,
            approvers=set().union(*approvals.granted) if heard else set(), unwinding=False,
            signature=rule.get("signature"), verification=rules and verification_digest(rules.verification), found=None,
            right=None, tags={})
        self.busy[place], _ = p["promotion_id"], self.first.setdefault(place, entry.time)

    def land(self, time, place, p, hands, leaves):
        if leaves and (old := self.visits.get((*place, leaves["version"]))):
            old.left = True
        if not leaves:
            self.approvals.pop((*place, p["digest"]), None)
        visit = self.visits.setdefault((*place, p["version"]), Record(rollbacks=0))
        visit.digest, visit.time, visit.left, visit.rollbacks = p["digest"], time, False, visit.rollbacks + bool(leaves)
        self.holders[place] = p["version"], p["digest"]
        self.movers[(*place, p["digest"])] = self.movers.get((*place, p["digest"]), set()) | hands

def lets_pass(status): return status in ("passed", "warning")

def demanded(rule):
    """The gates of an environment's rule, each with the age that its result may have, or none, and whether it is advice."""
    ages = {age["gate"]: age["seconds"] for age in rule.get("max_age", [])}
    return [Record(name=gate, age=ages.get(gate), advice=gate in rule.get("advisory", [])) for gate in rule.get("gates", [])]

# --- 9.5: digests of rules

def number(n): return n.to_bytes(8, "big")
def counted(text): return number(len(text.encode())) + text.encode()
def digest_of(head, *parts): return "sha256:" + sha256(head.encode() + b"\n", *parts).hex()

def policies_digest(policies):
    return digest_of("promoledger policies 1", *(counted(p[field]) for p in policies for field in ("name", "text")))

def verification_digest(v):
    """None where the rules have no verification."""
    if v is None:
        return None
    lists = ([a[field] for a in v.get("annotations", []) for field in ("name", "value")],
             [i[field] for i in v.get("identities", []) for field in ("identity", "issuer")],
             v.get("keys", []), [v[root] for root in v if root == "trust_root"])
    return digest_of("promoledger verification 1", *(number(len(texts)) + b"".join(map(counted, texts)) for texts in lists))

def is_at(tag, digest): return tag is not None and tag.pending is None and tag.confirmed == digest

def tags_due(run):
    v, e = run.promotion["version"], run.promotion["to"]
    own = (f"{v}-{e}-rollback-{run.leaves['number']}", "rollback") if run.leaves else (f"{v}-{e}", "immutable")
    return [own, (f"latest-{e}", "latest")]

def next_tag(run): return next((t for t, _ in tags_due(run) if not is_at(run.tags.get(t), run.promotion["digest"])), None)

def tags_left(run):
    return [dict(digest=run.promotion["digest"], tag=n) for n, t in run.tags.items() if t.before is None or not is_at(t, t.before)]

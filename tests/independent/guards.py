"""The guards of a promotion, and who may approve, override and review.

The sections, and the numbers in comments, are those of FORMAT.md: this is what 11.3 has of guards. What asks a rule gives it if it is
broken, else None. `a` is what the law is asked about (`Asked` in law.py): the state, the entry, its key.
"""
from shapes import after, rises
from state import demanded, lets_pass, place_of, policies_digest
from versions import inside

def rule(name, holds):
    return None if holds else name

def issued_groups(rules, issuer):
    """The names of the groups that the rules give by tokens of an issuer; None where they do not list it."""
    return next(([group["name"] for group in i.get("groups", [])] for i in rules.issuers if i["issuer"] == issuer), None)

def token_groups(a, pipeline):
    """The groups of a token that count here, in its order."""
    token, rules = a.s.proven.get((pipeline, a.key.id, a.entry.actor)), a.s.pipelines[pipeline]
    return [g for g in token.groups if g in (issued_groups(rules, token.issuer) or [])] if token and a.entry.time < token.expires else []

def groups_of(a, pipeline):
    """The groups that the actor belongs to: those of the rules, of the key, of a token."""
    listed = [name for name, members in a.s.pipelines[pipeline].groups.items() if a.entry.actor in members]
    return listed + (a.key.groups if a.key.principal == a.entry.actor else []) + token_groups(a, pipeline)

def authorization(a, pipeline, environment):
    demanded = a.s.environment_rule(pipeline, environment).get("authorization")
    return rule("authorization", demanded is None or a.entry.actor in demanded["operators"]
                or any(group in demanded["groups"] for group in groups_of(a, pipeline)))

# --- the guards

OVERRIDABLE = dict(lock="locks", freeze="freeze", soak="soak", approvals="approvals", gates="gates")

def frozen(freezes, time):
    unknown = "known_until" in freezes and time >= freezes["known_until"]
    return unknown or any(w["from"] <= time < w["until"] for w in freezes["windows"])

def soaked(a, p, seconds, accepts_asserted):
    where = p["pipeline"], p["component"], p["from"], p["version"]
    visit, line = a.s.visits.get(where), a.s.asserted.get(where) if accepts_asserted else None
    since = visit.time if visit else line["time"] if line else None
    return since is None or a.entry.time >= after(since, seconds)

def approved(a, p, count):
    given = a.s.approvals.get((*place_of(p), p["digest"]))
    return (given and (given.manifest, given.version) == (a.s.pipelines[p["pipeline"]].seq, p["version"]) and a.entry.time < given.expires
            and not given.rejected and sum(not by & a.principals for by in given.granted) >= count)

def separated(a, p, demands):
    moved = a.s.movers.get((p["pipeline"], p["component"], p["from"], p["digest"]), set())
    return "separation_of_duties" not in demands or p["from"] == "none" or not moved & a.principals

def guards(a, p, accepts_asserted, allows_breaking):
    """Each guard and whether it holds, in the order in which they are asked."""
    demands, time, inward = a.s.environment_rule(p["pipeline"], p["to"]), a.entry.time, p["from"] != "none"
    release = a.s.releases.get((p["pipeline"], p["component"], p["version"]))
    locks = a.s.locks_at(p["pipeline"], p["to"], time)
    yield "halt", not a.s.halts.get(p["pipeline"])
    yield "locks", all(lock.component not in (None, p["component"]) for lock in locks)
    yield "freeze", "freezes" not in demands or not frozen(demands["freezes"], time)
    yield "soak", "soak_seconds" not in demands or not inward or soaked(a, p, demands["soak_seconds"], accepts_asserted)
    yield "authorization", not authorization(a, p["pipeline"], p["to"])
    yield "duties", separated(a, p, demands)
    yield "versions", "versions" not in demands or inside(p["version"], demands["versions"])
    yield "breaking", not (release and release.breaking) or allows_breaking
    yield "approvals", "approvals" not in demands or approved(a, p, demands["approvals"]["count"])

def stands_in_the_way(a, p):
    """What a promotion without an override breaks at its request, and what an override may not have named."""
    override = a.s.overrides.get(p["promotion_id"])
    passed_over = [OVERRIDABLE[guard] for guard in override.guards] if override else []
    broken = (name for name, holds in guards(a, p, "accept_asserted" in a.d, "allow_breaking" in a.d) if not holds)
    return next((name for name in broken if name not in passed_over), None)

# --- gates that are known by name

def stands_behind(d, rules):
    """What stands behind a result."""
    asks, asked, passes = d["gate"] == "policy_compliance", d.get("policy"), lets_pass(d["status"])
    if not asked:
        broken = rule("policy", not (asks and passes))
    else:
        broken = rule("policy", asks and (not passes or asked["policies"] == policies_digest(rules.policies)))
    demands, scan = rules.security_scan, d.get("scan")
    if broken or d["gate"] != "security_scan" or not passes or not demands:
        return broken
    return rule("scan", scan and scan["scanner"] == demands["scanner"] and not any(scan["counts"][grave] for grave in demands["block_on"])
                and not scan["blocked"] and not scan["blocking"] and (not scan["ignored"] or "ignore_unfixed" in demands))

# --- events of guards

def override(a, p):
    """Whether the override names just what stands in the way."""
    broken = {name for name, holds in guards(a, p, True, False) if not holds}
    gates = demanded(a.s.environment_rule(p["pipeline"], p["to"]))
    if not all(gate.advice or a.s.passes(p, gate, a.entry.time) for gate in gates):
        broken.add("gates")
    named = [guard["guard"] for guard in a.d["guards"]]
    return rule("override", named and named == [guard for guard, name in OVERRIDABLE.items() if name in broken])

def review(a, p):
    told = a.s.overrides.get(p["promotion_id"])
    return rule("review", told and (told.promotion, told.seq) == (p, a.d["override"]) and not told.reviewed and not told.by & a.principals)

def goes_on(a, demands, run):
    """The last rules of promotion.taken_over, where the run is to go on."""
    free = run.leaves or a.principals <= run.hands
    return (rule("halt", run.leaves or not a.s.halts.get(run.promotion["pipeline"]))
            or rule("duties", free or separated(a, run.promotion, demands)) or rule("approvals", free or not run.approvers & a.principals))

def resumes(a):
    """Whether the halt that is resolved stands, and is this one."""
    return rule("halt", (a.d["halt"], a.d["environment"], a.d.get("component")) in a.s.halts.get(a.d["pipeline"], []))

def proven(a, rules):
    """Whether a token may say this of the actor."""
    given, groups, now = issued_groups(rules, a.d["issuer"]), a.d["groups"], a.entry.time
    return rule("identity", given is not None and set(groups) <= set(given) and rises(groups)
                and now < a.d["expires"] <= after(now, 86_400))

def approval_asked(a, demands):
    """The last rule of approval.requested."""
    valid = demands.get("approvals", {}).get("valid_seconds", 0)
    return rule("approvals", "approvals" in demands and a.entry.time < a.d["expires"] <= after(a.entry.time, valid))

def approval_answered(a, demands, rules):
    """The last rule of approval.granted and approval.rejected."""
    asked = a.s.approvals.get((a.d["pipeline"], a.d["component"], a.d["environment"], a.d["digest"]))
    groups = demands.get("approvals", {}).get("groups", [])
    own = groups_of(a, a.d["pipeline"])
    given = asked.granted if asked and a.entry.type == "approval.granted" else []
    return (rule("approvals", asked and asked.seq == a.d["request"] and "approvals" in demands and asked.manifest == rules.seq
                 and a.entry.time < asked.expires and not asked.rejected and not asked.asked.union(*given) & a.principals
                 and (not groups or any(group in groups for group in own)))
            or not groups and authorization(a, a.d["pipeline"], a.d["environment"])
            or rule("approvals", a.d.get("group") == next((group for group in own if group in groups), None)))

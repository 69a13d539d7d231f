"""What the values of an entry are, and what the data of each type of event holds.

The sections, and the numbers in comments, are those of FORMAT.md. A kind is a function that says whether a value is of it.
"""
import base64, datetime, json, re
import versions

# --- 1, 8: values

WHITE_SPACE = set("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(c) for c in range(0x2000, 0x200b)}
LABEL, PART = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?", "[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?"
HOST_PATH = re.compile(rf"(?:http://)?{LABEL}(?:\.{LABEL})*(?::([1-9][0-9]{{0,4}}))?(?:/{PART})+")
FIRST_TIME, LAST_TIME = "1970-01-01T00:00:00.000000Z", "9999-12-30T22:00:00.000000Z"

def unbase64(text, size):
    """The bytes of a base64 text in its one spelling, if there are `size` of them; else None."""
    try:
        raw = base64.b64decode(text, validate=True)
        return raw if len(raw) == size and base64.b64encode(raw).decode() == text else None
    except (TypeError, ValueError):
        return None

def pattern(yes, no="(?!)"):
    yes, no = re.compile(yes, re.DOTALL), re.compile(no, re.DOTALL)
    return lambda v: isinstance(v, str) and bool(yes.fullmatch(v)) and not no.fullmatch(v)

def whole(top, least=0): return lambda v: type(v) is int and least <= v <= top
def array(kind, least=0): return lambda v: isinstance(v, list) and len(v) >= least and all(map(kind, v))
def such(kind, condition): return lambda v: kind(v) and condition(v)
def each_once(values): return len(set(values)) == len(values)
def rises(values): return all(a < b for a, b in zip(values, values[1:]))
def rising(kind): return such(array(kind), rises)
def covering(kind): return lambda v: v == ["*"] or rising(kind)(v)  # a list of a grant (6.5)

def shape(fields):
    """An object with exactly these fields, each `name` or `name:kind`; those with a question mark may be absent."""
    split = [f.rstrip("?").partition(":") for f in fields.split()]
    kinds, must = {name: KINDS[kind or name] for name, _, kind in split}, {f.partition(":")[0] for f in fields.split() if f[-1] != "?"}
    return lambda v: isinstance(v, dict) and must <= v.keys() <= kinds.keys() and all(kinds[n](x) for n, x in v.items())

def time(v):
    try:
        return (pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")(v) and datetime.datetime.fromisoformat(v[:-1])
                and FIRST_TIME <= v <= LAST_TIME)
    except ValueError:
        return False

def after(time, seconds):
    """A time and so many seconds, but no later than the last time (11.3)."""
    try:
        later = datetime.datetime.fromisoformat(time[:-1]) + datetime.timedelta(seconds=seconds)
        return min(later.isoformat(timespec="microseconds") + "Z", LAST_TIME)
    except OverflowError:
        return LAST_TIME

def repository(v):
    local, match = pattern("oci-layout:.*")(v), isinstance(v, str) and len(v) <= 255 and HOST_PATH.fullmatch(v)
    return pattern("oci-layout:(?=.{1,244}$)[!-~]+")(v) if local else match and int(match[1] or 1) <= 65535

CHARACTERS = r"!#-&(-*,-\[\]-_a-~"  # from 21 to 7e, without quotes, backslash and plus sign
KINDS = dict(
    name=pattern("[a-z0-9][a-z0-9._-]{0,63}"), environment=pattern("[a-z0-9][a-z0-9._-]{0,31}", "none|rollback-[0-9]*"),
    component=pattern("(?=.{1,128}$)[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*"), tag=pattern("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"),
    version=pattern("[A-Za-z0-9_][A-Za-z0-9._-]{0,74}", "latest|latest-.*"), principal=pattern(f"[{CHARACTERS}+]{{1,255}}"),
    agent=pattern(f"[{CHARACTERS}+]{{1,64}}"), key_name=pattern(f"[{CHARACTERS}]{{1,255}}"), repository=repository,
    media_type=pattern(f"(?=[^/]+/[^/]+$)[{CHARACTERS}+]{{1,127}}"), source_sha=pattern("[0-9a-f]{7,64}"), time=time,
    reason=lambda v: isinstance(v, str) and len(v.encode()) <= 1024 and not WHITE_SPACE.issuperset(v),
    digest=pattern("sha256:[0-9a-f]{64}"), hex32=pattern("[0-9a-f]{64}"), prev=lambda v: unbase64(v, 32) is not None,
    uuid=pattern("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), u32=whole(2**32 - 1), u64=whole(2**53 - 1),
    count=whole(2**32 - 1, 1), seconds=whole(2**53 - 1, 1), seq=whole(2**53 - 2), code=whole(23), flag=lambda v: type(v) is bool,
    document=lambda v: isinstance(v, str) and 1 <= len(v.encode()) <= 60_000, variable=pattern("[A-Za-z_][A-Za-z0-9_]{0,127}"),
    argument=lambda v: isinstance(v, str) and len(v.encode()) <= 4096 and "\0" not in v,
    policy_name=pattern("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}"), limit=whole(3600, 30), exit_status=whole(255, 1),
    only_true=lambda v: v is True, object=lambda v: isinstance(v, dict), string=lambda v: isinstance(v, str))
KINDS["from"] = lambda v: v == "none" or KINDS["environment"](v)

# A field is of the kind that has its name; these have another's, and these are one of some words.
for kind, fields in dict(name="gate pipeline", environment="to", version="current", key_name="origin", principal="from_holder actor group",
                         reason="message authorized_via note justification value identity issuer fixed installed package audience subject",
                         digest="previous file policy decision token", hex32="public", uuid="promotion_id ledger_id id", time="expires",
                         u32="v number epoch level format admin_threshold",
                         u64="manifest entry size duration_ms lock halt proposal request override blocked ignored suppressed", object="data",
                         only_true="accept_asserted allow_breaking separation_of_duties ignore_unfixed shell to_abort", string="proof type",
                         document="text trust_root", limit="timeout_seconds gate_timeout_seconds", exit_status="warning_status",
                         seconds="soak_seconds valid_seconds", flag="allow_downgrade forced authorization_passed").items():
    KINDS.update((field, KINDS[kind]) for field in fields.split())
KINDS.update((field, pattern(words)) for field, words in dict(
    status="passed|failed|skipped|warning", outcome="passed|refused", purpose="immutable|latest|rollback", on_incomparable="warn|block",
    action="promote|rollback|lock|unlock|halt|resolve|take_over|abort|approve|reject", comparison="empty|newer|equal|older|incomparable",
    signature="warn|enforce", signature_status="not_required|verified|warned", found="verified|unsigned|invalid|unknown",
    finding="justified|unjustified", scanner="trivy|grype", kind="promotion|rollback|removal", guard="lock|freeze|soak|approvals|gates").items())

# --- 6.5, 9.2 to 9.4: the fields of each type of event

EVENT_FIELDS = dict(row.split(": ", 1) for row in """
ledger.created: admin_threshold format keys ledger_id origin recovery:key?
format.raised: level
clock.corrected: reason
key.proposed: change
key.endorsed: proposal
key.added: key
key.revoked: name:key_name public reason
manifest.adopted: rules
body.removed: digest:hex32 reason
artifact.registered: breaking? component digest pipeline source_sha? version
gate.completed: component digest duration_ms? environment evidence? gate message? pipeline policy:asked? scan? status
environment.locked: component? environment expires? pipeline reason
environment.unlocked: component? environment lock pipeline reason?
pipeline.halted: component? environment pipeline reason
pipeline.resumed: component? environment halt pipeline reason
identity.proven: evidence? expires groups:proven_groups issuer pipeline subject token
approval.requested: component digest environment expires from manifest pipeline reason? version
approval.granted: component digest environment group? note? pipeline request
approval.rejected: component digest environment group? pipeline reason request
history.imported: declares file lines pipeline
authorization.decided: action authorized_via component? environment outcome pipeline promotion?
downgrade.decided: allow_downgrade comparison current? outcome promotion scheme?
promotion.requested: accept_asserted? allow_breaking? allow_downgrade forced manifest promotion reason?
signature.checked: epoch found message policy promotion
guard.overridden: guards justification promotion
override.reviewed: finding note override promotion
promotion.refused: promotion reasons
rollback.refused: promotion reasons
step.started: digest epoch previous? promotion purpose tag
registry.tagged: digest epoch promotion purpose repository tag
promotion.completed: authorization_passed authorized_via epoch gates:cited promotion signature_status
promotion.failed: code epoch message promotion tags_left
rollback.failed: code epoch message promotion tags_left
promotion.aborted: epoch promotion reason tags_left
promotion.taken_over: epoch from_holder promotion to_abort?
rollback.requested: accept_asserted? leaves manifest promotion reason
rollback.completed: authorization_passed authorized_via epoch leaves promotion
""".strip().split("\n"))

# --- 6.5, 9.1, 12: keys

KINDS["permission"] = lambda v: isinstance(v, str) and (v in EVENT_FIELDS or v == "environment.unlocked.others")
KINDS.update((kind + "s", covering(KINDS[kind])) for kind in "component environment gate permission pipeline".split())
KINDS["act_for"], KINDS["any_groups"] = covering(KINDS["principal"]), array(KINDS["group"], 1)
KINDS["proven_groups"] = array(KINDS["group"])
KINDS["grants"] = array(shape("act_for components environments gates permissions pipelines"))
KINDS["key"] = KINDS["add"] = shape("grants groups:any_groups? name:key_name principal proof public")
KINDS["keys"], KINDS["revoke"] = array(KINDS["key"]), shape("name:key_name public reason")
KINDS["change"] = lambda v: shape("add")(v) or shape("revoke")(v)

# --- 9.1, 12: rules

KINDS["template"] = lambda v: isinstance(v, str) and versions.template(v) and KINDS["version"](versions.FIELD.sub("0", v))
KINDS["scheme"] = lambda v: v in [{"scheme": name} for name in ("semver", "calver", "recency")] or (
    shape("scheme:string template")(v) and v["scheme"] == "pattern")
KINDS["at_least"] = KINDS["below"] = versions.is_bound
KINDS["range"] = such(shape("at_least? below?"), versions.is_range)
KINDS["some_groups"], KINDS["some_principals"] = rising(KINDS["group"]), rising(KINDS["principal"])
KINDS["approvals"] = shape("count groups:some_groups valid_seconds")
KINDS["authorization"] = such(shape("groups:some_groups operators:some_principals"), lambda a: a["groups"] or a["operators"])
KINDS["windows"] = such(array(such(shape("from:time name:reason until:time"), lambda w: w["from"] < w["until"])),
                        lambda windows: all(a["from"] <= b["from"] for a, b in zip(windows, windows[1:])))
KINDS["freezes"] = shape("known_until:time? windows")
KINDS["gates_once"], KINDS["max_age"] = such(array(KINDS["gate"]), each_once), array(shape("gate seconds"), 1)
KINDS["advisory"] = array(KINDS["gate"], 1)

def gates_fit(rule):
    lists = [age["gate"] for age in rule.get("max_age", [])], rule.get("advisory", [])
    return all(each_once(gates) and set(gates) <= set(rule["gates"]) - {"policy_compliance"} for gates in lists)

ENVIRONMENT_RULE = such(shape("advisory? approvals? authorization? freezes? gate_timeout_seconds? gates:gates_once max_age? "
                              "name:environment separation_of_duties? signature? soak_seconds? versions:range?"), gates_fit)
KINDS["listed"] = such(array(shape("name:component repository versions:scheme?"), 1),
                       lambda v: rises([c["name"] for c in v]) and each_once([c["repository"] for c in v]))
KINDS["stages"] = such(array(ENVIRONMENT_RULE, 1), lambda v: each_once([e["name"] for e in v]))
KINDS["members"] = such(array(shape("members:some_principals name:group"), 1), lambda v: rises([g["name"] for g in v]))
# --- 9.1: gates of the rules, and whose signatures count

SEVERITIES = "critical high medium low negligible unknown".split()
KINDS["severity"] = lambda v: v in SEVERITIES
KINDS["block_on"] = such(array(KINDS["severity"], 1), lambda v: rises([SEVERITIES.index(severity) for severity in v]))
KINDS["security_scan"] = shape("block_on ignore_unfixed? scanner")
KINDS["arguments"], KINDS["variables"] = such(array(KINDS["argument"], 1), lambda v: v[0]), such(rising(KINDS["variable"]), len)
COMMAND = such(shape("arguments gate shell? timeout_seconds? variables? warning_status?"),
               lambda c: c["gate"] not in ("policy_compliance", "label_shape") and ("shell" not in c or len(c["arguments"]) == 1))
KINDS["commands"] = such(array(COMMAND, 1), lambda v: rises([c["gate"] for c in v]))
KINDS["policies"] = such(array(shape("name:policy_name text"), 1), lambda v: rises([p["name"] for p in v]))
KINDS["annotations"] = such(array(shape("name:reason value"), 1), lambda v: rises([a["name"] for a in v]))
KINDS["identities"] = such(array(shape("identity issuer"), 1), lambda v: rises([(i["identity"], i["issuer"]) for i in v]))
KINDS["public_keys"] = such(rising(KINDS["document"]), len)
KINDS["verification"] = such(shape("annotations? identities? keys:public_keys? trust_root?"),
                             lambda v: ("keys" in v or "identities" in v) and ("trust_root" in v) == ("identities" in v))
KINDS["claims"] = such(array(shape("name:reason value"), 1), lambda v: rises([(c["name"], c["value"]) for c in v]))
KINDS["claimed_groups"] = such(array(shape("claims name:group"), 1), lambda v: each_once([json.dumps(g, sort_keys=True) for g in v]))
KINDS["issuers"] = such(array(shape("audience groups:claimed_groups? issuer keys:document? principal:reason"), 1),
                        lambda v: rises([i["issuer"] for i in v]))
KINDS["rules"] = shape("commands? components:listed environments:stages groups:members? issuers? on_incomparable pipeline policies? "
                       "security_scan? verification?")

# --- 9.1: what else is nested

KINDS["some_components"], KINDS["some_environments"] = rising(KINDS["component"]), rising(KINDS["environment"])
KINDS["declares"] = shape("components:some_components environments:some_environments")
KINDS["lines"] = array(shape("actor component digest? from kind note? time to version"), 1)
KINDS["promotion"], KINDS["leaves"] = shape("component digest from pipeline promotion_id to version"), shape("digest number version")
KINDS["evidence"], KINDS["cited"] = shape("digest:hex32 media_type size"), array(shape("entry gate status"))
KINDS["asked"], KINDS["counts"] = shape("decision policies:digest promotion_id"), shape(" ".join(f"{severity}:u64" for severity in SEVERITIES))
KINDS["blocking"] = array(shape("fixed? id:reason? installed? package? severity"))
KINDS["scan"] = shape("blocked blocking counts ignored scanner suppressed")
KINDS["reasons"], KINDS["tags_left"] = array(shape("code message")), array(shape("digest tag"))
KINDS["breaking"], KINDS["guards"] = array(KINDS["reason"], 1), array(shape("guard message"))
SHAPES = {name: shape(fields) for name, fields in EVENT_FIELDS.items()}

"""What an entry is: bytes, signature, values, shapes; and how an export holds entries.

The sections, and the numbers in comments, are those of FORMAT.md. The package `cryptography` is asked for the one equation of
Ed25519. Which encodings, points and scalars are let through to it is decided here, with plain integers.
"""
import base64, datetime, functools, hashlib, json, os, re
from types import SimpleNamespace as Record
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

class Finding(Exception):
    """What ends the reading: exit code, entry or None, fault."""

# --- 1, 2: notation and hashes

def sha256(*parts): return hashlib.sha256(b"".join(parts)).digest()

def unbase64(text, size):
    """The bytes of a base64 text in its one spelling, if there are `size` of them; else None."""
    try:
        raw = base64.b64decode(text, validate=True)
        return raw if len(raw) == size and base64.b64encode(raw).decode() == text else None
    except (TypeError, ValueError):
        return None

# --- 3, 6.2: Ed25519. A point is (x, y).

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT, IDENTITY = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P), (0, 1)

def decode_point(raw):
    """RFC 8032, 5.1.3; None where it fails."""
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    u, v, v3 = y * y - 1, (D * y * y + 1) % P, pow(D * y * y + 1, 3, P)
    x = u * v3 * pow(u * v3 * v3 * v, (P - 5) // 8, P) % P
    x = x if (v * x * x - u) % P == 0 else x * ROOT % P
    bad = y >= P or (v * x * x - u) % P or (x == 0 and sign)
    return None if bad else (P - x if x & 1 != sign else x, y)

def add(a, b):
    t = D * a[0] * b[0] * a[1] * b[1]
    return (a[0] * b[1] + a[1] * b[0]) * pow(1 + t, -1, P) % P, (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, -1, P) % P

def times(n, point):
    doubled = times(n // 2, add(point, point)) if n > 1 else IDENTITY
    return add(doubled, point) if n & 1 else doubled

SMALL_ORDER = {times(n * L, decode_point(bytes([3] + [0] * 31))) for n in range(8)}

@functools.lru_cache(1 << 16)
def acceptable(public):
    point = decode_point(public)
    return point is not None and point not in SMALL_ORDER and times(L, point) == IDENTITY

@functools.lru_cache(1 << 18)
def signature_holds(public, signature, message):
    if decode_point(signature[:32]) in SMALL_ORDER | {None} or int.from_bytes(signature[32:], "little") >= L or not acceptable(public):
        return False
    try:
        return Ed25519PublicKey.from_public_bytes(public).verify(signature, message) is None
    except InvalidSignature:
        return False

# --- 8: values. A kind is a function that says whether a value is of it.

WHITE_SPACE = set("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(c) for c in range(0x2000, 0x200b)}
LABEL, PART = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?", "[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?"
HOST_PATH = re.compile(rf"(?:http://)?{LABEL}(?:\.{LABEL})*(?::([1-9][0-9]{{0,4}}))?(?:/{PART})+")

def pattern(yes, no="(?!)"):
    yes, no = re.compile(yes, re.DOTALL), re.compile(no, re.DOTALL)
    return lambda v: isinstance(v, str) and bool(yes.fullmatch(v)) and not no.fullmatch(v)

def whole(top): return lambda v: type(v) is int and 0 <= v <= top
def array(kind, least=0): return lambda v: isinstance(v, list) and len(v) >= least and all(map(kind, v))
def each_once(values): return len(set(values)) == len(values)
def rises(values): return all(a < b for a, b in zip(values, values[1:]))
def rising(kind): return lambda v: array(kind)(v) and rises(v)
def covering(kind): return lambda v: v == ["*"] or rising(kind)(v)  # a list of a grant (6.5)

def shape(fields):
    """An object with exactly these fields, each `name` or `name:kind`; those with a question mark may be absent."""
    split = [f.rstrip("?").partition(":") for f in fields.split()]
    kinds, must = {name: KINDS[kind or name] for name, _, kind in split}, {f.partition(":")[0] for f in fields.split() if f[-1] != "?"}
    return lambda v: isinstance(v, dict) and must <= v.keys() <= kinds.keys() and all(kinds[n](x) for n, x in v.items())

def time(v):
    try:
        return (pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")(v) and datetime.datetime.fromisoformat(v[:-1])
                and "1970-01-01T00:00:00.000000Z" <= v <= "9999-12-30T22:00:00.000000Z")
    except ValueError:
        return False

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
    seq=whole(2**53 - 2), code=whole(23), flag=lambda v: type(v) is bool, object=lambda v: isinstance(v, dict),
    string=lambda v: isinstance(v, str), accept_asserted=lambda v: v is True)
KINDS["from"] = lambda v: v == "none" or KINDS["environment"](v)

# --- 6.5, 9: shapes. A field is of the kind that has its name; these have another's, and these are one of some words.

for kind, fields in dict(name="gate pipeline", environment="to", version="current", key_name="origin", principal="from_holder actor",
                         reason="message authorized_via note", digest="previous file", hex32="public", uuid="promotion_id ledger_id id",
                         u32="v number epoch level format admin_threshold", u64="manifest entry size duration_ms lock proposal",
                         flag="allow_downgrade forced authorization_passed", object="data", string="proof type").items():
    KINDS.update((field, KINDS[kind]) for field in fields.split())
KINDS.update((field, pattern(words)) for field, words in dict(
    status="passed|failed|skipped|warning", outcome="passed|refused", purpose="immutable|latest|rollback", on_incomparable="warn|block",
    action="promote|rollback|lock|unlock|take_over|abort", comparison="empty|newer|equal|older|incomparable",
    signature_status="not_required", kind="promotion|rollback|removal").items())
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
artifact.registered: component digest pipeline source_sha? version
gate.completed: component digest duration_ms? environment evidence? gate message? pipeline status
environment.locked: component? environment pipeline reason
environment.unlocked: component? environment lock pipeline reason?
history.imported: declares file lines pipeline
authorization.decided: action authorized_via component? environment outcome pipeline promotion?
downgrade.decided: allow_downgrade comparison current? outcome promotion
promotion.requested: accept_asserted? allow_downgrade forced manifest promotion reason?
promotion.refused: promotion reasons
rollback.refused: promotion reasons
step.started: digest epoch previous? promotion purpose tag
registry.tagged: digest epoch promotion purpose repository tag
promotion.completed: authorization_passed authorized_via epoch gates:cited promotion signature_status
promotion.failed: code epoch message promotion tags_left
rollback.failed: code epoch message promotion tags_left
promotion.aborted: epoch promotion reason tags_left
promotion.taken_over: epoch from_holder promotion
rollback.requested: accept_asserted? leaves manifest promotion reason
rollback.completed: authorization_passed authorized_via epoch leaves promotion
""".strip().split("\n"))
KINDS["permission"] = lambda v: isinstance(v, str) and (v in EVENT_FIELDS or v == "environment.unlocked.others")
KINDS.update((kind + "s", covering(KINDS[kind])) for kind in "component environment gate permission pipeline".split())
KINDS["act_for"] = covering(KINDS["principal"])
KINDS["grants"] = array(shape("act_for components environments gates permissions pipelines"))
KINDS["key"] = KINDS["add"] = shape("grants name:key_name principal proof public")
KINDS["keys"], KINDS["revoke"] = array(KINDS["key"]), shape("name:key_name public reason")
KINDS["change"] = lambda v: shape("add")(v) or shape("revoke")(v)
KINDS["all_gates"] = lambda v: array(KINDS["gate"])(v) and each_once(v)
LISTED, STAGES = array(shape("name:component repository"), 1), array(shape("gates:all_gates name:environment"), 1)
KINDS["listed"] = lambda v: LISTED(v) and rises([c["name"] for c in v]) and each_once([c["repository"] for c in v])
KINDS["stages"] = lambda v: STAGES(v) and each_once([e["name"] for e in v])
KINDS["rules"] = shape("components:listed environments:stages on_incomparable pipeline")
KINDS["some_components"], KINDS["some_environments"] = rising(KINDS["component"]), rising(KINDS["environment"])
KINDS["declares"] = shape("components:some_components environments:some_environments")
KINDS["lines"] = array(shape("actor component digest? from kind note? time to version"), 1)
KINDS["promotion"], KINDS["leaves"] = shape("component digest from pipeline promotion_id to version"), shape("digest number version")
KINDS["evidence"], KINDS["cited"] = shape("digest:hex32 media_type size"), array(shape("entry gate status"))
KINDS["reasons"], KINDS["tags_left"] = array(shape("code message")), array(shape("digest tag"))
SHAPES = {name: shape(fields) for name, fields in EVENT_FIELDS.items()}

# --- 3, 4, 5: the note, its line, its envelope

NOTE = re.compile(rb"([^\x00-\x1f]+\n)\n\xe2\x80\x94 ([!-~]+) ([A-Za-z0-9+/=]{92})\n")
ENVELOPE = shape("actor agent data id prev seq time type v")

def bounded(value, depth):
    """Whether a value is of the smaller domain of section 4."""
    if isinstance(value, (int, str)):
        return isinstance(value, str) or abs(value) < 2**53
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [None]
    named = not isinstance(value, dict) or all(re.fullmatch("[a-z0-9_]+", key) for key in value)
    return depth <= 16 and named and value is not None and not isinstance(value, float) and all(bounded(x, depth + 1) for x in inner)

@functools.lru_cache(1 << 16)
def read_entry(raw):
    """The entry that these bytes are, or None. A value has one text, so a line is canonical if its value, written anew, is that line."""
    try:
        text, name, signed = NOTE.fullmatch(raw).groups()
        line, name, signed = text[:-1].decode(), name.decode(), unbase64(signed.decode(), 68)
        value = json.loads(line)
        canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == line
    except (AttributeError, ValueError, RecursionError):
        return None
    if len(raw) > 65535 or signed is None or not KINDS["key_name"](name) or not (canonical and bounded(value, 1) and ENVELOPE(value)):
        return None
    known = value["type"] in SHAPES and value["v"] == 1
    return Record(**value, text=text, key=(name, signed[:4]), signature=signed[4:], hash=sha256(b"\0", raw), known=known,
                  shaped=known and SHAPES[value["type"]](value["data"]))

# --- 7: the tree

def root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1", root(leaves[:k]), root(leaves[k:]))

# --- 12: versions of releases

SEMVER = re.compile(r"v?(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?")

def precedence(version):
    """What sorts as Semantic Versioning 2.0.0, section 11, says; None where it is no such version. (A version of section 8 has no `+`.)"""
    match = SEMVER.fullmatch(version)
    parts = (match[4] or "").split(".") if match else []
    numbers = [int(n) for n in match.groups()[:3]] if match else []
    if not match or max(numbers) >= 2**64 or any(re.fullmatch("0[0-9]+", part) for part in parts):
        return None
    return numbers, match[4] is None, [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]

def compare(new, current):
    if current in (None, new):
        return "equal" if current else "empty"
    a, b = precedence(new), precedence(current)
    return "incomparable" if a is None or b is None else "newer" if a > b else "older" if a < b else "equal"

# --- 13, 14: bodies and the export

BUNDLE = re.compile(r"((?!x000/)(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?!0)([0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?")
ON_THE_WAY = re.compile(r"(?!x000)(?:x[0-9]{3}/)*(?:x[0-9]{3}|[0-9]{3}\.p)")

def bundles_below(top):
    """Path, index and width of everything below `top` that has the name of a bundle."""
    def refuse(error):
        raise error
    for at, folders, files in os.walk(top, onerror=refuse):
        paths = {name: os.path.relpath(os.path.join(at, name), top) for name in folders + files}
        folders[:] = [name for name in folders if ON_THE_WAY.fullmatch(paths[name])]
        for path in (path for name, path in paths.items() if name not in folders):
            if (match := BUNDLE.fullmatch(path)) is None:
                raise Finding(20, None, "foreign-name")
            yield path, int(re.sub("[x/]", "", match[1])), int(match[2] or 256)

def contents(path, entry):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError:
        raise Finding(22, entry, "unreadable") from None

def entries_of(export):
    """The entries, bundle by bundle."""
    top, widest = os.path.join(export, "tile", "entries"), {}
    for path, index, width in bundles_below(top) if "tile" in os.listdir(export) and os.path.exists(top) else []:
        widest[index] = max(widest.get(index, (0, "")), (width, path))
    order = [widest[index] for index in sorted(widest)]
    if not order or max(widest) != len(order) - 1 or any(width < 256 for width, _ in order[:-1]):
        raise Finding(21, None, "incomplete")
    for index, (width, path) in enumerate(order):
        raw, entries, at = contents(os.path.join(top, path), 256 * index), [], 0
        while at < len(raw):
            end = at + 2 + int.from_bytes(raw[at:at + 2], "big")
            entries, at = entries + [raw[at + 2:end]], end
        if at != len(raw) or len(entries) != width:
            raise Finding(20, 256 * index, "bundle")
        yield from entries

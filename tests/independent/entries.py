"""What an entry is: its bytes, its signature, its envelope; and how an export holds entries.

The sections, and the numbers in comments, are those of FORMAT.md. The package `cryptography` is asked for the one equation of
Ed25519. Which encodings, points and scalars are let through to it is decided here, with plain integers.
"""
import functools, hashlib, json, os, re
from types import SimpleNamespace as Record
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from shapes import KINDS, SHAPES, shape, unbase64

class Finding(Exception):
    """What ends the reading: exit code, entry or None, fault."""

# --- 2: hashes

def sha256(*parts): return hashlib.sha256(b"".join(parts)).digest()

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

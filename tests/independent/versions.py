"""Versions of releases: how two of them compare, and whether one is inside a range.

The sections, and the numbers in comments, are those of FORMAT.md; this is its section 12.
"""
import re

# --- 12.1: a version of section 8 and a bound have no build metadata

SEMVER = re.compile(r"v?(0|[1-9][0-9]{0,19})\.(0|[1-9][0-9]{0,19})\.(0|[1-9][0-9]{0,19})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?")

def precedence(text):
    """What sorts as Semantic Versioning 2.0.0, section 11, says; None where the text is no such version."""
    match = SEMVER.fullmatch(text)
    numbers, parts = ([int(n) for n in match.groups()[:3]], (match[4] or "").split(".")) if match else ([2**64], [])
    if max(numbers) >= 2**64 or any(re.fullmatch("0[0-9]+", part) for part in parts):
        return None
    # Digits may be many: without leading zeros, the longer number is the greater.
    return numbers, match[4] is None, [(0, len(part), part) if part.isdigit() else (1, 0, part) for part in parts]

# --- 12.2

CALVER = re.compile("v?([0-9]{1,18}(?:[._-][0-9]{1,18})*)(?:[._-]?([A-Za-z]+)([0-9]{0,18}))?")

def calendar(text):
    match = CALVER.fullmatch(text)
    if not match:
        return None
    numbers = [int(n) for n in re.split("[._-]", match[1])]
    while numbers and numbers[-1] == 0:  # as good as missing
        numbers.pop()
    return numbers, match[2] is None, match[2] or "", int(match[3] or 0)

# --- 12.3

FIELD = re.compile(r"\{([a-z][a-z0-9_]{0,31})\}")

def template(text):
    """Whether the fields are as they must be; that it makes a version is for its shape to say."""
    names = FIELD.findall(text)
    return len(names) > 0 and len(set(names)) == len(names) and not re.search(r"\}[0-9{]", text)

def values(text, of):
    fixed = [re.escape(part) for part in FIELD.split(of)[::2]]
    match = re.fullmatch("([0-9]{1,18})".join(fixed), text)
    return match and [int(n) for n in match.groups()]

# --- 12, 12.4

def compare(new, current, scheme, registered):
    """The comparison in the format's word; `registered` gives the sequence at which a version was registered, or None."""
    match scheme["scheme"]:
        case "semver": rank = precedence
        case "calver": rank = calendar
        case "pattern": rank = lambda version: values(version, scheme["template"])
        case "recency": rank = registered
    if current in (None, new):
        return "equal" if current else "empty"
    a, b = rank(new), rank(current)
    return "incomparable" if a is None or b is None else "newer" if a > b else "older" if a < b else "equal"

# --- 12.5

def is_bound(text): return isinstance(text, str) and not text.startswith("v") and precedence(text) is not None

def is_range(r):
    both = [precedence(r[name]) for name in ("at_least", "below") if name in r]
    return len(both) == 1 or len(both) == 2 and both[0] < both[1]

def inside(version, r):
    rank, low, high = precedence(version), precedence(r.get("at_least", "")), precedence(r.get("below", ""))
    return rank is not None and (low is None or rank >= low) and (high is None or rank < high)

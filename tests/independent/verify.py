#!/usr/bin/env python3
"""A second verifier of promoledger ledgers, written from ledger/FORMAT.md alone; it shares no code with the first.

    verify.py EXPORT [--origin NAME] [--genesis HASH] [--head SIZE:HASH] [--key VERIFIER-KEY]
    verify.py --batch      the same arguments, a line for each export, on standard input; a JSON object for each, a line, out

It reads an export (14) and says what section 15 says: an exit code, the entry it is about, the fault or the broken rule. The sections, and
the numbers in comments, are those of FORMAT.md. Needs Python 3.11 or later, and the package `cryptography`.
"""
import argparse, json, os, re, shlex, sys
from types import SimpleNamespace as Record
from entries import Finding, acceptable, contents, entries_of, read_entry, root, sha256, signature_holds
from law import law
from shapes import KINDS, unbase64
from state import State, new_key

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

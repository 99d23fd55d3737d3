# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""tlog_check.py FOLDER PUBLICKEY PROOFS: checks a tiled log (C2SP tlog-tiles), knowing nothing but the formats.

FOLDER holds the files as a log serves them, PUBLICKEY is the log's Ed25519 key in hexadecimal digits, PROOFS a JSON file
{"inclusion": [{"index", "size", "hashes"}], "consistency": [{"size1", "size2", "hashes"}], "texts": [tlog-proof, …]}
with hashes in hexadecimal digits. Nothing but hashlib makes hashes here; the signature is checked with `cryptography`.
Every entry is hashed, every tile is made anew from the entries and compared, and every proof is checked by the
algorithms of RFC 9162, 2.1.3.2 and 2.1.4.2, against roots that are computed from the entries by RFC 6962's definition.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from report import answer


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word but for the recursion: pairs from the left, the odd one moves up."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > 1:
        pairs = [node(a, b) for a, b in zip(hashes[::2], hashes[1::2])]
        hashes = pairs + ([hashes[-1]] if len(hashes) % 2 else [])
    return hashes[0]


def number_path(number: int) -> str:
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


def tile_path(kind: str, index: int, width: int) -> str:
    return f"tile/{kind}/{number_path(index)}" + ("" if width == 256 else f".p/{width}")


def entries(folder: pathlib.Path, size: int) -> list[bytes]:
    found: list[bytes] = []
    for index in range((size + 255) // 256):
        width = min(256, size - index * 256)
        data = (folder / tile_path("entries", index, width)).read_bytes()
        bundle, at = [], 0
        while at < len(data):
            (length,) = struct.unpack_from(">H", data, at)
            bundle.append(data[at + 2 : at + 2 + length])
            assert len(bundle[-1]) == length, "an entry is cut off"
            at += 2 + length
        assert len(bundle) == width, f"bundle {index} has {len(bundle)} entries"
        found += bundle
    return found


def check_tiles(folder: pathlib.Path, leaves: list[bytes]) -> int:
    count, level, row = 0, 0, leaves
    while row:
        for index in range((len(row) + 255) // 256):
            tile = row[index * 256 : index * 256 + 256]
            data = (folder / tile_path(str(level), index, len(tile))).read_bytes()
            assert data == b"".join(tile), f"tile {level}/{index}"
            count += 1
        row = [root(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)]
        level += 1
    return count


def check_inclusion(hash: bytes, index: int, size: int, proof: list[bytes], expected: bytes) -> bool:
    """RFC 9162, 2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, hash
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == expected


def check_consistency(size1: int, size2: int, proof: list[bytes], first: bytes, second: bytes) -> bool:
    """RFC 9162, 2.1.4.2."""
    if size1 == size2:
        return not proof and first == second
    if not proof:
        return False
    path = list(proof)
    if size1 & (size1 - 1) == 0:
        path.insert(0, first)
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first and sr == second


def check_note(note: str, key: bytes) -> tuple[str, int, bytes]:
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    origin, size, root_hash = text.splitlines()
    name, signature = signatures.splitlines()[0].removeprefix("— ").split(" ")
    blob = base64.b64decode(signature, validate=True)
    assert name == origin
    assert blob[:4] == hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]
    Ed25519PublicKey.from_public_bytes(key).verify(blob[4:], text.encode())
    return origin, int(size), base64.b64decode(root_hash, validate=True)


def check_text(text: str, all_entries: list[bytes], key: bytes) -> bool:
    """A tlog-proof, with the entry as its extra data."""
    head, note = text.split("\n\n", 1)
    first, extra, index, *hashes = head.split("\n")
    assert first == "c2sp.org/tlog-proof@v1"
    entry = base64.b64decode(extra.removeprefix("extra "), validate=True)
    place = int(index.removeprefix("index "))
    _, size, expected = check_note(note, key)
    assert all_entries[place] == entry
    proof = [base64.b64decode(line, validate=True) for line in hashes]
    return check_inclusion(leaf(entry), place, size, proof, expected)


def check(arguments: argparse.Namespace) -> dict[str, object]:
    origin, size, signed_root = check_note((arguments.folder / "checkpoint").read_text(), arguments.key)
    all_entries = entries(arguments.folder, size)
    leaves = [leaf(entry) for entry in all_entries]
    assert root(leaves) == signed_root, "the root that was signed is not the entries'"
    tiles = check_tiles(arguments.folder, leaves)
    for entry in all_entries:
        again = json.dumps(json.loads(entry), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert again.encode() == entry, "an entry is not canonical"
    roots: dict[int, bytes] = {}

    def root_at(size: int) -> bytes:
        if size not in roots:
            roots[size] = root(leaves[:size])
        return roots[size]

    def hashes(one: dict[str, list[str]]) -> list[bytes]:
        return [bytes.fromhex(hash) for hash in one["hashes"]]

    proofs = json.loads(arguments.proofs.read_text())
    return {
        "origin": origin,
        "size": size,
        "tiles": tiles,
        "inclusion": [
            check_inclusion(leaves[one["index"]], one["index"], one["size"], hashes(one), root_at(one["size"]))
            for one in proofs["inclusion"]
        ],
        "consistency": [
            check_consistency(one["size1"], one["size2"], hashes(one), root_at(one["size1"]), root_at(one["size2"]))
            for one in proofs["consistency"]
        ],
        "texts": [check_text(text, all_entries, arguments.key) for text in proofs["texts"]],
    }


parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("key", type=bytes.fromhex)
parser.add_argument("proofs", type=pathlib.Path)
given = parser.parse_args()
answer(lambda: check(given))

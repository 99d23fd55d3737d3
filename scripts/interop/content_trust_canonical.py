#!/usr/bin/env python3
# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""content_trust_canonical.py records SEED COUNT FOLDER | doubles SEED COUNT FILE: what Python itself writes.

`records` writes records of an index as JSON text in files of a thousand lines each, in every spelling that JSON has
for them, and prints {"digests": [...]}: for each file, SHA-256 over what `json.dumps(indent=2, sort_keys=True)` makes
of what `json.loads` reads in each line, each with its length before it in eight bytes.

`doubles` writes random bit patterns in hexadecimal, with Python's `repr`, one a line, and prints {"count": N}.
"""
import hashlib
import json
import math
import pathlib
import random
import struct
import sys

FILE = 1000


class Records:
    """Values and their spellings. Everything comes from one random generator."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        self.words = [self.text() for _ in range(4000)]
        self.numbers = [self.number() for _ in range(4000)]

    def text(self) -> str:
        kinds = (
            (0x61, 0x7A), (0x20, 0x7E), (0x00, 0x1F), (0x22, 0x22), (0x5C, 0x5C), (0x7F, 0x9F), (0xA0, 0x7FF),
            (0x800, 0xD7FF), (0xE000, 0xFFFF), (0x10000, 0x1FFFF), (0x20000, 0xFFFFF), (0x100000, 0x10FFFF),
        )
        weights = (60, 20, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2)
        length = self.random.choice((0, 1, 3, 8, 20))
        plain = self.random.random() < 0.6
        chosen = [kinds[0]] * length if plain else self.random.choices(kinds, weights, k=length)
        return "".join(chr(self.random.randint(*kind)) for kind in chosen)

    def number(self) -> str:
        """A number as it is written, at most 64 characters that a double can hold."""
        chance = self.random
        kind = chance.randrange(7)
        if kind == 0:
            return str(chance.randint(-(10 ** 3), 10 ** 6))
        if kind == 1:
            return str(chance.randint(-(10 ** 62), 10 ** 62))
        if kind == 2:
            return chance.choice(("0", "-0", "-0.0", "0.0", "0e5", "-0E-7", "1E5", "1e+16", "1e16", "0.1e17", "123e-7",
                                  "1e-5", "0.0001", "9007199254740993.0", "1.10", "1e22", "5e-324", "1e-400",
                                  "1.7976931348623157e308", "2.2250738585072014e-308", "100.000", "12345678901234567890.0"))
        if kind == 3:
            return repr(chance.uniform(-1e6, 1e6))
        if kind == 4:
            value = struct.unpack("<d", chance.randbytes(8))[0]
            return repr(value) if math.isfinite(value) else "1.5"
        digits = str(chance.randint(1, 10 ** chance.randint(1, 20)))
        fraction = "." + str(chance.randint(0, 10 ** chance.randint(1, 18))) if kind == 5 else ""
        return f"{chance.choice(('', '-'))}{digits}{fraction}{chance.choice('eE')}{chance.choice(('', '+', '-'))}{chance.randint(0, 280)}"

    def space(self) -> str:
        return "" if self.random.random() < 0.8 else "".join(self.random.choices(" \t\r", k=self.random.randint(1, 3)))

    def spelled(self, text: str) -> str:
        way = self.random.random()
        if way < 0.4:
            return json.dumps(text)
        if way < 0.8:
            return json.dumps(text, ensure_ascii=False)
        out = []
        for unit in struct.unpack(f"<{len(text.encode('utf-16-le')) // 2}H", text.encode("utf-16-le")):
            digits = f"{unit:04x}"
            out.append("\\u" + (digits.upper() if way < 0.9 else digits))
        return '"' + "".join(out).replace("\\u002f", "\\/") + '"'

    def value(self, depth: int) -> str:
        kind = self.random.randrange(10 if depth < 5 else 7)
        if kind < 3:
            return self.spelled(self.random.choice(self.words))
        if kind < 5:
            return self.random.choice(self.numbers)
        if kind < 7:
            return self.random.choice(("true", "false", "null"))
        inner = self.random.choice((0, 1, 2, 4))
        if kind == 7:
            return self.object(depth + 1, inner)
        items = (self.space() + self.value(depth + 1) + self.space() for _ in range(inner))
        return "[" + (",".join(items) or self.space()) + "]"

    def object(self, depth: int, count: int) -> str:
        keys = list(dict.fromkeys(self.random.choice(self.words) for _ in range(count)))
        if self.random.random() < 0.5:
            keys.sort()
        members = (
            f"{self.space()}{self.spelled(key)}{self.space()}:{self.space()}{self.value(depth)}{self.space()}" for key in keys
        )
        return "{" + (",".join(members) or self.space()) + "}"


def records(seed: str, count: str, folder: str) -> dict:
    chance = Records(seed)
    digests = []
    for number in range(int(count) // FILE):
        digest = hashlib.sha256()
        lines = []
        for _ in range(FILE):
            line = chance.space() + chance.object(0, chance.random.randint(0, 7)) + chance.space()
            written = json.dumps(json.loads(line), indent=2, sort_keys=True).encode("utf-8")
            digest.update(len(written).to_bytes(8, "big") + written)
            lines.append(line)
        pathlib.Path(folder, f"{number}.jsonl").write_bytes("\n".join(lines).encode("utf-8"))
        digests.append(digest.hexdigest())
    return {"digests": digests}


def doubles(seed: str, count: str, file: str) -> dict:
    chance = random.Random(seed)
    with open(file, "w", encoding="ascii") as out:
        for _ in range(int(count)):
            bits = chance.getrandbits(64)
            # Half of them where people's numbers are, not anywhere between the smallest and the largest.
            if chance.random() < 0.5:
                bits = struct.unpack(">Q", struct.pack(">d", chance.randint(-(10 ** 17), 10 ** 17) / 10 ** chance.randint(0, 22)))[0]
            value = struct.unpack(">d", struct.pack(">Q", bits))[0]
            if math.isfinite(value):
                out.write(f"{bits:016x} {value!r}\n")
    return {"count": int(count)}


print(json.dumps({"records": records, "doubles": doubles}[sys.argv[1]](*sys.argv[2:])))

#!/usr/bin/env python3
# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""verify_signature.py FILE: says of each signature in a JSON file whether securesystemslib takes it for valid.

FILE holds an array of objects with `key` (as TUF metadata lists it), `message` and `signature` (hexadecimal).
Prints {"valid": [true, ...]}.
"""
import json
import sys

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Key, Signature

valid = []
with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)
for case in cases:
    key = Key.from_dict("an id", dict(case["key"]))
    try:
        key.verify_signature(Signature("an id", case["signature"]), bytes.fromhex(case["message"]))
        valid.append(True)
    except UnverifiedSignatureError:
        valid.append(False)
print(json.dumps({"valid": valid}))

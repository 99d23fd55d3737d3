# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""signatures.py FILE COUNT: the library under python-tuf verifies the same signatures over and over."""

import json
import pathlib
import sys

from securesystemslib.signer import Signature, SSlibKey


def main(path: str, count: str) -> None:
    given = json.loads(pathlib.Path(path).read_bytes())
    key = SSlibKey("id", given["keytype"], given["scheme"], {"public": given["public"]})
    message = bytes.fromhex(given["message"])
    signatures = [Signature("id", text) for text in given["signatures"]]
    valid = 0
    for number in range(int(count)):
        key.verify_signature(signatures[number % len(signatures)], message)
        valid += 1
    print(valid)


main(*sys.argv[1:])

# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""verify_envelope.py ENVELOPE KEY: has securesystemslib verify a DSSE envelope by a public key in PEM.

Prints {"payload": TEXT} if one signature is the key's.
"""

import json
import pathlib
import sys

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from report import answer


def verify(envelope: str, key: str) -> dict:
    read = Envelope.from_dict(json.loads(pathlib.Path(envelope).read_bytes()))
    public = load_pem_public_key(pathlib.Path(key).read_bytes())
    # It compares names of keys before it tries them, and its own name for this key is another.
    keys = [SSlibKey.from_crypto(public, keyid=keyid) for keyid in read.signatures]
    read.verify(keys, threshold=1)
    return {"payload": read.payload.decode()}


if __name__ == "__main__":
    answer(lambda: verify(*sys.argv[1:]))

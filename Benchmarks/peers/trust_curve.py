# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""trust_curve.py COUNT: the library `cryptography` verifies one Ed25519 signature of 600 bytes over and over."""

import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def main(count: str) -> None:
    signer = Ed25519PrivateKey.generate()
    key, message = signer.public_key(), b"a" * 600
    signature = signer.sign(message)
    valid = 0
    for _ in range(int(count)):
        key.verify(signature, message)
        valid += 1
    print(valid)


main(*sys.argv[1:])

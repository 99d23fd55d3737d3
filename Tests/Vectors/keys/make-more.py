#!/usr/bin/env python3
# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""Makes rsa-pss.json (or, with the argument `ml-dsa`, ml-dsa.json): signatures by implementations that are not ours.

Needs `pip install securesystemslib cryptography`, of versions that know ML-DSA. The keys are new in every run and are
for tests only.
"""
import json
import sys

from cryptography.hazmat.primitives import hashes, serialization as s
from cryptography.hazmat.primitives.asymmetric import mldsa, padding, rsa
from securesystemslib.signer import CryptoSigner, SSlibKey

MESSAGE = b"Kingsnakes eat vipers \xc3\xa9\x00\xff"


def public_pem(key):
    return key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo).decode()


def pss(salt, mask=hashes.SHA256()):
    return padding.PSS(padding.MGF1(mask), salt)


def rsa_entry(exponent, bits):
    key = rsa.generate_private_key(exponent, bits)
    longest = (bits - 1 + 7) // 8 - 32 - 2
    return {
        "bits": bits,
        "exponent": exponent,
        "public": public_pem(key),
        "salts": {str(n): key.sign(MESSAGE, pss(n), hashes.SHA256()).hex()
                  for n in (0, 1, 20, 31, 32, 33, 64, longest)},
        "refused": {
            "another message": key.sign(MESSAGE + b".", pss(20), hashes.SHA256()).hex(),
            "the digest of another algorithm": key.sign(MESSAGE, pss(20, hashes.SHA512()), hashes.SHA512()).hex(),
            "the mask of another algorithm": key.sign(MESSAGE, pss(20, hashes.SHA1()), hashes.SHA256()).hex(),
            "PKCS #1 v1.5": key.sign(MESSAGE, padding.PKCS1v15(), hashes.SHA256()).hex(),
        },
    }


def mldsa_entry(generate):
    key = generate()
    signer = CryptoSigner(key, SSlibKey.from_crypto(key.public_key()))
    tuf = signer.public_key
    return {
        "scheme": tuf.scheme,
        "keytype": tuf.keytype,
        "value": tuf.keyval["public"],
        "keyid": tuf.keyid,
        "pkcs8": key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode(),
        "signature": signer.sign(MESSAGE).signature,
        "plainSignature": key.sign(MESSAGE).hex(),
    }


if sys.argv[1:] == ["ml-dsa"]:
    keys = [mldsa_entry(k.generate) for k in
            (mldsa.MLDSA65PrivateKey, mldsa.MLDSA87PrivateKey, mldsa.MLDSA44PrivateKey)]
else:
    keys = [rsa_entry(65537, 2048), rsa_entry(3, 2049), rsa_entry(65537, 3071)]
json.dump({"message": MESSAGE.hex(), "keys": keys}, sys.stdout, indent=1)
print()

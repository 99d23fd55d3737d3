#!/usr/bin/env python3
# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""Makes vectors.json: keys and signatures by implementations that are not ours.

Needs `pip install securesystemslib cryptography`. The keys are new in every run and are for tests only.
"""
import json
import sys

from cryptography.hazmat.primitives import hashes, serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from securesystemslib.signer import CryptoSigner, SSlibKey

MESSAGE = b"Kingsnakes eat vipers \xc3\xa9\x00\xff"
PSS = lambda salt: padding.PSS(padding.MGF1(hashes.SHA256()), salt)


def pem(private, form):
    return private.private_bytes(s.Encoding.PEM, form, s.NoEncryption()).decode()


def point(key, form):
    return key.public_key().public_bytes(s.Encoding.X962, form).hex()


def entry(key, scheme):
    public = key.public_key()
    signer = CryptoSigner(key, SSlibKey.from_crypto(public, scheme=scheme))
    tuf = signer.public_key
    out = {
        "scheme": tuf.scheme,
        "keytype": tuf.keytype,
        "value": tuf.keyval["public"],
        "keyid": tuf.keyid,
        "publicPEM": public.public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo).decode(),
        "pkcs8": pem(key, s.PrivateFormat.PKCS8),
        "encryptedPKCS8": key.private_bytes(
            s.Encoding.PEM, s.PrivateFormat.PKCS8, s.BestAvailableEncryption(b"secret")).decode(),
        "signature": signer.sign(MESSAGE).signature,
    }
    if isinstance(key, ec.EllipticCurvePrivateKey):
        out["traditional"] = pem(key, s.PrivateFormat.TraditionalOpenSSL)
        out["point"] = point(key, s.PublicFormat.UncompressedPoint)
        out["compressedPoint"] = point(key, s.PublicFormat.CompressedPoint)
    if isinstance(key, rsa.RSAPrivateKey):
        out["traditional"] = pem(key, s.PrivateFormat.TraditionalOpenSSL)
        out["encryptedTraditional"] = key.private_bytes(
            s.Encoding.PEM, s.PrivateFormat.TraditionalOpenSSL, s.BestAvailableEncryption(b"secret")).decode()
        out["publicPKCS1"] = public.public_bytes(s.Encoding.PEM, s.PublicFormat.PKCS1).decode()
        out["longSaltSignature"] = key.sign(MESSAGE, PSS(padding.PSS.MAX_LENGTH), hashes.SHA256()).hex()
        out["pkcs1Signature"] = key.sign(MESSAGE, padding.PKCS1v15(), hashes.SHA256()).hex()
    return out


def public_pem(key):
    return key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo).decode()


p521 = ec.generate_private_key(ec.SECP521R1())
k256 = ec.generate_private_key(ec.SECP256K1())
rsa1024 = rsa.generate_private_key(65537, 1024)
json.dump(
    {
        "message": MESSAGE.hex(),
        "keys": [
            entry(ed25519.Ed25519PrivateKey.generate(), "ed25519"),
            entry(ec.generate_private_key(ec.SECP256R1()), "ecdsa-sha2-nistp256"),
            entry(ec.generate_private_key(ec.SECP384R1()), "ecdsa-sha2-nistp384"),
            entry(rsa.generate_private_key(65537, 2048), "rsassa-pss-sha256"),
        ],
        "refused": {
            "p521": {"public": public_pem(p521), "private": pem(p521, s.PrivateFormat.PKCS8)},
            "secp256k1": {"public": public_pem(k256), "private": pem(k256, s.PrivateFormat.PKCS8)},
            "rsa1024": {"public": public_pem(rsa1024), "private": pem(rsa1024, s.PrivateFormat.PKCS8)},
        },
    },
    sys.stdout,
    indent=1,
)
print()

# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""content_trust.py ROOT KEY_MGR REPODATA: checks the records of an index as conda content trust defines it.

With conda-content-trust itself where that is installed; else with nothing but `json` and `cryptography`, by its
definitions: `json.dumps(indent=2, sort_keys=True)` is what is signed, and the root's signatures are made over OpenPGP's
headers. The newest root vouches for itself, KEY_MGR is signed by the keys that ROOT names, and each record by enough of
those that KEY_MGR names. Prints how many records there are, how many of them are trusted, and by which program.
"""

import argparse
import hashlib
import json
import pathlib
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from report import answer

try:
    from conda_content_trust import authentication
except ImportError:
    authentication = None


class Untrusted(Exception):
    """Too few of the keys that are named have signed."""


def canonical(value: object) -> bytes:
    return json.dumps(value, indent=2, sort_keys=True).encode("utf-8")


def has_signed(key: str, signature: dict, message: bytes) -> bool:
    if "other_headers" in signature:
        headers = bytes.fromhex(signature["other_headers"])
        message = hashlib.sha256(message + headers + b"\x04\xff" + struct.pack(">I", len(headers))).digest()
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature["signature"]), message)
    except InvalidSignature:
        return False
    return True


def verify(role: str, document: dict, delegating: dict) -> None:
    if authentication is not None:
        authentication.verify_delegation(role, document, delegating, gpg=role == "root")
        return
    delegation = delegating["signed"]["delegations"][role]
    message = canonical(document["signed"])
    good = {
        key
        for key, signature in document["signatures"].items()
        if key in delegation["pubkeys"] and has_signed(key, signature, message)
    }
    if len(good) < delegation["threshold"]:
        raise Untrusted(f"{role}: {len(good)} of {delegation['threshold']} signatures")


def main(a: argparse.Namespace) -> dict:
    root, key_mgr, index = (json.loads(pathlib.Path(path).read_bytes()) for path in (a.root, a.key_mgr, a.repodata))
    verify("root", root, root)
    verify("key_mgr", key_mgr, root)
    records = index["packages"] | index["packages.conda"]
    trusted = 0
    for name, record in records.items():
        verify("pkg_mgr", {"signed": record, "signatures": index["signatures"][name]}, key_mgr)
        trusted += 1
    return {
        "records": len(records),
        "trusted": trusted,
        "by": "json and cryptography" if authentication is None else "conda-content-trust",
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("root", "key_mgr", "repodata"):
        parser.add_argument(name)
    arguments = parser.parse_args()
    answer(lambda: main(arguments))

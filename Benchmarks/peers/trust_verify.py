# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""trust_verify.py DIR: verifies every record of a signed index by the keys that key_mgr.json names.

The straightforward way: the whole file as objects, `json.dumps` for each record, the library `cryptography` for Ed25519.
The key manager's own signatures, which cost nothing beside half a million others, are not verified.
"""

import json
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def main(path: str) -> None:
    folder = pathlib.Path(path)
    delegation = json.loads((folder / "key_mgr.json").read_bytes())["signed"]["delegations"]["pkg_mgr"]
    keys = {name: Ed25519PublicKey.from_public_bytes(bytes.fromhex(name)) for name in delegation["pubkeys"]}
    with open(folder / "linux-64" / "repodata.json", encoding="utf-8") as file:
        index = json.load(file)
    trusted = others = 0
    for section in ("packages", "packages.conda"):
        for file_name, record in index.get(section, {}).items():
            message = json.dumps(record, indent=2, sort_keys=True).encode("utf-8")
            good = 0
            for name, signature in index["signatures"].get(file_name, {}).items():
                if name in keys:
                    try:
                        keys[name].verify(bytes.fromhex(signature["signature"]), message)
                        good += 1
                    except InvalidSignature:
                        pass
            if good >= delegation["threshold"]:
                trusted += 1
            else:
                others += 1
    print(trusted, others)


main(*sys.argv[1:])

# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""trust_sign.py INDEX KEY DIR: signs every record of an index as conda-content-trust does, and writes the signed index.

The straightforward way: the whole file as objects, `json.dumps` for each record, the library `cryptography` for Ed25519.
The file is written without indentation, which is quicker than conda-content-trust's own way.
"""

import json
import pathlib
import sys

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key


def main(path: str, key: str, out: str) -> None:
    signer = load_pem_private_key(pathlib.Path(key).read_bytes(), None)
    name = signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    with open(path, encoding="utf-8") as file:
        index = json.load(file)
    signatures = {}
    for section in ("packages", "packages.conda"):
        for file_name, record in index.get(section, {}).items():
            signature = signer.sign(json.dumps(record, indent=2, sort_keys=True).encode("utf-8"))
            signatures[file_name] = {name: {"signature": signature.hex()}}
    index["signatures"] = signatures
    folder = pathlib.Path(out, "linux-64")
    folder.mkdir(parents=True)
    (folder / "repodata.json").write_text(json.dumps(index), encoding="utf-8")
    print(len(signatures))


main(*sys.argv[1:])

# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""tuf_publish.py REPOSITORY KEY OUT [--check]: one more target is published with python-tuf's metadata API.

It reads the top-level metadata and the one role that the path belongs to, and writes what changed to another folder.
With --check it verifies what it reads; python-tuf's API does not by itself. It prints the files and their lengths.
"""

import hashlib
import pathlib
import sys

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, TargetFile
from tuf.api.serialization.json import JSONSerializer

path = "linux-64/a-new-package-1.0-0.conda"


def main(repository: str, key: str, out: str, *options: str) -> None:
    folder, results = pathlib.Path(repository), pathlib.Path(out)
    results.mkdir()
    signer = CryptoSigner(load_pem_private_key(pathlib.Path(key).read_bytes(), None))

    def load(name: str) -> Metadata:
        return Metadata.from_bytes((folder / name).read_bytes())

    def store(metadata: Metadata, name: str) -> bytes:
        metadata.sign(signer)
        data = metadata.to_bytes(JSONSerializer(compact=True))
        (results / name).write_bytes(data)
        print(name, len(data))
        return data

    root = load("1.root.json")
    timestamp = load("timestamp.json")
    snapshot = load(f"{timestamp.signed.snapshot_meta.version}.snapshot.json")
    targets = load(f"{snapshot.signed.meta['targets.json'].version}.targets.json")
    role, name = targets, "targets"
    if targets.signed.delegations:
        name = targets.signed.delegations.succinct_roles.get_role_for_target(path)
        role = load(f"{snapshot.signed.meta[f'{name}.json'].version}.{name}.json")
    if "--check" in options:
        for top, metadata in (("root", root), ("timestamp", timestamp), ("snapshot", snapshot), ("targets", targets)):
            root.verify_delegate(top, metadata)
        if role is not targets:
            targets.verify_delegate(name, role)

    role.signed.targets[path] = TargetFile(10_000 + len(path), {"sha256": hashlib.sha256(path.encode()).hexdigest()}, path)
    role.signed.version += 1
    data = store(role, f"{role.signed.version}.{name}.json")
    # As we do: bins by version, other roles by length and digest too.
    promise = MetaFile(role.signed.version) if role is not targets else MetaFile.from_data(role.signed.version, data, ["sha256"])
    snapshot.signed.meta[f"{name}.json"] = promise
    snapshot.signed.version += 1
    data = store(snapshot, f"{snapshot.signed.version}.snapshot.json")
    timestamp.signed.snapshot_meta = MetaFile.from_data(snapshot.signed.version, data, ["sha256"])
    timestamp.signed.version += 1
    store(timestamp, "timestamp.json")


main(*sys.argv[1:])

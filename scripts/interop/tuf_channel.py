# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""tuf_channel.py CHANNEL KEYS: signs the index files of a conda channel with python-tuf, in the layout of Kingsnake.

Metadata goes to CHANNEL/tuf, each index file also under the name with its SHA-256 in front, the private keys to
KEYS, and the root that clients start from beside KEYS. The roles are delegated per subdir and have RSA-PSS keys,
the others ECDSA P-256. Prints what tuf_repository.py prints.
"""

import argparse
import pathlib
from datetime import datetime, timezone

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Targets

from report import answer
from tuf_repository import Repository, top_level

index_files = ("repodata.json", "repodata.json.zst", "current_repodata.json", "repodata_shards.msgpack.zst")


def main(channel: pathlib.Path, keys: pathlib.Path) -> dict:
    now = datetime.now(timezone.utc).replace(microsecond=0)
    repository = Repository(channel, consistent=True, now=now, metadata="tuf", targets=".", keys=keys)
    for role in top_level:
        repository.authorise(role, CryptoSigner.generate_ecdsa)
    for folder in sorted(path.parent for path in channel.glob("*/repodata.json")):
        subdir = folder.name
        repository.delegate(Targets.type, subdir, CryptoSigner.generate_rsa, terminating=True, paths=[f"{subdir}/*"])
        for name in index_files:
            repository.add_target(f"{subdir}/{name}", (folder / name).read_bytes(), subdir)
    repository.publish_root()
    repository.publish()
    return repository.summary()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("channel")
    parser.add_argument("keys")
    a = parser.parse_args()
    answer(lambda: main(pathlib.Path(a.channel).resolve(), pathlib.Path(a.keys).resolve()))

# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""index.py FILE NAME... [--hash]: py-rattler's sparse loader opens an index and loads the records of the names.

With --hash the file is hashed first; the loader does not.
"""

import hashlib
import sys

from rattler import Channel, SparseRepoData
from rattler.repo_data import PackageFormatSelection


def main(path: str, *names: str) -> None:
    if "--hash" in names:
        names = tuple(name for name in names if name != "--hash")
        with open(path, "rb") as file:
            hashlib.file_digest(file, "sha256")
    data = SparseRepoData(Channel("bench"), "linux-64", path)
    print(sum(len(data.load_records(name, PackageFormatSelection.BOTH)) for name in names))


main(*sys.argv[1:])

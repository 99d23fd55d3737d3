# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""rattler_reinstall.py PREFIX NEW: installs into NEW exactly what the conda-meta records of PREFIX name.

Nothing is solved and no index is read, as from a lock file; packages come from the records' URLs into a new cache. Prints
the tree of the new prefix.
"""

import asyncio
import pathlib
import sys
import tempfile

from rattler import PrefixRecord, Subdir, install
from rattler.networking import Client
from rattler.networking.middleware import AuthenticationMiddleware, RetryMiddleware

from report import answer
from tree import tree


async def main(old: str, new: str) -> list[dict]:
    records = [PrefixRecord.from_path(path) for path in sorted(pathlib.Path(old, "conda-meta").glob("*.json"))]
    with tempfile.TemporaryDirectory(prefix="kingsnake-rattler-", ignore_cleanup_errors=True) as cache:
        await install(
            records,
            target_prefix=new,
            cache_dir=cache,
            client=Client([RetryMiddleware(1), AuthenticationMiddleware()]),
            show_progress=False,
            execute_link_scripts=False,
            platform=Subdir("linux-64"),
        )
    return tree(new)


if __name__ == "__main__":
    answer(lambda: asyncio.run(main(*sys.argv[1:])))

# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""rattler_index.py FOLDER: has py-rattler index a folder of packages, as a channel.

Prints {"files": [...]}: the index files that it made, relative to the folder.
"""

import asyncio
import pathlib
import sys

from rattler.index import index_fs

from report import answer


async def main(folder: str) -> dict:
    await index_fs(folder)
    root = pathlib.Path(folder)
    return {"files": sorted(str(path.relative_to(root)) for path in root.glob("*/repodata*"))}


if __name__ == "__main__":
    answer(lambda: asyncio.run(main(*sys.argv[1:])))

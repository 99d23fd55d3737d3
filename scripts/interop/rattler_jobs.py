# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""rattler_jobs.py JOBS.json: installs from many channels with py-rattler, each as a user of its own.

JOBS.json is a list of objects: the channel's URL, the spec, the form of index to read (shards, zst or json), the prefix, and
the folder of the user's caches. Answers for each what the prefix holds afterwards, the error if there was one, and whether
anything below prefix or caches is called evil.txt.
"""

import asyncio
import json
import pathlib
import sys

from rattler import Channel, Gateway, SourceConfig, Subdir, install, solve
from rattler.networking import Client

from report import answer


async def run(job: dict, turn: asyncio.Semaphore) -> dict:
    cache, prefix, error = pathlib.Path(job["cache"]), pathlib.Path(job["prefix"]), None
    async with turn:
        try:
            client = Client()
            gateway = Gateway(
                cache_dir=cache / "repodata",
                default_config=SourceConfig(
                    zstd_enabled=job["form"] == "zst", bz2_enabled=False, sharded_enabled=job["form"] == "shards"
                ),
                client=client,
            )
            solved = await solve(
                sources=[Channel(job["channel"])], specs=[job["spec"]], gateway=gateway,
                platforms=["linux-64", "noarch"],
            )
            await install(
                solved, target_prefix=str(prefix), cache_dir=cache / "packages", client=client, show_progress=False,
                execute_link_scripts=False, platform=Subdir("linux-64"),
            )
        except Exception as problem:  # whatever the client says is its answer
            error = f"{problem}"
    return {
        "installed": sorted(path.stem for path in prefix.glob("conda-meta/*.json")),
        "evil": any(next(folder.rglob("evil.txt"), None) for folder in (prefix, cache)),
        "error": error,
    }


async def run_all(jobs: list[dict]) -> dict:
    turn = asyncio.Semaphore(12)
    return {"results": await asyncio.gather(*(run(job, turn) for job in jobs))}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    answer(lambda: asyncio.run(run_all(json.loads(pathlib.Path(sys.argv[1]).read_text()))))

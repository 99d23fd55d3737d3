# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""rattler_install.py CHANNEL_URL PREFIX SPEC...: solves the specs against one channel with py-rattler and installs them.

Prints what was solved (file name, URL, sha256) and the tree of the prefix. The caches are new and thrown away,
unless --cache names a folder to keep them in.
"""

import argparse
import asyncio
import pathlib
import tempfile

from rattler import Channel, Gateway, SourceConfig, Subdir, install, solve
from rattler.networking import Client
from rattler.networking.middleware import AuthenticationMiddleware, RetryMiddleware

from report import answer
from tree import tree


def record_summary(record) -> dict:
    return {
        "fn": record.file_name,
        "url": str(record.url),
        "sha256": record.sha256.hex() if record.sha256 else None,
        "depends": record.depends,
    }


async def solve_and_install(
    channel: str, prefix: str, specs: list[str], *,
    cache: str, platform: str = "linux-64", sharded: bool = True, notices: bool = False,
) -> dict:
    client = Client([RetryMiddleware(1), AuthenticationMiddleware()])
    gateway = Gateway(
        cache_dir=pathlib.Path(cache, "repodata"),
        default_config=SourceConfig(sharded_enabled=sharded),
        client=client,
    )
    if notices:
        await gateway.query([Channel(channel)], ["noarch"], specs, channel_notices=True)
    solved = await solve(
        sources=[Channel(channel)], specs=specs, gateway=gateway, platforms=[platform, "noarch"]
    )
    await install(
        solved,
        target_prefix=prefix,
        cache_dir=pathlib.Path(cache, "packages"),
        client=client,
        show_progress=False,
        execute_link_scripts=False,
        platform=Subdir(platform),
    )
    return {"solved": sorted(map(record_summary, solved), key=lambda one: one["fn"]), "tree": tree(prefix)}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--platform", default="linux-64")
    parser.add_argument("--no-sharded", action="store_true", help="read repodata.json, not the shards")


def main(a: argparse.Namespace) -> dict:
    with tempfile.TemporaryDirectory(prefix="kingsnake-rattler-", ignore_cleanup_errors=True) as temporary:
        return asyncio.run(
            solve_and_install(
                a.channel, a.prefix, a.specs,
                cache=a.cache or temporary, platform=a.platform, sharded=not a.no_sharded,
                notices=a.notices,
            )
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("channel")
    parser.add_argument("prefix")
    parser.add_argument("specs", nargs="+")
    parser.add_argument("--notices", action="store_true", help="ask for the channel's notices, too")
    parser.add_argument("--cache", help="keep repodata and packages here, for a later run with a warm cache")
    add_options(parser)
    a = parser.parse_args()
    answer(lambda: main(a))

# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""rattler_e2e.py CHANNEL_URL --spec NAME [--spec NAME]... [--no-sharded]

Treats a channel as a user of today does: py-rattler solves and installs from it into a new prefix, once with a cold
cache and once with the warm one, and both prefixes must be alike and hold a conda-meta record for each package.
"""

import argparse
import asyncio
import pathlib
import tempfile

from rattler_install import add_options, solve_and_install

from report import answer


def without_records(found: dict) -> list[dict]:
    """The tree without conda-meta, whose records name the cache and the time."""
    return [entry for entry in found["tree"] if not entry["path"].startswith("conda-meta")]


async def twice(a: argparse.Namespace, folder: pathlib.Path) -> dict:
    rounds = []
    for name in ("cold", "warm"):
        prefix = folder / "env"
        if prefix.exists():
            prefix.rename(folder / "cold-env")
        found = await solve_and_install(
            a.channel, str(prefix), a.spec,
            cache=str(folder / "cache"), platform=a.platform, sharded=not a.no_sharded,
        )
        records = [entry["path"] for entry in found["tree"] if entry["path"].endswith(".json")
                   and entry["path"].startswith("conda-meta/")]
        if len(records) != len(found["solved"]):
            raise AssertionError(f"{len(found['solved'])} packages solved, records of {records}")
        rounds.append(found | {"round": name})
    if without_records(rounds[0]) != without_records(rounds[1]):
        raise AssertionError("the prefix from the warm cache differs from the one from the cold cache")
    return rounds[0]


def main(a: argparse.Namespace) -> dict:
    with tempfile.TemporaryDirectory(prefix="kingsnake-rattler-", ignore_cleanup_errors=True) as temporary:
        return asyncio.run(twice(a, pathlib.Path(temporary)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("channel")
    parser.add_argument("--spec", action="append", required=True)
    add_options(parser)
    a = parser.parse_args()
    answer(lambda: main(a))

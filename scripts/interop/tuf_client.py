# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""tuf_client.py METADATA_URL ROOT_FILE TARGETS_URL TARGET... OUT: refreshes and downloads with python-tuf's client.

Starts from ROOT_FILE, refreshes, finds each target through the delegations and downloads it into OUT. Prints the
version of each role that is trusted in the end, and path, length and sha256 of what was downloaded.
"""

import argparse
import datetime
import hashlib
import json
import pathlib
import tempfile
from urllib.parse import unquote

from tuf.ngclient import Updater, UpdaterConfig

from report import answer


def trusted_versions(metadata: pathlib.Path) -> dict[str, int]:
    return {
        unquote(path.stem): json.loads(path.read_bytes())["signed"]["version"]
        for path in sorted(metadata.glob("*.json"))
    }


def download(updater: Updater, name: str, out: pathlib.Path) -> dict:
    info = updater.get_targetinfo(name)
    if info is None:
        raise LookupError(f"no role vouches for the target {name!r}")
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    updater.download_target(info, str(path))
    content = path.read_bytes()
    return {"target": name, "path": str(path), "length": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def main(a: argparse.Namespace, metadata: pathlib.Path) -> dict:
    metadata.mkdir(parents=True, exist_ok=True)
    updater = Updater(
        str(metadata),
        a.metadata_url,
        target_base_url=a.targets_url,
        config=UpdaterConfig(prefix_targets_with_hash=not a.no_hash_prefix),
        bootstrap=pathlib.Path(a.root).read_bytes(),
    )
    if a.now:
        updater._trusted_set.reference_time = datetime.datetime.fromisoformat(a.now)
    updater.refresh()
    downloads = [download(updater, name, pathlib.Path(a.out)) for name in a.targets]
    return {"roles": trusted_versions(metadata), "downloads": downloads}


def run(a: argparse.Namespace) -> dict:
    if a.metadata_dir:
        return main(a, pathlib.Path(a.metadata_dir))
    with tempfile.TemporaryDirectory(prefix="kingsnake-tuf-") as temporary:
        return main(a, pathlib.Path(temporary))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("metadata_url")
    parser.add_argument("root", help="the root metadata to start from")
    parser.add_argument("targets_url")
    parser.add_argument("targets", nargs="*", help="none: only refresh")
    parser.add_argument("out")
    parser.add_argument("--no-hash-prefix", action="store_true",
                        help="ask for targets by their plain names although the repository has consistent snapshots")
    parser.add_argument("--now", help="the moment that decides what is expired, as in 2026-12-31T00:00:00+00:00")
    parser.add_argument("--metadata-dir", help="keep what is trusted here, for a later refresh")
    arguments = parser.parse_args()
    answer(lambda: run(arguments))

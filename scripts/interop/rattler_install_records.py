# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""rattler_install_records.py RECORDS.json PREFIX: installs exactly the named package files with py-rattler.

RECORDS.json is a list of {"path": PACKAGE, "record": RECORD, "channel": URL}. RECORD is the object from
repodata.json; without it the package's own info/index.json serves. "channel" is what conda-meta shall say;
without it py-rattler decides. The record's URL is the file: URL of "path".
Nothing is solved, no link script is run. Prints the tree of the prefix.
"""

import argparse
import asyncio
import json
import pathlib
import tempfile

from rattler import Channel, RepoData, RepoDataRecord, Subdir, install

from report import answer
from tree import tree


async def record_of(package: dict, folder: pathlib.Path) -> RepoDataRecord:
    path = pathlib.Path(package["path"]).resolve()
    if "record" not in package:
        record = await RepoDataRecord.from_package_archive(path)
    else:
        section = "packages.conda" if path.suffix == ".conda" else "packages"
        subdir = package["record"].get("subdir", "noarch")
        index = {"info": {"subdir": subdir}, "packages": {}, "packages.conda": {}, "repodata_version": 1}
        index[section][path.name] = package["record"]
        file = folder / "repodata.json"
        file.write_text(json.dumps(index))
        record = RepoData.from_path(file).into_repo_data(Channel(path.parent.parent.as_uri()))[0]
    record.url = path.as_uri()
    if "channel" in package:
        record.channel = package["channel"]
    return record


async def installed(packages: list[dict], prefix: str, platform: str, folder: pathlib.Path) -> list[dict]:
    records = [await record_of(package, folder) for package in packages]
    await install(
        records,
        target_prefix=prefix,
        cache_dir=folder / "packages",
        show_progress=False,
        execute_link_scripts=False,
        platform=Subdir(platform),
    )
    return tree(prefix)


def main(a: argparse.Namespace) -> list[dict]:
    packages = json.loads(pathlib.Path(a.records).read_bytes())
    with tempfile.TemporaryDirectory(prefix="kingsnake-rattler-", ignore_cleanup_errors=True) as temporary:
        return asyncio.run(installed(packages, a.prefix, a.platform, pathlib.Path(temporary)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records")
    parser.add_argument("prefix")
    parser.add_argument("--platform", default="linux-64")
    a = parser.parse_args()
    answer(lambda: main(a))

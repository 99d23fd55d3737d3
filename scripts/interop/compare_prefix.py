# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""compare_prefix.py OURS THEIRS: prints every difference between two prefixes, one by Kingsnake and one by a peer.

Both were installed at the same path, one after the other, and renamed: then nothing may differ that depends on it.
Compared: the trees (names, kinds, modes, link targets, bytes) and each record in conda-meta, member by member; files
and paths_data.paths by path, their order does not count. Nothing is forgiven here. Printed is a list of
{"at": path in the prefix, "what": "presence", "mode", "target", "bytes" or a member, "ours", "theirs"}.
"""

import argparse
import json
import pathlib

from report import answer
from tree import tree

records = "conda-meta/*.json"


def file_differences(ours: dict, theirs: dict) -> list[dict]:
    found = []
    for path in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(path), theirs.get(path)
        if one is None or other is None or one["type"] != other["type"]:
            kinds = [entry and entry["type"] for entry in (one, other)]
            found.append({"at": path, "what": "presence", "ours": kinds[0], "theirs": kinds[1]})
            continue
        for key, what in (("mode", "mode"), ("target", "target"), ("sha256", "bytes")):
            if pathlib.PurePath(path).match(records) and what == "bytes":
                continue  # compared member by member
            if one.get(key) != other.get(key):
                found.append({"at": path, "what": what, "ours": one.get(key), "theirs": other.get(key)})
    return found


def members(value: object, name: str = "") -> dict[str, object]:
    """The leaves of a record by their names; lists of paths by path, other lists whole."""
    if isinstance(value, list) and name == "files":
        return {f"files[{path}]": True for path in value} | {"files.length": len(value)}
    if isinstance(value, list) and name == "paths_data.paths":
        entries = {entry["_path"]: entry for entry in value}
        found = {f"{name}.length": len(value)}
        for path, entry in entries.items():
            found |= {f"{name}[{path}].{key}": member for key, member in entry.items()}
        return found
    if isinstance(value, dict) and value:
        found = {}
        for key, member in value.items():
            found |= members(member, f"{name}.{key}" if name else key)
        return found
    return {name: value}


def record_differences(ours: pathlib.Path, theirs: pathlib.Path) -> list[dict]:
    found = []
    for path in sorted(ours.glob(records)):
        other = theirs / path.relative_to(ours)
        if not other.exists():
            continue  # the trees differ
        one, two = members(json.loads(path.read_bytes())), members(json.loads(other.read_bytes()))
        for what in sorted(one.keys() | two.keys()):
            if one.get(what) != two.get(what):
                at = str(path.relative_to(ours))
                found.append({"at": at, "what": what, "ours": one.get(what), "theirs": two.get(what)})
    return found


def main(ours: str, theirs: str) -> list[dict]:
    trees = [{entry["path"]: entry for entry in tree(prefix)} for prefix in (ours, theirs)]
    return file_differences(*trees) + record_differences(pathlib.Path(ours), pathlib.Path(theirs))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ours")
    parser.add_argument("theirs")
    a = parser.parse_args()
    answer(lambda: main(a.ours, a.theirs))

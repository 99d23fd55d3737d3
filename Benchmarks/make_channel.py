# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""make_channel.py FOLDER: makes the channel of the jobs with a proxy, as far as conda programs make one.

`linux-64` has an index of 450,000 records as conda-forge has them, and 150 packages that are there and can be installed: one
spec, `bench-proxy-000`, leads to all of them. Their sizes are log-normal, 0.2 GB together. Each has thirty earlier versions
which are only listed. Besides there are packages of 1 KB, 100 KB and 10 MB, to be asked for one by one.

`kingsnake-bench proxy-build` makes the other forms of the index, and signs it. The same bytes on every machine.
"""

import hashlib
import json
import pathlib
import random
import sys

from make_inputs import Content, info_files, made_at, write_conda, write_index

count = 150
earlier = 30
children = 3  # of each package, in the tree by which one leads to all
# Bytes of a package: the median, and the spread of its logarithm; conda-forge's mean is some 1.5 MB.
median_size, spread, largest = 250_000, 1.9, 25_000_000
sizes = {"bench-size-1k": 0, "bench-size-100k": 98_000, "bench-size-10m": 10_000_000}


def name_of(number: int) -> str:
    return f"bench-proxy-{number:03d}"


def depends_of(number: int, chance: random.Random) -> tuple[str, ...]:
    """Those below it in the tree, and some that others lead to as well."""
    below = range(number * children + 1, min(count, number * children + children + 1))
    further = chance.sample(range(number + 1, count), k=min(3, count - number - 1))
    return tuple(f"{name_of(other)} >=1.0,<2.0a0" for other in sorted({*below, *further}))


def content_of(size: int, content: Content) -> list[tuple[str, bytes]]:
    """Files like those of a Python package: most are small, and a library has the rest."""
    files, number = [], 0
    while size > 0:
        number += 1
        piece = min(size, int(content.random.lognormvariate(8.4, 1.3)) if number < 60 else size)
        files.append((f"share/{content.random.getrandbits(40):010x}/part{number:03d}", b"".join(content.pieces(piece))))
        size -= piece
    return files


def record(folder: pathlib.Path, name: str, files: list[tuple[str, bytes]], depends: tuple[str, ...]) -> tuple[str, dict]:
    """Writes a package; answers its file name and what an index says of it."""
    path = folder / f"{name}-1.0-0.conda"
    write_conda(path, f"{name}-1.0-0", info_files(name, files, depends), files)
    data = path.read_bytes()
    return path.name, {
        "build": "0", "build_number": 0, "depends": [*depends], "license": "BSD-3-Clause", "md5": hashlib.md5(data).hexdigest(),
        "name": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "subdir": "linux-64",
        "timestamp": made_at * 1000, "version": "1.0",
    }


def listed(name: str, depends: tuple[str, ...], chance: random.Random) -> dict[str, dict]:
    """Versions of a package that are in the index only."""
    return {
        f"{name}-0.{number}-0.conda": {
            "build": "0", "build_number": 0, "depends": [word.split()[0] for word in depends], "license": "BSD-3-Clause",
            "md5": f"{chance.getrandbits(128):032x}", "name": name, "sha256": f"{chance.getrandbits(256):064x}",
            "size": chance.randint(5000, 5_000_000), "subdir": "linux-64", "timestamp": made_at * 1000 - (earlier - number) * 10 ** 9,
            "version": f"0.{number}",
        }
        for number in range(earlier)
    }


def main(folder: pathlib.Path) -> None:
    chance = random.Random("proxy")
    subdir = folder / "linux-64"
    subdir.mkdir(parents=True)
    records: dict[str, dict] = {}
    for number in range(count):
        name, depends = name_of(number), depends_of(number, chance)
        size = min(largest, int(chance.lognormvariate(0, spread) * median_size))
        content = pools(name)
        records |= listed(name, depends, chance)
        file, found = record(subdir, name, content_of(size, content), depends)
        records[file] = found
    for name, size in sizes.items():
        files = [("share/data", random.Random(name).randbytes(size))] if size else []
        file, found = record(subdir, name, files, ())
        records[file] = found
    write_index(subdir / "repodata.json", records)
    (folder / "noarch").mkdir()
    empty = {"info": {"subdir": "noarch"}, "packages": {}, "packages.conda": {}, "removed": [], "repodata_version": 1}
    (folder / "noarch" / "repodata.json").write_text(json.dumps(empty, separators=(",", ":")) + "\n")
    (folder / "packages").write_text("".join(f"{file} {found['size']}\n" for file, found in records.items() if found["version"] == "1.0"))


def pools(name: str) -> Content:
    """Where a package's content comes from; the pools are the same for all, since making them takes seconds."""
    if not made:
        made.append(Content("proxy"))
    made[0].random.seed(name)
    return made[0]


made: list[Content] = []

if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))

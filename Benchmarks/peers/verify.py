# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""verify.py PKG: hashes a package and, as a stream, every file in it, against its info/paths.json. Writes nothing."""

import hashlib
import json
import sys

from conda_package_streaming.package_streaming import stream_conda_component


def main(package: str) -> None:
    with open(package, "rb") as file:
        hashlib.file_digest(file, "sha256")
    expected = {}
    with open(package, "rb") as file:
        for archive, member in stream_conda_component(package, file, "info"):
            if member.name == "info/paths.json":
                expected = {entry["_path"]: entry["sha256"] for entry in json.load(archive.extractfile(member))["paths"]}
    with open(package, "rb") as file:
        for archive, member in stream_conda_component(package, file, "pkg"):
            if member.isreg() and not member.name.startswith("info/"):
                if hashlib.file_digest(archive.extractfile(member), "sha256").hexdigest() != expected.pop(member.name):
                    sys.exit(f"{member.name} differs")
    if expected:
        sys.exit(f"{len(expected)} files are missing")


main(*sys.argv[1:])

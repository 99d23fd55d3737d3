# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""audit.py PREFIX: hashes every installed file and compares it with its conda-meta record, in plain Python.

Also names files that no record lists, as Kingsnake's audit does.
"""

import glob
import hashlib
import json
import os
import sys


def main(prefix: str) -> None:
    listed, altered = set(), 0
    for record in glob.glob(os.path.join(prefix, "conda-meta", "*.json")):
        with open(record, "rb") as file:
            entries = json.load(file)["paths_data"]["paths"]
        for entry in entries:
            path = os.path.join(prefix, entry["_path"])
            listed.add(path)
            with open(path, "rb") as file:
                altered += hashlib.file_digest(file, "sha256").hexdigest() != entry["sha256_in_prefix"]
    foreign = [
        os.path.join(folder, name)
        for folder, _, names in os.walk(prefix)
        if os.path.basename(folder) != "conda-meta"
        for name in names
        if os.path.join(folder, name) not in listed
    ]
    print(len(listed), altered, len(foreign))


main(*sys.argv[1:])

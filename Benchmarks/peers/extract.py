# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""extract.py {cph|rattler} PKG DIR [--check]: unpacks a package with a peer.

With --check every file is then hashed and compared with info/paths.json, which is what one has to add to a peer
to get what Kingsnake does while it extracts.
"""

import hashlib
import json
import os
import sys


def check(folder: str) -> None:
    with open(os.path.join(folder, "info", "paths.json"), "rb") as file:
        entries = json.load(file)["paths"]
    for entry in entries:
        if entry["path_type"] != "hardlink":
            continue
        with open(os.path.join(folder, entry["_path"]), "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != entry["sha256"]:
                sys.exit(f"{entry['_path']} differs")


def main(peer: str, package: str, folder: str, *options: str) -> None:
    if peer == "cph":
        from conda_package_handling import api

        api.extract(package, dest_dir=folder)
    else:
        from rattler.package_streaming import extract

        extract(package, folder)
    if "--check" in options:
        check(folder)


main(*sys.argv[1:])

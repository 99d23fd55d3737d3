# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""tree.py DIR: prints what is in a folder, so that two trees can be compared.

One object for each file, link and folder below DIR, ordered by the bytes of its path:
{"path", "type": "file", "mode": "755", "size", "sha256"}, {"path", "type": "link", "target"},
{"path", "type": "directory", "mode"}. Names that are not UTF-8 come with surrogate escapes.
"""

import argparse
import hashlib
import os
import stat

from report import answer


def entry(path: str, name: str) -> dict:
    status = os.lstat(path)
    mode = f"{stat.S_IMODE(status.st_mode):o}"
    if stat.S_ISLNK(status.st_mode):
        return {"path": name, "type": "link", "target": os.readlink(path)}
    if stat.S_ISDIR(status.st_mode):
        return {"path": name, "type": "directory", "mode": mode}
    if stat.S_ISREG(status.st_mode):
        with open(path, "rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return {"path": name, "type": "file", "mode": mode, "size": status.st_size, "sha256": sha256}
    return {"path": name, "type": "other", "mode": mode}


def tree(root: str) -> list[dict]:
    entries = []
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            entries.append(entry(path, os.path.relpath(path, root)))
    return sorted(entries, key=lambda found: os.fsencode(found["path"]))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder")
    folder = arguments.parse_args().folder
    answer(lambda: tree(folder))

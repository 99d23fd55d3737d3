# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""content.py DIR: one digest of the names and bytes in a folder, to see whether two programs made the same.

Modes are left out, since cph applies the umask and py-rattler does not. A process of its own, because the memory that
Benchmarks/run has used counts as the peak of what it starts next.
"""

import hashlib
import os
import sys


def main(root: str) -> None:
    lines = []
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                lines.append(f"{os.path.relpath(path, root)} {hashlib.file_digest(file, 'sha256').hexdigest()}\n")
    print(hashlib.sha256("".join(sorted(lines)).encode()).hexdigest(), len(lines))


main(*sys.argv[1:])

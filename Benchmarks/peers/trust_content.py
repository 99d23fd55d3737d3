# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""trust_content.py DIR: a digest of what a signed index says, however it is written."""

import hashlib
import json
import pathlib
import sys


def main(path: str) -> None:
    index = json.loads(pathlib.Path(path, "linux-64", "repodata.json").read_bytes())
    print(len(index["signatures"]), hashlib.sha256(json.dumps(index, sort_keys=True).encode()).hexdigest())


main(*sys.argv[1:])

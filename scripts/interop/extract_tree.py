# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""extract_tree.py {cph|rattler} PKG OUT: unpacks a package with a peer and prints the tree, as tree.py does.

Modes: cph applies the process's umask, py-rattler sets the archive's modes whatever the umask is.
With umask 0 both give the archive's own.
"""

import argparse
import os

from report import answer
from tree import tree


def with_cph(package: str, out: str) -> None:
    from conda_package_handling import api

    api.extract(package, dest_dir=out)


def with_rattler(package: str, out: str) -> None:
    from rattler.package_streaming import extract

    extract(package, out)


peers = {"cph": with_cph, "rattler": with_rattler}


def main(peer: str, package: str, out: str) -> list[dict]:
    os.makedirs(out, exist_ok=True)
    peers[peer](os.path.abspath(package), os.path.abspath(out))
    return tree(out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=sorted(peers))
    parser.add_argument("package")
    parser.add_argument("out")
    a = parser.parse_args()
    answer(lambda: main(a.peer, a.package, a.out))

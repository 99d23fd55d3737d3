#!/usr/bin/env python3
# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""Compares two prefixes made from the same records, one by Kingsnake and one by another installer.

usage: compare_prefix.py OURS THEIRS

Compared: names, kinds, modes, link targets and bytes of everything, with the one prefix's path read as the
other's (in binaries only where both paths are of one length), and the fields of conda-meta that conda and
rattler act on. Each of our records is loaded with rattler where it is installed.
Known differences, which are not counted: CACHEDIR.TAG (rattler), the text of conda-meta/history, the modes of
records, and the group's write permission that rattler gives to entry points.
Exit status: 0 if nothing differs, 1 otherwise.
"""
import json
import os
import stat
import sys

FIELDS = ["name", "version", "build", "build_number", "subdir", "noarch", "depends", "constrains", "license",
          "sha256", "md5", "size", "url", "fn", "files", "python_site_packages_path", "timestamp"]
SKIPPED = {"CACHEDIR.TAG"}


def tree(prefix):
    found = {}
    for folder, folders, files in os.walk(prefix):
        for name in folders + files:
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, prefix)
            if relative not in SKIPPED and not relative.startswith("conda-meta" + os.sep):
                found[relative] = os.lstat(path)
    return found


def read(path):
    with open(path, "rb") as file:
        return file.read()


def compare_trees(ours, theirs, report):
    a, b = tree(ours), tree(theirs)
    for path in sorted(a.keys() - b.keys()):
        report(f"only ours: {path}")
    for path in sorted(b.keys() - a.keys()):
        report(f"only theirs: {path}")
    for path in sorted(a.keys() & b.keys()):
        one, other = os.path.join(ours, path), os.path.join(theirs, path)
        if stat.S_IFMT(a[path].st_mode) != stat.S_IFMT(b[path].st_mode):
            report(f"kind: {path}")
        elif stat.S_ISLNK(a[path].st_mode):
            if os.readlink(one) != os.readlink(other):
                report(f"link: {path}: {os.readlink(one)} / {os.readlink(other)}")
        else:
            modes = [stat.S_IMODE(s[path].st_mode) for s in (a, b)]
            if modes[0] != modes[1] and modes != [0o755, 0o775]:
                report(f"mode: {path}: {modes[0]:o} / {modes[1]:o}")
            if stat.S_ISREG(a[path].st_mode):
                mine = read(one)
                if mine != read(other) and mine.replace(ours.encode(), theirs.encode()) != read(other):
                    report(f"bytes: {path}")


def records(prefix):
    folder = os.path.join(prefix, "conda-meta")
    return {name: json.loads(read(os.path.join(folder, name))) for name in os.listdir(folder) if name.endswith(".json")}


def compare_records(ours, theirs, report):
    a, b = records(ours), records(theirs)
    if a.keys() != b.keys():
        report(f"records: {sorted(a)} / {sorted(b)}")
    for name in sorted(a.keys() & b.keys()):
        for field in FIELDS:
            one, other = a[name].get(field), b[name].get(field)
            if field == "files":
                one, other = sorted(one or []), sorted(other or [])
            if one != other and (one or other) and other is not None:
                report(f"{name}: {field}: {one} / {other}")
        one, other = ({e["_path"]: e for e in r[name]["paths_data"]["paths"]} for r in (a, b))
        for path in sorted(one.keys() | other.keys()):
            x, y = one.get(path), other.get(path)
            if not x or not y:
                report(f"{name}: entry {path} only {'ours' if x else 'theirs'}")
                continue
            for key in ["path_type", "sha256", "prefix_placeholder", "file_mode", "no_link"]:
                # A program made for an entry point holds the prefix, which differs.
                made = key == "sha256" and x.get("path_type") == "unix_python_entry_point"
                if x.get(key) != y.get(key) and not made:
                    report(f"{name}: {path}: {key}: {x.get(key)} / {y.get(key)}")
            if not x.get("prefix_placeholder") or len(ours) == len(theirs) and x.get("file_mode") != "text":
                if x.get("size_in_bytes") != y.get("size_in_bytes"):
                    report(f"{name}: {path}: size: {x.get('size_in_bytes')} / {y.get('size_in_bytes')}")


def load_with_rattler(ours, report):
    try:
        import rattler
    except ImportError:
        print("rattler is not installed: records not loaded")
        return
    for name in sorted(os.listdir(os.path.join(ours, "conda-meta"))):
        if name.endswith(".json"):
            try:
                record = rattler.PrefixRecord.from_path(os.path.join(ours, "conda-meta", name))
                print(f"rattler loads {record.name.source} {record.version}: {len(record.paths_data.paths)} paths")
            except Exception as error:
                report(f"rattler refuses {name}: {error}")


def main():
    ours, theirs = (os.path.abspath(path) for path in sys.argv[1:3])
    differences = []
    compare_trees(ours, theirs, differences.append)
    compare_records(ours, theirs, differences.append)
    load_with_rattler(ours, differences.append)
    print("\n".join(differences) or "no difference")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()

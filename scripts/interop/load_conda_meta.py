# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""load_conda_meta.py PREFIX: loads every record in PREFIX/conda-meta with py-rattler and prints what it understood."""

import argparse
import pathlib

from rattler import PrefixRecord

from report import answer


def kind(path_type: object) -> str:
    kinds = (
        "hardlink", "softlink", "directory", "pyc_file", "unix_python_entry_point",
        "windows_python_entry_point_script", "windows_python_entry_point_exe",
    )
    return next((name for name in kinds if getattr(path_type, name)), "unknown")


def path_entry(entry) -> dict:
    return {
        "path": str(entry.relative_path),
        "type": kind(entry.path_type),
        "sha256": entry.sha256.hex() if entry.sha256 else None,
        "sha256_in_prefix": entry.sha256_in_prefix.hex() if entry.sha256_in_prefix else None,
        "size": entry.size_in_bytes,
        "prefix_placeholder": entry.prefix_placeholder,
        "no_link": entry.no_link,
    }


def load(path: pathlib.Path) -> dict:
    record = PrefixRecord.from_path(path)
    return {
        "record": path.name,
        "name": record.name.source,
        "version": str(record.version),
        "build": str(record.build),
        "build_number": record.build_number,
        "subdir": record.subdir,
        "fn": record.file_name,
        "url": record.url,
        "channel": record.channel,
        "md5": record.md5.hex() if record.md5 else None,
        "sha256": record.sha256.hex() if record.sha256 else None,
        "size": record.size,
        "depends": record.depends,
        "constrains": record.constrains,
        "requested_specs": record.requested_specs,
        "files": sorted(str(file) for file in record.files),
        "paths": sorted((path_entry(entry) for entry in record.paths_data.paths), key=lambda entry: entry["path"]),
    }


def main(prefix: str) -> list[dict]:
    return [load(path) for path in sorted(pathlib.Path(prefix, "conda-meta").glob("*.json"))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prefix")
    prefix = parser.parse_args().prefix
    answer(lambda: main(prefix))

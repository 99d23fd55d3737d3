# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""tuf_client.py URL CACHE ROOT PATHS COUNT: python-tuf updates from a repository, and looks targets up.

It prints the snapshot's version, how many targets were found, and their length.
"""

import itertools
import pathlib
import sys
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig


class Files(FetcherInterface):
    """Reads file: URLs, which python-tuf's own fetcher does not."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        try:
            data = pathlib.Path(unquote(urlsplit(url).path)).read_bytes()
        except FileNotFoundError:
            raise DownloadHTTPError("not found", 404) from None
        yield data


def main(url: str, cache: str, root: str, paths: str, count: str) -> None:
    folder = pathlib.Path(cache)
    folder.mkdir(parents=True, exist_ok=True)
    # As much as the repository promises; the defaults are too small for 100,000 targets in one role.
    config = UpdaterConfig(snapshot_max_length=8 << 20, targets_max_length=32 << 20)
    updater = Updater(cache, url, fetcher=Files() if url.startswith("file:") else None, config=config,
                      bootstrap=pathlib.Path(root).read_bytes())
    updater.refresh()
    found = length = 0
    if int(count):
        with open(paths) as lines:
            for line in itertools.islice(lines, int(count)):
                info = updater.get_targetinfo(line.strip())
                if info is None:
                    sys.exit(f"{line.strip()} is not there")
                found, length = found + 1, length + info.length
    print(updater._trusted_set.snapshot.version, found, length)


main(*sys.argv[1:])

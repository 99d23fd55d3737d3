# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""rattler_metadata.py URL...: has py-rattler read what packages say of themselves, without downloading them whole.

Prints {"packages": [{"name", "version", "access"}]}; `access` is py-rattler's word for how it got there.
"""

import asyncio
import sys

from rattler.networking import Client
from rattler.networking.middleware import AuthenticationMiddleware, RetryMiddleware
from rattler.package_streaming import PackageArchive

from report import answer


async def main(urls: list[str]) -> dict:
    client = Client([RetryMiddleware(1), AuthenticationMiddleware()])
    packages = []
    for url in urls:
        archive = await PackageArchive.from_url(client, url)
        index = await archive.index_json()
        packages.append(
            {"name": index.name.normalized, "version": str(index.version), "access": archive.access}
        )
    return {"packages": packages}


if __name__ == "__main__":
    answer(lambda: asyncio.run(main(sys.argv[1:])))

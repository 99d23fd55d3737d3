# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""proxy_install.py CHANNEL FOLDER FORM SPEC: py-rattler solves a spec and installs it, by its own clock.

Its caches are in FOLDER, and the prefix, which is made anew. FORM is `shards` or `repodata`. Prints JSON: the packages with their
digests, and the seconds for solving (which reads the index) and installing; importing py-rattler is not counted.
"""
import asyncio, hashlib, json, os, pathlib, shutil, sys, time

from rattler import Channel, Gateway, SourceConfig, Subdir, install, solve
from rattler.networking import Client
from rattler.networking.middleware import AuthenticationMiddleware, RetryMiddleware


async def main(channel, folder, form, spec):
    folder = pathlib.Path(folder)
    prefix = folder / "prefix"
    shutil.rmtree(prefix, ignore_errors=True)
    start = time.perf_counter()
    client = Client([RetryMiddleware(1), AuthenticationMiddleware()])
    gateway = Gateway(
        cache_dir=folder / "repodata", default_config=SourceConfig(sharded_enabled=form == "shards"), client=client
    )
    solved = await solve(sources=[Channel(channel)], specs=[spec], gateway=gateway, platforms=["linux-64", "noarch"])
    middle = time.perf_counter()
    await install(
        solved, target_prefix=prefix, cache_dir=folder / "packages", client=client, show_progress=False,
        execute_link_scripts=False, platform=Subdir("linux-64"),
    )
    end = time.perf_counter()
    found = sorted(f"{record.file_name} {record.sha256.hex()}" for record in solved)
    installed = len([name for name in os.listdir(prefix / "conda-meta") if name.endswith(".json")])
    if installed != len(found):
        raise SystemExit(f"{len(found)} packages solved, {installed} installed")
    digest = hashlib.sha256("\n".join(found).encode()).hexdigest()
    print(json.dumps({"count": installed, "digest": digest, "solve": middle - start, "install": end - middle}), flush=True)
    # An interpreter with py-rattler's threads may crash when it shuts down.
    os._exit(0)


asyncio.run(main(*sys.argv[1:]))

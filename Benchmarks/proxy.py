#!/usr/bin/env python3
# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""Measures the verifying proxy as its clients see it, beside the same without it. Prints rows as JSON lines.

    proxy.py PROGRAM CHANNEL install KIND FORM RATE RUNS   py-rattler installs 150 packages, direct and through the proxy
    proxy.py PROGRAM CHANNEL start KIND RUNS               until the first answer of an index of 450,000 records, and memory
    proxy.py PROGRAM CHANNEL first RUNS                    until the first byte of a package
    proxy.py PROGRAM CHANNEL rate RUNS                     requests a second for cached packages, beside nginx, with wrk

PROGRAM is `kingsnake`; CHANNEL is the folder that make_channel.py and `kingsnake-bench proxy-build` made, which nginx serves.
KIND is `pinned` or `observed`, FORM `shards` or `repodata`, RATE what nginx gives each connection, such as `4m`, or `-` for all
that it can. `Benchmarks/run --only proxy` calls it. Everything it writes is below $KINGSNAKE_SCRATCH.
"""
import json, os, pathlib, re, shutil, signal, socket, statistics, subprocess, sys, tempfile, time, urllib.parse

from server import cpu, memory, met, nginx, wrk

here = pathlib.Path(__file__).resolve().parent
# The targets of the project, beside the same install without the proxy.
most_cold, most_warm = 1.3, 1.1
spec = "bench-proxy-000"
# What was started, so that nothing stays if something ends in an error.
running: list[subprocess.Popen] = []
spec_count = 150


def say(job, unit, beside, ours, theirs, goal="-", peak="-", ratio=None):
    shown = [f"{value:,.0f}" if value >= 100 else f"{value:.3f}" if value else "-" for value in (ours, theirs or 0)]
    # The ratio of two medians, unless each pair has its own: then the median of those.
    share = f"{ratio or ours / theirs:.2f} times" if theirs else "-"
    peak = f"{peak:.0f}" if isinstance(peak, float) else peak
    print(json.dumps([f"proxy-{job}", unit, beside, *shown, share, peak, "-", goal]), flush=True)


class Proxy:
    """`kingsnake proxy` for one channel, with a home and a cache of its own."""

    def __init__(self, program, folder, url, kind, root):
        self.program, self.folder, self.url = program, folder, url
        self.places = ["--home", f"{folder}/home", "--cache", f"{folder}/cache"]
        os.makedirs(folder)
        if kind == "pinned":
            command = [program, "trust", "add", url, "--root", root, *self.places]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self.start()

    def start(self):
        self.log = open(f"{self.folder}/log", "a")
        command = [self.program, "proxy", "--listen", "127.0.0.1:0", "--channel", self.url, *self.places]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        running.append(self.process)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(open(f"{self.folder}/log").read())
        self.address = line.split()[-1]
        self.port = int(self.address.rsplit(":", 1)[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(90)
        self.log.close()

    @property
    def refusals(self):
        return [line for line in open(f"{self.folder}/log") if "refused" in line]


class Upstream:
    """nginx on the channel, in a folder with a link to it; each connection at a rate."""

    def __init__(self, folder, channel, rate="-"):
        os.makedirs(folder)
        os.symlink(channel, f"{folder}/forge")
        self.server, url = nginx(folder, None if rate == "-" else rate)
        running.append(self.server)
        self.url, self.root = f"{url}/forge", f"{channel}/tuf/1.root.json"

    def stop(self):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(60)


# Installing


def install(url, folder, form, proxy=None):
    """Seconds that py-rattler takes, and what it installed."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    if proxy:
        environment["http_proxy"] = proxy.address
    command = [sys.executable, str(here / "peers" / "proxy_install.py"), url, folder, form, spec]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stderr}\n{''.join(proxy.refusals) if proxy else ''}")
    found = json.loads(done.stdout.splitlines()[-1])
    if found["count"] != spec_count:
        sys.exit(f"{found['count']} packages were installed, not {spec_count}")
    return found


# In turns, without the proxy and through it, and how often with one proxy: first its cache is empty, then full; at last the
# client's caches are full, too.
turns = {"cold": 1, "warm": 3, "warm client": 2}
titles = {"cold": "cold", "warm": "the proxy's cache full", "warm client": "the client's caches full, too"}
goals = {"cold": most_cold, "warm": most_warm}


class Turn:
    """Two installs, one after the other."""

    def __init__(self, url, folder, state, form, proxy):
        self.digests, self.seconds = set(), []
        for who, through in (("direct", None), ("proxied", proxy)):
            client = f"{folder}/{who}"
            if state != "warm client":
                shutil.rmtree(client, ignore_errors=True)
            before = cpu(proxy.process)
            found = install(url, client, form, through)
            self.cpu = cpu(proxy.process) - before
            self.digests.add(found["digest"])
            self.seconds.append((found["solve"] + found["install"], found["solve"], found["install"]))


def installs(program, channel, folder, kind, form, rate, runs):
    upstream = Upstream(f"{folder}/upstream", channel, rate)
    taken, peak = {state: [] for state in turns}, 0
    try:
        # The first one warms up.
        install(upstream.url, f"{folder}/direct", form)
        for _ in range(int(runs)):
            proxy = Proxy(program, f"{folder}/proxy", upstream.url, kind, upstream.root)
            for state, count in turns.items():
                taken[state] += [Turn(upstream.url, folder, state, form, proxy) for _ in range(count)]
            peak = max(peak, memory(proxy.process))
            proxy.stop()
            shutil.rmtree(f"{folder}/proxy")
    finally:
        upstream.stop()
    if len(set.union(*(turn.digests for some in taken.values() for turn in some))) != 1:
        sys.exit("what was installed differs")
    link = "" if rate == "-" else f", {rate.upper()}B/s a connection"
    for state, some in taken.items():
        label = f"install: {spec_count} packages, {kind}, by {form}{link}, {titles[state]}"
        for at, part in enumerate(("", ": until it is solved", ": the packages alone")):
            theirs, ours = (statistics.median(turn.seconds[who][at] for turn in some) for who in (0, 1))
            ratio = statistics.median(turn.seconds[1][at] / turn.seconds[0][at] for turn in some)
            goal = met(ratio <= goals[state], f"over {goals[state]} times") if at == 0 and state in goals else "-"
            say(label + part, "s", "direct", ours, theirs, goal, peak, ratio)
        say(f"{label}: all that the proxy did for it", "CPU s", "-", statistics.median(turn.cpu for turn in some), None, "-", peak)


# Single requests


class Answer:
    """One GET over a connection of its own; when its first byte of the body came, and its last."""

    def __init__(self, port, target, host="127.0.0.1"):
        start = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.settimeout(600)
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            data = b""
            while not (head := self.body_of(data)) or len(data) == head[1]:
                data += self.more(connection, target)
            self.first = time.perf_counter() - start
            self.status, at, length = head
            left = length - (len(data) - at)
            while left > 0:
                left -= len(self.more(connection, target))
            self.last = time.perf_counter() - start
        if self.status != 200:
            sys.exit(f"{target}: {data!r}")

    @staticmethod
    def more(connection, target):
        data = connection.recv(1 << 20)
        if not data:
            sys.exit(f"{target}: the connection was closed early")
        return data

    @staticmethod
    def body_of(data):
        """Status, where the body begins, its length; nil before the head is whole. Interim answers are passed over."""
        at = 0
        while (end := data.find(b"\r\n\r\n", at)) >= 0:
            status = int(data[at:].split(b" ", 2)[1])
            if status >= 200:
                length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", data[at:end])
                return status, end + 4, int(length.group(1))
            at = end + 4
        return None


def through(proxy, url):
    """Asks a proxy for a whole URL."""
    return Answer(proxy.port, url, urllib.parse.urlsplit(url).netloc)


def direct(url):
    parts = urllib.parse.urlsplit(url)
    return Answer(parts.port, parts.path, parts.netloc)


def starts(program, channel, folder, kind, runs):
    upstream = Upstream(f"{folder}/upstream", channel)
    times, peaks, forms = {}, {}, {"shards": "repodata_shards.msgpack.zst", "repodata": "repodata.json.zst"}
    try:
        for run in range(int(runs)):
            for form, name in forms.items():
                url = f"{upstream.url}/linux-64/{name}"
                proxy = Proxy(program, f"{folder}/proxy", upstream.url, kind, upstream.root)
                for state in ("cold", "again", "after a restart"):
                    if state == "after a restart":
                        proxy.stop()
                        proxy.start()
                    before = cpu(proxy.process)
                    times.setdefault((form, state), []).append((through(proxy, url).last, cpu(proxy.process) - before))
                    peaks.setdefault((form, state), []).append(memory(proxy.process))
                proxy.stop()
                shutil.rmtree(f"{folder}/proxy")
        for (form, state), values in times.items():
            label = f"start: index of 450,000 records, {kind}, {forms[form]}, {state}"
            peak = max(peaks[form, state])
            theirs = statistics.median(direct(f"{upstream.url}/linux-64/{forms[form]}").last for _ in range(5))
            say(label, "s", "direct", statistics.median(value[0] for value in values), theirs, "-", peak)
            say(f"{label}, CPU", "CPU s", "-", statistics.median(value[1] for value in values), None, "-", peak)
    finally:
        upstream.stop()


def packages(channel):
    """The names of the packages that are there, and their sizes."""
    lines = (pathlib.Path(channel) / "packages").read_text().splitlines()
    return {line.split()[0]: int(line.split()[1]) for line in lines}


def first_bytes(program, channel, folder, runs):
    sizes = packages(channel)
    kinds = {
        "some 100 KB": [name for name, size in sizes.items() if 60_000 <= size <= 160_000],
        "some 1 MB": [name for name, size in sizes.items() if 600_000 <= size <= 1_600_000],
        "10 MB and more": [name for name, size in sizes.items() if size >= 10_000_000],
    }
    for rate in ("-", "4m"):
        upstream = Upstream(f"{folder}/upstream-{rate}", channel, rate)
        try:
            times = {}
            for run in range(int(runs)):
                proxy = Proxy(program, f"{folder}/proxy", upstream.url, "pinned", upstream.root)
                # The index is at hand.
                through(proxy, f"{upstream.url}/linux-64/repodata_shards.msgpack.zst")
                through(proxy, f"{upstream.url}/linux-64/bench-size-1k-1.0-0.conda")
                for kind, names in kinds.items():
                    for name in names:
                        url = f"{upstream.url}/linux-64/{name}"
                        for who, ask in (("direct", direct), ("cold", lambda url: through(proxy, url)), ("warm", lambda url: through(proxy, url))):
                            answer = ask(url)
                            times.setdefault((kind, who), []).append((answer.first, answer.last))
                proxy.stop()
                shutil.rmtree(f"{folder}/proxy")
        finally:
            upstream.stop()
        link = "" if rate == "-" else f", {rate.upper()}B/s a connection"
        for kind in kinds:
            # What the proxy has does not come over the slow link.
            for state in ("cold", "warm") if rate == "-" else ("cold",):
                for at, what in ((0, "first byte"), (1, "last byte")):
                    ours, theirs = (statistics.median(value[at] * 1000 for value in times[kind, who]) for who in (state, "direct"))
                    say(f"byte: {kind}{link}, {state}: {what}", "ms", "direct", ours, theirs)


def rates(program, channel, folder, runs, seconds="4"):
    upstream = Upstream(f"{folder}/upstream", channel)
    proxy = Proxy(program, f"{folder}/proxy", upstream.url, "pinned", upstream.root)
    base = proxy.address + upstream.url.replace("http://", "/c/http/")
    try:
        for label, name, connections in (
            ("1 KB, 32 connections", "bench-size-1k", 32), ("100 KB, 32 connections", "bench-size-100k", 32),
            ("10 MB, 4 connections", "bench-size-10m", 4),
        ):
            path, found = f"linux-64/{name}-1.0-0.conda", {base: [], upstream.url: []}
            for url in found:
                # The first one fetches and verifies.
                direct(f"{url}/{path}")
                wrk(f"{url}/{path}", connections, 1)
            for _ in range(int(runs)):
                for url in found:
                    found[url].append(wrk(f"{url}/{path}", connections, seconds))
            say(f"rate: {label}", "requests/s", "nginx", *(statistics.median(values) for values in found.values()), "-", memory(proxy.process))
    finally:
        proxy.stop()
        upstream.stop()


def main():
    program, channel, kind, *operands = sys.argv[1:]
    folder = tempfile.mkdtemp(prefix="kingsnake-proxy-", dir=os.environ.get("KINGSNAKE_SCRATCH"))
    try:
        {"install": installs, "start": starts, "first": first_bytes, "rate": rates}[kind](program, os.path.abspath(channel), folder, *operands)
    finally:
        for process in running:
            if process.poll() is None:
                process.terminate()
                process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


main()

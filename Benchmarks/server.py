#!/usr/bin/env python3
# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""Measures the channel server as its clients see it: over HTTP, as a process of its own. Prints rows as JSON lines.

    server.py PROGRAM downloads [SECONDS]    files of 100 KB and 100 MB, and 304, beside nginx, with wrk; needs both
    server.py PROGRAM publish COUNT [RUNS]   uploads into a signed channel of so many files: until timestamp.json leads to
                                             an index that has the package
    server.py PROGRAM burst COUNT [UPLOADS]  many uploads at once, memory as they go on

PROGRAM is kingsnake-bench. Needs the peers' Python (scripts/peers), for zstandard. `Benchmarks/run --only server` calls
it. Everything it writes is below $KINGSNAKE_SCRATCH, or the folder for temporary files.
"""
import concurrent.futures, contextlib, hashlib, http.client, io, json, os, random, re, shutil, signal, socket, sqlite3
import statistics, subprocess, sys, tarfile, tempfile, threading, time, zipfile

least_share = 0.7  # of nginx's downloads
longest_publish = 1.0  # seconds, from the upload's answer to the signed index
most_memory = {"downloads": 150, "publish": 300}  # MiB at the highest
most_growth = 1.25  # of memory, from the first tenth of many uploads to the last
large = 100_000_000


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def memory(process, what="VmHWM"):
    """In MiB: VmHWM at its highest, VmRSS now."""
    status = open(f"/proc/{process.pid}/status").read()
    return int(re.search(what + r":\s+(\d+)", status).group(1)) / 1024


def cpu(process):
    """Seconds of CPU that it used so far, which do not depend on what else the machine does."""
    fields = open(f"/proc/{process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def say(job, beside, ours, theirs, unit, goal, peak="-", their_peak="-"):
    # Of a rate, ours of theirs; of a time, how many times ours theirs is.
    share = "-" if not theirs else f"{theirs / ours:.1f} times" if unit == "s" else f"{ours / theirs:.0%}"
    shown = [f"{value:,.0f}" if value >= 100 else f"{value:.3f}" if value else "-" for value in (ours, theirs or 0)]
    peak = f"{peak:.0f}" if isinstance(peak, float) else peak
    print(json.dumps([f"server-{job}", unit, beside, shown[0], shown[1], share, peak, their_peak, goal]), flush=True)


def met(is_met, why):
    return "met" if is_met else f"missed: {why}"


class Server:
    """Our server, on a folder."""

    def __init__(self, program, folder):
        self.log = open(f"{folder}.log", "a")
        self.process = subprocess.Popen([program, "serve", folder], stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline().strip()
        if not line:
            sys.exit(open(f"{folder}.log").read())
        self.url = line
        self.port = int(line.rsplit(":", 1)[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(90)
        self.log.close()


# Downloads


def fill(folder, sizes):
    """Puts files into the channel `main`: blobs, and the documents that lead to them; for nginx, the same as files."""
    database = sqlite3.connect(f"{folder}/data/server.sqlite")
    database.execute("INSERT INTO channel (name, visibility, created, settings) VALUES ('main', 'public', 0, X'7b7d')")
    channel = database.execute("SELECT id FROM channel").fetchone()[0]
    for path, size in sizes.items():
        data = os.urandom(size)
        digest = hashlib.sha256(data)
        place = f"{folder}/data/blobs/{digest.hexdigest()[:2]}"
        os.makedirs(place, exist_ok=True)
        open(f"{place}/{digest.hexdigest()[2:]}", "wb").write(data)
        os.makedirs(os.path.dirname(f"{folder}/main/{path}"), exist_ok=True)
        open(f"{folder}/main/{path}", "wb").write(data)
        columns = {row[1] for row in database.execute("PRAGMA table_info(document)")}
        values = {
            "scope_kind": "channel", "scope": channel, "path": path, "blob": digest.digest(), "size": size,
            "media_type": "application/octet-stream", "immutable": 1, "modified": 0,
        }
        if set(values) != columns:
            sys.exit(f"the table of documents has changed: {set(values) ^ columns}")
        database.execute(
            f"INSERT INTO document ({','.join(values)}) VALUES ({','.join('?' * len(values))})", list(values.values())
        )
    database.commit()
    database.close()


def nginx(folder, rate=None):
    """nginx on a folder; each connection gets `rate` bytes a second, if that is given."""
    port = free_port()
    limit = f"limit_rate {rate};" if rate else ""
    open(f"{folder}/nginx.conf", "w").write(
        f"{'user root; ' if os.geteuid() == 0 else ''}worker_processes auto; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        "events { worker_connections 1024; }\n"
        f"http {{ access_log {folder}/access.log; sendfile on; tcp_nopush on; keepalive_requests 1000000000; {limit}\n"
        f"server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n"
    )
    server = subprocess.Popen(["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return server, f"http://127.0.0.1:{port}"
        time.sleep(0.05)
    sys.exit("nginx did not start")


def wrk(url, connections, seconds, fields=()):
    arguments = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s"]
    for field in fields:
        arguments += ["-H", field]
    text = subprocess.run(arguments + [url], capture_output=True, text=True, check=True).stdout
    if re.search(r"Non-2xx or 3xx responses: (\d+)", text):
        sys.exit(f"{url}: {text}")
    if errors := re.search(r"Socket errors.*", text):
        print(f"{url}: {errors.group(0)}", file=sys.stderr)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))


def downloads(program, folder, seconds="5", runs="3"):
    os.makedirs(f"{folder}/data")
    Server(program, f"{folder}/data").stop()
    sizes = {"noarch/small": 100_000, "noarch/large": large, "noarch/tiny": 1000}
    fill(folder, sizes)
    ours = Server(program, f"{folder}/data")
    other, theirs = nginx(folder)
    try:
        tag = '"' + hashlib.sha256(open(f"{folder}/main/noarch/small", "rb").read()).hexdigest() + '"'
        news = [f"If-None-Match: {tag}", "If-Modified-Since: Tue, 01 Jan 2999 00:00:00 GMT"]
        kinds = [
            ("downloads: 100 KB, 32 connections", "noarch/small", 32, [], least_share),
            ("downloads: 1 KB, 32 connections", "noarch/tiny", 32, [], None),
            ("downloads: not modified (304), 32 connections", "noarch/small", 32, news, None),
            ("downloads: 100 MB, 4 connections", "noarch/large", 4, [], least_share),
        ]
        for name, path, connections, fields, least in kinds:
            rates = {ours.url: [], theirs: []}
            for url in rates:
                wrk(f"{url}/main/{path}", connections, 1, fields)
            for _ in range(int(runs)):
                for url in rates:
                    rates[url].append(wrk(f"{url}/main/{path}", connections, seconds, fields))
            mine, its = (statistics.median(values) for values in rates.values())
            peak = memory(ours.process)
            goal = "-" if least is None else met(mine >= least * its, f"not {least:.0%}")
            if goal == "met" and "100 MB" in name:
                goal = met(peak <= most_memory["downloads"], f"over {most_memory['downloads']} MiB")
            say(name, "nginx", mine, its, "requests/s", goal, peak)
    finally:
        for process in (ours, other):
            process.stop() if process is ours else process.send_signal(signal.SIGTERM)
        other.wait(60)


# Publishing


def package(name, version, size=20_000):
    """A `.conda` with one file, which says of itself what a package has to say."""
    import zstandard

    def packed(files):
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w") as tar:
            for path, data in files.items():
                entry = tarfile.TarInfo(path)
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
        return zstandard.compress(plain.getvalue(), 1)

    content = random.randbytes(size)
    index = {
        "name": name, "version": version, "build": "h0_0", "build_number": 0, "subdir": "linux-64", "license": "BSD-3-Clause",
        "depends": [f"dependency-{number} >=1.{number}" for number in range(6)], "timestamp": 1_700_000_000_000,
    }
    paths = {"paths_version": 1, "paths": [{
        "_path": "share/data", "path_type": "hardlink", "sha256": hashlib.sha256(content).hexdigest(), "size_in_bytes": size}]}
    information = {
        "info/index.json": index, "info/paths.json": paths, "info/about.json": {"summary": "for a benchmark"},
        "info/run_exports.json": {"weak": [f"{name} >={version}"]},
    }
    stem = f"{name}-{version}-h0_0"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("metadata.json", '{"conda_pkg_format_version": 2}')
        archive.writestr(f"pkg-{stem}.tar.zst", packed({"share/data": content}))
        archive.writestr(f"info-{stem}.tar.zst", packed({path: json.dumps(value).encode() for path, value in information.items()}))
    return f"{stem}.conda", out.getvalue()


class Client:
    """One connection to a server."""

    def __init__(self, port, key=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.key = {"X-API-Key": key} if key else {}

    def ask(self, method, path, body=None, expected=(200, 201)):
        self.connection.request(method, path, body, self.key)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status not in expected:
            sys.exit(f"{method} {path}: {answer.status} {data[:300]}")
        return data

    def upload(self, name, data):
        self.ask("POST", f"/api/channels/main/upload/{name}?sha256={hashlib.sha256(data).hexdigest()}", data)

    def signed(self, path):
        return json.loads(self.ask("GET", f"/main/tuf/{path}"))["signed"]

    def signed_index(self, timestamp):
        """The index that a timestamp leads to, through the snapshot and the role of its subdir."""
        snapshot = self.signed(f"{timestamp['meta']['snapshot.json']['version']}.snapshot.json")
        role = self.signed(f"{snapshot['meta']['linux-64.json']['version']}.linux-64.json")
        digest = role["targets"]["linux-64/repodata.json"]["hashes"]["sha256"]
        data = self.ask("GET", f"/main/linux-64/{digest}.repodata.json")
        if hashlib.sha256(data).hexdigest() != digest:
            sys.exit("the index has not the digest that is signed")
        return data


def until_signed(client, name, before):
    """Waits until a timestamp leads to an index with the file; answers when it was served first."""
    limit = time.perf_counter() + 120
    while time.perf_counter() < limit:
        timestamp = client.signed("timestamp.json")
        now = time.perf_counter()
        if timestamp["version"] == before:
            time.sleep(0.002)
            continue
        if f'"{name}"'.encode() in client.signed_index(timestamp):
            return now
        before = timestamp["version"]
    sys.exit(f"{name} was not in the signed index after two minutes")


def channel(program, folder, count):
    """A signed channel of so many files, and a key for it."""
    data = f"{folder}/channel-{count}"
    if kept := os.environ.get("KINGSNAKE_CHANNELS"):
        # Made by hand before, with `channel-build`, as it is for measuring again and again.
        data = f"{kept}/channel-{count}"
    if not os.path.exists(data):
        subprocess.run([program, "channel-build", data, str(count)], check=True, stdout=sys.stderr)
    return data, open(f"{data}/bench-key").read()


def quetz(folder, count):
    """quetz-server with a channel of so many files of which it knows the records; a key for it. None where it is not there."""
    home = os.environ.get("KINGSNAKE_QUETZ", os.path.expanduser("~/.cache/kingsnake/quetz"))
    tool = f"{home}/bin/quetz"
    if not os.access(tool, os.X_OK):
        print("bench: no quetz-server; scripts/peers quetz installs it", file=sys.stderr)
        return None
    data = f"{folder}/quetz-{count}"
    made = subprocess.run([tool, "create", data, "--create-conf", "--dev"], check=True, capture_output=True, text=True)
    name, key = re.search(r'API key created for user "(\w+)": (\w+)', made.stdout + made.stderr).groups()
    database = sqlite3.connect(f"{data}/quetz.sqlite")
    user = database.execute("SELECT id FROM users WHERE username = ?", (name,)).fetchone()[0]
    database.execute("UPDATE users SET role = 'owner' WHERE id = ?", (user,))
    database.execute("INSERT INTO channels (name, private, size, ttl, channel_metadata) VALUES ('main', 0, 0, 36000, '{}')")
    for number in range(count):
        name, version = f"package-{number // 10}", f"1.{number % 10}"
        info = {
            "name": name, "version": version, "build": "h0_0", "build_number": 0, "subdir": "linux-64", "license": "BSD-3-Clause",
            "depends": [f"dependency-{(number * 31 + at) % 997} >={at}.{number % 7},<{at + 1}.0a0" for at in range(8)],
            "md5": hashlib.md5(b"%d" % number).hexdigest(), "sha256": hashlib.sha256(b"%d" % number).hexdigest(),
            "size": number, "timestamp": 1_700_000_000_000 + number,
        }
        database.execute("INSERT OR IGNORE INTO packages (name, channel_name, platforms) VALUES (?, 'main', '[\"linux-64\"]')", (name,))
        database.execute(
            "INSERT INTO package_versions (id, channel_name, package_name, package_format, platform, version, build_string,"
            " build_number, version_order, filename, info, uploader_id, size, download_count)"
            " VALUES (?, 'main', ?, 'conda', 'linux-64', ?, 'h0_0', 0, ?, ?, ?, ?, ?, 0)",
            (os.urandom(16), name, version, number % 10, f"{name}-{version}-h0_0.conda", json.dumps(info), user, number),
        )
    database.commit()
    database.close()
    port, log = free_port(), open(f"{data}.log", "w")
    process = subprocess.Popen(
        [tool, "start", data, "--port", str(port), "--host", "127.0.0.1"], stdout=log, stderr=subprocess.STDOUT,
        cwd=folder, start_new_session=True
    )
    for _ in range(1200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return process, port, key
        time.sleep(0.05)
    sys.exit(open(f"{data}.log").read())


def quetz_publish(folder, count, runs):
    """How long quetz-server takes until its index, which nobody signs, has a package; and its memory."""
    if (found := quetz(folder, count)) is None:
        return None, "-"
    process, port, key = found
    try:
        client, times = Client(port, key), []
        for run in range(runs + 1):
            name, archive = package(f"published-{run}", "1.0")
            client.upload(name, archive)
            accepted = time.perf_counter()
            while f'"{name}"'.encode() not in client.ask("GET", "/get/main/linux-64/repodata.json", expected=(200, 404)):
                if time.perf_counter() > accepted + 300:
                    sys.exit(f"quetz-server: {name} was not in its index after five minutes")
                time.sleep(0.02)
            times.append(time.perf_counter() - accepted)
        return statistics.median(times[1:]), f"{memory(process):.0f}"
    finally:
        # It starts further processes.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def publish(program, folder, count, runs="7"):
    # One after the other, not in turns: each has the machine for itself.
    theirs, their_peak = quetz_publish(folder, int(count), 2)
    data, key = channel(program, folder, count)
    server = Server(program, data)
    try:
        client, times, uploads, costs = Client(server.port, key), [], [], []
        for run in range(int(runs) + 1):
            name, archive = package(f"published-{time.time_ns()}", "1.0")
            before, used = client.signed("timestamp.json")["version"], cpu(server.process)
            start = time.perf_counter()
            client.upload(name, archive)
            accepted = time.perf_counter()
            times.append(until_signed(client, name, before) - accepted)
            uploads.append(accepted - start)
            costs.append(cpu(server.process) - used)
        # The first one warms up.
        middle, peak = statistics.median(times[1:]), memory(server.process)
        goal = met(middle < longest_publish, "not in a second")
        if goal == "met":
            goal = met(peak <= most_memory["publish"], f"over {most_memory['publish']} MiB")
        label = f"publish: into {int(count):,} files"
        beside = "quetz-server (signs nothing)" if theirs else "-"
        say(f"{label}, until it is signed and served", beside, middle, theirs, "s", goal, peak, their_peak)
        say(f"{label}, all that the server did for it", "-", statistics.median(costs[1:]), None, "CPU s", "-", peak)
        say(f"{label}, the upload until it is answered", "-", statistics.median(uploads[1:]), None, "s", "-", peak)
    finally:
        server.stop()


def burst(program, folder, count, uploads="1000", clients=4):
    data, key = channel(program, folder, count)
    server = Server(program, data)
    uploads = int(uploads)
    try:
        first, lock, early = Client(server.port, key), threading.Lock(), []
        packages = iter([package(f"burst-{number}", "1.0", 2000) for number in range(uploads)])
        done = []

        def work(_):
            client = Client(server.port, key)
            while True:
                with lock:
                    one = next(packages, None)
                if one is None:
                    return
                client.upload(*one)
                with lock:
                    done.append(one[0])
                    if len(done) == uploads // 10:
                        early.append(memory(server.process, "VmRSS"))

        before, start = first.signed("timestamp.json")["version"], time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(clients) as pool:
            list(pool.map(work, range(clients)))
        accepted = time.perf_counter()
        until_signed(first, done[-1], before - 1)
        rest, now = time.perf_counter() - accepted, memory(server.process, "VmRSS")
        peak = memory(server.process)
        label = f"burst: {uploads:,} uploads by {clients} clients into {int(count):,} files"
        say(f"{label}", "-", uploads / (accepted - start), None, "publishes/s", "-", peak)
        say(f"{label}, from the last answer until all is signed and served", "-", rest, None, "s", "-", peak)
        say(f"{label}, memory at the end beside after the first tenth", "itself", now, early[0], "MiB",
            met(now <= early[0] * most_growth, f"over {most_growth:.0%}"), peak)
    finally:
        server.stop()


def main():
    program, kind, *operands = sys.argv[1:]
    folder = tempfile.mkdtemp(prefix="kingsnake-server-", dir=os.environ.get("KINGSNAKE_SCRATCH"))
    try:
        {"downloads": downloads, "publish": publish, "burst": burst}[kind](program, folder, *operands)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

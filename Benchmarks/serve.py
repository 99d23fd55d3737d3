#!/usr/bin/env python3
# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""Downloads of 100 KB and 100 MB from `kingsnake serve` beside nginx, with wrk, in one run.

    Benchmarks/serve.py PROGRAM [SECONDS]

Needs nginx and wrk. Both servers serve the same files of one folder; each kind is measured three times in turn, and the
middle one counts. Also: requests that are answered with 304, and the server's memory at its highest.
"""
import hashlib, os, re, shutil, signal, sqlite3, subprocess, sys, tempfile, time

program, seconds = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "5"
folder = tempfile.mkdtemp(prefix="kingsnake-serve-")
os.chmod(folder, 0o755)  # nginx reads as somebody else


def start(arguments, **options):
    return subprocess.Popen(arguments, cwd=folder, **options)


def url_of_server(name):
    for _ in range(600):
        found = re.search(r"http://\S+", open(f"{folder}/{name}").read())
        if found:
            return found.group(0)
        time.sleep(0.05)
    sys.exit(open(f"{folder}/log").read())


def serve():
    out, log = open(f"{folder}/out", "w"), open(f"{folder}/log", "a")
    server = start([program, "serve", "data", "--listen", "127.0.0.1:0"], stdout=out, stderr=log)
    return server, url_of_server("out")


def fill(sizes):
    database = sqlite3.connect(f"{folder}/data/server.sqlite")
    database.execute("INSERT INTO channel (name, visibility, created, settings) VALUES ('main', 'public', 0, X'7b7d')")
    channel = database.execute("SELECT id FROM channel").fetchone()[0]
    for path, size in sizes.items():
        data = os.urandom(size)
        digest = hashlib.sha256(data)
        place = f"{folder}/data/blobs/{digest.hexdigest()[:2]}"
        os.makedirs(place, exist_ok=True)
        open(f"{place}/{digest.hexdigest()[2:]}", "wb").write(data)
        os.makedirs(f"{folder}/main/noarch", exist_ok=True)
        open(f"{folder}/main/{path}", "wb").write(data)
        columns = {row[1]: row for row in database.execute("PRAGMA table_info(document)")}
        values = {
            "scope_kind": "channel", "scope": channel, "path": path, "blob": digest.digest(), "size": size,
            "media_type": "application/octet-stream", "immutable": 1, "modified": 0,
        }
        unknown = set(values) ^ set(columns)
        if unknown:
            sys.exit(f"the table of documents has changed: {unknown}")
        database.execute(
            f"INSERT INTO document ({','.join(values)}) VALUES ({','.join('?' * len(values))})", list(values.values())
        )
    database.commit()


def nginx():
    open(f"{folder}/nginx.conf", "w").write(
        f"worker_processes auto; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        "events { worker_connections 1024; }\n"
        f"http {{ access_log {folder}/access.log; sendfile on; tcp_nopush on; keepalive_requests 1000000000;\n"
        f"server {{ listen 127.0.0.1:18099; root {folder}; }} }}\n"
    )
    server = start(["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
    time.sleep(1)
    return server, "http://127.0.0.1:18099"


def wrk(url, connections, fields=()):
    arguments = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s"]
    for field in fields:
        arguments += ["-H", field]
    text = subprocess.run(arguments + [url], capture_output=True, text=True, check=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    if bad:
        sys.exit(f"{url}: {text}")
    errors = re.search(r"Socket errors.*", text)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    return rate, errors.group(0) if errors else ""


def main():
    sizes = {"noarch/small": 100_000, "noarch/large": 100_000_000}
    os.makedirs(f"{folder}/data")
    server, _ = serve()
    server.send_signal(signal.SIGTERM)
    server.wait()
    fill(sizes)
    open(f"{folder}/out", "w").close()
    server, ours = serve()
    other, theirs = nginx()
    try:
        tag = '"' + hashlib.sha256(open(f"{folder}/main/noarch/small", "rb").read()).hexdigest() + '"'
        kinds = [
            ("100 KB", "noarch/small", 32, []),
            ("100 MB", "noarch/large", 4, []),
            ("304", "noarch/small", 32, [f"If-None-Match: {tag}", "If-Modified-Since: Tue, 01 Jan 2999 00:00:00 GMT"]),
        ]
        for name, path, connections, fields in kinds:
            rates = {"kingsnake": [], "nginx": []}
            for _ in range(3):
                for who, base in (("kingsnake", ours), ("nginx", theirs)):
                    rate, errors = wrk(f"{base}/main/{path}", connections, fields)
                    rates[who].append(rate)
                    if errors:
                        print(f"{who} {name}: {errors}", file=sys.stderr)
            middle = {who: sorted(values)[1] for who, values in rates.items()}
            share = middle["kingsnake"] / middle["nginx"]
            print(f"{name}: kingsnake {middle['kingsnake']:.0f}/s, nginx {middle['nginx']:.0f}/s, {share:.0%}", flush=True)
        status = open(f"/proc/{server.pid}/status").read()
        print("memory at its highest:", re.search(r"VmHWM:\s+(.*)", status).group(1))
    finally:
        for process in (server, other):
            process.send_signal(signal.SIGTERM)
        for process in (server, other):
            process.wait(60)
        shutil.rmtree(folder)


main()

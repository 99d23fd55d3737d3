#!/usr/bin/env python3
# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""delay_server.py FOLDER MILLISECONDS: serves a folder on 127.0.0.1, each answer so much later.

It stands for a link with that round-trip time, over which a connection costs one round trip more. It prints its port,
and ends with its standard input.
"""

import http.server
import pathlib
import sys
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = pathlib.Path()
    delay = 0.0

    def setup(self) -> None:
        super().setup()
        # What the handshake of a new connection takes.
        time.sleep(self.delay)

    def do_GET(self) -> None:
        path = self.folder / self.path.lstrip("/")
        found = path.parent == self.folder and path.is_file()
        body = path.read_bytes() if found else b""
        time.sleep(self.delay)
        # In one piece: a header sent alone would wait for its acknowledgement.
        head = f"HTTP/1.1 {'200 OK' if found else '404 Not Found'}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, *_: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    # More than the clients open at once: one that finds the queue full tries again after a second.
    request_queue_size = 128


def main(folder: str, milliseconds: str) -> None:
    Handler.folder, Handler.delay = pathlib.Path(folder).resolve(), int(milliseconds) / 1000
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


main(*sys.argv[1:])

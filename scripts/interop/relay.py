# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""relay.py SERVER_URL LOG [MAX_AGE]: passes requests on to a server, and writes down what was asked and answered.

Prints {"url": ...} when it listens, and runs until it is told to stop. Each line of LOG is one request as JSON: method,
path, status, the header fields of the request (`asked`) and of the answer (`told`), their names in lower case, and the
code of a problem that was answered.
Nothing is changed on the way; but with MAX_AGE what is not immutable may be relied on for so many seconds, however long
the server says: clients ask again at once, as they would later.
"""

import http.client
import http.server
import json
import re
import sys
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

upstream = urlsplit(sys.argv[1])
max_age = sys.argv[3] if len(sys.argv) > 3 else None
log = open(sys.argv[2], "a", buffering=1)
lock = threading.Lock()


class Relay(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer's head and body are two writes: the second must not wait for the first to be acknowledged.
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def relay(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        is_chunked = self.headers.get("Transfer-Encoding") == "chunked"
        connection = http.client.HTTPConnection(upstream.hostname, upstream.port, timeout=60)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("host", "connection"):
                connection.putheader(name, value)
        connection.putheader("Host", upstream.netloc)
        content = self.chunks() if is_chunked else self.rfile.read(length) if length else None
        connection.endheaders(content, encode_chunked=is_chunked)
        response = connection.getresponse()
        body = response.read()
        self.send_response_only(response.status, response.reason)
        for name, value in response.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                if name.lower() == "cache-control" and max_age and "immutable" not in value:
                    value = re.sub("max-age=[0-9]+", f"max-age={max_age}", value)
                self.send_header(name, value)
        announced = response.getheader("Content-Length") if self.command == "HEAD" else str(len(body))
        if response.status != 304 and announced is not None:
            self.send_header("Content-Length", announced)
        entry = {
            "method": self.command,
            "path": self.path,
            "status": response.status,
            "asked": {name.lower(): value for name, value in self.headers.items()},
            "told": {name.lower(): value for name, value in response.getheaders()},
        }
        if response.getheader("Content-Type") == "application/problem+json" and body:
            entry["code"] = json.loads(body).get("code")
        with lock:
            log.write(json.dumps(entry) + "\n")
        self.end_headers()
        self.wfile.write(body)
        connection.close()

    do_GET = do_HEAD = do_POST = do_PUT = relay


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Relay)
server.daemon_threads = True
print(json.dumps({"url": f"http://127.0.0.1:{server.server_address[1]}"}), flush=True)
server.serve_forever()

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

/// What no honest client sends, byte by byte, to the program as it runs. Every case says what is answered and what
/// becomes of the connection; afterwards nothing was stored, nothing went wrong inside, and the server serves.
@Suite("Hostile requests to the program that serves", .timeLimit(.minutes(5)))
struct HostileRequestTests {
    private typealias Case = HostileExchange.Case

    @Test("Tricks in every part of a path lead nowhere")
    func paths() async throws {
        try await HostileExchange.run { world in
            let key = try #require(world.keys["alice"])
            let file = "/main/noarch/repodata.json"
            let malformed = [
                "/main/../main/noarch/repodata.json", "/../main/noarch/repodata.json", "/main/noarch/..",
                "/main/%2e%2e/main/noarch/repodata.json", "/main/%2E./noarch/repodata.json",
                "/main/noarch%2frepodata.json", "/main/noarch%2Frepodata.json",
                "/main%2fnoarch/repodata.json",
                file + "%00", "/main%00/noarch/repodata.json", "/main\\noarch\\repodata.json",
                "/main/noarch%5crepodata.json", "/main/%c0%ae%c0%ae/x", "/main/noarch/%e2%80%ae",
                file + "%0d%0aX-A:1",
                "/main/noarch/%", "/main/noarch/%zz", "/main/noarch/" + String(repeating: "a", count: 3000),
                "/t//main/noarch/repodata.json", "/t/x", "/t/\(key)",
                "/t/\(key)/../main/noarch/repodata.json",
                "/t/\(key)/secret/%2e%2e/noarch", "/log/../main/notices.json", "/log/%2e%2e/server.json",
                "/log/tile/0/..%2f..", "/metrics/..", "/health/live/../../metrics",
                "/api/v1/channels/..%2fmain",
                "/api/v1/channels/main%00", "/api/v1/channels/%2e%2e/signing", "/api/v1/users/../keys",
                "/api/v1/users/a%2fb", "http://x/../main/noarch/repodata.json", "http://x/main/%2e%2e/x",
            ].map { Case($0, HostileExchange.request("GET", $0), 400, code: "server.request-malformed") }
            let unread = [
                "main/noarch/repodata.json", "ftp://x/main/noarch/repodata.json", "*", "x:80",
                "/main/noarch/\u{e9}", "/main/noarch/a b",
            ].map { Case($0, HostileExchange.request("GET", $0), 400) }
            let nothing = [
                "//main/noarch/repodata.json", "/main//noarch/repodata.json", file + "/", file + ";x=1",
                file + "#x",
                "/main/noarch/.repodata.json", "/main/noarch/repodata.json.", "/main/NOARCH/repodata.json",
                "/main/server.json", "/main/server.sqlite", "/log/key.json",
                "http://x//main/noarch/repodata.json",
            ].map { Case($0, HostileExchange.request("GET", $0), 404) }
            let unknown = [
                "/MAIN/noarch/repodata.json", "/main;v=1/noarch/repodata.json",
                "/secret/noarch/repodata.json",
                "/<script>alert(1)</script>/x", "/t/\(String(repeating: "a", count: 5000))/main/noarch/x",
                "/t/a/t/b/main/noarch/repodata.json",
            ].map { Case($0, HostileExchange.request("GET", $0), 401) }
            let fine = [
                file, file + "?../../", file + "?%00", "/%6d%61in/noarch/repodata.json",
                "http://other" + file,
                "HTTPS://u@other:1" + file, "/t/\(key)/secret/noarch/repodata.json",
            ].map { Case($0, HostileExchange.request("GET", $0), 200) }
            let auth = "X-API-Key: \(key)\r\nContent-Length: 3\r\n\(HostileExchange.last)"
            let writes: [(String, String, Int)] = [
                ("PUT", "/main/noarch/..%2fa-1-0.conda", 422), ("PUT", "/main/..%2f..%2f/a-1-0.conda", 422),
                ("PUT", "/main/noarch/a-1-0.conda%00", 422), ("PUT", "/main/noarch/a%5cb-1-0.conda", 422),
                ("PUT", "/main/NOARCH/a-1-0.conda", 422), ("PUT", "/main/noarch/server.json", 422),
                ("PUT", "/main%2fnoarch/noarch/a-1-0.conda", 404), ("PUT", "/../noarch/a-1-0.conda", 404),
                ("POST", "/api/channels/main/upload/..%2fa-1-0.conda", 422),
                ("POST", "/api/channels/../upload/a-1-0.conda", 404),
                ("POST", "/api/channels/main%2f/upload/a-1-0.conda", 404),
                ("POST", "/api/channels/main/upload/%2e%2e", 422), ("POST", "/api/v1/upload/..%2fmain", 400),
                ("POST", "/api/v1/upload/%00", 400),
                ("POST", "/api/v1/channels/main/files/noarch/..%2fx/yank", 422),
                ("POST", "/api/v1/channels/main/files/%2e%2e/a-1-0.conda/remove", 422),
            ]
            return writes.map { method, target, status in
                let body = target.contains("/v1/channels/") ? "{} " : "abc"
                return Case(
                    "\(method) \(target)",
                    HostileExchange.request(method, target, auth) + body,
                    status
                )
            } + malformed + unread + nothing + unknown + fine
        }
    }

    @Test("A request that could end in two places is none, and nothing in it is a second one")
    func framing() async throws {
        func post(_ fields: String, _ body: String) -> String {
            "POST /api/v1/users HTTP/1.1\r\n\(HostileExchange.host)\(fields)\r\n\(body)"
        }
        let chunked = "Transfer-Encoding: chunked\r\n"
        let lengths = [
            "-1", "+3", "0x3", "3, 3", "3 3", "3,4", "99999999999999999999", "", " ", "3a", "\u{0b}3", "3;",
            "03\t4",
        ].map { Case("length `\($0)`", post("Content-Length: \($0)\r\n", "abc" + HostileExchange.good), 400) }
        let codings = [
            "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: identity\r\n",
            "Transfer-Encoding: \u{0b}chunked\r\n", "Transfer-Encoding : chunked\r\n", chunked + chunked,
            "Transfer-Encoding:\r\n chunked\r\n", "Transfer-Encoding: \"chunked\"\r\n",
            chunked + "Content-Length: 5\r\n", "Content-Length: 5\r\n" + chunked,
            "Content-Length: 0\r\n" + chunked,
            "Content-Length: 3\r\nContent-Length: 4\r\n", "Content-Length: 3\r\nContent-Length: 3\r\n",
        ].map { Case($0, post($0, "0\r\n\r\n" + HostileExchange.good), 400) }
        let chunks = [
            "zz\r\nabc\r\n0\r\n\r\n", "-1\r\nabc\r\n0\r\n\r\n", "fffffffffffffffff\r\nabc\r\n0\r\n\r\n",
            "2\r\nabc\r\n0\r\n\r\n", "0x3\r\nabc\r\n0\r\n\r\n", "3\nabc\n0\n\n", "\r\nabc\r\n0\r\n\r\n",
            "3\r\nabc0\r\n\r\n", "0\r\nContent-Length: 5\r\n\r\n",
            "0\r\n" + String(repeating: "X: y\r\n", count: 8000) + "\r\n",
        ].map {
            Case(
                "chunks \($0.prefix(30))",
                post(chunked, $0 + HostileExchange.good),
                400,
                code: "server.request-malformed"
            )
        }
        // A body of a request that has no use for one is passed over, and is no request.
        let bodies = [
            Case(
                "a body that looks like a request",
                "GET /main/notices.json HTTP/1.1\r\n\(HostileExchange.host)Content-Length: \(HostileExchange.good.utf8.count)\r\n\r\n"
                    + HostileExchange.good + HostileExchange.good,
                200,
                200
            ),
            Case(
                "a body that is not understood",
                post(chunked, "3\r\nabc\r\n0\r\n\r\n" + HostileExchange.good),
                400,
                200
            ),
            Case(
                "an upload of a stranger",
                "PUT /main/noarch/a-1-0.conda HTTP/1.1\r\n\(HostileExchange.host)\(chunked)\r\n3\r\nabc\r\n0\r\n\r\n"
                    + HostileExchange.good,
                401,
                200
            ),
        ]
        try await HostileExchange.run { _ in lengths + codings + chunks + bodies }
    }

    @Test("Heads that are too long, broken or for nobody, other versions and other methods are refused")
    func heads() async throws {
        func get(_ fields: String, version: String = "1.1") -> String {
            "GET /main/notices.json HTTP/\(version)\r\n\(fields)\r\n"
        }
        let refused: [(String, String)] = [
            ("no host", get(HostileExchange.last)), ("two hosts", get(HostileExchange.host + "Host: y\r\n")),
            ("the same host twice", get(HostileExchange.host + HostileExchange.host)),
            ("a host with a space", get("Host: a b\r\n")),
            ("a host with a path", get("Host: a/b\r\n")), ("a host with a user", get("Host: a@b\r\n")),
            ("a host with a quote", get("Host: \"><script>\r\n")),
            ("a long value", get(HostileExchange.host + "X: \(String(repeating: "a", count: 40_000))\r\n")),
            ("a long name", get(HostileExchange.host + "\(String(repeating: "X", count: 40_000)): a\r\n")),
            ("many fields", get(HostileExchange.host + String(repeating: "X: a\r\n", count: 200))),
            ("a NUL in a value", get(HostileExchange.host + "X: a\u{0}b\r\n")),
            ("a lonely CR", get("Host: x\rX: y\r\n")),
            ("a folded value", get(HostileExchange.host + "X: a\r\n b\r\n")),
            ("no colon", get(HostileExchange.host + "X\r\n")),
            ("a space before the colon", get(HostileExchange.host + "X : a\r\n")),
            ("an empty name", get(HostileExchange.host + ": a\r\n")),
            ("lines without CR", "GET /main/notices.json HTTP/1.1\nHost: x\n\n"),
            ("version 0.9", "GET /main/notices.json\r\n\r\n"),
            ("version 1.2", get(HostileExchange.host, version: "1.2")),
            ("version 2.0", get(HostileExchange.host, version: "2.0")),
            ("version 1.10", get(HostileExchange.host, version: "1.10")),
            ("HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            ("TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\r\n\r\n"),
            ("CONNECT", "CONNECT evil.example:443 HTTP/1.1\r\n\(HostileExchange.host)\r\n"),
            ("a method of nobody's", HostileExchange.request("FROB", "/main/notices.json")),
            ("a method in small letters", HostileExchange.request("get", "/main/notices.json")),
            ("a long method", HostileExchange.request(String(repeating: "A", count: 5000), "/")),
            (
                "1.0 with chunks",
                "POST /api/v1/users HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                    + HostileExchange.good
            ),
        ]
        let methods = ["TRACE", "OPTIONS", "PATCH", "PROPFIND", "PURGE"].map {
            Case(
                $0,
                HostileExchange.request($0, "/main/notices.json", "X-Secret: 1\r\n\(HostileExchange.last)"),
                405,
                code: "server.method"
            )
        }
        let override =
            "X-HTTP-Method-Override: DELETE\r\nX-HTTP-Method: DELETE\r\nX-Method-Override: DELETE\r\n"
        let accepted = [
            Case("version 1.0", get("", version: "1.0") + HostileExchange.good, 200),
            Case(
                "version 1.0 that would stay",
                get("Connection: keep-alive\r\n", version: "1.0") + HostileExchange.good,
                200
            ),
            Case(
                "an end in capitals",
                get(HostileExchange.host + "Connection: Close\r\n") + HostileExchange.good,
                200
            ),
            Case(
                "an end among others",
                get(HostileExchange.host + "Connection: TE, close\r\n") + HostileExchange.good,
                200
            ),
            Case(
                "many at once",
                Array((String(repeating: get(HostileExchange.host), count: 50) + HostileExchange.good).utf8),
                Array(repeating: 200, count: 51)
            ),
            Case(
                "a good one and a bad one",
                get(HostileExchange.host) + "\u{0}\u{1}\r\n\r\n" + HostileExchange.good,
                200,
                400
            ),
            Case(
                "a good one and one for nobody",
                get(HostileExchange.host) + get("") + HostileExchange.good,
                200,
                400
            ),
            Case("empty lines before it", "\r\n\r\n" + HostileExchange.good, 200),
            Case(
                "h2c",
                get(
                    HostileExchange.host
                        + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"
                ) + HostileExchange.good,
                200
            ),
            Case(
                "a web socket",
                get(HostileExchange.host + "Connection: Upgrade\r\nUpgrade: websocket\r\n")
                    + HostileExchange.good,
                200
            ),
            Case(
                "another method in a field",
                get(HostileExchange.host + override) + HostileExchange.good,
                200,
                200
            ),
            Case(
                "OPTIONS of everything",
                HostileExchange.request("OPTIONS", "*"),
                405,
                code: "server.method"
            ),
        ]
        try await HostileExchange.run { world in
            let key = try #require(world.keys["root"])
            let user = "/api/v1/users/alice"
            let bearer = "Authorization: Bearer \(key)\r\n"
            let wrong = "Authorization: Bearer wrong\r\n"
            let fields = bearer + override + "Content-Length: 0\r\n" + HostileExchange.last
            return refused.map { Case($0, $1, 400) } + methods + accepted + [
                Case(
                    "another method than POST in a field",
                    HostileExchange.request("POST", user, fields),
                    404
                ),
                Case(
                    "another method in the query",
                    HostileExchange.request("GET", user + "?_method=DELETE", bearer + HostileExchange.last),
                    200
                ),
                Case(
                    "two keys, good and bad",
                    HostileExchange.request("GET", user, bearer + wrong + HostileExchange.last),
                    401
                ),
                Case(
                    "two keys, bad and good",
                    HostileExchange.request("GET", user, wrong + bearer + HostileExchange.last),
                    401
                ),
                Case(
                    "a credential of no kind",
                    HostileExchange.request(
                        "GET",
                        user,
                        "Authorization: Digest x\r\n\(HostileExchange.last)"
                    ),
                    400
                ),
                Case(
                    "alice, still",
                    HostileExchange.request("GET", user, bearer + HostileExchange.last),
                    200
                ),
            ]
        }
    }

    @Test(
        "An upload is as long as it says, or there is none; who waits to be asked for it is asked if it is wanted"
    )
    func uploads() async throws {
        let package = PackageBuilder.hello(), bytes = try package.build(.conda)
        let path = "/main/linux-64/\(package.fileName(.conda))"
        try await HostileExchange.run { world in
            let key = "X-API-Key: \(try #require(world.keys["alice"]))\r\n"
            func put(_ fields: String, _ body: [UInt8]) -> [UInt8] {
                Array("PUT \(path) HTTP/1.1\r\n\(HostileExchange.host)\(key)\(fields)\r\n".utf8) + body
            }
            let chunk = Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
            let expect = "Expect: 100-continue\r\n"
            return [
                Case("too short", put("Content-Length: \(bytes.count + 1)\r\n", bytes), [400]),
                Case("too long", put("Content-Length: \(bytes.count - 1)\r\n", bytes), [422, 400]),
                Case("nothing", put("Content-Length: 0\r\n\(HostileExchange.last)", []), [422]),
                Case("no length", put(HostileExchange.last, bytes), [422]),
                Case("chunks without an end", put("Transfer-Encoding: chunked\r\n", chunk), [400]),
                Case(
                    "chunks with a bad end",
                    put("Transfer-Encoding: chunked\r\n", chunk + Array("zz\r\n".utf8)),
                    [400]
                ),
                Case(
                    "another digest",
                    put(
                        "X-Checksum-Sha256: \(Digest.of([1]).hex)\r\nContent-Length: \(bytes.count)\r\n\(HostileExchange.last)",
                        bytes
                    ),
                    [406],
                    "upload.digest"
                ),
                Case("an announced body that never comes", put(expect + "Content-Length: 3\r\n", []), [400]),
            ]
        }
        let world = try await ServerWorld()
        let head =
            "PUT \(path) HTTP/1.1\r\n\(HostileExchange.host)\(HostileExchange.last)Content-Length: \(bytes.count)\r\n"
        let connection = try RawConnection(port: world.port)
        defer { connection.close() }
        connection.send(
            head + "Expect: 100-Continue\r\nX-API-Key: \(try #require(world.keys["alice"]))\r\n\r\n"
        )
        let asked = "HTTP/1.1 100 Continue\r\n\r\n"
        #expect(String(decoding: await connection.read(atMost: asked.utf8.count), as: UTF8.self) == asked)
        connection.send(bytes)
        #expect(RawAnswer.all(in: await connection.read()).map(\.status) == [201])
        let stranger = Array((head + "Expect: 100-continue\r\n\r\n").utf8)
        let answer = try await RawConnection.exchangeBytes(stranger, port: world.port, hangingUp: true)
        #expect(RawAnswer.all(in: answer).map(\.status) == [401] && RawAnswer.interim(100, in: answer) == 0)
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Foundation
internal import TestSupport
internal import TrustCore

/// Clients that mean no good, all at once. Each of their requests must be answered with a no, or not at all.
struct HostileClients: Sendable {
    let load: Load
    /// How many tiny requests are sent.
    let tinyRequests: Int

    /// Runs all of them to their ends.
    func run(seed: UInt64) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await tiny() }
            group.addTask { await slowBodies() }
            group.addTask { await halfHeads() }
            group.addTask { await wrongLengths() }
            group.addTask { await paths() }
            group.addTask { await tokens(seed) }
            group.addTask { await archives() }
        }
    }

    private var port: Int { Int(load.client.url.split(separator: ":").last ?? "") ?? 0 }
    private var key: String { load.world.keys.publisher }
    private var channel: String { load.channels[0].name }

    private func judge(_ what: String, _ reply: SoakClient.Reply) {
        load.history.count("hostile requests")
        if let finding = StorageChecks.refused(what, reply.fate) { load.history.find(finding) }
    }

    /// Runs blocking calls on a thread of their own.
    private func onThread(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                body()
                continuation.resume()
            }
        }
    }

    // MARK: - Connections

    /// Thousands of requests that cost next to nothing to send.
    private func tiny() async {
        let (port, channel, history) = (port, channel, load.history)
        let kinds = [
            "GET / HTTP/1.1\r\nHost: s\r\n", "HEAD /\(channel)/noarch/repodata.json HTTP/1.1\r\nHost: s\r\n",
            "GET /\(channel)/noarch/nothing-1-0.conda HTTP/1.1\r\nHost: s\r\n",
            "POST /api/channels/\(channel)/upload/a-1-0.conda HTTP/1.1\r\nHost: s\r\nContent-Length: 0\r\n",
            "DELETE /\(channel) HTTP/1.1\r\nHost: s\r\n", "OPTIONS * HTTP/1.1\r\nHost: s\r\n",
            "GET /\(channel)/tuf/timestamp.json HTTP/1.1\r\nHost: s\r\nAuthorization: Bearer nobody\r\n",
            "POST /api/oidc/mint_token HTTP/1.1\r\nHost: s\r\nContent-Length: 2\r\n",
            "GET /t/nobody/ HTTP/1.1\r\nHost: s\r\n",
        ]
        let batches = tinyRequests / 25
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<4 {
                group.addTask {
                    await onThread {
                        for batch in stride(from: lane, to: batches, by: 4) {
                            guard let connection = try? RawConnection(port: port, timeout: 20) else { return }
                            let text = (0..<25).map { index in
                                let kind = kinds[(batch + index) % kinds.count]
                                let end = index == 24 ? "Connection: close\r\n" : ""
                                return kind + end + "\r\n" + (kind.contains("Length: 2") ? "{}" : "")
                            }
                            connection.send(text.joined())
                            let answer = String(decoding: connection.readBlocking(), as: UTF8.self)
                            connection.close()
                            history.count(
                                "tiny requests answered",
                                answer.components(separatedBy: "HTTP/1.1 ").count - 1
                            )
                        }
                    }
                }
            }
        }
        load.history.count("hostile requests", tinyRequests)
    }

    /// Bodies that come a byte at a time.
    private func slowBodies() async {
        let (port, channel, key) = (port, channel, key)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<12 {
                group.addTask {
                    await onThread {
                        guard let connection = try? RawConnection(port: port, timeout: 5) else { return }
                        defer { connection.close() }
                        connection.send(
                            "PUT /\(channel)/noarch/slow\(number)-1-0.conda HTTP/1.1\r\nHost: s\r\n"
                                + "Authorization: Bearer \(key)\r\nContent-Length: 1000000\r\n\r\nPK"
                        )
                        let limit = Date().addingTimeInterval(8)
                        while Date() < limit, connection.send([0]) { usleep(100_000) }
                    }
                }
            }
        }
        load.history.count("hostile requests", 12)
    }

    /// Connections that never say what they want.
    private func halfHeads() async {
        let port = port
        await onThread {
            let connections = (0..<100).compactMap { _ in try? RawConnection(port: port, timeout: 5) }
            for (number, connection) in connections.enumerated() {
                connection.send(
                    ["", "GET", "GET / HTTP/1.1\r\nHost: s\r\n", "PUT /a/b HTTP/1.1\r\nX-"][number % 4]
                )
            }
            usleep(3_000_000)
            for connection in connections { connection.close() }
        }
        load.history.count("hostile requests", 100)
    }

    /// Heads that lie about their bodies.
    private func wrongLengths() async {
        let (port, load) = (port, load)
        let start =
            "PUT /\(channel)/noarch/wrong-1-0.conda HTTP/1.1\r\nHost: s\r\nAuthorization: Bearer \(key)\r\n"
        let requests: [(String, String)] = [
            ("a length that is too long", start + "Content-Length: 5000\r\n\r\nPK"),
            ("a negative length", start + "Content-Length: -1\r\n\r\nPK"),
            ("a length that is no number", start + "Content-Length: 1e3\r\n\r\nPK"),
            ("a length of twenty digits", start + "Content-Length: 99999999999999999999\r\n\r\nPK"),
            ("two lengths", start + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nPKx"),
            (
                "a length beside chunks",
                start + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
            ("a chunk without end", start + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nPK"),
            ("a chunk that is no number", start + "Transfer-Encoding: chunked\r\n\r\nzz\r\nPK\r\n"),
            ("an unknown coding", start + "Transfer-Encoding: gzip\r\n\r\nPK"),
            ("a body that is cut off", start + "Transfer-Encoding: chunked\r\n\r\n10\r\nPK"),
        ]
        await onThread {
            for (what, text) in requests {
                guard let connection = try? RawConnection(port: port, timeout: 8) else { return }
                connection.send(text)
                connection.hangUp()
                let answer = String(decoding: connection.readBlocking(), as: UTF8.self)
                connection.close()
                load.history.count("hostile requests")
                load.history.addPublic(Array(answer.utf8))
                let words = answer.split(separator: " ", maxSplits: 2)
                guard words.count > 1, let status = Int(words[1]) else { continue }
                if let finding = StorageChecks.refused(what, .answered(status)) { load.history.find(finding) }
            }
        }
    }

    // MARK: - Requests

    /// Parts of paths that want to be elsewhere.
    private static let tricks = [
        "..", "%2e%2e", "..%2f..%2fserver.sqlite", "%2e%2e%2fserver.json", "a%00b", "a%5cb",
        "%2fetc%2fpasswd", "%ff",
        "%", "~root", "a%0d%0ab", "-", ".", "%252e%252e", "server.sqlite", "a-1-0.conda%00.txt",
        "a-1-0.conda/..", String(repeating: "a", count: 3000) + "-1-0.conda",
    ]

    private func paths() async {
        for trick in Self.tricks {
            for path in [
                "/\(trick)/noarch/a-1-0.conda", "/\(channel)/\(trick)/a-1-0.conda",
                "/\(channel)/noarch/\(trick)",
                "/api/channels/\(trick)/upload/a-1-0.conda", "/api/channels/\(channel)/upload/\(trick)",
                "/api/v1/upload/\(trick)", "/api/v1/channels/\(channel)/files/\(trick)/\(trick)/yank",
            ] {
                let method = path.hasPrefix("/api/") ? "POST" : "PUT"
                judge("\(method) \(path.prefix(120))", await sendRaw(method, path, body: "no package"))
            }
            // Reading: 200 of a file that nobody published would be one of the server's own.
            let reply = await sendRaw("GET", "/\(channel)/\(trick)/\(trick)", body: "")
            judge("GET /\(channel)/\(trick.prefix(60))", reply)
        }
    }

    /// Sends a path as it is written here: clients of HTTP ask for `/` where they do not understand it.
    private func sendRaw(_ method: String, _ path: String, body: String) async -> SoakClient.Reply {
        let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
        let text =
            "\(method) \(path) HTTP/1.1\r\nHost: s\r\nAuthorization: Bearer \(key)\r\n\(length)Connection: close\r\n\r\n"
            + body
        var reply = SoakClient.Reply(fate: .silent)
        guard let answer = try? await RawConnection.exchange(Array(text.utf8), port: port) else {
            return reply
        }
        let words = answer.split(separator: " ", maxSplits: 2)
        if words.count > 1, let status = Int(words[1]) { reply.fate = .answered(status) }
        if reply.status ?? 0 >= 400 { load.history.addPublic(Array(answer.utf8)) }
        return reply
    }

    /// Tokens that nobody signed, or that are for something else.
    private func tokens(_ seed: UInt64) async {
        var random = SeededGenerator(seed: seed, stream: 4000)
        let client = TokenClient(load: load)
        let other = SimulatedIssuer(load.world.issuer.issuer, now: load.world.issuer.now)
        func send(_ what: String, _ token: String) async {
            load.addMinted(token, "")
            var body = JSONObject()
            body["token"] = .string(token)
            judge(
                what,
                await load.client.ask(
                    "POST",
                    "/api/oidc/mint_token",
                    body: .bytes(JSONWriter.encode(.object(body)))
                )
            )
        }
        for _ in 0..<5 {
            let jti = "forged-" + Hex.encode(random.bytes(8))
            let claims = client.claims(jti)
            func changed(_ name: String, _ value: JSONValue) -> JSONObject {
                var changed = claims
                changed[name] = value
                return changed
            }
            let genuine = load.world.issuer.token(claims)
            let parts = genuine.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            let none = SimulatedIssuer.part(Array(#"{"alg":"none","typ":"JWT"}"#.utf8))
            await send("a token signed by somebody else", other.token(claims))
            await send("a token without signature", "\(none).\(parts[1]).")
            await send("a token with half a signature", "\(parts[0]).\(parts[1]).\(parts[2].prefix(20))")
            await send("a token for others", load.world.issuer.token(changed("aud", "elsewhere.example.org")))
            await send("an expired token", load.world.issuer.token(changed("exp", 1_000_000_000)))
            await send(
                "a token of another issuer",
                load.world.issuer.token(changed("iss", "https://evil.example.org"))
            )
            await send(
                "a token of another repository",
                load.world.issuer.token(changed("repository_id", "9"))
            )
            await send("no token", "x.y.z")
        }
    }

    /// Every archive attack that is known here, by somebody who may publish.
    private func archives() async {
        let fields = [("Authorization", "Bearer \(key)")]
        for archive in HostileArchive.all {
            guard let bytes = try? archive.bytes(), bytes.count < 4 << 20 else { continue }
            // What is hostile under narrower limits only may be a package like any other.
            guard archive.isRefusedByDefault else { continue }
            let path = "/api/channels/\(channel)/upload/\(archive.fileName)"
            judge(
                "an archive: \(archive.claim)",
                await load.client.ask("POST", path, fields: fields, body: .bytes(bytes))
            )
        }
    }
}

extension HostileArchive {
    /// Whether it is refused under the limits that a server has.
    fileprivate var isRefusedByDefault: Bool { "\(limits)" == "\(ArchiveLimits())" }
}

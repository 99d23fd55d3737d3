// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer
@testable import Gatekeeper

@Suite("Packages that a proxy found a moment ago")
struct RecentPackagesTests {
    private static let stale = HTTPField.Name("Kingsnake-Stale")

    /// The code of an answer's text, or its status.
    private static func outcome(_ answer: TestResponse) -> String {
        let lines = String(buffer: answer.body).split(separator: "\n")
        let code = lines.first { $0.hasPrefix("code: ") }?.dropFirst("code: ".count)
        return answer.status == .ok ? "200" : code.map { String($0) } ?? "\(answer.status.code)"
    }

    /// Something that happens while a package is known, and what whoever asks next is told.
    struct Event: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let outcome: String
        let happen: @Sendable (inout SignedProxyScene) async throws -> Void

        init(
            _ description: String,
            _ outcome: String,
            _ happen: @escaping @Sendable (inout SignedProxyScene) async throws -> Void
        ) {
            testDescription = description
            self.outcome = outcome
            self.happen = happen
        }
    }

    private static let events: [Event] = [
        Event("the policy revokes it", "policy.revoked") { scene in
            let text = Array("version: 1\nrevoked: [{match: a, reason: a stolen key}]\n".utf8)
            let policy = try IndexPolicy(parsing: text, of: "policy")
            scene.world.change { $0.policy = policy }
        },
        Event("the policy becomes another one", "200") { scene in
            let text = Array("version: 1\nrevoked: [{match: b, reason: a stolen key}]\n".utf8)
            let policy = try IndexPolicy(parsing: text, of: "policy")
            scene.world.change { $0.policy = policy }
        },
        Event("its pin is taken away", "trust.channel-unknown") { scene in
            _ = try scene.store.remove(scene.url)
            scene.world.change { $0.basis = Digest.of([1]) }
            await scene.channels.lookAgain()
        },
        Event("its channel lists it no more, and the view is not fresh any more", "in-index.unlisted") {
            scene in
            scene.fixture.packages.removeFirst()
            try await scene.fixture.publish(now: ChannelFixture.start)
            scene.letTimePass(seconds: 30)
        },
        Event("its channel has other bytes, and the view is not fresh any more", "200") { scene in
            scene.fixture.packages[0] = try .archive("a-1-0.conda", holding: "something else")
            try await scene.fixture.publish(now: ChannelFixture.start)
            scene.letTimePass(seconds: 30)
        },
        Event("its channel is away, and what it signed is over", "tuf.expired") { scene in
            scene.web.goAway()
            scene.letTimePass(seconds: 400 * 86_400)
        },
        Event("the clock went back", "200") { scene in scene.letTimePass(seconds: -1) },
        Event("its file was written anew", "200") { scene in
            try scene.writeCached(scene.package.bytes)
        },
        Event("its file has other bytes, and its channel the good ones", "200") { scene in
            try scene.writeCached(scene.package.bytes.reversed())
        },
        Event("its file has other bytes, and its channel, too", "digest.mismatch") { scene in
            scene.web.spoil(".conda")
            try scene.writeCached(scene.package.bytes.reversed())
        },
        Event("its file is gone, and its channel is away", "503") { scene in
            scene.web.goAway()
            try scene.folder.remove("cache/sha256")
        },
    ]

    @Test(
        "What decided about a package ends it when it changes, with just the code of a first request",
        arguments: events
    )
    func ends(_ event: Event) async throws {
        var scene = try await SignedProxyScene()
        #expect(scene.quickly() == nil)
        #expect(Self.outcome(try await scene.ask()) == "200")
        #expect(try #require(scene.quickly()).body == ByteBuffer(bytes: scene.package.bytes))
        try await event.happen(&scene)
        #expect(scene.quickly() == nil)
        let answer = try await scene.ask()
        #expect(Self.outcome(answer) == event.outcome)
        if answer.status == .ok { #expect(Array(answer.body.readableBytesView) == scene.package.bytes) }
    }

    @Test(
        "While nothing changes, nobody is asked and nothing is decided again, for as long as a view is fresh"
    )
    func stays() async throws {
        let scene = try await SignedProxyScene()
        _ = try await scene.ask()
        _ = scene.web.takeRequests()
        scene.letTimePass(seconds: 29)
        #expect(scene.quickly()?.head.status == .ok)
        #expect(scene.quickly(SignedProxyScene.whole, .head)?.body == nil)
        _ = try await scene.ask(SignedProxyScene.whole, .get, [.range: "bytes=0-1"])
        #expect(scene.web.takeRequests().isEmpty)
        scene.letTimePass(seconds: 1)
        #expect(scene.quickly() == nil)
    }

    @Test("However long a view is fresh, a package counts for a minute, and is then found anew")
    func longest() async throws {
        let scene = try await SignedProxyScene(freshness: 3_600)
        _ = try await scene.ask()
        scene.letTimePass(seconds: RecentPackage.longest - 1)
        #expect(scene.quickly() != nil)
        scene.letTimePass(seconds: 1)
        #expect(scene.quickly() == nil)
        _ = try await scene.ask()
        #expect(scene.quickly() != nil)
    }

    @Test("A view that is looked for each time anew makes nothing known")
    func neverFresh() async throws {
        let scene = try await SignedProxyScene(freshness: 0)
        _ = try await scene.ask()
        #expect(scene.quickly() == nil)
    }

    @Test("A newer view ends it at once, whoever had it looked for")
    func newer() async throws {
        var scene = try await SignedProxyScene()
        _ = try await scene.ask()
        scene.fixture.packages.removeFirst()
        try await scene.fixture.publish(now: ChannelFixture.start)
        scene.letTimePass(seconds: 30)
        #expect(try await scene.ask("http://conda.example.org/main/linux-64/b-1-0.conda").status == .ok)
        scene.letTimePass(seconds: -5)
        #expect(scene.quickly() == nil)
    }

    @Test("Where the channel did not confirm its view, a known answer says so as the first one did")
    func staleness() async throws {
        let scene = try await SignedProxyScene()
        _ = try await scene.ask()
        #expect(try #require(scene.quickly()).head.headerFields[try #require(Self.stale)] == nil)
        scene.web.goAway()
        scene.letTimePass(seconds: 30)
        #expect(scene.quickly() == nil)
        let first = try await scene.ask().headers
        let known = try #require(scene.quickly()).head.headerFields
        for name in [try #require(Self.stale), try #require(HTTPField.Name("Warning"))] {
            #expect(first[name] != nil && known[name] == first[name])
        }
    }

    @Test("Who shows credentials is not answered by what is known, and makes nothing known")
    func credentials() async throws {
        let scene = try await SignedProxyScene()
        let basic: HTTPFields = [.authorization: "Basic \(Base64.text("me:hidden"))"]
        let named = "http://me:hidden@conda.example.org\(SignedProxyScene.path)"
        let token = "/t/hidden\(SignedProxyScene.path)"
        func askWithCredentials() async throws {
            let asked: [(String, HTTPFields)] = [(SignedProxyScene.whole, basic), (named, [:]), (token, [:])]
            for (target, fields) in asked {
                let answer = try await scene.ask(target, .get, fields)
                #expect(answer.headers[.cacheControl] == "private, max-age=31536000, immutable")
                #expect(scene.quickly(target, .get, fields) == nil)
            }
        }
        try await askWithCredentials()
        #expect(scene.quickly() == nil)
        _ = try await scene.ask()
        #expect(scene.quickly()?.head.headerFields[.cacheControl] == "public, max-age=31536000, immutable")
        try await askWithCredentials()
        #expect(
            scene.made.all.sorted() == [
                "https://conda.example.org/main", "https://conda.example.org/t/hidden/main",
                "https://me:hidden@conda.example.org/main",
            ]
        )
    }

    @Test("Words that are refused stay so, whoever was answered in nearly the same")
    func words() async throws {
        let scene = try await SignedProxyScene()
        let path = SignedProxyScene.path
        _ = try await scene.ask(path)
        #expect(scene.quickly(path) != nil)
        for host in ["evil.example.net", "", nil] { #expect(scene.quickly(path, host: host) == nil) }
        #expect(scene.quickly(path + "?") == nil)
        #expect(scene.quickly(path.replacing("a-1", with: "%61-1")) == nil)
        let via: HTTPFields = [.via: "1.1 kingsnake-test"]
        #expect(scene.quickly(path, .get, via) == nil)
        #expect(Self.outcome(try await scene.ask(path, .get, via)) == "proxy.loop")
        #expect(Self.outcome(try await scene.ask(path, .delete)) == "proxy.method")
        let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
        for page: HTTPFields in [[.origin: "https://page.example.net"], [site: "cross-site"]] {
            #expect(scene.quickly(path, .get, page) == nil)
            #expect(Self.outcome(try await scene.ask(path, .get, page)) == "proxy.foreign-page")
        }
    }

    @Test("It answers GET, HEAD and questions for news, and stays silent where anything else is asked")
    func scope() async throws {
        let scene = try await SignedProxyScene()
        _ = try await scene.ask()
        let target = SignedProxyScene.whole, tag = "\"\(scene.package.sha256.hex)\""
        let answered: [(HTTPRequest.Method, HTTPFields, HTTPResponse.Status, hasBody: Bool)] = [
            (.get, [.connection: "keep-alive", .userAgent: "x"], .ok, true), (.head, [:], .ok, false),
            (.get, [.ifNoneMatch: tag], .notModified, false),
            (.head, [.ifNoneMatch: tag], .notModified, false), (.get, [.ifNoneMatch: "\"x\""], .ok, true),
            // When something came here says nothing.
            (.get, [.ifModifiedSince: "Sat, 16 Jan 2100 08:00:00 GMT"], .ok, true),
        ]
        for (method, fields, status, hasBody) in answered {
            let answer = try #require(scene.quickly(target, method, fields), "\(fields)")
            #expect(answer.head.status == status && (answer.body != nil) == hasBody, "\(fields)")
        }
        let silent: [(HTTPRequest.Method, HTTPFields)] = [
            (.post, [:]), (.connect, [:]), (.get, [.range: "bytes=0-1"]), (.get, [.ifRange: tag]),
            (.get, [.ifMatch: "\"x\""]), (.get, [.connection: "close"]), (.get, [.contentLength: "1"]),
            (.get, [.transferEncoding: "chunked"]), (.get, [.expect: "100-continue"]),
            (.get, [.upgrade: "x"]),
            (.get, [.authorization: "Bearer alice"]), (.get, [.via: "1.1 another"]),
        ]
        for (method, fields) in silent { #expect(scene.quickly(target, method, fields) == nil, "\(fields)") }
    }

    @Test("A large package is known, too: its file is opened without being looked for")
    func large() async throws {
        let scene = try await SignedProxyScene(size: 1 << 20)
        #expect(scene.package.bytes.count > BlobBodies.smallSize)
        for _ in 0..<2 {
            let answer = try await scene.ask()
            #expect(Array(answer.body.readableBytesView) == scene.package.bytes)
            #expect(scene.quickly() == nil)
        }
        let question = RecentPackages.Question(SignedProxyScene.whole, host: "localhost")
        #expect(scene.proxy.files.known.find(question) != nil)
        let part = try await scene.ask(SignedProxyScene.whole, .get, [.range: "bytes=1-2"])
        #expect(part.status == .partialContent)
        #expect(Array(part.body.readableBytesView) == Array(scene.package.bytes[1...2]))
        try scene.writeCached(scene.package.bytes.reversed())
        #expect(scene.proxy.files.known.find(question) == nil)
        #expect(Array(try await scene.ask().body.readableBytesView) == scene.package.bytes)
    }

    @Test("Of a channel that is only observed nothing is known: what was seen of it may change at any time")
    func observed() async throws {
        let scene = try ProxyScene()
        _ = try await scene.ask(.get, ProxyScene.whole)
        #expect(scene.proxy.files.known.find(.init(ProxyScene.whole, host: "localhost")) == nil)
    }

    @Test("Whether it was looked for or known, an answer is the same to clients, the log and the metrics")
    func sameAnswers() async throws {
        let scene = try await SignedProxyScene()
        let tag = "\"\(scene.package.sha256.hex)\""
        let asked: [(HTTPRequest.Method, HTTPFields)] = [
            (.get, [:]), (.head, [:]), (.get, [.ifNoneMatch: tag]), (.head, [.ifNoneMatch: tag]),
        ]
        try await scene.proxy.application().test(.live) { client in
            for (method, fields) in asked {
                func answer(_ more: HTTPFields = [:]) async throws -> [String] {
                    let answer = try await client.execute(
                        uri: SignedProxyScene.path,
                        method: method,
                        headers: fields + more
                    )
                    let shown = answer.headers.filter { $0.name != .date }.map { "\($0.name): \($0.value)" }
                    return ["\(answer.status.code)"] + shown.sorted() + [String(buffer: answer.body)]
                }
                scene.letTimePass(seconds: 60)
                let first = try await answer()
                #expect(try await answer() == first, "\(method) \(fields)")
                // What another proxy passed on is answered behind the connection.
                #expect(try await answer([.via: "1.1 another"]) == first, "\(method) \(fields)")
            }
        }
        let lines = scene.lines.all.filter { $0.contains("path=/main") }.map(Self.unnumbered)
        #expect(lines.count == 3 * asked.count)
        for start in stride(from: 0, to: lines.count, by: 3) {
            #expect(Set(lines[start..<min(start + 3, lines.count)]).count == 1, "\(lines[start])")
        }
        let text = scene.tally.metrics.text
        for (method, status) in [("GET", 200), ("HEAD", 200), ("GET", 304), ("HEAD", 304)] {
            let series = "requests_total{method=\"\(method)\",status=\"\(status)\"} 3\n"
            #expect(text.contains(series), "\(series)")
        }
        #expect(text.contains("kingsnake_http_answer_bytes_total \(3 * scene.package.bytes.count)\n"))
        let summary = scene.tally.summary
        #expect(summary.requests == 12 && summary.servedBytes == UInt64(3 * scene.package.bytes.count))
        #expect(summary.admitted.count == 1)
    }

    /// A line of the log without the request's name and how long it took.
    private static func unnumbered(_ line: String) -> String {
        line.split(separator: " ").filter { !$0.hasPrefix("request=") && !$0.hasPrefix("ms=") }
            .joined(separator: " ")
    }

    @Test("Requests that are sent together are answered in their order, known or not")
    func pipelined() async throws {
        let scene = try await SignedProxyScene()
        try await scene.proxy.application().test(.live) { client in
            let connection = try RawConnection(port: try #require(client.port))
            defer { connection.close() }
            let names = (0..<200).map { $0 % 3 == 1 ? "none-\($0)-0.conda" : "a-1-0.conda" }
            let host = "Host: localhost\r\nConnection: keep-alive\r\n\r\n"
            let all = names.map { "GET /main/linux-64/\($0) HTTP/1.1\r\n\(host)" }.joined()
            connection.send(
                all + "GET /_kingsnake/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            )
            let answers = RawAnswer.all(in: await connection.read())
            #expect(answers.map(\.status) == names.map { $0.hasPrefix("none") ? 404 : 200 } + [200])
        }
    }
}

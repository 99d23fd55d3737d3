// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("Asking services over HTTP")
struct HTTPServiceCallerTests {
    @Test("Method, header fields and the answer of any status arrive as they are, redirects included")
    func answersAreHandedOn() async throws {
        try await Self.asking { caller, server in
            for status in [200, 201, 302, 400, 404, 409, 429, 503] {
                server.follow { _ in
                    .respond(status: status, headers: [("Location", "/elsewhere")], body: Array("says".utf8))
                }
                let response = try await caller.send(
                    ServiceRequest(
                        .post,
                        server.url + "/a",
                        headers: [("Authorization", "Bearer x")],
                        body: [1, 2]
                    )
                )
                #expect(response.status == status)
                #expect(response.body == Array("says".utf8))
                #expect(
                    response.headers.contains {
                        $0.name.lowercased() == "location" && $0.value == "/elsewhere"
                    }
                )
            }
            #expect(Set(server.requestedPaths) == ["/a"])
            let request = try #require(server.requests.first)
            #expect(request.method == "POST")
            #expect(request.header("Authorization") == "Bearer x")
            #expect(request.header("User-Agent") == "kingsnake")
            #expect(request.header("Content-Length") == "2")
            #expect(request.header("Accept-Encoding") == "identity")
        }
    }

    @Test("A request that reads has no body")
    func readingHasNoBody() async throws {
        try await Self.asking { caller, server in
            server.follow { _ in .respond(status: 200, headers: [], body: []) }
            #expect(try await caller.send(ServiceRequest(.get, server.url + "/a?b=c")).body.isEmpty)
            let request = try #require(server.requests.first)
            #expect(request.method == "GET" && request.target == "/a?b=c")
            #expect(request.header("Content-Length") == nil)
        }
    }

    @Test("Answers that are too long, announced or not, are refused", arguments: [true, false])
    func longAnswersAreRefused(isAnnounced: Bool) async throws {
        try await Self.asking { caller, server in
            server.follow { _ in
                isAnnounced
                    ? .respond(status: 200, headers: [], body: [UInt8](repeating: 0, count: 11)) : .endless
            }
            let code = await refusalCode {
                try await caller.send(ServiceRequest(.get, server.url, maximumLength: 10))
            }
            #expect(code == "limit.too-large")
        }
    }

    @Test("An answer that was compressed on the way is refused")
    func compressedAnswersAreRefused() async throws {
        try await Self.asking { caller, server in
            server.follow { _ in .respond(status: 200, headers: [("Content-Encoding", "gzip")], body: [1]) }
            #expect(
                await refusalCode { try await caller.send(ServiceRequest(.get, server.url)) }
                    == "fetch.encoding"
            )
        }
    }

    @Test("A service that never answers, or not wholly, fails at the request's time")
    func silenceFails() async throws {
        try await Self.asking { caller, server in
            for behaviour in [
                ServerBehaviour.silence, .respond(status: 200, headers: [("Content-Length", "9")], body: [1]),
            ] {
                server.follow { _ in behaviour }
                let fault = await TransportFixtures.fault {
                    _ = try await caller.send(ServiceRequest(.get, server.url, timeout: .milliseconds(300)))
                }
                #expect(fault == .timeout)
                #expect(fault?.isTransient == true)
            }
        }
    }

    @Test("A broken connection fails, and is worth another attempt")
    func brokenConnectionsFail() async throws {
        let server = try await LoopbackServer.start(serving: "/nonexistent")
        let url = server.url
        await server.stop()
        let caller = HTTPServiceCaller()
        let fault = await TransportFixtures.fault { _ = try await caller.send(ServiceRequest(.get, url)) }
        #expect(fault == .connection)
        #expect(fault?.isTransient == true)
        await caller.shutdown()
    }

    @Test("A GET that was not answered is sent once more, and nothing else is: it may have changed something")
    func onlyReadingIsRepeated() async throws {
        try await Self.asking { caller, server in
            let count = Mutex(0)
            server.follow { _ in
                count.withLock {
                    $0 += 1
                    return $0 == 1 ? .hangUp : .respond(status: 200, headers: [], body: [7])
                }
            }
            let answer = try await caller.send(ServiceRequest(.get, server.url + "/keys"))
            #expect(answer.body == [7])
            #expect(server.requests.count == 2)
            server.follow { _ in .hangUp }
            let request = ServiceRequest(.post, server.url + "/change", body: [1])
            #expect(await TransportFixtures.fault { _ = try await caller.send(request) } == .connection)
            let again = ServiceRequest(.get, server.url + "/keys")
            #expect(await TransportFixtures.fault { _ = try await caller.send(again) } == .connection)
            #expect(server.requestedPaths == ["/keys", "/keys", "/change", "/keys", "/keys"])
        }
    }

    @Test(
        "No secret goes to an address without TLS that is not this machine, or has a password in it",
        arguments: [
            "http://service.example/", "http://127.0.0.1.example/", "http://127.0.0.256/", "http://127.1/",
            "http://localhost.example", "http://[::2]/", "https://user:secret@127.0.0.1/", "ftp://127.0.0.1/",
            "127.0.0.1",
        ]
    )
    func unprotectedAddressesAreNotAsked(url: String) async throws {
        let caller = HTTPServiceCaller()
        do {
            _ = try await caller.send(ServiceRequest(.post, url + "?key=secret", body: [1]))
            Issue.record("it was asked")
        } catch let failure as Failure {
            #expect(failure.kind == .configuration)
            #expect(!"\(failure)".contains("secret@") && !"\(failure)".contains("key=secret"))
        }
        await caller.shutdown()
    }

    @Test(
        "This machine is told by the form of its address",
        arguments: [
            "http://127.0.0.1:1/", "http://127.255.0.3", "http://LOCALHOST:8080", "http://[::1]:80/",
            "http://[::1]",
        ]
    )
    func loopbackIsKnown(url: String) throws { #expect(try #require(WebAddress(url)).isLoopback) }

    @Test("Neither the query, nor a header field, nor the body is in an error")
    func errorsHoldNoSecrets() async throws {
        try await Self.asking { caller, server in
            server.follow { _ in .reset(after: 0) }
            let request = ServiceRequest(
                .post,
                server.url + "/a?key=secret",
                headers: [("Authorization", "Bearer secret")],
                body: Array("secret".utf8),
                timeout: .seconds(30)
            )
            do {
                _ = try await caller.send(request)
                Issue.record("it was answered")
            } catch {
                #expect(!"\(error)".contains("secret"))
                #expect((error as? Failure)?.remedy == nil)
            }
        }
    }

    /// Runs a body with a server and a caller, and ends both.
    private static func asking(_ body: (HTTPServiceCaller, LoopbackServer) async throws -> Void) async throws
    {
        let folder = try TemporaryFolder()
        let caller = HTTPServiceCaller(limits: TransportFixtures.limits)
        do {
            try await LoopbackServer.serving(folder.path) { try await body(caller, $0) }
        } catch {
            await caller.shutdown()
            throw error
        }
        await caller.shutdown()
    }
}

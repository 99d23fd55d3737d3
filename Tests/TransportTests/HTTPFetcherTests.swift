// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("Fetching over a real socket")
struct HTTPFetcherTests {
    typealias Fixtures = TransportFixtures

    /// Fetches the package from a server that follows a script.
    static func fetch(
        maximumLength: Int = 10_000_000,
        limits: TransportLimits = Fixtures.limits,
        observer: (any TransferObserver)? = nil,
        script: @escaping LoopbackServer.Script
    ) async throws -> [UInt8]? {
        let folder = try Fixtures.folder()
        return try await LoopbackServer.serving(folder.path, script: script) { server in
            try await Fixtures.fetching(limits, observer: observer) { fetcher in
                try await fetcher.bytes(server.url + "/" + Fixtures.path, maximumLength: maximumLength)
            }
        }
    }

    @Test("A file arrives whole, and the observer sees it")
    func whole() async throws {
        let observer = RecordingObserver()
        #expect(try await Self.fetch(observer: observer) { _ in .normal } == Fixtures.content)
        #expect(observer.events == ["began 1000000", "ended true"])
        #expect(observer.byteCount == 1_000_000)
    }

    @Test("What is asked for: identity encoding, our own name, no more")
    func request() async throws {
        let folder = try Fixtures.folder()
        var options = HTTPOptions()
        options.userAgent = "kingsnake/1.2.3"
        try await LoopbackServer.serving(folder.path) { server in
            try await Fixtures.fetching(Fixtures.limits, options) { fetcher in
                let url =
                    server.url.replacingPrefix("http://", by: "http://user:p%40ss@") + "/" + Fixtures.path
                _ = try await fetcher.bytes(url, maximumLength: 10_000_000)
            }
            let request = try #require(server.requests.first)
            #expect(request.method == "GET")
            #expect(request.target == "/" + Fixtures.path)
            #expect(request.header("accept-encoding") == "identity")
            #expect(request.header("user-agent") == "kingsnake/1.2.3")
            #expect(request.header("authorization") == "Basic dXNlcjpwQHNz")
        }
    }

    @Test("404, 410 and 403 say that there is no such resource", arguments: [404, 410, 403])
    func notFound(status: Int) async throws {
        #expect(try await Self.fetch { _ in .status(status) } == nil)
    }

    @Test("403 is a failure if the caller says so")
    func forbidden() async throws {
        let folder = try Fixtures.folder()
        var options = HTTPOptions()
        options.forbidden = .isFailure
        try await LoopbackServer.serving(folder.path, script: { _ in .status(403) }) { server in
            try await Fixtures.fetching(Fixtures.limits, options) { fetcher in
                let fault = await Fixtures.fault {
                    _ = try await fetcher.bytes(server.url + "/a", maximumLength: 10)
                }
                #expect(fault == .status(403))
            }
        }
    }

    @Test(
        "No other status is success or absence",
        arguments: [201, 204, 206, 300, 304, 400, 401, 407, 418, 429, 451, 500, 501, 502, 503, 504]
    )
    func otherStatus(status: Int) async throws {
        let fault = await Fixtures.fault { _ = try await Self.fetch { _ in .status(status) } }
        #expect(fault == .status(status))
    }

    @Test("Each way of not delivering is a failure that names it")
    func faults() async throws {
        let table: [(ServerBehaviour, Set<TransferFault.Name>)] = [
            (.truncate(at: 1000), ["truncated", "interrupted"]),
            (.truncate(at: 0), ["truncated", "interrupted"]),
            (.reset(after: 1000), ["interrupted"]),
            (.drip(bytesPerSecond: 500), ["slow"]),
            (.silence, ["timeout"]),
            (.delay(.seconds(60), then: .normal), ["timeout"]),
            (.redirect(to: "/" + Fixtures.path), ["redirect"]),
            (.respond(status: 302, headers: [], body: []), ["redirect"]),
        ]
        for (behaviour, expected) in table {
            let fault = await Fixtures.fault {
                _ = try await Self.fetch(limits: Fixtures.limits(for: behaviour)) { _ in behaviour }
            }
            #expect(expected.contains(fault?.name ?? "nothing"), "\(behaviour)")
        }
    }

    @Test("Nobody listening is a failure")
    func nobody() async throws {
        // A port that was free a moment ago may be another test's by now; this one is nobody's.
        let url = "http://127.0.0.1:1/a"
        try await Fixtures.fetching { fetcher in
            #expect(
                await Fixtures.fault { _ = try await fetcher.bytes(url, maximumLength: 10) } == .connection
            )
        }
    }

    @Test("More bytes than allowed are refused: announced, or without end")
    func tooLarge() async throws {
        let observer = RecordingObserver()
        #expect(
            await refusalCode {
                try await Self.fetch(maximumLength: 999_999, observer: observer) { _ in .normal }
            }
                == "limit.too-large"
        )
        #expect(observer.events.isEmpty)
        #expect(await refusalCode { try await Self.fetch { _ in .endless } } == "limit.too-large")
        #expect(try await Self.fetch(maximumLength: 1_000_000) { _ in .normal } == Fixtures.content)
    }

    @Test("The receiver never gets more than the maximum")
    func receiverIsProtected() async throws {
        let folder = try Fixtures.folder()
        try await LoopbackServer.serving(folder.path, script: { _ in .endless }) { server in
            try await Fixtures.fetching { fetcher in
                var received = 0
                let request = FetchRequest(server.url + "/a", maximumLength: 200_000)
                await #expect(throws: Refusal.self) {
                    try await fetcher.fetch(request) { received += $0.count }
                }
                #expect(received <= 200_000)
            }
        }
    }

    @Test("A transfer encoding nobody asked for is refused")
    func encoding() async throws {
        let code = await refusalCode {
            try await Self.fetch { _ in
                .respond(status: 200, headers: [("Content-Encoding", "gzip")], body: [1])
            }
        }
        #expect(code == "fetch.encoding")
    }

    @Test("A redirect is followed, relative or absolute, and the credentials stay at home")
    func redirects() async throws {
        let folder = try Fixtures.folder()
        try await LoopbackServer.serving(folder.path) { other in
            let target = other.url + "/" + Fixtures.path
            let script: LoopbackServer.Script = {
                switch $0.path {
                case "/one": .redirect(to: "two", status: 301)
                case "/two": .redirect(to: target, status: 307)
                default: .normal
                }
            }
            try await LoopbackServer.serving(folder.path, script: script) { server in
                try await Fixtures.fetching { fetcher in
                    let url = server.url.replacingPrefix("http://", by: "http://user:secret@") + "/one"
                    let bytes = try await fetcher.bytes(url, maximumLength: 10_000_000)
                    #expect(bytes == Fixtures.content)
                }
                #expect(server.requests.map { $0.header("authorization") != nil } == [true, true])
                #expect(other.requests.map { $0.header("authorization") != nil } == [false])
            }
        }
    }

    @Test("A token goes to its server alone: not to others, and not where that redirects to")
    func bearer() async throws {
        let token = try #require(BearerToken("hidden"))
        let folder = try Fixtures.folder()
        try await LoopbackServer.serving(folder.path) { other in
            let target = other.url + "/" + Fixtures.path
            let script: LoopbackServer.Script = {
                switch $0.path {
                case "/one": .redirect(to: "two", status: 301)
                case "/two": .redirect(to: target, status: 307)
                default: .normal
                }
            }
            try await LoopbackServer.serving(folder.path, script: script) { server in
                try await Fixtures.fetching { fetcher in
                    let keyed = try BearerFetcher(fetcher, token, for: server.url + "/main")
                    for url in [server.url + "/one", target, server.url + "/" + Fixtures.path] {
                        #expect(try await keyed.bytes(url, maximumLength: 10_000_000) == Fixtures.content)
                    }
                }
                #expect(
                    server.requests.map { $0.header("authorization") } == [
                        "Bearer hidden", "Bearer hidden", "Bearer hidden",
                    ]
                )
                #expect(other.requests.map { $0.header("authorization") != nil } == [false, false])
            }
        }
        #expect(throws: Failure.self) { try BearerFetcher(FileFetcher(), token, for: "file:///a") }
    }

    @Test("Redirects end after the allowed number")
    func redirectLoop() async throws {
        let folder = try Fixtures.folder()
        try await LoopbackServer.serving(folder.path, script: { _ in .redirect(to: "/again") }) { server in
            try await Fixtures.fetching { fetcher in
                let fault = await Fixtures.fault {
                    _ = try await fetcher.bytes(server.url + "/", maximumLength: 10)
                }
                #expect(fault == .redirect)
            }
            #expect(server.requests.count == 6)
        }
    }

    @Test(
        "No error shows a secret",
        arguments: [
            ServerBehaviour.status(500), .status(401), .endless, .redirect(to: "file:///t/hunter2?hunter2"),
            .silence,
        ]
    )
    func secrets(behaviour: ServerBehaviour) async throws {
        let folder = try Fixtures.folder()
        try await LoopbackServer.serving(folder.path, script: { _ in behaviour }) { server in
            try await Fixtures.fetching(Fixtures.limits(for: behaviour)) { fetcher in
                let url =
                    server.url.replacingPrefix("http://", by: "http://user:hunter2@")
                    + "/t/hunter2/a?k=hunter2"
                do {
                    _ = try await fetcher.bytes(url, maximumLength: 10)
                    Issue.record("nothing thrown")
                } catch {
                    #expect(!"\(error)".contains("hunter2"))
                    #expect(!String(reflecting: error).contains("hunter2"))
                }
            }
        }
    }

    @Test("What the receiver throws comes through unchanged, and the fetcher stays usable")
    func receiverThrows() async throws {
        struct Stop: Error {}
        let folder = try Fixtures.folder()
        try await LoopbackServer.serving(folder.path) { server in
            try await Fixtures.fetching { fetcher in
                let request = FetchRequest(server.url + "/" + Fixtures.path, maximumLength: 10_000_000)
                await #expect(throws: Stop.self) { try await fetcher.fetch(request) { _ in throw Stop() } }
                let bytes = try await fetcher.bytes(request.url, maximumLength: 10_000_000)
                #expect(bytes == Fixtures.content)
            }
        }
    }

    @Test("A fetch whose task is cancelled ends as cancelled")
    func cancellation() async throws {
        let folder = try Fixtures.folder()
        try await LoopbackServer.serving(folder.path, script: { _ in .drip(bytesPerSecond: 100_000) }) {
            server in
            try await Fixtures.fetching { fetcher in
                let task = Task {
                    try await fetcher.bytes(server.url + "/" + Fixtures.path, maximumLength: 10_000_000)
                }
                while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
                task.cancel()
                let result = await task.result
                #expect(throws: Failure.self) { try result.get() }
            }
        }
    }

    @Test(
        "Other schemes are a matter of configuration",
        arguments: ["ftp://a/b", "a", "http+unix://a/b", "data:,a", ""]
    )
    func schemes(url: String) async throws {
        try await Fixtures.fetching { fetcher in
            do {
                _ = try await fetcher.bytes(url, maximumLength: 10)
                Issue.record("nothing thrown")
            } catch let failure as Failure {
                #expect(failure.kind == .configuration)
            }
        }
    }

    @Test(
        "A redirect to a port that there is not is a failure, and not the end of the process",
        arguments: [
            "http://127.0.0.1:65536/", "http://[::1]:70000/", "//127.0.0.1:4294967297/",
            "http://127.0.0.1:0/",
        ]
    )
    func redirectToNoPort(location: String) async throws {
        let fault = await Fixtures.fault { _ = try await Self.fetch { _ in .redirect(to: location) } }
        #expect(fault == .redirect)
    }

    @Test("A request may set a time for the whole of it, below the fetcher's own")
    func requestTimeout() async throws {
        let folder = try Fixtures.folder()
        var limits = Fixtures.limits
        limits.minimumBytesPerWindow = 0
        try await LoopbackServer.serving(folder.path, script: { _ in .drip(bytesPerSecond: 500) }) { server in
            try await Fixtures.fetching(limits) { fetcher in
                let request = FetchRequest(
                    server.url + "/" + Fixtures.path,
                    maximumLength: 10_000_000,
                    timeout: .milliseconds(500)
                )
                let fault = await Fixtures.fault { _ = try await fetcher.fetch(request) { _ in } }
                #expect(fault == .timeout)
            }
        }
    }
}

extension TransferFault {
    typealias Name = String
    /// The case, without its value.
    var name: Name { String("\(self)".prefix { $0 != "(" }) }
}

extension String {
    func replacingPrefix(_ prefix: String, by other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}

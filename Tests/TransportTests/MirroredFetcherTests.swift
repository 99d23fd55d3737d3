// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("Mirrors")
struct MirroredFetcherTests {
    typealias Fixtures = TransportFixtures

    static let canonical = "https://conda.example.invalid/main"
    static let patience = MirrorRetry(rounds: 1)

    /// Runs a body with one server for each script, and a fetcher over them in this order.
    static func mirrored<Value>(
        _ scripts: [LoopbackServer.Script],
        retry: MirrorRetry = patience,
        limits: TransportLimits = Fixtures.limits,
        observer: (any TransferObserver)? = nil,
        _ body: (MirroredFetcher, [LoopbackServer]) async throws -> Value
    ) async throws -> Value {
        let folder = try Fixtures.folder()
        var servers: [LoopbackServer] = []
        for script in scripts { servers.append(try await .start(serving: folder.path, script: script)) }
        defer { withExtendedLifetime(folder) {} }
        let running = servers
        let result: Result<Value, any Error>
        do {
            let value = try await Fixtures.fetching(limits) { fetcher in
                let list = try MirrorList(
                    Self.canonical,
                    mirrors: running.map { $0.url + "/" },
                    canonicalPlace: .nowhere
                )
                return try await body(
                    MirroredFetcher(list, over: fetcher, retry: retry, observer: observer),
                    running
                )
            }
            result = .success(value)
        } catch {
            result = .failure(error)
        }
        for server in running { await server.stop() }
        return try result.get()
    }

    static func package(_ fetcher: MirroredFetcher) async throws -> [UInt8]? {
        try await fetcher.bytes(Fixtures.path, maximumLength: 2_000_000, mustExist: true) { bytes in
            try Fixtures.digest.check(bytes, of: "a-1.0-0.conda")
            return bytes
        }
    }

    @Test(
        "Whatever the first mirror does, the second delivers, and the report names the first and what it did"
    )
    func failOver() async throws {
        let table: [(ServerBehaviour, String?)] = [
            (.status(404), nil), (.status(503), nil), (.status(401), nil), (.truncate(at: 5000), nil),
            (.altered, "digest.mismatch"), (.replace([1, 2, 3]), "digest.mismatch"),
            (.reset(after: 5000), nil),
            (.drip(bytesPerSecond: 500), nil), (.endless, "limit.too-large"), (.silence, nil),
            (.redirect(to: "file:///etc/passwd"), "fetch.insecure-redirect"),
            (.respond(status: 200, headers: [("Content-Encoding", "br")], body: [1]), "fetch.encoding"),
        ]
        for (behaviour, code) in table {
            let limits = Fixtures.limits(for: behaviour)
            try await Self.mirrored([{ _ in behaviour }, { _ in .normal }], limits: limits) {
                fetcher,
                servers in
                #expect(try await Self.package(fetcher) == Fixtures.content, "\(behaviour)")
                let report = try #require(fetcher.health.reports.first)
                #expect(fetcher.health.reports.count == 1)
                #expect(report.mirror == servers[0].url)
                #expect(report.resource == Fixtures.path)
                #expect(report.code == code, "\(behaviour)")
                #expect(report.kind == (code == nil ? .unavailable : .badContent))
                #expect(fetcher.health.isCondemned(servers[0].url) == (code != nil))
            }
        }
    }

    @Test("A mirror that served bad content is not asked again in this run, until it is forgiven")
    func condemned() async throws {
        try await Self.mirrored([{ _ in .altered }, { _ in .normal }]) { fetcher, servers in
            for _ in 0..<3 { #expect(try await Self.package(fetcher) != nil) }
            #expect(servers.map(\.requests.count) == [1, 3])
            let report = try #require(fetcher.health.reports.first)
            #expect(report.expected == Fixtures.digest.description)
            #expect(report.found?.hasPrefix("sha256:") == true)
            fetcher.health.forgiveAll()
            servers[0].follow { _ in .normal }
            #expect(try await Self.package(fetcher) != nil)
            #expect(servers.map(\.requests.count) == [2, 3])
        }
    }

    @Test("A mirror that failed comes after one that delivered, and is asked again when that one fails")
    func preference() async throws {
        try await Self.mirrored([{ _ in .status(503) }, { _ in .normal }]) { fetcher, servers in
            for _ in 0..<3 { _ = try await Self.package(fetcher) }
            #expect(servers.map(\.requests.count) == [1, 3])
            servers[0].follow { _ in .normal }
            servers[1].follow { _ in .status(500) }
            _ = try await Self.package(fetcher)
            #expect(servers.map(\.requests.count) == [2, 4])
        }
    }

    @Test("If all fail, a refusal outranks failures, keeps its code, and carries all reports")
    func mostTelling() async throws {
        let scripts: [LoopbackServer.Script] = [
            { _ in .status(503) }, { _ in .altered }, { _ in .status(404) },
        ]
        try await Self.mirrored(scripts) { fetcher, servers in
            do {
                _ = try await Self.package(fetcher)
                Issue.record("nothing thrown")
            } catch let refusal as Refusal {
                #expect(refusal.is(CoreCode.digestMismatch))
                #expect(refusal.location == servers[1].url)
                let exhausted = try #require(refusal.cause as? MirrorsExhausted)
                #expect(exhausted.reports.map(\.mirror) == servers.map(\.url))
                #expect(exhausted.reports.map(\.code) == [nil, "digest.mismatch", nil])
            }
        }
    }

    @Test("If all only fail, it is a failure: nobody is accused")
    func onlyFailures() async throws {
        try await Self.mirrored([{ _ in .status(503) }, { _ in .status(404) }]) { fetcher, _ in
            do {
                _ = try await Self.package(fetcher)
                Issue.record("nothing thrown")
            } catch let failure as Failure {
                #expect(failure.kind == .network)
                #expect((failure.cause as? MirrorsExhausted)?.reports.count == 2)
            }
        }
    }

    @Test("When every mirror is condemned, the reason is told again without asking them")
    func allCondemned() async throws {
        try await Self.mirrored([{ _ in .altered }, { _ in .replace([]) }]) { fetcher, servers in
            for _ in 0..<2 {
                #expect(await refusalCode { try await Self.package(fetcher) } == "digest.mismatch")
            }
            #expect(servers.map(\.requests.count) == [1, 1])
        }
    }

    @Test("With one mirror its own error comes through")
    func single() async throws {
        try await Self.mirrored([{ _ in .status(404) }]) { fetcher, _ in
            #expect(await Fixtures.fault { _ = try await Self.package(fetcher) } == .missing)
        }
        try await Self.mirrored([{ _ in .altered }]) { fetcher, _ in
            #expect(await refusalCode { try await Self.package(fetcher) } == "digest.mismatch")
        }
    }

    @Test("What need not exist may be absent; a time-out is not absence")
    func absence() async throws {
        try await Self.mirrored([{ _ in .status(503) }, { _ in .status(404) }]) { fetcher, _ in
            let found = try await fetcher.bytes("a", maximumLength: 10, mustExist: false) { $0 }
            #expect(found == nil)
        }
        try await Self.mirrored([{ _ in .status(503) }]) { fetcher, _ in
            let fault = await Fixtures.fault {
                _ = try await fetcher.bytes("a", maximumLength: 10, mustExist: false) { $0 }
            }
            #expect(fault == .status(503))
        }
    }

    @Test("Transient failures are tried again after growing pauses; definite ones are not")
    func retries() async throws {
        let pauses = Mutex<[Duration]>([])
        let sleep: @Sendable (Duration) async throws -> Void = { pause in pauses.withLock { $0.append(pause) }
        }
        let retry = MirrorRetry(rounds: 4, firstPause: .seconds(1), longestPause: .seconds(3), sleep: sleep)
        try await Self.mirrored([{ _ in .status(503) }, { _ in .status(404) }], retry: retry) {
            fetcher,
            servers in
            await #expect(throws: Failure.self) { try await Self.package(fetcher) }
            #expect(servers.map(\.requests.count) == [4, 1])
        }
        #expect(pauses.withLock { $0 } == [.seconds(1), .seconds(2), .seconds(3)])
    }

    @Test("A mirror that recovers is enough")
    func recovery() async throws {
        let count = Mutex(0)
        let script: LoopbackServer.Script = { _ in
            count.withLock {
                $0 += 1
                return $0 < 3 ? .status(502) : .normal
            }
        }
        let retry = MirrorRetry(rounds: 3, sleep: { _ in })
        try await Self.mirrored([script], retry: retry) { fetcher, _ in
            let bytes = try await Self.package(fetcher)
            #expect(bytes == Fixtures.content)
        }
    }

    @Test("Nobody's fault ends the search: our disk, a policy, a stranger's error, cancellation")
    func notTheMirrors() async throws {
        struct Other: Error {}
        let errors: [any Error] = [
            Failure(.disk, "full"), Failure(.configuration, "x"), Failure(.cancelled, "x"), Other(),
            CancellationError(), Refusal(TransportCode.pathEscape, "1.team%2Fx.json"),
        ]
        for error in errors {
            try await Self.mirrored([{ _ in .normal }, { _ in .normal }]) { fetcher, _ in
                var attempts = 0
                await #expect(throws: (any Error).self) {
                    try await fetcher.withMirror("x") { _ in
                        attempts += 1
                        throw error
                    }
                }
                #expect(attempts == 1)
                #expect(fetcher.health.reports.isEmpty)
            }
        }
    }

    @Test("A bound mirror is a fetcher that answers canonical URLs from one mirror")
    func bound() async throws {
        try await Self.mirrored([{ _ in .altered }, { _ in .normal }]) { fetcher, servers in
            let url = Self.canonical + "/" + Fixtures.path
            let name = try await fetcher.withMirror("refresh") { mirror in
                let bytes = try await mirror.bytes(url, maximumLength: 2_000_000)
                try Fixtures.digest.check(bytes ?? [], of: "x")
                #expect(try await mirror.bytes(Self.canonical + "/none", maximumLength: 10) == nil)
                return mirror.name
            }
            #expect(name == servers[1].url)
            #expect(servers[1].requestedPaths == ["/" + Fixtures.path, "/none"])
            #expect(fetcher.health.reports.map(\.code) == ["digest.mismatch"])
        }
    }

    @Test(
        "A bound mirror serves nothing but its channel",
        arguments: [
            "https://conda.example.invalid/mainly/a", "https://conda.example.invalid/main",
            "https://other.invalid/main/a", "",
        ]
    )
    func foreign(url: String) async throws {
        let mirror = BoundMirror(Self.canonical, at: "file:///none", over: FileFetcher())
        await #expect(throws: Failure.self) { try await mirror.bytes(url, maximumLength: 10) }
    }

    @Test("A mirror on a disk is a mirror, and one that cannot be read is passed over")
    func files() async throws {
        let folder = try Fixtures.folder()
        let broken = try TemporaryFolder()
        try broken.write([], to: Fixtures.path + "/is-a-folder")
        let list = try MirrorList("file://" + folder.path, mirrors: ["file://" + broken.path])
        let fetcher = MirroredFetcher(list, over: FileFetcher(), retry: Self.patience)
        #expect(try await Self.package(fetcher) == Fixtures.content)
        #expect(fetcher.health.reports.map(\.kind) == [.unavailable])
    }

    @Test("Each attempt begins with a sink of its own")
    func sinks() async throws {
        try await Self.mirrored([{ _ in .truncate(at: 400_000) }, { _ in .normal }]) { fetcher, _ in
            let digest = try await fetcher.fetch(
                Fixtures.path,
                maximumLength: 2_000_000,
                into: { StreamingDigest() },
                receive: { $0.update($1) },
                finish: { $0.finish() }
            )
            #expect(digest == Fixtures.digest)
        }
    }

    @Test("Downloads into the cache fail over too, and the second download asks nobody")
    func cached() async throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path + "/cache")
        let observer = RecordingObserver()
        let scripts: [LoopbackServer.Script] = [{ _ in .altered }, { _ in .endless }, { _ in .normal }]
        try await Self.mirrored(scripts, observer: observer) { fetcher, servers in
            for _ in 0..<2 {
                let path = try await fetcher.fetch(
                    Fixtures.path,
                    expected: Fixtures.digest,
                    size: 1_000_000,
                    maximumLength: 2_000_000,
                    into: cache
                )
                #expect(try folder.read(String(path.dropFirst(folder.path.count + 1))) == Fixtures.content)
            }
            #expect(servers.map(\.requests.count) == [1, 1, 1])
        }
        #expect(observer.events == ["rejected digest.mismatch", "rejected limit.too-large"])
    }

    @Test("A cached file that was altered on the disk is fetched again, and no mirror is blamed")
    func alteredCache() async throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path + "/cache")
        try await Self.mirrored([{ _ in .normal }]) { fetcher, servers in
            for _ in 0..<2 {
                let path = try await fetcher.fetch(
                    Fixtures.path,
                    expected: Fixtures.digest,
                    size: 1_000_000,
                    maximumLength: 2_000_000,
                    into: cache
                )
                let name = String(path.dropFirst(folder.path.count + 1))
                #expect(try folder.read(name) == Fixtures.content)
                try folder.write(Array(repeating: 0, count: 1_000_000), to: name)
            }
            #expect(servers[0].requests.count == 2 && fetcher.health.reports.isEmpty)
        }
    }

    @Test("A path from a hostile index is refused before any mirror is asked or blamed")
    func hostilePath() async throws {
        try await Self.mirrored([{ _ in .normal }]) { fetcher, servers in
            let code = await refusalCode {
                try await fetcher.bytes("../../etc/passwd", maximumLength: 10, mustExist: true) { $0 }
            }
            #expect(code == "fetch.path-escape")
            #expect(servers[0].requests.isEmpty && fetcher.health.reports.isEmpty)
        }
    }

    @Test("Credentials of mirrors stay out of reports and errors")
    func secrets() async throws {
        let list = try MirrorList(
            "https://u:hunter2@conda.invalid/t/hunter2/main",
            mirrors: ["http://u:hunter2@127.0.0.1:1/t/hunter2/m"]
        )
        try await Fixtures.fetching { fetcher in
            let mirrored = MirroredFetcher(list, over: fetcher, retry: Self.patience)
            do {
                _ = try await Self.package(mirrored)
                Issue.record("nothing thrown")
            } catch {
                #expect(!String(reflecting: error).contains("hunter2"))
            }
            #expect(mirrored.health.reports.count == 2)
            #expect(!String(reflecting: mirrored.health.reports).contains("hunter2"))
        }
    }

    @Test("The list keeps its order, once each, with the canonical address where it belongs")
    func lists() throws {
        #expect(
            try MirrorList("http://c/", mirrors: ["http://a", "http://b/", "http://a/"]).addresses == [
                "http://a", "http://b", "http://c",
            ]
        )
        #expect(
            try MirrorList("http://c", mirrors: ["http://a"], canonicalPlace: .first).addresses == [
                "http://c", "http://a",
            ]
        )
        #expect(
            try MirrorList("http://c", mirrors: ["http://c", "http://a"]).addresses == [
                "http://c", "http://a",
            ]
        )
        #expect(try MirrorList("http://c").addresses == ["http://c"])
        for bad in ["", "c", "ftp://c", "http://", "http://c?x", "file://host/x"] {
            #expect(throws: Failure.self) { try MirrorList(bad) }
            #expect(throws: Failure.self) { try MirrorList("http://c", mirrors: [bad]) }
        }
        #expect(throws: Failure.self) { try MirrorList("http://c", canonicalPlace: .nowhere) }
    }
}

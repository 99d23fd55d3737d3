// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("Fetching what changed")
struct ConditionalFetchTests {
    private typealias Fixtures = TransportFixtures

    /// Fetches a file; answers how it ended and how many bytes came.
    private static func fetch(
        _ fetcher: some Fetcher,
        _ url: String,
        since version: ResourceVersion?
    ) async throws -> (outcome: ConditionalOutcome, count: Int) {
        var count = 0
        let request = FetchRequest(url, maximumLength: 10_000_000)
        let outcome = try await fetcher.fetchIfChanged(request, since: version) { count += $0.count }
        return (outcome, count)
    }

    @Test("A server that knows the version at hand sends nothing; once the file is another one, all of it")
    func unchanged() async throws {
        let folder = try Fixtures.folder()
        try await LoopbackServer.serving(folder.path) { server in
            try await Fixtures.fetching { fetcher in
                let url = server.url + "/" + Fixtures.path
                let first = try await Self.fetch(fetcher, url, since: nil)
                guard case .complete(let version?) = first.outcome else {
                    Issue.record("no version")
                    return
                }
                #expect(first.count == Fixtures.content.count)
                #expect(version.entityTag != nil && version.lastModified != nil)
                let second = try await Self.fetch(fetcher, url, since: version)
                #expect(second.outcome == .unchanged && second.count == 0)
                let request = try #require(server.requests.last)
                #expect(request.header("if-none-match") == version.entityTag)
                #expect(request.header("if-modified-since") == version.lastModified)
                try folder.write([1, 2, 3], to: Fixtures.path)
                let third = try await Self.fetch(fetcher, url, since: version)
                #expect(third.count == 3 && third.outcome != .unchanged)
                let missing = try await Self.fetch(fetcher, server.url + "/missing", since: version)
                #expect(missing.outcome == .notFound)
            }
        }
    }

    @Test("A server that says that nothing changed without having been asked is at fault")
    func uninvited() async throws {
        let folder = try Fixtures.folder()
        try await LoopbackServer.serving(folder.path, script: { _ in .status(304) }) { server in
            try await Fixtures.fetching { fetcher in
                let fault = await Fixtures.fault {
                    _ = try await Self.fetch(fetcher, server.url + "/" + Fixtures.path, since: nil)
                }
                #expect(fault == .status(304))
            }
        }
    }

    @Test("Mirrors and keyed fetchers pass conditions on; other fetchers fetch everything")
    func wrappers() async throws {
        let folder = try Fixtures.folder()
        try await LoopbackServer.serving(folder.path) { server in
            try await Fixtures.fetching { fetcher in
                let keyed = try KeyedFetcher(fetcher, key: "secret", for: server.url)
                let mirrors = MirroredFetcher(try MirrorList(server.url), over: keyed)
                func fetch(_ version: ResourceVersion?) async throws -> ConditionalOutcome {
                    try await mirrors.withMirror("it") {
                        try await $0.fetch(Fixtures.path, unless: version, maximumLength: 10_000_000) { _ in }
                    }
                }
                guard case .complete(let version?) = try await fetch(nil) else {
                    Issue.record("no version")
                    return
                }
                #expect(try await fetch(version) == .unchanged)
                #expect(server.requests.last?.header("authorization")?.hasPrefix("Basic ") == true)
                let file = try await Self.fetch(
                    fetcher,
                    "file://\(folder.path)/\(Fixtures.path)",
                    since: version
                )
                #expect(file.outcome == .complete(nil) && file.count == Fixtures.content.count)
                let plain = try await Self.fetch(FileFetcher(), "file://\(folder.path)/none", since: version)
                #expect(plain.outcome == .notFound)
            }
        }
    }

    @Test("What a server calls a version is sent back only if it fits into a header field")
    func versions() {
        #expect(ResourceVersion(entityTag: nil, lastModified: nil) == nil)
        for bad in ["", "a\r\nHost: b", "a\u{7F}", "ä", String(repeating: "a", count: 513)] {
            #expect(ResourceVersion(entityTag: bad, lastModified: nil) == nil)
            #expect(ResourceVersion(entityTag: "\"a\"", lastModified: bad)?.lastModified == nil)
        }
        #expect(ResourceVersion(entityTag: String(repeating: "a", count: 512), lastModified: nil) != nil)
    }

    @Test(
        "What nobody promised a digest of is stored under the one that it has, unless it is too long or breaks off"
    )
    func observedBlobs() async throws {
        struct Broken: Error {}
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path + "/cache")
        typealias Stored = (digest: Digest, path: String, isNew: Bool)
        func store(_ bytes: [UInt8], limit: Int = 10, fails: Bool = false) async throws -> Stored {
            try await cache.storeObserved(maximumLength: limit) { sink in
                try bytes.withUnsafeBytes(sink)
                if fails { throw Broken() }
            }
        }
        let bytes: [UInt8] = [1, 2, 3]
        await #expect(throws: Broken.self) { try await store(bytes, fails: true) }
        #expect(await refusalCode { try await store(bytes, limit: 2) } == "limit.too-large")
        #expect(try cache.path(of: Digest.of(bytes)) == nil)
        for isNew in [true, false] {
            let (digest, path, wasAbsent) = try await store(bytes, limit: 3)
            #expect(digest == Digest.of(bytes) && wasAbsent == isNew)
            #expect(try cache.path(of: digest, recheck: true) == path)
        }
        #expect(try cache.bytes(of: Digest.of(bytes), maximumLength: 3) == bytes)
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("A blob that is read while it is written")
struct BlobUnderWayTests {
    private static let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    private struct Stopped: Error {}

    /// Stores the content in pieces, with a reader who reads it from the end to the beginning.
    private static func store(
        _ pieces: [[UInt8]],
        length: Int,
        in cache: BlobCache,
        failing: Bool = false,
        refusing: Bool = false
    ) throws -> (path: String, found: StoredBytes)? {
        try cache.store(length: length) { sink in
            for piece in pieces { try piece.withUnsafeBytes(sink) }
            if failing { throw Stopped() }
        } whileReading: { bytes in
            // What comes last is waited for.
            _ = try bytes.read(max(0, bytes.length - 1)..<bytes.length)
            if refusing { throw Refusal(CoreCode.jsonSyntax, "the text") }
            return (try bytes.digest(), bytes)
        }
    }

    private static let pieces = stride(from: 0, to: content.count, by: 777).map {
        Array(content[$0..<min($0 + 777, content.count)])
    }

    @Test("It lies under the digest that its reader found, and stays readable when it is removed")
    func stores() throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path + "/cache")
        let stored = try #require(try Self.store(Self.pieces, length: Self.content.count, in: cache))
        let digest = Digest.of(Self.content)
        #expect(try cache.path(of: digest, recheck: true) == stored.path)
        try cache.remove(digest)
        #expect(try stored.found.read(0..<Self.content.count) == Self.content)
        #expect(BlobCacheTests.files(cache.root) == [])
        let empty = try #require(try Self.store([], length: 0, in: cache))
        #expect(try cache.path(of: Digest.of([]), recheck: true) == empty.path)
    }

    @Test("What was altered under the same name is replaced")
    func heals() throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path + "/cache")
        let stored = try #require(try Self.store(Self.pieces, length: Self.content.count, in: cache))
        let name = String(stored.path.dropFirst(folder.path.count + 1))
        try folder.write([1, 2, 3], to: name)
        _ = try Self.store(Self.pieces, length: Self.content.count, in: cache)
        #expect(try folder.read(name) == Self.content)
    }

    @Test("With more or fewer bytes than were promised nothing is stored", arguments: [-1, 1, 777])
    func otherLength(_ difference: Int) throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path + "/cache")
        for refusing in [false, true] {
            let length = Self.content.count + difference
            #expect(try Self.store(Self.pieces, length: length, in: cache, refusing: refusing) == nil)
        }
        #expect(BlobCacheTests.files(cache.root) == [])
    }

    @Test("What stops the writer or the reader is passed on, and nothing is stored")
    func failures() throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path + "/cache")
        let count = Self.content.count
        #expect(throws: Stopped.self) { try Self.store([], length: count, in: cache, failing: true) }
        #expect(throws: Stopped.self) { try Self.store(Self.pieces, length: count, in: cache, failing: true) }
        #expect(throws: Stopped.self) {
            try Self.store(Self.pieces, length: count, in: cache, failing: true, refusing: true)
        }
        let code = refusalCode { try Self.store(Self.pieces, length: count, in: cache, refusing: true) }
        #expect(code == "json.syntax")
        #expect(BlobCacheTests.files(cache.root) == [])
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("Making the cache of verified downloads smaller")
struct BlobPruningTests {
    private static let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))

    /// A cache with blobs of ten bytes each, used so many seconds ago.
    private static func cache(_ folder: TemporaryFolder, _ ages: [Int64]) async throws -> (
        BlobCache, [Digest]
    ) {
        let cache = try BlobCache(at: folder.path + "/cache")
        var digests: [Digest] = []
        for (number, age) in ages.enumerated() {
            let bytes = [UInt8](repeating: UInt8(number), count: 10), digest = Digest.of(bytes)
            let path = try await cache.store(expected: digest, size: 10) {
                try BlobCacheTests.deliver(bytes, $0)
            }
            let time = timeval(tv_sec: Int(now.seconds - age), tv_usec: 0)
            #expect(utimes(path, [time, time]) == 0)
            digests.append(digest)
        }
        return (cache, digests)
    }

    private static func left(_ cache: BlobCache, _ digests: [Digest]) -> [Int] {
        digests.indices.filter {
            let hex = digests[$0].hex
            return FileManager.default.fileExists(
                atPath: "\(cache.root)/sha256/\(hex.prefix(2))/\(hex.dropFirst(2))"
            )
        }
    }

    @Test("What was used least recently goes first, and no more than has to")
    func oldestFirst() async throws {
        let folder = try TemporaryFolder()
        let (cache, digests) = try await Self.cache(folder, [3000, 9000, 6000, 8000])
        #expect(try cache.prune(to: 40, unusedSince: Self.now).removed == 0)
        let result = try cache.prune(to: 25, unusedSince: Self.now)
        #expect(result.removed == 2 && result.removedBytes == 20 && result.remainingBytes == 20)
        #expect(Self.left(cache, digests) == [0, 2])
    }

    @Test("What is looked up counts as used, and what was used lately stays, whatever the bound")
    func recent() async throws {
        let folder = try TemporaryFolder()
        let (cache, digests) = try await Self.cache(folder, [9000, 3000, 100])
        #expect(try cache.path(of: digests[0]) != nil)
        let result = try cache.prune(to: 0, unusedSince: Self.now.advanced(bySeconds: -600))
        #expect(result.removed == 1 && result.remainingBytes == 20)
        #expect(Self.left(cache, digests) == [0, 2])
    }

    @Test("What somebody has locked for reading stays, also when another cache of the folder is made smaller")
    func locked() async throws {
        let folder = try TemporaryFolder()
        let (cache, digests) = try await Self.cache(folder, [9000, 9000])
        let hex = digests[0].hex
        let place = "\(cache.root)/sha256/\(hex.prefix(2))/\(hex.dropFirst(2))"
        let descriptor = open(place, O_RDONLY | O_CLOEXEC)
        #expect(flock(descriptor, LOCK_SH) == 0)
        let other = try BlobCache(at: cache.root)
        #expect(try other.prune(to: 0, unusedSince: Self.now).remainingBytes == 10)
        #expect(Self.left(cache, digests) == [0])
        // Children that other tests start have the descriptor for a moment; closing it would not end the lock then.
        #expect(flock(descriptor, LOCK_UN) == 0 && close(descriptor) == 0)
        #expect(try other.prune(to: 0, unusedSince: Self.now).remainingBytes == 0)
    }

    @Test("Links and what is being written are left alone")
    func others() async throws {
        let folder = try TemporaryFolder()
        let (cache, digests) = try await Self.cache(folder, [9000])
        try folder.write([1, 2, 3], to: "elsewhere")
        let place = "\(cache.root)/sha256/\(digests[0].hex.prefix(2))/link"
        try FileManager.default.createSymbolicLink(
            atPath: place,
            withDestinationPath: folder.path + "/elsewhere"
        )
        try folder.write([1], to: "cache/tmp/half")
        #expect(
            try cache.prune(to: 0, unusedSince: Self.now)
                == .init(removed: 1, removedBytes: 10, remainingBytes: 0)
        )
        #expect(try folder.read("elsewhere") == [1, 2, 3])
        #expect(try folder.read("cache/tmp/half") == [1])
    }
}

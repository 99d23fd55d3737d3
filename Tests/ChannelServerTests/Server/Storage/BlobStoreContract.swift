// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import NIOCore
import Testing
import TrustCore

@testable import ChannelServer

/// What every ``BlobStore`` must do, as checks on any of them.
struct BlobStoreContract {
    let blobs: any BlobStore
    /// Makes blobs look as if they had been stored at another time.
    let age: @Sendable (Digest, Timestamp) throws -> Void
    /// Now, by the store's own clock.
    let now: Timestamp

    /// What is put is there under its digest, once, as often as it is put.
    func put() async throws {
        let digest = try await blobs.put([1, 2, 3])
        #expect(try await blobs.put([1, 2, 3]) == digest)
        #expect(digest == Digest.of([1, 2, 3]))
        #expect(try await blobs.bytes(of: digest, maximumLength: 3) == [1, 2, 3])
        #expect(try await blobs.size(of: digest) == 3)
        #expect(try await blobs.size(of: Digest.of([4])) == nil)
    }

    /// A staged blob is there once it is committed, and not before; one that was discarded never.
    func stage() async throws {
        let staged = try await blobs.stage(), discarded = try await blobs.stage()
        try await staged.write(ByteBuffer(bytes: [1, 2]))
        try await staged.write(ByteBuffer(bytes: [3]))
        try await discarded.write(ByteBuffer(bytes: [4]))
        let digest = try await staged.finish()
        #expect(
            digest == BlobDigest(sha256: Digest.of([1, 2, 3]), md5: Digest.of([1, 2, 3], by: .md5), size: 3)
        )
        #expect(try await blobs.size(of: digest.sha256) == nil)
        try await blobs.commit(staged)
        #expect(try await blobs.bytes(of: digest.sha256, maximumLength: 10) == [1, 2, 3])
        let other = try await blobs.stageWithoutMD5()
        try await other.write(ByteBuffer(bytes: [5]))
        let unnamed = try await other.finish()
        #expect(unnamed.sha256 == Digest.of([5]) && unnamed.size == 1)
        try await blobs.commit(other)
        #expect(try await blobs.bytes(of: unnamed.sha256, maximumLength: 1) == [5])
        _ = try await discarded.finish()
        await discarded.discard()
        #expect(try await blobs.size(of: Digest.of([4])) == nil)
    }

    /// What is longer than the reader allows, or not there, is not answered.
    func limits() async throws {
        let digest = try await blobs.put([1, 2, 3])
        await #expect(throws: (any Error).self) { try await blobs.bytes(of: digest, maximumLength: 2) }
        await #expect(throws: Failure.self) { try await blobs.bytes(of: Digest.of([9]), maximumLength: 2) }
    }

    /// Only what is old goes, and what is stored again is young again.
    func removal() async throws {
        let old = try await blobs.put([1]), young = try await blobs.put([2]), again = try await blobs.put([3])
        for digest in [old, again] { try age(digest, now.advanced(bySeconds: -1_000)) }
        let limit = now.advanced(bySeconds: -500)
        #expect(Set(try await blobs.digests(untouchedSince: limit)) == [old, again])
        _ = try await blobs.put([3])
        #expect(try await blobs.remove([old, young, again], untouchedSince: limit) == 1)
        #expect(try await blobs.size(of: old) == nil)
        #expect(try await blobs.size(of: young) == 1)
        #expect(try await blobs.size(of: again) == 1)
    }

    /// The same bytes, stored by many at once, are there whole.
    func many() async throws {
        let bytes = [UInt8](repeating: 7, count: 1 << 16)
        let digests = try await withThrowingTaskGroup(of: Digest.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let staged = try await blobs.stage()
                    try await staged.write(ByteBuffer(bytes: bytes))
                    let digest = try await staged.finish().sha256
                    try await blobs.commit(staged)
                    return digest
                }
            }
            return try await group.reduce(into: Set<Digest>()) { $0.insert($1) }
        }
        #expect(digests == [Digest.of(bytes)])
        #expect(try await blobs.bytes(of: Digest.of(bytes), maximumLength: bytes.count) == bytes)
    }

    /// All of the checks, by name.
    static let checks: [(name: String, run: @Sendable (BlobStoreContract) async throws -> Void)] = [
        ("put", { try await $0.put() }),
        ("stage", { try await $0.stage() }),
        ("limits", { try await $0.limits() }),
        ("removal", { try await $0.removal() }),
        ("many at once", { try await $0.many() }),
    ]
}

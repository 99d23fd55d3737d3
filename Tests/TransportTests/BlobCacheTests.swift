// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("The cache of verified downloads")
struct BlobCacheTests {
    static let content: [UInt8] = Array("kingsnake".utf8)
    static let digest = Digest.of(content)

    static func deliver(_ bytes: [UInt8], _ sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        for byte in bytes { try withUnsafeBytes(of: byte) { try sink($0) } }
    }

    static func store(_ bytes: [UInt8], in cache: BlobCache, size: UInt64? = nil) async throws -> String {
        try await cache.store(expected: digest, size: size) { sink in try deliver(bytes, sink) }
    }

    /// All files below a folder, relative.
    static func files(_ root: String) -> [String] {
        let found = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        var isFolder: ObjCBool = false
        return found.filter {
            FileManager.default.fileExists(atPath: root + "/" + $0, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }

    @Test("Verified bytes stand under their digest, are found again, and the producer is asked once")
    func stores() async throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path + "/a/b/cache")
        #expect(try cache.path(of: Self.digest) == nil)
        let path = try await Self.store(Self.content, in: cache, size: 9)
        let hex = Self.digest.hex
        #expect(path == folder.path + "/a/b/cache/sha256/" + hex.prefix(2) + "/" + hex.dropFirst(2))
        #expect(try folder.read(String(path.dropFirst(folder.path.count + 1))) == Self.content)
        #expect(try await Self.store([], in: cache, size: 9) == path)
        #expect(try cache.bytes(of: Self.digest, maximumLength: 9) == Self.content)
        #expect(try cache.bytes(of: Self.digest, maximumLength: 8) == nil)
        #expect(try cache.path(of: Self.digest, size: 8) == nil)
        try cache.remove(Self.digest)
        try cache.remove(Self.digest)
        #expect(try cache.path(of: Self.digest) == nil)
    }

    @Test("Only the user may look into the cache")
    func modes() async throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path + "/cache")
        let path = try await Self.store(Self.content, in: cache)
        func mode(_ path: String) throws -> Int {
            try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        }
        #expect(try mode(cache.root) == 0o700)
        #expect(try mode(cache.root + "/sha256") == 0o700)
        #expect(try mode(path) == 0o600)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: cache.root)
        #expect(throws: Failure.self) { try BlobCache(at: cache.root) }
    }

    @Test(
        "Bytes that are not the promised ones are never stored",
        arguments: [
            ("kingsnakf", nil, "digest.mismatch"), ("kingsnak", nil, "digest.mismatch"),
            ("kingsnak", 9, "digest.mismatch"), ("kingsnakes", 9, "limit.too-large"),
            ("", 9, "digest.mismatch"),
            ("kingsnake", 8, "limit.too-large"), ("kingsnake", 10, "digest.mismatch"),
        ] as [(String, UInt64?, String)]
    )
    func refused(text: String, size: UInt64?, code: String) async throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path)
        #expect(await refusalCode { try await Self.store(Array(text.utf8), in: cache, size: size) } == code)
        #expect(Self.files(folder.path) == [])
    }

    @Test("A producer that throws, or is cut off, leaves nothing")
    func producerThrows() async throws {
        struct Stop: Error {}
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path)
        await #expect(throws: Stop.self) {
            try await cache.store(expected: Self.digest, size: nil) { sink in
                try Self.deliver(Self.content, sink)
                throw Stop()
            }
        }
        #expect(Self.files(folder.path) == [])
    }

    @Test("A blob that was altered on disk is noticed on a recheck, removed, and fetched anew")
    func altered() async throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path)
        let path = try await Self.store(Self.content, in: cache)
        try Data("kingsnakE".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try cache.path(of: Self.digest) == path)
        #expect(try cache.bytes(of: Self.digest, maximumLength: 100) == nil)
        #expect(try cache.path(of: Self.digest, recheck: true) == nil)
        #expect(try cache.path(of: Self.digest) == nil)
        #expect(try await Self.store(Self.content, in: cache) == path)
        #expect(try cache.path(of: Self.digest, recheck: true) == path)
    }

    @Test("A blob of the wrong length is replaced")
    func wrongLength() async throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path)
        let path = try await Self.store(Self.content, in: cache)
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(try await Self.store(Self.content, in: cache, size: 9) == path)
        #expect(try cache.bytes(of: Self.digest, maximumLength: 100) == Self.content)
    }

    @Test("Leftovers of dead writers go when the cache is opened; those of living ones stay")
    func leftovers() async throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path)
        try await cache.store(expected: Self.digest, size: nil) { sink in
            try folder.write([1, 2, 3], to: "tmp/dead.1.2")
            try Self.deliver(Self.content, sink)
            #expect(Self.files(folder.path + "/tmp").count == 2)
            _ = try BlobCache(at: folder.path)
            #expect(Self.files(folder.path + "/tmp").count == 1)
            #expect(!Self.files(folder.path + "/tmp").contains("dead.1.2"))
        }
        #expect(Self.files(folder.path + "/tmp") == [])
        #expect(try cache.bytes(of: Self.digest, maximumLength: 100) == Self.content)
    }

    @Test("Many writers of one blob end with one blob")
    func manyWriters() async throws {
        let folder = try TemporaryFolder()
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 {
                group.addTask { try await Self.store(Self.content, in: BlobCache(at: folder.path), size: 9) }
            }
            var paths: Set<String> = []
            for try await path in group { paths.insert(path) }
            #expect(paths.count == 1)
        }
        #expect(Self.files(folder.path).count == 1)
    }

    @Test("A link in the cache is not followed")
    func links() async throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path + "/cache")
        try FileManager.default.createDirectory(
            atPath: folder.path + "/elsewhere",
            withIntermediateDirectories: true
        )
        try FileManager.default.createSymbolicLink(
            atPath: cache.root + "/sha256",
            withDestinationPath: folder.path + "/elsewhere"
        )
        await #expect(throws: Failure.self) { try await Self.store(Self.content, in: cache) }
        #expect(Self.files(folder.path + "/elsewhere") == [])
    }

    @Test("MD5 is not enough to name a blob")
    func md5() async throws {
        let folder = try TemporaryFolder()
        let cache = try BlobCache(at: folder.path)
        #expect(throws: Failure.self) { try cache.path(of: Digest.of(Self.content, by: .md5)) }
        let sha512 = Digest.of(Self.content, by: .sha512)
        let path = try await cache.store(expected: sha512, size: nil) { try Self.deliver(Self.content, $0) }
        #expect(path.contains("/sha512/"))
    }

    @Test(
        "Who fills the disk without a promised length is refused; with one, or with little, the disk is at fault",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))
    )
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        let root = try CacheFolder.opening(folder.path + "/cache")
        func write(size: UInt64?, endless: UInt64) throws {
            // A file of the system's that is always full.
            let full = OpenFile(owning: open("/dev/full", O_WRONLY), "/dev/full")
            let writer = BlobWriter(
                to: full,
                named: "x",
                in: root,
                of: root,
                expected: Self.digest,
                size: size,
                endless: endless
            )
            try Self.content.withUnsafeBytes { try writer.write($0) }
        }
        #expect(refusalCode { try write(size: nil, endless: 1) } == "limit.too-large")
        for (size, endless) in [(9, 1), (nil, BlobWriter.endlessLength)] as [(UInt64?, UInt64)] {
            let failure = #expect(throws: Failure.self) { try write(size: size, endless: endless) }
            #expect(failure?.kind == .disk && (failure?.cause as? TransferFault) == .noSpace)
        }
    }
}

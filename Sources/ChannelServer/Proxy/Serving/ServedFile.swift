// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import NIOCore
internal import NIOPosix
internal import TrustCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Opens files of a cache to be served.
///
/// An open file keeps its bytes, whatever becomes of its name. It is locked for readers, so that whoever throws things out of the
/// cache leaves it (see `BlobCache.prune`).
enum ServedFile {
    /// Opens a file, and tells how long it is; nil if it is not there.
    static func open(_ path: String) async throws -> (source: BodySource, length: UInt64)? {
        let threads = NIOThreadPool.singleton
        return try await threads.runIfActive {
            guard let file = try OpenFile(readingIfThere: path, followingLinks: false) else { return nil }
            _ = flock(file.descriptor, LOCK_SH | LOCK_NB)
            let length = UInt64(try file.length())
            return (.file(file, threads), length)
        }
    }

    /// Opens a package, or has a small one from memory: its bytes are digested when they come there. Nil if its file is not there,
    /// or a small one has other bytes than it should.
    static func open(_ path: String, _ digest: Digest, _ memory: BlobMemory) async throws
        -> (source: BodySource, length: UInt64)?
    {
        if let known = memory[digest] { return (.buffer(known), UInt64(known.readableBytes)) }
        let opened = try await open(path)
        guard case .file(let file, let threads)? = opened?.source, let length = opened?.length,
            length <= BlobBodies.smallSize
        else { return opened }
        let bytes = try await threads.runIfActive { try file.readAll(maximumLength: Int(length)) }
        guard Digest.of(bytes) == digest else { return nil }
        let buffer = ByteBuffer(bytes: bytes)
        memory[digest] = buffer
        return (.buffer(buffer), length)
    }

    /// Opens a file that must have a length; nil if it is not there, or has another.
    static func open(_ path: String, length: UInt64) async throws -> BodySource? {
        guard let (source, found) = try await open(path), found == length else { return nil }
        return source
    }
}

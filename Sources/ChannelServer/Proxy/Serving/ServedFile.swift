// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import NIOPosix

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

    /// Opens a file that must have a length; nil if it is not there, or has another.
    static func open(_ path: String, length: UInt64) async throws -> BodySource? {
        guard let (source, found) = try await open(path), found == length else { return nil }
        return source
    }
}

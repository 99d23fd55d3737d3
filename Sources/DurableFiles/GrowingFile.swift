// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file to which whole pieces are appended, such as a log.
///
/// A process that is killed may leave a part of its last piece at the end: the format must show that, and whoever
/// appends next takes it away. Only for who holds a lock that all others hold, too.
public final class GrowingFile: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Opens a file, and makes it if it is not there; a link is not followed.
    public init(_ path: String, mode: UInt16 = 0o600) throws {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw diskFailure("could not open a file", path) }
        // So that a file that was made just now is there after a power loss.
        try Folder.synchronize(Folder.parent(of: path))
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Its length in bytes; it must be a regular file.
    public func length() throws -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw diskFailure("could not look at a file", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.disk, "this is not a regular file", at: path)
        }
        return Int(status.st_size)
    }

    /// Reads from a position to the end.
    ///
    /// - Throws: a `Refusal` with `limit.too-large` if that is more than allowed, or a `Failure`.
    public func read(from start: Int, maximumLength: Int) throws -> [UInt8] {
        let count = max(0, try length() - start)
        guard count <= maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                path,
                expected: "at most \(maximumLength) bytes",
                found: "\(count) bytes"
            )
        }
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]
                )
                let found = pread(descriptor, rest.baseAddress, rest.count, off_t(start + filled))
                if found < 0, errno == EINTR { continue }
                guard found >= 0 else { throw diskFailure("could not read a file", path) }
                if found == 0 { return }
                filled += found
            }
        }
    }

    /// Appends a piece, and waits until it is on the disk.
    public func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            var rest = buffer
            while !rest.isEmpty {
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                #else
                    let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
                #endif
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw diskFailure("could not write to a file", path) }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
        try synchronize()
    }

    /// Takes away what is behind a length, and waits until that is on the disk.
    public func cut(to length: Int) throws {
        guard ftruncate(descriptor, off_t(length)) == 0 else {
            throw diskFailure("could not cut a file", path)
        }
        try synchronize()
    }

    private func synchronize() throws {
        guard fsync(descriptor) == 0 else { throw diskFailure("could not sync a file", path) }
    }
}

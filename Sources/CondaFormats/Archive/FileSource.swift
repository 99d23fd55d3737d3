// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An archive in a file, which is opened once.
public final class FileSource: ArchiveSource {
    private let descriptor: Int32
    private let path: String

    /// Opens a file.
    public init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("could not open the package", path) }
        #if canImport(Glibc)
            _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        #endif
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Reads the next bytes.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
                let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            guard errno == EINTR else { throw Self.failure("could not read the package", path) }
        }
    }

    private static func failure(_ what: String, _ path: String) -> Failure {
        Failure(.disk, "\(what): \(String(cString: strerror(errno)))", at: path)
    }
}

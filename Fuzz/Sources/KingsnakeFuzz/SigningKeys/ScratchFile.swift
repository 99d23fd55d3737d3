// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file of this process that only its owner may read, for parsers that take a path.
struct ScratchFile {
    let path: String

    init(_ bytes: [UInt8]) throws {
        let folder = getenv("FUZZ_SCRATCH").map { String(cString: $0) } ?? "/tmp"
        path = "\(folder)/kingsnake-fuzz-\(getpid())"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(.disk, "no scratch file", at: path) }
        defer { close(descriptor) }
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw Failure(.disk, "no whole scratch file", at: path)
        }
    }

    func remove() { unlink(path) }
}

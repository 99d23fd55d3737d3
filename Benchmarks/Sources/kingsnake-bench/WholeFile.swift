// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file read into memory in one piece, without a second copy of it.
enum WholeFile {
    /// What could not be done, and the system's reason.
    struct Unreadable: Error, CustomStringConvertible {
        let path: String
        let reason: Int32
        var description: String { "\(path): \(String(cString: strerror(reason)))" }
    }

    static func read(_ path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Unreadable(path: path, reason: errno) }
        defer { close(file) }
        let length = lseek(file, 0, SEEK_END)
        guard length >= 0, lseek(file, 0, SEEK_SET) == 0 else { throw Unreadable(path: path, reason: errno) }
        return try [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, filled in
            HugePages.advise(UnsafeMutableRawBufferPointer(buffer))
            while filled < buffer.count {
                let rest = UnsafeMutableBufferPointer(rebasing: buffer[filled...])
                #if canImport(Glibc)
                    let count = Glibc.read(file, rest.baseAddress, rest.count)
                #else
                    let count = Darwin.read(file, rest.baseAddress, rest.count)
                #endif
                guard count >= 0 else { throw Unreadable(path: path, reason: errno) }
                if count == 0 { break }
                filled += count
            }
        }
    }
}

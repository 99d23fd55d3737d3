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

/// An open file descriptor, closed with its last reference.
final class OpenFile {
    let descriptor: Int32
    /// For messages.
    let path: String

    init(owning descriptor: Int32, _ path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Opens a file for reading, links followed; nil if there is none.
    static func reading(_ path: String) throws -> OpenFile? {
        // Not blocking: opening a pipe that nobody writes to would hang.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor >= 0 { return OpenFile(owning: descriptor, path) }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw failure("could not open", path)
    }

    /// The length of a regular file; nil if it is something else.
    func regularLength() throws -> UInt64? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure("could not examine", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        return UInt64(clamping: status.st_size)
    }

    /// Reads to the end.
    func readAll(_ receive: (UnsafeRawBufferPointer) throws -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure("could not read", path)
            }
            try receive(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Reads a part, wherever others read or write just now; fewer bytes where the file ends before.
    func bytes(in part: Range<Int>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: part.count) { buffer, filled in
            while filled < part.count {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]
                )
                let count = pread(descriptor, rest.baseAddress, rest.count, off_t(part.lowerBound + filled))
                if count < 0 {
                    if errno == EINTR { continue }
                    throw Self.failure("could not read", path)
                }
                if count == 0 { return }
                filled += count
            }
        }
    }

    /// Writes all bytes.
    func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure("could not write", path)
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Makes contents (or, of a folder, names) survive a crash of the machine.
    func synchronise() throws {
        guard fsync(descriptor) == 0 else { throw Self.failure("could not save", path) }
    }

    /// A failure with the system's reason.
    static func failure(_ action: String, _ path: String) -> Failure {
        let number = errno
        return Failure(
            .disk,
            "\(action): \(String(cString: strerror(number)))",
            at: path,
            cause: number == ENOSPC || number == EDQUOT ? TransferFault.noSpace : .file
        )
    }
}

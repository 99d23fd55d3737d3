// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An open file that closes itself.
public final class OpenFile: Sendable {
    /// The system's number for it.
    public let descriptor: Int32
    /// The path it was opened by, for messages.
    public let path: String

    /// Makes a new file; refuses to open one that is there, or to follow a link.
    public init(creating path: String, mode: UInt16 = 0o644) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(mode))
        self.path = path
        guard descriptor >= 0 else { throw diskFailure("could not create a file", path) }
        // The umask may have taken bits away; a key must be exactly 0600 and a served file readable.
        guard fchmod(descriptor, mode_t(mode)) == 0 else {
            throw diskFailure("could not set a file's mode", path)
        }
    }

    /// Opens a file to read it; nil if there is none.
    ///
    /// - Parameter followingLinks: whether the last component of the path may be a symbolic link.
    public init?(readingIfThere path: String, followingLinks: Bool = true) throws {
        // Not blocking, so that a named pipe in place of the file cannot hold us up.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW))
        self.descriptor = descriptor
        self.path = path
        if descriptor < 0 {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw diskFailure("could not open a file", path)
        }
    }

    /// Opens a file in a folder that is open, to read it; nil if there is none. A symbolic link is not followed.
    ///
    /// - Parameters:
    ///   - name: its name, without a slash.
    ///   - folder: the system's number for the folder.
    ///   - path: the file's path, for messages.
    public init?(readingIfThere name: String, inFolder folder: Int32, path: String) throws {
        let descriptor = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        self.descriptor = descriptor
        self.path = path
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw diskFailure("could not open a file", path)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The file's length in bytes; it must be a regular file.
    public func length() throws -> Int { Int(try status().st_size) }

    /// The file's permission bits; it must be a regular file.
    public func permissions() throws -> UInt16 { UInt16(truncatingIfNeeded: try status().st_mode & 0o7777) }

    private func status() throws -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw diskFailure("could not look at a file", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.disk, "this is not a regular file", at: path)
        }
        return status
    }

    /// Writes all the bytes.
    public func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    /// Writes all the bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = systemWrite(descriptor, rest)
            if count < 0 {
                if errno == EINTR { continue }
                throw diskFailure("could not write to a file", path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Reads the whole file, and refuses to read more than allowed even if it grows meanwhile.
    public func readAll(maximumLength: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(try length(), max(0, maximumLength)))
        try readChunks { chunk in
            guard chunk.count <= maximumLength - bytes.count else {
                throw Refusal(CoreCode.tooLarge, path, expected: "at most \(maximumLength) bytes")
            }
            bytes.append(contentsOf: chunk)
        }
        return bytes
    }

    /// Reads from here to the end in pieces of up to 1 MiB.
    public func readChunks(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = systemRead(descriptor, buffer)
            if count < 0 {
                if errno == EINTR { continue }
                throw diskFailure("could not read a file", path)
            }
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// The file as bytes that are read a part at a time, wherever others read just now; as many as it has at this
    /// moment. It must be a regular file, and stays open as long as they are used.
    public func stored() throws -> StoredBytes {
        StoredBytes(path, length: try length()) { try self.read($0) }
    }

    /// Reads a part; fewer bytes where the file ends before.
    private func read(_ part: Range<Int>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: part.count) { buffer, filled in
            while filled < part.count {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]
                )
                let count = pread(descriptor, rest.baseAddress, rest.count, off_t(part.lowerBound + filled))
                if count < 0 {
                    if errno == EINTR { continue }
                    throw diskFailure("could not read a file", path)
                }
                if count == 0 { return }
                filled += count
            }
        }
    }

    /// Waits until the bytes are on the disk.
    public func synchronize() throws {
        guard fsync(descriptor) == 0 else { throw diskFailure("could not sync a file", path) }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    #if canImport(Glibc)
        Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    #else
        Darwin.read(descriptor, buffer.baseAddress, buffer.count)
    #endif
}

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

extension PrefixFolder {
    /// How much is read or written at once.
    static let chunk = 1 << 20

    /// A name in a folder and what it is.
    struct Entry {
        let name: String
        let kind: FileStatus.Kind
        /// Whether the name is UTF-8; where it is not, ``name`` is only good for showing.
        let isText: Bool
    }

    /// The names in the folder, in no order, without `.` and `..`.
    func list() throws -> [Entry] {
        // A descriptor of its own: the stream owns it and moves its offset.
        let copy = Self.system { openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard copy >= 0, let stream = fdopendir(copy) else { throw PrefixFailure.disk("listing", path) }
        defer { closedir(stream) }
        var entries: [Entry] = []
        errno = 0
        while let found = readdir(stream) {
            let (name, isText) = withUnsafePointer(to: &found.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { text in
                    (String(cString: text), String(validatingCString: text) != nil)
                }
            }
            if name != ".", name != ".." {
                entries.append(Entry(name: name, kind: try kind(found.pointee.d_type, name), isText: isText))
            }
            errno = 0
        }
        guard errno == 0 else { throw PrefixFailure.disk("listing", path) }
        return entries
    }

    private func kind(_ type: UInt8, _ name: String) throws -> FileStatus.Kind {
        switch Int(type) {
        case Int(DT_REG): .file
        case Int(DT_DIR): .folder
        case Int(DT_LNK): .symbolicLink
        case Int(DT_UNKNOWN): try status(name)?.kind ?? .other
        default: .other
        }
    }

    /// Opens a regular file to read; nil if there is none of that name.
    func openFile(_ name: String) throws -> OpenFile? { try openFileAndSize(name)?.file }

    /// Opens a regular file to read, and answers its size; nil if there is none of that name.
    func openFileAndSize(_ name: String) throws -> (file: OpenFile, size: UInt64)? {
        let file = Self.system { openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        if file < 0, [ENOENT, ELOOP, ENOTDIR].contains(errno) { return nil }
        guard file >= 0 else { throw failure("opening", name) }
        let open = OpenFile(descriptor: file, path: "\(path)/\(name)")
        let status = try open.status()
        return status.kind == .file ? (open, status.size) : nil
    }

    /// Makes a file that was not there before.
    func makeFile(_ name: String, mode: mode_t = 0o666) throws -> OpenFile {
        let file = Self.system {
            openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        }
        guard file >= 0 else { throw failure("making the file", name) }
        return OpenFile(descriptor: file, path: "\(path)/\(name)")
    }

    /// Reads a whole file; nil if there is no regular file of that name.
    func read(_ name: String, maximumLength: Int) throws -> [UInt8]? {
        try openFile(name)?.readAll(maximumLength: maximumLength)
    }

    /// Writes a new file whole.
    func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o666, flushing: Bool = false) throws {
        let file = try makeFile(name, mode: mode)
        try bytes.withUnsafeBytes { try file.write($0) }
        if flushing { try file.synchronise() }
    }
}

/// An open file.
final class OpenFile {
    let descriptor: Int32
    let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func status() throws -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw PrefixFailure.disk("looking at", path) }
        return FileStatus(status)
    }

    /// Reads into a buffer; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = systemRead(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw PrefixFailure.disk("reading", path) }
        }
    }

    /// Reads everything, refusing more than allowed (`limit.too-large`).
    func readAll(maximumLength: Int) throws -> [UInt8] {
        let announced = try status().size
        guard announced <= UInt64(maximumLength) else { throw tooLarge(maximumLength) }
        var bytes = [UInt8](repeating: 0, count: Int(clamping: announced) + 1)
        var count = 0
        while true {
            if count == bytes.count { bytes += repeatElement(0, count: PrefixFolder.chunk) }
            let more = try bytes.withUnsafeMutableBytes { try read(into: .init(rebasing: $0[count...])) }
            if more == 0 { break }
            count += more
            guard count <= maximumLength else { throw tooLarge(maximumLength) }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = systemWrite(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw PrefixFailure.disk("writing", path) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    func setMode(_ mode: mode_t) throws {
        guard fchmod(descriptor, mode) == 0 else { throw PrefixFailure.disk("setting the mode of", path) }
    }

    func synchronise() throws {
        guard fsync(descriptor) == 0 else { throw PrefixFailure.disk("flushing", path) }
    }

    private func tooLarge(_ limit: Int) -> Refusal {
        Refusal(CoreCode.tooLarge, path, expected: "at most \(limit) bytes")
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}

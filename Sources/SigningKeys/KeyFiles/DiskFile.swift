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

/// The little that key files need of the file system, with the modes and the order of events in our hands.
enum DiskFile {
    /// Reads a whole regular file; `check` sees the permission bits, of the very file
    /// that is read, before the first byte is.
    static func contents(
        of path: String,
        limit: Int,
        check: (_ mode: UInt32) throws -> Void
    ) throws -> [UInt8] {
        // Not blocking, so that a named pipe in place of the file cannot hold us up.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure("the file could not be opened", path) }
        defer { close(descriptor) }
        var raw = stat()
        guard fstat(descriptor, &raw) == 0 else { throw failure("the file could not be looked at", path) }
        guard raw.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.disk, "this is not a regular file", at: path)
        }
        try check(UInt32(raw.st_mode) & 0o7777)
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("the file could not be read", path) }
            if count == 0 { break }
            filled += count
        }
        defer { Wipe.bytes(&bytes) }
        guard filled <= limit else {
            throw Refusal(CoreCode.tooLarge, "key file", at: path, expected: "at most \(limit) bytes")
        }
        return Array(bytes[..<filled])
    }

    /// A `Failure` if there is something of that name.
    static func demandAbsence(of path: String) throws {
        var raw = stat()
        guard lstat(path, &raw) != 0 else { throw exists(path) }
    }

    /// Makes a new file with these bytes: whole and on the disk, or not at all; never in place of another.
    static func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws {
        let folder = folder(of: path)
        let temporary = "\(folder)/.kingsnake-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(mode))
        guard descriptor >= 0 else { throw failure("the file could not be made", path) }
        do {
            defer { close(descriptor) }
            guard fchmod(descriptor, mode_t(mode)) == 0, pour(bytes, into: descriptor), fsync(descriptor) == 0
            else {
                throw failure("the file could not be written", path)
            }
            try publish(temporary, as: path)
        } catch {
            unlink(temporary)
            throw error
        }
        try synchronise(folder)
    }

    /// Gives the temporary file its name, if there is no file of that name.
    private static func publish(_ temporary: String, as path: String) throws {
        if link(temporary, path) == 0 {
            unlink(temporary)
            return
        }
        guard errno != EEXIST else { throw exists(path) }
        try replaceReservation(temporary, as: path)
    }

    /// Does the same where there are no hard links, as on the FAT of USB sticks: reserves the name, and replaces the
    /// reservation. Somebody who is killed in between leaves an empty file, which no reader takes for a key.
    static func replaceReservation(_ temporary: String, as path: String) throws {
        let reservation = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard reservation >= 0 else {
            throw errno == EEXIST ? exists(path) : failure("the file could not be made", path)
        }
        close(reservation)
        guard rename(temporary, path) == 0 else {
            let problem = failure("the file could not be made", path)
            unlink(path)
            throw problem
        }
    }

    private static func synchronise(_ folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { throw failure("the folder could not be opened", folder) }
        defer { close(descriptor) }
        // Some file systems cannot do this for folders, and say EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw failure("the folder could not be written", folder)
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: 0x2F) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func pour(_ bytes: [UInt8], into descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }

    private static func exists(_ path: String) -> Failure {
        Failure(
            .disk,
            "there is a file of that name already",
            at: path,
            remedy: "choose another name; key files are never overwritten"
        )
    }

    private static func failure(_ message: String, _ path: String) -> Failure {
        Failure(.disk, "\(message): \(String(cString: strerror(errno)))", at: path)
    }
}

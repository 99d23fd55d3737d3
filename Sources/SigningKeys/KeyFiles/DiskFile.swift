// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
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
        guard let file = try OpenFile(readingIfThere: path) else {
            throw Failure(.disk, "there is no such file", at: path)
        }
        try check(UInt32(try file.permissions()))
        return try contents(of: file, path, limit)
    }

    /// Reads a whole regular file that nobody but root and this process's user had a hand in, for it names code that is
    /// run: it is theirs, and so is its folder, and nobody else may write either. No link is followed in the
    /// last component. The folders above it are not looked at.
    ///
    /// - Parameter subject: what the file is.
    /// - Throws: a refusal with `key.file-permissions`, or a `Failure`.
    static func trustedContents(of path: String, limit: Int, subject: String) throws -> [UInt8] {
        let above = Folder.parent(of: path)
        let folder = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw diskFailure("could not open a folder", above) }
        defer { close(folder) }
        // In the sticky folders that all may write, anybody can add a file: that bit helps nothing here.
        try demandTrust(in: folder, above, "folder of a \(subject)", expected: "700")
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? path
        guard let file = try OpenFile(readingIfThere: name, inFolder: folder, path: path) else {
            throw Failure(.disk, "there is no such file", at: path)
        }
        try demandTrust(in: file.descriptor, path, subject, expected: "600")
        return try contents(of: file, path, limit)
    }

    private static func demandTrust(
        in descriptor: Int32,
        _ path: String,
        _ subject: String,
        expected mode: String
    ) throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw diskFailure("could not look at a file", path) }
        let isOurs = status.st_uid == geteuid() || status.st_uid == 0
        guard !isOurs || status.st_mode & 0o022 != 0 else { return }
        throw Refusal(
            KeyCode.filePermissions,
            subject,
            at: path,
            expected: "mode \(mode), and user \(geteuid()) or root as its owner",
            found: "mode \(String(status.st_mode & 0o7777, radix: 8)), and user \(status.st_uid)"
        )
    }

    private static func contents(of file: OpenFile, _ path: String, _ limit: Int) throws -> [UInt8] {
        do { return try file.readAll(maximumLength: limit) } catch let refusal as Refusal {
            throw Refusal(
                CoreCode.tooLarge,
                "key file",
                at: path,
                expected: "at most \(limit) bytes",
                cause: refusal
            )
        }
    }

    /// A `Failure` if there is something of that name.
    static func demandAbsence(of path: String) throws {
        guard !Folder.exists(path) else { throw exists(path) }
    }

    /// Makes a new file with these bytes: whole and on the disk, or not at all; never in place of another.
    static func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws {
        let temporary = DurableFile.temporaryName(beside: path)
        do {
            let file = try OpenFile(creating: temporary, mode: UInt16(truncatingIfNeeded: mode))
            try file.write(bytes)
            try file.synchronize()
            try publish(temporary, as: path)
        } catch {
            unlink(temporary)
            throw error
        }
        try Folder.synchronize(Folder.parent(of: path))
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

    /// Does the same where there are no hard links, as on the FAT of USB sticks: reserves the name, and
    /// replaces the reservation. Somebody who is killed in between leaves an empty file, which no reader
    /// takes for a key.
    static func replaceReservation(_ temporary: String, as path: String) throws {
        let reservation = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard reservation >= 0 else {
            throw errno == EEXIST ? exists(path) : diskFailure("the file could not be made", path)
        }
        close(reservation)
        guard rename(temporary, path) == 0 else {
            let problem = diskFailure("the file could not be made", path)
            unlink(path)
            throw problem
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
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension DurableFile {
    /// Writes a file of somebody's own, as ``write(_:to:mode:)`` does, and keeps what it is besides its content: a link stays a
    /// link, and the file that it leads to keeps its permissions, its owner and its group. Access lists and extended
    /// attributes are not kept.
    ///
    /// - Parameter mode: the permission bits of a file that is not there yet.
    /// - Throws: a `Failure` of kind `disk`, also where the owner cannot be kept; then the file is as before.
    public static func replace(_ bytes: [UInt8], at path: String, mode: UInt16 = 0o644) throws {
        guard let target = try target(of: path) else { return try write(bytes, to: path, mode: mode) }
        var status = stat()
        guard stat(target, &status) == 0 else { throw diskFailure("could not look at a file", target) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.disk, "this is not a regular file", at: target)
        }
        let temporary = temporaryName(beside: target)
        do {
            let file = try OpenFile(creating: temporary, mode: 0o600)
            guard fchown(file.descriptor, status.st_uid, status.st_gid) == 0 else {
                throw diskFailure("could not keep a file's owner", target)
            }
            guard fchmod(file.descriptor, status.st_mode & 0o7777) == 0 else {
                throw diskFailure("could not set a file's mode", target)
            }
            try file.write(bytes)
            try file.synchronize()
            try rename(temporary, to: target)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// The file that a path leads to, without any link; nil if there is nothing. A link that leads nowhere is a `Failure`.
    public static func target(of path: String) throws -> String? {
        guard Folder.exists(path) else { return nil }
        guard let real = realpath(path, nil) else { throw diskFailure("could not follow a link", path) }
        defer { free(real) }
        return String(cString: real)
    }

    /// The permission bits of a file; nil if there is none. Links are followed.
    public static func permissions(of path: String) throws -> UInt16? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw diskFailure("could not look at a file", path)
        }
        return UInt16(truncatingIfNeeded: status.st_mode & 0o7777)
    }

    /// Removes a folder if nothing is in it; otherwise, and where there is none, nothing happens.
    public static func removeEmptyFolder(_ path: String) { rmdir(path) }
}

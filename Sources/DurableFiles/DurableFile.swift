// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whole files that are either as before or complete, whatever happens in between.
public enum DurableFile {
    /// Writes a file so that a reader, another process or a crash sees the old content or the new, never a
    /// part.
    ///
    /// The bytes go to a temporary file beside it, which is synced and then renamed over it; the folder is
    /// synced too, so that the change survives a power loss once this returns.
    ///
    /// - Parameter mode: the permission bits of the new file, whatever the process's umask says.
    /// - Throws: a `Failure` of kind `disk`; then no temporary file is left behind. If it was the last step
    ///   that failed, the sync of the folder, the new content is there already.
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt16 = 0o644) throws {
        let temporary = temporaryName(beside: path)
        do {
            let file = try OpenFile(creating: temporary, mode: mode)
            try file.write(bytes)
            try file.synchronize()
            try rename(temporary, to: path)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Writes a file so that a reader or another process sees the old content or the new, and does not wait for
    /// the disk.
    ///
    /// A process that is killed leaves the file whole; a power loss may leave it as before, complete, or
    /// damaged. So it is only for what is checked whenever it is read, and can be had again.
    public static func writeWithoutSync(_ bytes: [UInt8], to path: String, mode: UInt16 = 0o644) throws {
        let temporary = temporaryName(beside: path)
        do {
            try OpenFile(creating: temporary, mode: mode).write(bytes)
            try renameWithoutSync(temporary, to: path)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Puts a finished, synced file or folder in the place of another, and syncs the folder it is in.
    public static func rename(_ from: String, to path: String) throws {
        try renameWithoutSync(from, to: path)
        try Folder.synchronize(Folder.parent(of: path))
    }

    /// Puts a finished file in the place of another, synced or not. The caller syncs the folder, once for many
    /// files, where it must.
    public static func renameWithoutSync(_ from: String, to path: String) throws {
        guard systemRename(from, path) == 0 else {
            throw diskFailure("could not rename a file into place", path)
        }
    }

    /// When a file was last modified, as the file system says; nil if there is none.
    public static func modified(_ path: String) -> Timestamp? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
            return Timestamp(seconds: Int64(status.st_mtimespec.tv_sec))
        #else
            return Timestamp(seconds: Int64(status.st_mtim.tv_sec))
        #endif
    }

    /// Sets when a file was last modified; it is no error if there is none.
    public static func setModified(_ path: String, to moment: Timestamp) throws {
        let time = timespec(tv_sec: time_t(moment.seconds), tv_nsec: 0)
        let times = [time, time]
        guard utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0 || errno == ENOENT else {
            throw diskFailure("could not set a file's time", path)
        }
    }

    /// Sets when a file was last modified to now, by the file system's clock; says whether the file is there.
    public static func touch(_ path: String) throws -> Bool {
        guard utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return false }
            throw diskFailure("could not set a file's time", path)
        }
        return true
    }

    /// Reads a whole file; nil if there is none.
    ///
    /// - Throws: a `Refusal` with `limit.too-large` if it is longer than allowed, or a `Failure`.
    public static func read(
        _ path: String,
        maximumLength: Int,
        followingLinks: Bool = true
    ) throws -> [UInt8]? {
        guard let file = try OpenFile(readingIfThere: path, followingLinks: followingLinks) else {
            return nil
        }
        let length = try file.length()
        guard length <= maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                path,
                expected: "at most \(maximumLength) bytes",
                found: "\(length) bytes"
            )
        }
        return try file.readAll(maximumLength: maximumLength)
    }

    /// Opens a file to read it a part at a time; nil if there is none. Another file that is renamed to its place
    /// meanwhile is not seen.
    ///
    /// - Throws: a `Refusal` with `limit.too-large` if it is longer than allowed, or a `Failure`.
    public static func open(_ path: String, maximumLength: Int) throws -> StoredBytes? {
        guard let bytes = try OpenFile(readingIfThere: path)?.stored() else { return nil }
        guard bytes.length <= maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                path,
                expected: "at most \(maximumLength) bytes",
                found: "\(bytes.length) bytes"
            )
        }
        return bytes
    }

    /// Writes a file as ``write(_:to:mode:)`` does, in the pieces that the body gives.
    public static func write(
        to path: String,
        mode: UInt16 = 0o644,
        pieces body: (_ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        let temporary = temporaryName(beside: path)
        do {
            let file = try OpenFile(creating: temporary, mode: mode)
            try body { try file.write($0) }
            try file.synchronize()
            try rename(temporary, to: path)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Removes a file, for good; it is no error if there is none.
    public static func remove(_ path: String) throws {
        guard unlink(path) == 0 else {
            if errno == ENOENT { return }
            throw diskFailure("could not remove a file", path)
        }
        try Folder.synchronize(Folder.parent(of: path))
    }

    /// Removes the temporary files that dead writers left in a folder. Only for who holds the lock that
    /// writers hold.
    public static func removeAbandoned(in folder: String) throws {
        for name in try Folder.hiddenNames(in: folder) where isTemporary(name) {
            unlink(folder + "/" + name)
        }
    }

    /// Whether a file's name is one that ``temporaryName(beside:)`` gives.
    public static func isTemporary(_ name: String) -> Bool {
        name.utf8.first == UInt8(ascii: ".") && name.contains(".tmp-")
    }

    /// A name for a temporary file in the same folder, which stale-file sweeps recognise by its `.tmp-`.
    public static func temporaryName(beside path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? "file"
        let suffix = Hex.encode(withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { Array($0) })
        return Folder.parent(of: path) + "/.\(name.prefix(80)).tmp-\(suffix)"
    }
}

private func systemRename(_ from: String, _ to: String) -> Int32 {
    #if canImport(Glibc)
        Glibc.rename(from, to)
    #else
        Darwin.rename(from, to)
    #endif
}

/// A disk failure that names the path and says what the system said.
public func diskFailure(_ what: String, _ path: String) -> Failure {
    let reason = String(cString: strerror(errno))
    return Failure(.disk, "\(what): \(reason)", at: path)
}

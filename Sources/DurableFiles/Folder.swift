// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Folders: made, listed, synced and removed.
public enum Folder {
    /// Makes a folder and those above it; it is no error if it is there.
    public static func create(_ path: String, mode: UInt16 = 0o755) throws {
        if mkdir(path, mode_t(mode)) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, path != parent(of: path) else {
            throw diskFailure("could not make a folder", path)
        }
        try create(parent(of: path), mode: mode)
        guard mkdir(path, mode_t(mode)) == 0 || errno == EEXIST else {
            throw diskFailure("could not make a folder", path)
        }
    }

    /// The names in a folder, in byte order; empty if there is no folder.
    public static func names(in path: String) throws -> [String] {
        try unsortedNames(in: path) { _ in true }.sorted { ByteKey($0) < ByteKey($1) }
    }

    /// The names in a folder that begin with a dot, in no order; empty if there is no folder. Quick, however
    /// many others there are.
    static func hiddenNames(in path: String) throws -> [String] {
        try unsortedNames(in: path) { $0 == UInt8(ascii: ".") }
    }

    /// The names in a folder whose first byte is wanted.
    private static func unsortedNames(in path: String, where isWanted: (UInt8) -> Bool) throws -> [String] {
        guard let stream = opendir(path) else {
            if errno == ENOENT { return [] }
            throw diskFailure("could not list a folder", path)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            guard isWanted(UInt8(bitPattern: entry.pointee.d_name.0)) else { continue }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Whether there is something at a path, without following a link in its last component.
    public static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Whether there is a folder at a path.
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The permission bits of what is at a path.
    public static func permissions(of path: String) throws -> UInt16 {
        var status = stat()
        guard stat(path, &status) == 0 else { throw diskFailure("could not look at a folder", path) }
        return UInt16(truncatingIfNeeded: status.st_mode & 0o7777)
    }

    /// How many bytes may still be written by this process's user to the file system that a path is on.
    public static func freeBytes(at path: String) throws -> UInt64 {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw diskFailure("could not tell the free space", path) }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(
            by: UInt64(status.f_frsize)
        )
        return overflow ? .max : bytes
    }

    /// Whether there is a symbolic link at a path.
    public static func isSymbolicLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// Makes a folder and those above it, and waits until their names are on the disk.
    public static func createDurably(_ path: String, mode: UInt16 = 0o755) throws {
        let above = parent(of: path)
        guard !isFolder(path), above != path else { return }
        try createDurably(above, mode: mode)
        try create(path, mode: mode)
        try synchronize(above)
    }

    /// Removes a file, or a folder with everything in it; no error if there is nothing.
    ///
    /// It goes down by descriptors and opens no link, so that nobody who swaps a folder for a link meanwhile can
    /// lead it elsewhere (CVE-2022-21658).
    public static func removeTree(_ path: String) throws {
        let above = open(parent(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if above < 0, errno == ENOENT || errno == ENOTDIR { return }
        guard above >= 0 else { throw diskFailure("could not open a folder", parent(of: path)) }
        defer { close(above) }
        let parts = path.utf8.split(separator: UInt8(ascii: "/"))
        guard let name = parts.last else { throw diskFailure("could not remove a folder", path) }
        try remove(name.map { CChar(bitPattern: $0) } + [0], in: above, path)
    }

    private static func remove(_ name: [CChar], in folder: Int32, _ path: String) throws {
        if unlinkat(folder, name, 0) == 0 || errno == ENOENT { return }
        // EISDIR on Linux, EPERM elsewhere.
        guard errno == EISDIR || errno == EPERM else { throw diskFailure("could not remove a file", path) }
        let inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard inner >= 0 else { throw diskFailure("could not open a folder", path) }
        guard let stream = fdopendir(inner) else {
            close(inner)
            throw diskFailure("could not list a folder", path)
        }
        defer { closedir(stream) }
        var entries: [[CChar]] = []
        while let entry = readdir(stream) {
            // As bytes: a name need not be text.
            let found = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { text in
                    Array(UnsafeBufferPointer(start: text, count: strlen(text) + 1))
                }
            }
            if found != [0x2E, 0], found != [0x2E, 0x2E, 0] { entries.append(found) }
        }
        for entry in entries { try remove(entry, in: inner, path) }
        guard unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw diskFailure("could not remove a folder", path)
        }
    }

    /// Whether a path is a folder of this process's user, and no link to one.
    public static func isOwn(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
    }

    /// Waits until a folder's entries are on the disk.
    public static func synchronize(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw diskFailure("could not open a folder", path) }
        defer { close(descriptor) }
        // Some file systems cannot do this for folders, and say EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw diskFailure("could not sync a folder", path)
        }
    }

    /// The path of the folder that something is in; `.` for a bare name, `/` at the top.
    public static func parent(of path: String) -> String {
        let trimmed = path.utf8.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }

    /// A path from the root of the file system, with `.` and `..` resolved by name.
    ///
    /// - Throws: a `Failure` for an empty path, and for a relative one where the current folder cannot be
    ///   told, as after its removal: what is left of the path would mean a folder below `/`.
    public static func absolute(_ path: String) throws -> String {
        guard let first = path.utf8.first else {
            throw Failure(.configuration, "an empty path names nothing")
        }
        var start = path
        if first != UInt8(ascii: "/") {
            guard let here = getcwd(nil, 0) else {
                throw diskFailure("could not tell the current folder, from which the path starts", path)
            }
            defer { free(here) }
            start = String(cString: here) + "/" + path
        }
        var parts: [Substring] = []
        for part in start.utf8.split(separator: UInt8(ascii: "/")).map({ Substring($0) }) where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}

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

/// Failures of system calls in a prefix.
enum PrefixFailure {
    /// What we were doing, to what, and what the system said.
    static func disk(_ doing: String, _ path: String, _ number: Int32 = errno) -> Failure {
        Failure(.disk, "\(doing): \(String(cString: strerror(number)))", at: path)
    }
}

/// What a name in a folder is, without following it.
struct FileStatus {
    /// What it is.
    enum Kind {
        case file, folder, symbolicLink, other
    }

    let kind: Kind
    let size: UInt64
    let mode: mode_t
    let device: UInt64
    let inode: UInt64

    init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .folder
        case S_IFLNK: kind = .symbolicLink
        default: kind = .other
        }
        size = UInt64(clamping: status.st_size)
        mode = status.st_mode & 0o7777
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
    }
}

/// An open folder. Everything is done relative to it, and nothing follows a symbolic link.
final class PrefixFolder: Sendable {
    let descriptor: Int32
    let path: String

    /// Takes an open descriptor over.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Opens a folder the user named; the only place where a link is followed.
    static func open(_ path: String) throws -> PrefixFolder? {
        let descriptor = system { openPath(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw PrefixFailure.disk("opening the folder", path) }
        return PrefixFolder(descriptor: descriptor, path: path)
    }

    /// Opens a folder inside; nil if there is none of that name, or something else has it.
    func folder(_ name: String) throws -> PrefixFolder? {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let child = Self.system { openat(descriptor, name, flags) }
        if child < 0, [ENOENT, ENOTDIR, ELOOP].contains(errno) { return nil }
        guard child >= 0 else { throw failure("opening the folder", name) }
        return PrefixFolder(descriptor: child, path: "\(path)/\(name)")
    }

    /// Opens a folder inside, making it if there is nothing of that name.
    func madeFolder(_ name: String, mode: mode_t = 0o777) throws -> PrefixFolder {
        if let folder = try folder(name) { return folder }
        guard mkdirat(descriptor, name, mode) == 0 || errno == EEXIST else {
            throw failure("making the folder", name)
        }
        guard let folder = try folder(name) else { throw failure("opening the folder", name, ENOTDIR) }
        return folder
    }

    /// What a name is; nil if there is nothing.
    func status(_ name: String) throws -> FileStatus? {
        var status = stat()
        if fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return FileStatus(status) }
        guard errno == ENOENT || errno == ENOTDIR else { throw failure("looking at", name) }
        return nil
    }

    /// What the folder itself is.
    func status() throws -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw PrefixFailure.disk("looking at", path) }
        return FileStatus(status)
    }

    /// Whether it belongs to this process's user.
    func isOwn() throws -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw PrefixFailure.disk("looking at", path) }
        return status.st_uid == geteuid()
    }

    /// Where a symbolic link leads, as it is written.
    func linkTarget(_ name: String) throws -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            guard let base = bytes.bindMemory(to: CChar.self).baseAddress else { return -1 }
            return readlinkat(descriptor, name, base, bytes.count)
        }
        guard count >= 0, count < buffer.count else { throw failure("reading the link", name) }
        guard let target = String(validating: buffer[..<count], as: UTF8.self) else {
            throw failure("reading the link", name, EILSEQ)
        }
        return target
    }

    /// Makes a symbolic link.
    func makeLink(_ name: String, to target: String) throws {
        guard symlinkat(target, descriptor, name) == 0 else { throw failure("making the link", name) }
    }

    /// Moves a file to another folder, over whatever file is there.
    func move(_ name: String, to folder: PrefixFolder, _ newName: String) throws {
        guard renameat(descriptor, name, folder.descriptor, newName) == 0 else {
            throw folder.failure("moving a file to", newName)
        }
    }

    /// Removes a file or link; says whether there was one.
    @discardableResult
    func remove(_ name: String) throws -> Bool {
        if unlinkat(descriptor, name, 0) == 0 { return true }
        guard [ENOENT, EISDIR, EPERM, ENOTDIR].contains(errno) else { throw failure("removing", name) }
        if errno == EPERM, try status(name)?.kind != .folder { throw failure("removing", name, EPERM) }
        return false
    }

    /// Removes a folder if it is empty; says whether it did.
    @discardableResult
    func removeFolder(_ name: String) throws -> Bool {
        if unlinkat(descriptor, name, AT_REMOVEDIR) == 0 { return true }
        guard [ENOENT, ENOTEMPTY, EEXIST, ENOTDIR, EBUSY].contains(errno) else {
            throw failure("removing the folder", name)
        }
        return false
    }

    /// Removes whatever has this name, with everything in it.
    func removeTree(_ name: String) throws {
        if let folder = try folder(name) {
            for entry in try folder.list() { try folder.removeTree(entry.name) }
            try removeFolder(name)
        } else {
            try remove(name)
        }
    }

    /// Makes sure that names made or removed in this folder survive a power cut.
    func synchronise() throws {
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw PrefixFailure.disk("flushing", path) }
    }

    /// Makes sure that everything written to this file system survives a power cut.
    func synchroniseAll() throws {
        // `syncfs` is Linux's own and its header is not visible to Swift.
        typealias Synchronise = @convention(c) (Int32) -> Int32
        guard let program = dlopen(nil, RTLD_LAZY), let symbol = dlsym(program, "syncfs") else {
            return sync()
        }
        let function = unsafeBitCast(symbol, to: Synchronise.self)
        guard function(descriptor) == 0 else { throw PrefixFailure.disk("flushing", path) }
    }

    func failure(_ doing: String, _ name: String, _ number: Int32 = errno) -> Failure {
        PrefixFailure.disk(doing, "\(path)/\(name)", number)
    }

    /// Runs a system call again while signals interrupt it.
    static func system(_ call: () -> Int32) -> Int32 {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    private static func openPath(_ path: String, _ flags: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.open(path, flags)
        #elseif canImport(Musl)
            Musl.open(path, flags)
        #else
            Darwin.open(path, flags)
        #endif
    }
}

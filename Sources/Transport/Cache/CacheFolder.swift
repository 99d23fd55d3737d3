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

/// An open folder of the cache. Everything below it is reached by names relative to it, and never through a
/// link.
final class CacheFolder: Sendable {
    let descriptor: Int32
    let path: String

    private init(owning descriptor: Int32, _ path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Opens the root, making it and its parents. The root itself may be reached through links: the user put
    /// them there.
    static func opening(_ path: String) throws -> CacheFolder {
        try makeAll(path)
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw OpenFile.failure("could not open the cache", path) }
        let folder = CacheFolder(owning: descriptor, path)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw OpenFile.failure("could not examine the cache", path)
        }
        guard status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
            throw Failure(
                .disk,
                "the cache is writable by others, or belongs to somebody else",
                at: path,
                remedy: "choose a cache folder of your own, with mode 0700",
                cause: TransferFault.file
            )
        }
        return folder
    }

    private static func makeAll(_ path: String) throws {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.utf8.lastIndex(of: 0x2F), slash != path.utf8.startIndex else {
            throw OpenFile.failure("could not make the cache", path)
        }
        try makeAll(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw OpenFile.failure("could not make the cache", path)
        }
    }

    /// A folder below; nil if it is not there and is not to be made.
    func descend(_ names: [String], creating: Bool) throws -> CacheFolder? {
        var folder = self
        for name in names {
            guard let next = try folder.child(name, creating: creating) else { return nil }
            folder = next
        }
        return folder
    }

    private func child(_ name: String, creating: Bool) throws -> CacheFolder? {
        if creating {
            if mkdirat(descriptor, name, 0o700) == 0 {
                guard fsync(descriptor) == 0 else { throw OpenFile.failure("could not save", path) }
            } else if errno != EEXIST {
                throw OpenFile.failure("could not make a folder", path + "/" + name)
            }
        }
        let next = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if next >= 0 { return CacheFolder(owning: next, path + "/" + name) }
        if errno == ENOENT && !creating { return nil }
        throw OpenFile.failure("could not open a folder", path + "/" + name)
    }

    /// Opens a file in this folder for reading; nil if it is not there.
    func file(_ name: String) throws -> OpenFile? {
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        if file >= 0 { return OpenFile(owning: file, path + "/" + name) }
        if errno == ENOENT { return nil }
        throw OpenFile.failure("could not open", path + "/" + name)
    }
}

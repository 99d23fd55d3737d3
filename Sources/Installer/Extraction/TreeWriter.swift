// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes inspected entries below one folder, relative to its descriptor, never through a link.
///
/// Every file is created anew (`O_EXCL`, `O_NOFOLLOW`) with the archive's permissions, less what the
/// process's umask takes away. Until it is complete only its owner can enter the folder, so that nobody else
/// can put a link on the way.
final class TreeWriter: ArchiveVisitor {
    private let path: String
    private var root: Int32
    /// The mode that the folder gets when it is complete.
    private var mode: mode_t = 0
    /// The folder that was written to last, and its descriptor.
    private var parent: (path: PrefixPath, descriptor: Int32)?
    private var made: Set<PrefixPath> = []
    private var file: Int32 = -1
    private var filePath: PrefixPath?

    /// Makes the folder, which must not be there.
    init(creating path: String) throws {
        self.path = path
        guard mkdir(path, 0o755) == 0 else { throw Self.failure("could not make a folder", path) }
        root = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        var status = stat()
        guard root >= 0, fstat(root, &status) == 0 else {
            throw Self.failure("could not open a folder", path)
        }
        mode = status.st_mode & 0o777
        guard fchmod(root, 0o700) == 0 else { throw Self.failure("could not close a folder to others", path) }
    }

    deinit { close() }

    /// Closes what is open, after an error.
    func close() {
        if file >= 0 { systemClose(file) }
        file = -1
        if let parent { systemClose(parent.descriptor) }
        parent = nil
        if root >= 0 { systemClose(root) }
        root = -1
    }

    /// Opens the folder to others, and gives it its name (fails if there is something by that name).
    func finish(as target: String) throws {
        guard fchmod(root, mode) == 0 else { throw Self.failure("could not open a folder to others", path) }
        close()
        guard renameAnew(path, target) == 0 else {
            throw Self.failure("could not name the unpacked package", target)
        }
    }

    func directory(_ path: PrefixPath, permissions: UInt16) throws { _ = try folder(path) }

    func beginFile(_ path: PrefixPath, size: UInt64, permissions: UInt16) throws {
        let folder = try folder(of: path)
        // A file that its owner cannot read could neither be linked nor audited.
        let mode = mode_t(permissions | 0o400)
        file = withName(of: path) {
            openat(folder, $0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        }
        guard file >= 0 else { throw failure("could not create a file", path) }
        filePath = path
    }

    func fileBytes(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = systemWrite(file, rest)
            if count < 0 {
                if errno == EINTR { continue }
                throw filePath.map { failure("could not write a file", $0) }
                    ?? Self.failure("could not write", path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    func endFile() throws {
        let descriptor = file
        file = -1
        guard systemClose(descriptor) == 0 else { throw Self.failure("could not finish a file", path) }
    }

    func symbolicLink(_ path: PrefixPath, target: String) throws {
        let folder = try folder(of: path)
        guard withName(of: path, { symlinkat(target, folder, $0) }) == 0 else {
            throw failure("could not make a link", path)
        }
    }

    func hardLink(_ path: PrefixPath, to target: PrefixPath) throws {
        // Both ends relative to the root: the target's folders were made by us, and hold no links on the way.
        _ = try folder(of: path)
        guard linkat(root, target.text, root, path.text, 0) == 0 else {
            throw failure("could not make a hard link", path)
        }
    }

    /// The descriptor of the folder that an entry is in.
    private func folder(of path: PrefixPath) throws -> Int32 {
        if let parent, path.isDirectly(in: parent.path) { return parent.descriptor }
        return try folder(path.parent)
    }

    /// Gives the last component to a system call, in place.
    private func withName<Value>(of path: PrefixPath, _ body: (UnsafePointer<CChar>) -> Value) -> Value {
        let length = path.name.utf8.count
        return path.text.withCString { body($0 + (path.text.utf8.count - length)) }
    }

    /// The descriptor of a folder, made if it is not there yet; the root for nil.
    private func folder(_ path: PrefixPath?) throws -> Int32 {
        guard let path else { return root }
        if let parent, parent.path == path { return parent.descriptor }
        try make(path)
        let descriptor = openat(root, path.text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("could not open a folder", path) }
        if let parent { systemClose(parent.descriptor) }
        parent = (path, descriptor)
        return descriptor
    }

    private func make(_ path: PrefixPath) throws {
        guard !made.contains(path) else { return }
        if let above = path.parent { try make(above) }
        guard mkdirat(root, path.text, 0o755) == 0 else { throw failure("could not make a folder", path) }
        made.insert(path)
    }

    private func failure(_ what: String, _ path: PrefixPath) -> Failure {
        Self.failure(what, "\(self.path)/\(path)")
    }

    private static func failure(_ what: String, _ path: String) -> Failure {
        Failure(.disk, "\(what): \(String(cString: strerror(errno)))", at: path)
    }
}

@discardableResult
private func systemClose(_ descriptor: Int32) -> Int32 {
    #if canImport(Glibc)
        Glibc.close(descriptor)
    #else
        Darwin.close(descriptor)
    #endif
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
}

/// Renames a folder; unlike plain `rename`, not over an empty folder, unless that was made this very moment.
private func renameAnew(_ from: String, _ to: String) -> Int32 {
    var status = stat()
    guard lstat(to, &status) != 0 else {
        errno = EEXIST
        return -1
    }
    #if canImport(Glibc)
        return Glibc.rename(from, to)
    #else
        return Darwin.rename(from, to)
    #endif
}

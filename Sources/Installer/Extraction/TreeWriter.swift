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
/// Every file is created anew (`O_EXCL`, `O_NOFOLLOW`), in a folder that was opened without following links: even if
/// somebody else played tricks in the folder meanwhile, nothing outside it is touched.
final class TreeWriter: ArchiveVisitor {
    private let path: String
    private let root: Int32
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
        guard root >= 0 else { throw Self.failure("could not open a folder", path) }
    }

    deinit { close() }

    /// Closes what is open, after an error.
    func close() {
        if file >= 0 { systemClose(file) }
        file = -1
        if let parent { systemClose(parent.descriptor) }
        parent = nil
    }

    /// Closes what is open.
    func finish() throws {
        close()
        systemClose(root)
    }

    /// Gives the folder its name (fails if there is something by that name).
    func rename(to target: String) throws {
        guard systemRename(path, target) == 0 else { throw Self.failure("could not name the unpacked package", target) }
    }

    func directory(_ path: PrefixPath, permissions: UInt16) throws { _ = try folder(path) }

    func beginFile(_ path: PrefixPath, size: UInt64, permissions: UInt16) throws {
        let folder = try folder(path.parent)
        let name = String(path.name)
        file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(permissions | 0o600))
        guard file >= 0 else { throw failure("could not create a file", path) }
        filePath = path
        // The umask may have taken bits away that the package gives.
        guard fchmod(file, mode_t(permissions | 0o600)) == 0 else { throw failure("could not set a file's mode", path) }
    }

    func fileBytes(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = systemWrite(file, rest)
            if count < 0 {
                if errno == EINTR { continue }
                throw filePath.map { failure("could not write a file", $0) } ?? Self.failure("could not write", path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    func endFile() throws {
        guard systemClose(file) == 0 else { throw Self.failure("could not finish a file", path) }
        file = -1
    }

    func symbolicLink(_ path: PrefixPath, target: String) throws {
        guard symlinkat(target, try folder(path.parent), String(path.name)) == 0 else {
            throw failure("could not make a link", path)
        }
    }

    func hardLink(_ path: PrefixPath, to target: PrefixPath) throws {
        // Both ends relative to the root: the target's folders were made by us, and hold no links on the way.
        _ = try folder(path.parent)
        guard linkat(root, target.text, root, path.text, 0) == 0 else { throw failure("could not make a hard link", path) }
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

    private func failure(_ what: String, _ path: PrefixPath) -> Failure { Self.failure(what, "\(self.path)/\(path)") }

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

private func systemRename(_ from: String, _ to: String) -> Int32 {
    #if canImport(Glibc)
        Glibc.rename(from, to)
    #else
        Darwin.rename(from, to)
    #endif
}

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

/// Temporary files whose writer is dead.
enum CacheLeftovers {
    /// Where temporary files stand, below the root.
    static let folder = "tmp"

    /// Removes each temporary file that nobody has locked. A lock ends with its process, however that ended.
    static func remove(from root: CacheFolder) throws {
        guard let folder = try root.descend([folder], creating: false) else { return }
        for name in try names(in: folder) {
            let descriptor = openat(folder.descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { continue }
            unlinkat(folder.descriptor, name, 0)
        }
    }

    /// The names of what is in a folder.
    static func names(in folder: CacheFolder) throws -> [String] {
        // A descriptor of its own: reading a directory moves the position, and closedir closes.
        let copy = openat(folder.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            throw OpenFile.failure("could not list", folder.path)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import TestSupport

/// A small file system in memory, on which a server's folder lies, so that it can be full.
struct LimitedDisk: Sendable {
    let path: String
    private var ballast: String { path + "/ballast" }

    /// Mounts one at an empty folder; nil where that is not allowed.
    static func mount(at path: String, megabytes: Int, by program: Program) async -> LimitedDisk? {
        let arguments = ["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0700", "kingsnake-soak", path]
        let tool = ["/bin/mount", "/usr/bin/mount"].first(where: FileManager.default.isExecutableFile)
        guard let tool, let result = try? await program.run(tool, arguments), result.status == 0 else {
            return nil
        }
        return LimitedDisk(path: path)
    }

    /// Takes it away, with all that is on it.
    func unmount(by program: Program) async {
        let tool = ["/bin/umount", "/usr/bin/umount"].first(where: FileManager.default.isExecutableFile)
        if let tool { _ = try? await program.run(tool, ["-l", path]) }
    }

    /// How many bytes are free.
    var free: Int {
        var numbers = statvfs()
        guard statvfs(path, &numbers) == 0 else { return 0 }
        return Int(numbers.f_bavail) * Int(numbers.f_frsize)
    }

    /// Fills it, but for so many bytes.
    func fill(leaving bytes: Int) {
        let length = max(0, free - bytes)
        let descriptor = open(ballast, O_WRONLY | O_CREAT, 0o600)
        guard descriptor >= 0 else { return }
        _ = posix_fallocate(descriptor, 0, off_t(length))
        close(descriptor)
    }

    /// Gives the room back.
    func empty() { try? FileManager.default.removeItem(atPath: ballast) }
}

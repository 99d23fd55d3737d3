// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import TestSupport

/// Makes calls of the server to the system fail, by libfiu (Debian: `fiu-utils`), which is loaded into it and
/// told what to do while it runs.
struct FaultInjection: Sendable {
    private static let libraries = ["fiu_run_preload.so", "fiu_posix_preload.so"].map { "/usr/lib/fiu/" + $0 }
    private static let control = "/usr/bin/fiu-ctrl"
    private static let timeout = "/usr/bin/timeout"

    private let prefix: String
    private let program: Program

    /// - Parameter folder: where its named pipes are.
    /// - Returns: nil where libfiu is not installed.
    init?(in folder: String, by program: Program) {
        let needed = Self.libraries + [Self.control, Self.timeout]
        guard needed.allSatisfy(FileManager.default.fileExists) else { return nil }
        prefix = folder + "/fiu"
        self.program = program
    }

    /// What a program's environment needs.
    var environment: [String: String] {
        ["LD_PRELOAD": Self.libraries.joined(separator: " "), "FIU_CTRL_FIFO": prefix, "FIU_ENABLE": ""]
    }

    /// What fails, with which error, in how many of a hundred calls.
    static func points(_ fault: RoundPlan.Fault) -> [(name: String, error: Int32, percent: Int)] {
        switch fault {
        case .none: []
        case .sync: [("posix/io/sync/fsync", EIO, 15), ("posix/io/sync/fdatasync", EIO, 15)]
        case .write:
            [
                ("posix/io/rw/pwrite", EIO, 8), ("posix/io/rw/ftruncate", EIO, 8),
                ("posix/io/rw/write", EIO, 3),
            ]
        case .full: [("posix/io/rw/pwrite", ENOSPC, 30), ("posix/io/rw/write", ENOSPC, 10)]
        // Not `open`: libdispatch traps when it cannot open a file in `/proc` (see `ProcessFiles` in ChannelServer).
        case .names: [("posix/io/dir/rename", EIO, 10), ("posix/io/dir/unlink", EIO, 10)]
        }
    }

    /// Lets calls of a running process fail from now on; answers how many points it took.
    func enable(_ fault: RoundPlan.Fault, in pid: pid_t) async -> Int {
        var count = 0
        for point in Self.points(fault) {
            let command =
                "enable_random name=\(point.name),probability=\(Double(point.percent) / 100),failinfo=\(point.error)"
            if await tell(command, pid) { count += 1 }
        }
        return count
    }

    /// Lets them succeed again; answers whether the process took it.
    func disable(_ fault: RoundPlan.Fault, in pid: pid_t) async -> Bool {
        for point in Self.points(fault) {
            var isDone = false
            for _ in 0..<3 where !isDone { isDone = await tell("disable name=\(point.name)", pid) }
            guard isDone else { return false }
        }
        return true
    }

    /// A process that was killed does not take its pipe away, and nobody would ever read from it. One that is alive
    /// answers at once, but on a busy machine nobody knows when that is.
    private func tell(_ command: String, _ pid: pid_t) async -> Bool {
        let arguments = ["-s", "KILL", "20", Self.control, "-f", prefix, "-c", command, "\(pid)"]
        return (try? await program.run(Self.timeout, arguments))?.status == 0
    }
}

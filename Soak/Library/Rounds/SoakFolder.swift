// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// The folder in which a soak worked.
struct SoakFolder: Sendable {
    private let folder: String

    init(_ folder: String) { self.folder = folder }

    /// What is not done to the programs in it, where this machine lacks what that takes.
    static func skipped(disk: LimitedDisk?, faults: FaultInjection?) -> [String] {
        var skipped: [String] = []
        if disk == nil {
            skipped.append("full disks of a file system: it cannot be mounted here; libfiu's ENOSPC instead")
        }
        if faults == nil {
            skipped.append(
                "errors of fsync, write, rename and open: libfiu is not installed (Debian: fiu-utils)"
            )
        }
        return skipped
    }

    /// Copies everything away that was there when something was found.
    func keep(in place: String, seed: UInt64, _ say: (String) -> Void) {
        let name = "seed-\(seed)-\(UUID().uuidString.prefix(8))"
        let place = place.hasPrefix("/") ? place : FileManager.default.currentDirectoryPath + "/" + place
        try? FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        // Named pipes that faults were steered by: to read one is to wait for ever.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for file in names where file.hasPrefix("fiu-") {
            try? FileManager.default.removeItem(atPath: folder + "/" + file)
        }
        do {
            try FileManager.default.copyItem(atPath: folder, toPath: "\(place)/\(name)")
            say("its folder, the programs' logs and history.jsonl are in \(place)/\(name)")
        } catch { say("could not keep \(folder): \(error)") }
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// A copy of a user's folders in which every file of the cache was altered: what is served from it must be right all the same.
struct CacheCopy: Sendable {
    let home: String
    let cache: String
    /// How many files were altered.
    private(set) var altered = 0

    /// Copies a home and a cache to an empty folder, and alters one byte of each file in the cache, or cuts its end off.
    init(of home: String, _ cache: String, to folder: String, seed: UInt64) throws {
        self.home = folder + "/home"
        self.cache = folder + "/cache"
        var random = SeededGenerator(seed: seed, stream: 4000)
        // What is removed while it is copied is not needed.
        for (from, to) in [(home, self.home), (cache, self.cache)] {
            try Self.copy(from, to)
        }
        for path in (FileManager.default.subpaths(atPath: self.cache) ?? []).sorted() {
            if try Self.alter(self.cache + "/" + path, &random) { altered += 1 }
        }
    }

    private static func copy(_ from: String, _ to: String) throws {
        let files = FileManager.default
        try files.createDirectory(
            atPath: to,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        for path in (files.subpaths(atPath: from) ?? []).sorted() {
            let attributes = try? files.attributesOfItem(atPath: from + "/" + path)
            if attributes?[.type] as? FileAttributeType == .typeDirectory {
                try files.createDirectory(
                    atPath: to + "/" + path,
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700]
                )
            } else {
                try? files.copyItem(atPath: from + "/" + path, toPath: to + "/" + path)
            }
        }
    }

    private static func alter(_ path: String, _ random: inout SeededGenerator) throws -> Bool {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let size = attributes[.size] as? Int ?? 0
        guard attributes[.type] as? FileAttributeType == .typeRegular, size > 0 else { return false }
        guard let file = FileHandle(forUpdatingAtPath: path) else { return false }
        defer { try? file.close() }
        let place = UInt64(Int.random(in: 0..<size, using: &random))
        if random.chance(15) {
            try file.truncate(atOffset: place)
        } else {
            try file.seek(toOffset: place)
            let byte = try file.read(upToCount: 1)?.first ?? 0
            try file.seek(toOffset: place)
            try file.write(contentsOf: [byte ^ UInt8(1 << Int.random(in: 0..<8, using: &random))])
        }
        return true
    }
}

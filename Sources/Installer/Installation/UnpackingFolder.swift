// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TrustCore

/// A folder beside a prefix in which packages are unpacked, so that their files can be linked into it.
///
/// It is locked while it is in use: one that nobody holds is a dead process's, and the next to come removes
/// it.
struct UnpackingFolder {
    private let directory: String
    private let lock: FileLock

    private static let mark = ".kingsnake-unpacked-"

    /// Makes a folder, and removes what dead processes left beside the same prefix.
    init(beside prefix: String) throws {
        let parent = Folder.parent(of: prefix)
        try Folder.create(parent)
        try Self.removeLeftovers(beside: prefix)
        let name = Self.name(of: prefix)
        let suffix = Hex.encode(withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { Array($0) })
        directory = "\(parent)/.\(name)\(Self.mark)\(suffix)"
        try Folder.create(directory, mode: 0o700)
        lock = try FileLock(directory + "/.lock")
    }

    /// Where the package of that number goes.
    func path(_ number: Int) -> String { "\(directory)/\(number)" }

    /// Removes everything that was not linked elsewhere meanwhile.
    func remove() { try? Folder.removeTree(directory) }

    /// Removes what dead processes left beside a prefix.
    static func removeLeftovers(beside prefix: String) throws {
        let parent = Folder.parent(of: prefix), name = name(of: prefix)
        for entry in try Folder.names(in: parent) where entry.hasPrefix(".\(name)\(mark)") {
            let path = parent + "/" + entry
            // In a shared folder anybody can make something of this name.
            guard Folder.isOwn(path) else { continue }
            guard let lock = try? FileLock(path + "/.lock", waiting: false) else { continue }
            try? Folder.removeTree(path)
            withExtendedLifetime(lock) {}
        }
    }

    private static func name(of prefix: String) -> String {
        prefix.utf8.split(separator: UInt8(ascii: "/")).last.flatMap { String($0) } ?? "prefix"
    }
}

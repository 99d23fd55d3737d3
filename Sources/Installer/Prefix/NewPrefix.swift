// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A prefix that is built beside its place, and gets its name when it is complete.
final class NewPrefix {
    /// The folder that is going to be the prefix.
    let root: PrefixFolder
    /// The lock in it, which it keeps when it gets its name.
    let lock: PrefixLock
    private let parent: PrefixFolder
    private let name: String
    private let target: String
    private var isPublished = false

    /// Makes an empty folder beside the prefix's place.
    init(_ prefix: String) throws {
        (parent, target) = try Self.place(of: prefix, making: true)
        // Fails where another process took the same name a moment ago; then it is at work on this prefix.
        name = "\(Self.mark(target))\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        guard mkdirat(parent.descriptor, name, 0o700) == 0, let root = try parent.folder(name) else {
            throw parent.failure("making the folder", name)
        }
        self.root = root
        lock = try PrefixLock.take(root)
    }

    /// Gives the folder its final name: the commit point.
    func publish() throws {
        let mode = try parent.status(target)?.mode ?? modeOfNewFolders()
        guard fchmod(root.descriptor, mode & 0o777) == 0 else {
            throw parent.failure("setting the mode of", name)
        }
        guard PrefixFolder.system({ renameat(parent.descriptor, name, parent.descriptor, target) }) == 0
        else {
            let number = errno
            guard number == ENOTEMPTY || number == EEXIST else {
                throw parent.failure("moving the prefix to", target, number)
            }
            throw Failure(
                .disk,
                "another process made the prefix meanwhile",
                at: "\(parent.path)/\(target)",
                remedy: "run the command again; it then works in the prefix that is there"
            )
        }
        isPublished = true
        try parent.synchronise()
    }

    /// Removes the lock from the published prefix.
    func dissolve() throws { try lock.dissolve() }

    /// Removes everything that was built, unless it was published.
    func discard() {
        if !isPublished { try? parent.removeTree(name) }
    }

    /// Removes what killed processes left beside a prefix; says whether there was anything.
    @discardableResult
    static func discardLeftovers(of prefix: String) throws -> Bool {
        guard let (parent, target) = try? place(of: prefix, making: false) else { return false }
        var found = false
        for entry in try parent.list() where entry.name.hasPrefix(mark(target)) && entry.isText {
            // What others put there, or what cannot be opened, is theirs.
            guard let root = try? parent.folder(entry.name), try root.isOwn() else { continue }
            // Its owner holds the lock as long as it lives.
            guard let lock = try? PrefixLock.take(root) else { continue }
            try parent.removeTree(entry.name)
            withExtendedLifetime(lock) { found = true }
        }
        return found
    }

    /// Whether a folder can be replaced by renaming another over it: it is empty, its parent may be written,
    /// it is not where another file system begins, and this process does not stand in it: whoever started the
    /// process may stand there as well, and would be left in a folder without a name. (The folders above the current
    /// one are not empty.)
    static func canReplace(_ root: PrefixFolder) throws -> Bool {
        guard try root.list().isEmpty, let (parent, target) = try? place(of: root.path, making: false) else {
            return false
        }
        let status = try parent.status(target), own = try root.status()
        if let current = try PrefixFolder.open(".")?.status(),
            current.inode == own.inode, current.device == own.device
        {
            return false
        }
        return try status?.kind == .folder && status?.device == parent.status().device
            && faccessat(parent.descriptor, ".", W_OK, 0) == 0
    }

    private static func mark(_ target: String) -> String { ".\(target).kingsnake-new-" }

    private static func place(of prefix: String, making: Bool) throws -> (PrefixFolder, String) {
        guard let path = PrefixPath(prefix.dropFirst()), let root = try PrefixFolder.open("/") else {
            throw Failure(.configuration, "the prefix must be an absolute path", at: prefix)
        }
        guard let above = path.parent else { return (root, path.text) }
        // Folders above the prefix are the user's; links among them are followed.
        if let parent = try PrefixFolder.open("/\(above)") { return (parent, String(path.name)) }
        guard making else { throw Failure(.disk, "there is no such folder", at: "/\(above)") }
        let (grandparent, name) = try place(of: "/\(above)", making: true)
        return (try grandparent.madeFolder(name), String(path.name))
    }

    /// What the system leaves of 0777 for a new folder. Setting the umask to read it would change, for a moment,
    /// what every other thread creates.
    private func modeOfNewFolders() throws -> mode_t {
        let probe = ".kingsnake-mode"
        let mode = try root.madeFolder(probe).status().mode
        try root.removeTree(probe)
        return mode
    }
}

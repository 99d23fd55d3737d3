// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Every name in an archive, and the rules about names that only all of them together can break.
struct NameRegister {
    private(set) var entries: [PrefixPath: SeenEntry] = [:]
    private let subject: String
    private let limits: ArchiveLimits
    private var nameBytes = 0
    private var collisions: NameCollisions
    private var lastParent: PrefixPath?

    /// The first pair of names that differ only by case; refused at the end unless the package is for Linux.
    var caseCollision: (PrefixPath, PrefixPath)? { collisions.byCase }

    init(subject: String, limits: ArchiveLimits) {
        self.subject = subject
        self.limits = limits
        collisions = NameCollisions(subject: subject)
    }

    /// Takes a new name.
    ///
    /// - Throws: `archive.duplicate-name`, `archive.through-link`, `archive.unicode-collision`.
    mutating func add(_ path: PrefixPath, _ entry: SeenEntry) throws {
        try addParents(of: path)
        switch (entries[path], entry) {
        case (nil, _): break
        case (.impliedDirectory?, .directory), (.directory?, .directory):
            entries[path] = .directory
            return
        case (.some, _): throw Refusal(ArchiveCode.duplicateName, path.text, at: subject)
        }
        try insert(path, entry)
    }

    /// Folders that are only implied count too: 512 bytes of an archive can imply a hundred of them.
    private mutating func insert(_ path: PrefixPath, _ entry: SeenEntry) throws {
        nameBytes += path.text.utf8.count
        guard entries.count < limits.entries, nameBytes <= limits.nameBytes else {
            throw Refusal(
                ArchiveCode.tooManyEntries,
                subject,
                expected: "at most \(limits.entries), with \(limits.nameBytes) bytes of names"
            )
        }
        try collisions.add(path)
        entries[path] = entry
    }

    /// Replaces what is known of a name that was added before its content was seen.
    mutating func update(_ path: PrefixPath, _ entry: SeenEntry) { entries[path] = entry }

    private mutating func addParents(of path: PrefixPath) throws {
        if let lastParent, path.isDirectly(in: lastParent) { return }
        guard let parent = path.parent else { return }
        switch entries[parent] {
        case nil:
            try addParents(of: parent)
            try insert(parent, .impliedDirectory)
        case let known? where known.isDirectory: break
        case let known?:
            throw Refusal(
                ArchiveCode.throughLink,
                path.text,
                at: subject,
                expected: "`\(parent)` to be a folder",
                found: known.kind
            )
        }
        lastParent = parent
    }
}

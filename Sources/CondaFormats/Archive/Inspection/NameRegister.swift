// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Every name in an archive, and the rules about names that only all of them together can break.
struct NameRegister {
    private(set) var entries: [PrefixPath: SeenEntry] = [:]
    private let subject: String
    private let allowsCaseCollisions: Bool
    /// Names as a file system that ignores case and Unicode forms would see them. `String` compares by
    /// canonical equivalence, which is what is wanted here for once.
    private var folded: [String: PrefixPath] = [:]
    private var lastParent: PrefixPath?
    /// The first pair of names that differ only by case; refused at the end unless the package is for Linux.
    private(set) var caseCollision: (PrefixPath, PrefixPath)?

    init(subject: String, allowsCaseCollisions: Bool) {
        self.subject = subject
        self.allowsCaseCollisions = allowsCaseCollisions
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
        try fold(path)
        entries[path] = entry
    }

    /// Replaces what is known of a name that was added before its content was seen.
    mutating func update(_ path: PrefixPath, _ entry: SeenEntry) { entries[path] = entry }

    private mutating func addParents(of path: PrefixPath) throws {
        guard let parent = path.parent, parent != lastParent else { return }
        switch entries[parent] {
        case nil:
            try addParents(of: parent)
            try fold(parent)
            entries[parent] = .impliedDirectory
        case let known? where known.isDirectory: break
        case let known?:
            throw Refusal(
                ArchiveCode.throughLink, path.text, at: subject, expected: "`\(parent)` to be a folder",
                found: known.kind)
        }
        lastParent = parent
    }

    private mutating func fold(_ path: PrefixPath) throws {
        guard let other = folded.updateValue(path, forKey: path.text.lowercased()) else { return }
        if path.text.lowercased().utf8.elementsEqual(other.text.lowercased().utf8) {
            caseCollision = caseCollision ?? (other, path)
        } else {
            throw Refusal(
                ArchiveCode.unicodeCollision, path.text, at: subject, expected: "one form of the name",
                found: "another form of `\(other)`")
        }
    }
}

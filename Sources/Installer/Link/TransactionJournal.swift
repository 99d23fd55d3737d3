// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// What has to be done to a prefix once everything is staged, written down before the first step.
///
/// Whether a step was done already can be seen from the prefix, so following the journal once more, from the
/// start, after any interruption ends in the same state. There is no way back once it is written, and none is
/// needed: everything it takes is on the disk by then.
struct TransactionJournal: Equatable {
    /// A staged file and its place.
    struct Placement: Equatable {
        /// The file's name in the staging folder.
        let staged: String
        /// Where it goes.
        let path: PrefixPath
    }

    /// The journal's name in the working folder.
    static let fileName = "journal.json"
    /// The staging folder's name in the working folder.
    static let stagingName = "new"
    private static let maximumLength = 1 << 30

    /// Files to remove, before anything else.
    var removals: [PrefixPath] = []
    /// Folders to remove if they are empty then, deepest first.
    var obsoleteFolders: [PrefixPath] = []
    /// Folders to make, outermost first.
    var folders: [PrefixPath] = []
    /// Files to move to their places, records last.
    var placements: [Placement] = []
    /// Records to remove in the end.
    var obsoleteRecords: [PrefixPath] = []

    /// Reads the journal in a working folder; nil if there is none.
    static func read(in work: PrefixFolder) throws -> TransactionJournal? {
        guard let bytes = try work.read(fileName, maximumLength: maximumLength) else { return nil }
        do {
            let limits = JSONLimits(bytes: maximumLength, depth: 8)
            return try TransactionJournal(
                JSONFields(try JSONReader.read(bytes, of: "journal", limits: limits), of: "journal")
            )
        } catch let cause as Refusal where !cause.is(InstallCode.journal) {
            throw Refusal(
                InstallCode.journal,
                "journal",
                at: "\(work.path)/\(fileName)",
                expected: cause.expected,
                found: cause.found,
                cause: cause
            )
        }
    }

    /// A journal of nothing.
    init() {}

    private init(_ fields: JSONFields) throws {
        guard try fields.integer("version") == 1 else { throw Self.broken("version 1") }
        removals = try Self.paths(fields, "remove")
        obsoleteFolders = try Self.paths(fields, "remove_folders")
        folders = try Self.paths(fields, "make_folders")
        obsoleteRecords = try Self.paths(fields, "remove_records")
        placements = try fields.array("place").map { element in
            guard let pair = element.array, pair.count == 2, let staged = pair[0].string,
                let path = pair[1].string,
                let path = PrefixPath(path), let name = PrefixPath(staged), name.components.count == 1
            else { throw Self.broken("a staged name and a path") }
            return Placement(staged: staged, path: path)
        }
    }

    private static func paths(_ fields: JSONFields, _ key: String) throws -> [PrefixPath] {
        try fields.strings(key).map { text in
            guard let path = PrefixPath(text) else { throw broken("paths inside the prefix") }
            return path
        }
    }

    private static func broken(_ expected: String) -> Refusal {
        Refusal(InstallCode.journal, "journal", expected: expected)
    }

    /// Writes the journal so that it is there whole or not at all: the commit point.
    func write(in work: PrefixFolder) throws {
        func list(_ paths: [PrefixPath]) -> JSONValue { .array(paths.map { .string($0.text) }) }
        let value: JSONValue = [
            "version": 1, "remove": list(removals), "remove_folders": list(obsoleteFolders),
            "make_folders": list(folders), "remove_records": list(obsoleteRecords),
            "place": .array(placements.map { [.string($0.staged), .string($0.path.text)] }),
        ]
        let draft = Self.fileName + ".draft"
        try work.remove(draft)
        try work.write(JSONWriter.encode(value), to: draft, mode: 0o600, flushing: true)
        try work.move(draft, to: work, Self.fileName)
        try work.synchronise()
    }

    /// Does what the journal says, as far as it was not done yet.
    func apply(to prefix: PrefixFolder, work: PrefixFolder, onStep: (LinkStep) throws -> Void) throws {
        let tree = PrefixTree(prefix)
        for path in removals {
            try onStep(.removing(path))
            try tree.parent(of: path)?.remove(String(path.name))
        }
        tree.forget()
        for path in obsoleteFolders { try tree.parent(of: path)?.removeFolder(String(path.name)) }
        tree.forget()
        for path in folders { try tree.madeFolder(path) }
        if let staging = try work.folder(Self.stagingName) {
            for placement in placements {
                try onStep(.placing(placement.path))
                guard try staging.status(placement.staged) != nil else { continue }
                try staging.move(
                    placement.staged,
                    to: try tree.madeParent(of: placement.path),
                    String(placement.path.name)
                )
            }
        }
        for path in obsoleteRecords {
            try onStep(.removing(path))
            try tree.parent(of: path)?.remove(String(path.name))
        }
        try prefix.synchroniseAll()
        try onStep(.removingJournal)
        try work.remove(Self.fileName)
        try work.synchronise()
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// All that a ledger knows: a snapshot, and what was seen since. A value: it stays as it was when others go on.
struct LedgerTable: Sendable {
    private(set) var snapshot: LedgerSnapshot
    /// The indexes, in the order they were seen.
    private(set) var indexes: [LedgerIndex]
    /// What was seen of files since the snapshot.
    private var since: [[UInt8]: [LedgerSighting]] = [:]

    init(_ snapshot: LedgerSnapshot) {
        self.snapshot = snapshot
        indexes = snapshot.indexes
    }

    /// The index that was seen last.
    var newest: LedgerIndex? { indexes.last }

    func hasSeen(index digest: Digest) -> Bool { indexes.contains { $0.digest == digest } }

    /// What was seen of a file, the first first; nothing if it never was.
    func sightings(of name: some Collection<UInt8>) -> [LedgerSighting] {
        let name = Array(name)
        let old = snapshot.number(of: name[...]).map { snapshot.sightings(at: $0) } ?? []
        return old + (since[name] ?? [])
    }

    /// The names of the files of which more than one thing was seen, each once.
    var namesSeenTwice: Set<[UInt8]> {
        var names = Set(snapshot.namesWithFurther.map { Array($0) })
        for (name, sightings) in since where sightings.count > 1 || snapshot.number(of: name[...]) != nil {
            names.insert(name)
        }
        return names
    }

    /// The names of the files of which some record may be a change: not those that were only fetched by the MD5 that they are
    /// listed with. A SHA-256 that came to an MD5 may be one: only the record tells.
    var namesListedTwice: Set<[UInt8]> {
        namesSeenTwice.filter { name in
            let kinds = sightings(of: name).map(\.kind)
            return kinds.count { $0 != .fetched } > 1 || kinds.contains(.sha256)
        }
    }

    /// When a file was first seen with the digest that its record has now; nil for what was in the first index of all,
    /// for it may have been there for any time.
    ///
    /// - Parameter record: reads the digests of the record; asked only where there was more than one.
    func firstSeen(_ name: some Collection<UInt8>, record: () -> RecordDigestPair?) -> Timestamp? {
        let sightings = sightings(of: name).filter { $0.kind != .fetched }
        var found = sightings.first
        if sightings.count > 1 {
            guard let record = record(),
                let now = LedgerSighting(record, at: Timestamp(seconds: 0), isBaseline: false)
            else { return nil }
            found = sightings.first { $0.saysTheSame(as: now) }
        }
        return found.flatMap { $0.isBaseline ? nil : $0.time }
    }

    /// Takes in what was written. What is known already changes nothing.
    mutating func apply(_ entries: [LedgerEntry]) {
        for entry in entries {
            switch entry {
            case .index(let index): if indexes.last?.digest != index.digest { indexes.append(index) }
            case .file(let name, let sighting):
                if !knows(entry) { since[name, default: []].append(sighting) }
            }
        }
    }

    /// Whether a sighting of a file says nothing new.
    func knows(_ entry: LedgerEntry) -> Bool {
        guard case .file(let name, let sighting) = entry else { return false }
        return sightings(of: name).contains { $0.saysTheSame(as: sighting) }
    }

    /// Whether nothing at all was written down yet.
    var isEmpty: Bool { indexes.isEmpty && since.isEmpty && snapshot.fileCount == 0 }

    /// What an index says that is not known yet, with the index itself at the end.
    ///
    /// - Parameter seen: what it says of files; nil if the index itself was seen before.
    func news(in index: Digest, _ seen: IndexSightings?, at time: Timestamp) -> [LedgerEntry] {
        var entries: [LedgerEntry] = []
        var hint = 0
        for position in 0..<(seen?.index.count ?? 0) {
            guard let seen, let row = seen.row(at: position) else { continue }
            let name = seen.index.fileNameBytes(at: position)
            if let number = snapshot.number(of: name, after: hint) {
                hint = number
                if snapshot.isFirst(row, at: number) { continue }
            }
            guard let sighting = seen.sighting(at: position),
                !sightings(of: name).contains(where: { $0.saysTheSame(as: sighting) })
            else { continue }
            entries.append(.file(Array(name), sighting))
        }
        entries.append(.index(LedgerIndex(digest: index, time: time)))
        return entries
    }

    /// The table that a first index makes.
    static func beginning(with seen: IndexSightings, at time: Timestamp, scope: Digest) throws -> LedgerTable
    {
        let index = LedgerIndex(digest: seen.index.digest, time: time)
        var contents = LedgerSnapshot.Contents(indexes: [index], fileCount: seen.index.count)
        for position in seen.inOrder {
            guard let row = seen.row(at: position) else { continue }
            contents.append(seen.index.fileNameBytes(at: position), row: row)
        }
        return try LedgerTable(contents, generation: 1, scope: scope)
    }

    /// Takes a new snapshot.
    private init(_ contents: LedgerSnapshot.Contents, generation: UInt64, scope: Digest) throws {
        let counts = [contents.fileCount, contents.indexes.count, contents.furtherCount]
        guard counts.allSatisfy({ $0 <= LedgerSnapshot.maximumCount }) else {
            throw Refusal(
                CoreCode.tooLarge,
                "the ledger",
                expected: "at most \(LedgerSnapshot.maximumCount) entries of a kind"
            )
        }
        self.init(LedgerSnapshot(contents, generation: generation, scope: scope))
    }

    /// Makes everything a snapshot of the next generation.
    ///
    /// - Throws: `limit.too-large` for more than any channel has.
    mutating func compact(scope: Digest) throws {
        let fresh = since.keys.filter { snapshot.number(of: $0[...]) == nil }
            .sorted { $0.lexicographicallyPrecedes($1) }
        let count = snapshot.fileCount + fresh.count
        var contents = LedgerSnapshot.Contents(indexes: indexes, fileCount: count)
        var next = fresh[...]
        for number in 0..<snapshot.fileCount {
            let name = snapshot.name(at: number)
            while let first = next.first, first.lexicographicallyPrecedes(name) {
                contents.append(first, since[first] ?? [])
                next.removeFirst()
            }
            contents.append(
                name,
                snapshot.sightings(at: number) + (since.isEmpty ? [] : since[Array(name)] ?? [])
            )
        }
        for name in next { contents.append(name, since[name] ?? []) }
        // Nobody writes so many: the number is somebody's else, and there is none after it.
        guard snapshot.generation < .max else {
            throw Refusal(LedgerCode.damaged, "the ledger", expected: "a number that has a next one")
        }
        self = try LedgerTable(contents, generation: snapshot.generation + 1, scope: scope)
    }
}

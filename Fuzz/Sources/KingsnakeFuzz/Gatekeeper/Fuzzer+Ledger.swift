// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

@testable import Gatekeeper

extension Fuzzer {
    /// A ledger's files: the first byte says which, and whether what follows gets the checksum that it needs to be read at all.
    static let ledger = Fuzzer("ledger") { bytes in
        var parts = InputParts(bytes)
        switch parts.byte() & 3 {
        case 0: try readSnapshot(parts.remainder)
        case 1: try readSnapshot(LedgerBytes.snapshot(&parts, scope: scope))
        case 2: try readLog(parts.remainder)
        default: try readLog(LedgerBytes.log(&parts, scope: scope))
        }
    }

    private static let scope = Digest.of(Array("https://conda.example.org/main\nnoarch".utf8))

    private static func place(_ offset: Int = 0) -> LedgerFrame.Place {
        LedgerFrame.Place(scope: scope, generation: LedgerBytes.generation, offset: offset)
    }

    /// Whatever is accepted can be looked up, and is the same after it was written anew.
    private static func readSnapshot(_ bytes: [UInt8]) throws {
        let snapshot = try LedgerSnapshot(reading: bytes, scope: scope, of: "input")
        let head = LedgerSnapshot.generation(inHead: bytes.prefix(LedgerSnapshot.headLength))
        Finding.unlessEqual(head, snapshot.generation, "the generation in the head")
        Finding.unlessEqual(snapshot.indexes.count, snapshot.indexCount, "the indexes")
        var sightings = 0
        for number in 0..<snapshot.fileCount {
            let name = snapshot.name(at: number), seen = snapshot.sightings(at: number)
            sightings += seen.count
            Finding.unless(!seen.isEmpty, "a file that was never seen")
            for hint in [0, number, snapshot.fileCount] {
                Finding.unlessEqual(snapshot.number(of: name, after: hint), number, "the place of a file")
            }
            if let first = seen.first {
                Finding.unless(snapshot.isFirst(first, at: number), "what was seen first was not")
            }
        }
        Finding.unlessEqual(sightings, snapshot.fileCount + snapshot.furtherCount, "the sightings")
        var table = LedgerTable(snapshot)
        try table.compact(scope: scope)
        let again = Finding.ifRefused("a snapshot of ours is refused") {
            try LedgerSnapshot(reading: table.snapshot.bytes, scope: scope, of: "input")
        }
        Finding.unless(again.generation > snapshot.generation, "the next generation is no later one")
        Finding.unlessEqual(again.indexes, snapshot.indexes, "the indexes that were written")
        Finding.unlessEqual(again.fileCount, snapshot.fileCount, "the files that were written")
        for number in 0..<snapshot.fileCount {
            Finding.unless(again.name(at: number).elementsEqual(snapshot.name(at: number)), "a file's name")
            Finding.unlessEqual(again.sightings(at: number), snapshot.sightings(at: number), "the sightings")
        }
    }

    /// Whatever is accepted is the same after it was written anew, and a log that ends anywhere is a part of the log.
    private static func readLog(_ bytes: [UInt8]) throws {
        let contents = try LedgerFrame.decode(bytes, from: place(), of: "input")
        Finding.unless((0...bytes.count).contains(contents.end), "the log ends at \(contents.end)")
        guard !contents.entries.isEmpty else { return }
        let frame = LedgerFrame.encode(contents.entries, at: place())
        let again = Finding.ifRefused("a log of ours is refused") {
            try LedgerFrame.decode(frame, from: place(), of: "input")
        }
        Finding.unlessEqual(again.entries, contents.entries, "the entries that were written")
        Finding.unlessEqual(again.end, frame.count, "the end of what was written")
        // A writer that is killed leaves a beginning of what it wrote, or zeros in its place.
        let next = LedgerFrame.encode(contents.entries, at: place(frame.count))
        let left = [0, 3, 19, 20, next.count / 2, next.count - 1].map { Array(next[..<$0]) }
        for torn in left + [Array(repeating: 0, count: 40)] {
            let log = Finding.ifRefused("a log whose last frame was torn off is refused") {
                try LedgerFrame.decode(frame + torn, from: place(), of: "input")
            }
            Finding.unlessEqual(log.entries, contents.entries, "the entries before the torn frame")
            Finding.unlessEqual(log.end, frame.count, "the end before the torn frame")
        }
        var table = LedgerTable(LedgerSnapshot(emptyFor: scope))
        table.apply(contents.entries)
        let known = table
        table.apply(contents.entries)
        try table.compact(scope: scope)
        let looked = [known.namesListedTwice, table.namesListedTwice]
        for case .file(let name, let sighting) in contents.entries {
            let seen = table.sightings(of: name)
            Finding.unless(seen.contains { $0.saysTheSame(as: sighting) }, "a sighting was lost")
            Finding.unlessEqual(seen, known.sightings(of: name), "the sightings of a file")
            guard sighting.kind != .fetched else { continue }
            // Whatever an index could list again.
            let digests: RecordDigestPair =
                sighting.kind == .md5 ? (nil, sighting.digest) : (sighting.digest, nil)
            guard LedgerHistory(seen, record: digests)?.previous != nil else { continue }
            Finding.unless(looked.allSatisfy { $0.contains(name) }, "a change whose package nobody looks at")
        }
    }
}

/// Makes a ledger's files of arbitrary parts, with the checksums written a second time.
private enum LedgerBytes {
    static let generation: UInt64 = 7

    static func number(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64((count - 1 - $0) * 8)) }
    }

    /// A snapshot whose head says how many there are of each, by one byte each.
    static func snapshot(_ parts: inout InputParts, scope: Digest) -> [UInt8] {
        let generation = UInt64(bitPattern: parts.number())
        let counts = (0..<3).map { _ in Int(parts.byte() & 7) }
        let rest = parts.remainder
        let names = rest.count - counts[0] * 40 - counts[1] * 46 - counts[2] * 45
        var bytes = Array("kingsnake ledger".utf8) + number(generation, 8) + scope.bytes
        for count in counts + [max(0, names)] { bytes += number(UInt64(count), 4) }
        bytes += rest
        return bytes + Digest.of(bytes).bytes
    }

    /// A log of frames, each with a byte for its length.
    static func log(_ parts: inout InputParts, scope: Digest) -> [UInt8] {
        var log: [UInt8] = []
        while !parts.isAtEnd {
            let length = max(1, Int(parts.byte()))
            let payload = (0..<length).map { _ in parts.byte() }
            let head = scope.bytes + number(generation, 8) + number(UInt64(log.count), 8)
            log += number(UInt64(length), 4) + Digest.of(head + payload).bytes.prefix(16) + payload
        }
        return log
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import TrustCore

/// What an index says of its files' hashes, as a ledger keeps it: a row for each record, in the order of their positions.
///
/// Half a million take 18 MB. Records without digest, or which are not well-formed, say nothing: nobody gets their files
/// either.
struct IndexSightings: Sendable {
    /// Kind, time, digest: as in a ledger's files. A row of zeros says nothing.
    static let rowLength = 41

    let index: RepodataFile
    private let rows: [UInt8]

    /// Reads all records, on all cores.
    init(of index: RepodataFile, at time: Timestamp, isBaseline: Bool) async throws {
        self.index = index
        var read: [UInt8] = []
        read.reserveCapacity(index.count * Self.rowLength)
        let work = OrderedWork<Range<Int>, [UInt8]> { runs in
            try runs.map { try Self.rows(of: $0, index, time, isBaseline) }
        }
        let runs = stride(from: 0, to: index.count, by: Self.run).lazy.map {
            $0..<min($0 + Self.run, index.count)
        }
        try await work.run(runs) { for rows in $0 { read += rows } }
        rows = read
    }

    /// How many records are read at once.
    private static let run = 64

    private static func rows(of run: Range<Int>, _ index: RepodataFile, _ time: Timestamp, _ isBaseline: Bool)
        throws -> [UInt8]
    {
        var rows: [UInt8] = []
        rows.reserveCapacity(run.count * rowLength)
        for text in try index.texts(at: Array(run)) {
            let digests = RecordDigests(text)
            let seen = LedgerSighting((digests.sha256, digests.md5), at: time, isBaseline: isBaseline)
            if let seen { rows.append(seen) } else { rows += repeatElement(0, count: rowLength) }
        }
        return rows
    }

    /// What the record at a position says, as it is kept; nil if it says nothing.
    func row(at position: Int) -> ArraySlice<UInt8>? {
        let start = position * Self.rowLength
        return rows[start] == 0 ? nil : rows[start..<start + Self.rowLength]
    }

    /// What the record at a position says; nil if it says nothing.
    func sighting(at position: Int) -> LedgerSighting? {
        row(at: position).flatMap { row in
            var reader = LedgerReader(row)
            return reader.sighting()
        }
    }

    /// The positions in byte order of the file names.
    var inOrder: [Int] {
        var positions: [Int] = []
        positions.reserveCapacity(index.count)
        // Each section is in order.
        let middle = (0..<index.count).first { index.section(at: $0) == .conda } ?? index.count
        var (one, other) = (0, middle)
        while one < middle, other < index.count {
            if index.fileNameBytes(at: one).lexicographicallyPrecedes(index.fileNameBytes(at: other)) {
                positions.append(one)
                one += 1
            } else {
                positions.append(other)
                other += 1
            }
        }
        return positions + Array(one..<middle) + Array(other..<index.count)
    }
}

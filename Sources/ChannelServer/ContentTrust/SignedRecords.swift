// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What became of the records of an index, in its order: packed, for there may be half a million.
///
/// A record takes its digest, 65 bytes for each signature, and 12 bytes more.
struct SignedRecords: Sendable, RandomAccessCollection, MutableCollection {
    private struct Entry {
        /// Where its signatures are, counted in signatures.
        var first: UInt32 = 0
        var count: UInt16 = 0
        var madeCount: UInt16 = 0
        var isLacking = false
        var hasNoMambaForm = false
    }

    private var entries: [Entry]
    private var digests: [UInt8]
    private var signatures: [UInt8] = []
    private var defects: [Int: Refusal] = [:]

    private static let digestLength = 32

    /// Makes room for so many records of an index, of which nothing is known yet.
    ///
    /// - Parameter expected: how many signatures a record probably has.
    init(count: Int, expecting expected: Int = 1) {
        entries = Array(repeating: Entry(isLacking: true), count: count)
        digests = Array(repeating: 0, count: count * Self.digestLength)
        signatures.reserveCapacity(count * expected * SignedRecord.stride)
    }

    var startIndex: Int { 0 }
    var endIndex: Int { entries.count }

    subscript(position: Int) -> SignedRecord {
        get {
            let entry = entries[position]
            let start = Int(entry.first) * SignedRecord.stride
            let end = start + Int(entry.count) * SignedRecord.stride
            var record = SignedRecord(digest: digest(at: position), packed: Array(signatures[start..<end]))
            record.madeCount = Int(entry.madeCount)
            record.isLacking = entry.isLacking
            record.hasNoMambaForm = entry.hasNoMambaForm
            record.defect = defects[position]
            return record
        }
        set {
            var entry = Entry()
            entry.count = UInt16(clamping: newValue.count)
            entry.madeCount = UInt16(clamping: newValue.madeCount)
            entry.isLacking = newValue.isLacking
            entry.hasNoMambaForm = newValue.hasNoMambaForm
            // Those of a record that is set again stay behind, unused: it is set twice at most.
            entry.first = UInt32(clamping: signatures.count / SignedRecord.stride)
            signatures += newValue.packed
            entries[position] = entry
            digests.replaceSubrange(
                digestRange(at: position),
                with: newValue.digest.prefix(Self.digestLength)
            )
            defects[position] = newValue.defect
        }
    }

    /// SHA-256 of the file name and the bytes of a record.
    func digest(at position: Int) -> ArraySlice<UInt8> { digests[digestRange(at: position)] }

    /// Whether keys have to sign a record that were not at hand.
    func isLacking(at position: Int) -> Bool { entries[position].isLacking }

    private func digestRange(at position: Int) -> Range<Int> {
        position * Self.digestLength..<(position + 1) * Self.digestLength
    }

    /// The records of another index behind these.
    mutating func append(contentsOf other: SignedRecords) {
        let signatureCount = signatures.count / SignedRecord.stride
        for (position, refusal) in other.defects { defects[entries.count + position] = refusal }
        entries += other.entries.lazy.map { entry in
            var entry = entry
            entry.first = UInt32(clamping: Int(entry.first) + signatureCount)
            return entry
        }
        digests += other.digests
        signatures += other.signatures
    }

    /// The positions of the records that there is something to say of, in the order of their digests.
    func sortedByDigest() -> [Int] {
        var keyed = entries.indices.filter { entries[$0].count > 0 || entries[$0].hasNoMambaForm }
            .map { (prefix: RecordLedger.prefix(of: digest(at: $0)), position: UInt32($0)) }
        keyed.sort { a, b in
            if a.prefix != b.prefix { return a.prefix < b.prefix }
            return digest(at: Int(a.position)).lexicographicallyPrecedes(digest(at: Int(b.position)))
        }
        return keyed.map { Int($0.position) }
    }
}

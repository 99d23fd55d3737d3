// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import DurableFiles
import TrustCore

/// The signatures that were made for the records of a subdir, by what they were made for: a file beside the keys,
/// never in the folder that is served.
///
/// A record that is found in it needs no key, and no look at its signature either: the entry says that this key
/// signed exactly these bytes under this file name. It is a memory and no authority: without it signatures are
/// verified, or made, again. Whoever can write into the folder of keys could put wrong signatures into it, which no
/// client would accept.
///
/// The file: ``magic``; a byte with the number of keys; 32 bytes a key; entries of 97 bytes in byte order, each the
/// digest of ``SignedRecord``, the number of a key and its signature; SHA-256 of all that. It stays on the disk: what is
/// in memory is the beginning of each digest.
struct RecordLedger: Sendable {
    /// Changes with the rules by which records are checked and forms are made.
    static let magic = Array("kingsnake record signatures 1\n".utf8)
    static let limit = 4 << 30
    private static let digestLength = 32
    private static let stride = digestLength + 1 + 64
    /// In place of a key: mamba's form of this record cannot be made.
    private static let noMambaForm: UInt8 = 0xFF

    /// Where the signatures are.
    private enum Entries {
        /// In a file, from a position on; and the number among the keys of today of each key of the file, nil for one
        /// that is not named any more.
        case stored(StoredBytes, start: Int, members: [Int?])
        /// Among what was just signed.
        case signed(SignedRecords, positions: [Int])
    }

    private let entries: Entries
    /// The first bytes of the entries' digests.
    private let prefixes: [UInt64]

    /// A ledger without entries.
    static let empty = RecordLedger()

    private init() {
        entries = .stored(StoredBytes([]), start: 0, members: [])
        prefixes = []
    }

    /// Takes what a file holds; without entries if that is damaged, or of other rules.
    ///
    /// - Throws: a `Failure` if it cannot be read.
    init(_ source: StoredBytes, _ keys: RecordKeys) throws {
        self = try Self(checking: source, keys) ?? Self()
    }

    /// Takes what became of records just now.
    init(_ records: SignedRecords) {
        let positions = records.sortedByDigest()
        prefixes = positions.map { Self.prefix(of: records.digest(at: $0)) }
        entries = .signed(records, positions: positions)
    }

    private init?(checking source: StoredBytes, _ keys: RecordKeys) throws {
        let body = source.length - Self.digestLength
        let keyStart = Self.magic.count + 1
        guard body >= keyStart else { return nil }
        let head = try source.read(0..<keyStart)
        let keyCount = Int(head[Self.magic.count])
        let start = keyStart + keyCount * Self.digestLength
        guard head.starts(with: Self.magic), start <= body, (body - start).isMultiple(of: Self.stride) else {
            return nil
        }
        let names = try source.read(keyStart..<start)
        var digest = StreamingDigest(.sha256)
        digest.update(head)
        digest.update(names)
        var prefixes: [UInt64] = []
        prefixes.reserveCapacity((body - start) / Self.stride)
        try source.forEachPiece(of: start..<body, upTo: Self.stride << 13) { piece in
            digest.update(piece)
            for at in Swift.stride(from: 0, to: piece.count, by: Self.stride) {
                prefixes.append(Self.prefix(of: piece[at...]))
            }
        }
        guard try digest.finish().bytes == source.read(body..<source.length) else { return nil }
        self.prefixes = prefixes
        let members = Swift.stride(from: 0, to: names.count, by: Self.digestLength).map { at in
            keys.position(of: Hex.encode(names[at..<at + Self.digestLength]))
        }
        entries = .stored(source, start: start, members: members)
    }

    /// Opens a ledger; one without entries if there is none.
    static func read(_ path: String, _ keys: RecordKeys) throws -> RecordLedger {
        guard let source = try DurableFile.open(path, maximumLength: limit) else { return empty }
        return try RecordLedger(source, keys)
    }

    /// Whether nothing is known.
    var isEmpty: Bool { prefixes.isEmpty }

    /// Gives a record the signatures that are known for it.
    ///
    /// - Throws: a `Failure` if the file cannot be read any more.
    func fill(_ record: inout SignedRecord) throws {
        let wanted = Self.prefix(of: record.digest)
        let first = lowerBound(wanted)
        var end = first
        while end < prefixes.count, prefixes[end] == wanted { end += 1 }
        guard first < end else { return }
        switch entries {
        case .stored(let source, let start, let members):
            let bytes = try source.read(start + first * Self.stride..<start + end * Self.stride)
            for at in Swift.stride(from: 0, to: bytes.count, by: Self.stride) {
                Self.fill(&record, bytes[at..<at + Self.stride], members)
            }
        case .signed(let records, let positions):
            for position in positions[first..<end] where records.digest(at: position) == record.digest {
                let known = records[position]
                if known.hasNoMambaForm { record.hasNoMambaForm = true }
                for (at, member) in known.members.enumerated() { record.add(known.signature(at), by: member) }
            }
        }
    }

    private static func fill(_ record: inout SignedRecord, _ entry: ArraySlice<UInt8>, _ members: [Int?]) {
        guard entry.prefix(digestLength) == record.digest else { return }
        let number = entry[entry.startIndex + digestLength]
        if number == noMambaForm {
            record.hasNoMambaForm = true
        } else if Int(number) < members.count, let member = members[Int(number)] {
            record.add(entry.dropFirst(digestLength + 1), by: member)
        }
    }

    /// Writes a file of what became of records, in pieces.
    static func write(
        _ records: SignedRecords,
        _ keys: RecordKeys,
        to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        // The byte of a key's number is too small for the most keys that a role may have: the rest is not noted.
        let known = keys.members.prefix(Int(noMambaForm))
        var out = magic + [UInt8(known.count)]
        for member in known { out += Hex.decode(member.key.hex) ?? [] }
        var digest = StreamingDigest(.sha256)
        func flush() throws {
            digest.update(out)
            try out.withUnsafeBytes(sink)
            out.removeAll(keepingCapacity: true)
        }
        var last: Int?
        for position in records.sortedByDigest() {
            if let last, records.digest(at: last) == records.digest(at: position) { continue }
            last = position
            let record = records[position]
            for (at, member) in record.members.enumerated() where member < known.count {
                out += record.digest
                out.append(UInt8(member))
                out += record.signature(at)
            }
            if record.hasNoMambaForm {
                out += record.digest
                out.append(noMambaForm)
                out += repeatElement(0, count: 64)
            }
            if out.count >= 1 << 18 { try flush() }
        }
        try flush()
        try digest.finish().bytes.withUnsafeBytes(sink)
    }

    /// The first bytes of a digest, in byte order.
    static func prefix(of digest: ArraySlice<UInt8>) -> UInt64 {
        digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The first entry whose digest does not begin before these bytes.
    private func lowerBound(_ wanted: UInt64) -> Int {
        var low = 0
        var high = prefixes.count
        while low < high {
            let middle = low + (high - low) / 2
            if prefixes[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

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
/// digest of ``SignedRecord``, the number of a key and its signature; SHA-256 of all that.
struct RecordLedger: Sendable {
    /// Changes with the rules by which records are checked and forms are made.
    static let magic = Array("kingsnake record signatures 1\n".utf8)
    static let limit = 4 << 30
    private static let digestLength = 32
    private static let stride = digestLength + 1 + 64
    /// In place of a key: mamba's form of this record cannot be made.
    private static let noMambaForm: UInt8 = 0xFF

    private let bytes: [UInt8]
    private let start: Int
    private let count: Int
    /// The number among the keys of today of each key of the file; nil for one that is not named any more.
    private let members: [Int?]

    /// A ledger without entries.
    static let empty = RecordLedger()

    private init() {
        bytes = []
        start = 0
        count = 0
        members = []
    }

    /// Takes what a file holds; without entries if that is damaged, or of other rules.
    init(_ bytes: [UInt8], _ keys: RecordKeys) {
        self = Self(checking: bytes, keys) ?? Self()
    }

    private init?(checking bytes: [UInt8], _ keys: RecordKeys) {
        let body = bytes.count - Self.digestLength
        guard body > Self.magic.count, bytes.starts(with: Self.magic) else { return nil }
        let keyCount = Int(bytes[Self.magic.count])
        let start = Self.magic.count + 1 + keyCount * Self.digestLength
        guard start <= body, (body - start).isMultiple(of: Self.stride) else { return nil }
        var digest = StreamingDigest(.sha256)
        bytes.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<body])) }
        guard digest.finish().bytes.elementsEqual(bytes[body...]) else { return nil }
        self.bytes = bytes
        self.start = start
        count = (body - start) / Self.stride
        members = (0..<keyCount).map { number in
            let at = Self.magic.count + 1 + number * Self.digestLength
            return keys.position(of: Hex.encode(bytes[at..<at + Self.digestLength]))
        }
    }

    /// Reads a ledger; one without entries if there is none.
    static func read(_ path: String, _ keys: RecordKeys) throws -> RecordLedger {
        guard let bytes = try DurableFile.read(path, maximumLength: limit) else { return empty }
        return RecordLedger(bytes, keys)
    }

    /// Gives a record the signatures that are known for it.
    func fill(_ record: inout SignedRecord) {
        let wanted = record.digest.bytes
        var at = lowerBound(wanted)
        while at < count, bytes[entry(at).prefix(Self.digestLength)] == wanted[...] {
            let entry = entry(at)
            let number = bytes[entry.lowerBound + Self.digestLength]
            if number == Self.noMambaForm {
                record.hasNoMambaForm = true
            } else if Int(number) < members.count, let member = members[Int(number)] {
                record.add(bytes[(entry.lowerBound + Self.digestLength + 1)..<entry.upperBound], by: member)
            }
            at += 1
        }
    }

    /// Writes a file of what became of records.
    static func encode(_ records: some Sequence<SignedRecord>, _ keys: RecordKeys) -> [UInt8] {
        // The byte of a key's number is too small for the most keys that a role may have: the rest is not noted.
        let known = keys.members.prefix(Int(noMambaForm))
        var out = magic + [UInt8(known.count)]
        for member in known { out += Hex.decode(member.key.hex) ?? [] }
        let sorted = records.filter { $0.count > 0 || $0.hasNoMambaForm }
            .sorted { $0.digest.bytes.lexicographicallyPrecedes($1.digest.bytes) }
        var last: Digest?
        for record in sorted where record.digest != last {
            last = record.digest
            for (at, member) in record.members.enumerated() where member < known.count {
                out += record.digest.bytes
                out.append(UInt8(member))
                out += record.signature(at)
            }
            guard record.hasNoMambaForm else { continue }
            out += record.digest.bytes
            out.append(noMambaForm)
            out += repeatElement(0, count: 64)
        }
        return out + Digest.of(out).bytes
    }

    private func entry(_ at: Int) -> Range<Int> {
        let from = start + at * Self.stride
        return from..<from + Self.stride
    }

    /// The first entry whose digest is not before some digest.
    private func lowerBound(_ wanted: [UInt8]) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if bytes[entry(middle).prefix(Self.digestLength)].lexicographicallyPrecedes(wanted) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

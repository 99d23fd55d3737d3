// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What is appended to a ledger in one go: it is there as a whole, or not at all.
///
/// Length in 4 bytes, a checksum of 16, entries. The checksum covers whose ledger it is, after which snapshot it comes,
/// and where it stands, so that no frame counts in another's place. It shows damage, not malice: whoever can write the
/// file can make one.
enum LedgerFrame {
    /// The longest frame: what is longer goes into a new snapshot.
    static let maximumLength = 16 << 20
    private static let headLength = 20

    /// What a log holds.
    struct Contents {
        var entries: [LedgerEntry] = []
        /// Where the last whole frame ends.
        var end: Int
    }

    /// Where a frame stands.
    struct Place {
        let scope: Digest
        let generation: UInt64
        let offset: Int

        fileprivate func checksum(_ payload: ArraySlice<UInt8>) -> [UInt8] {
            var head = scope.bytes
            head.append(number: generation)
            head.append(number: UInt64(offset))
            var digest = StreamingDigest(.sha256)
            digest.update(head)
            payload.withUnsafeBytes { digest.update($0) }
            return Array(digest.finish().bytes.prefix(16))
        }
    }

    static func encode(_ entries: [LedgerEntry], at place: Place) -> [UInt8] {
        var payload: [UInt8] = []
        for entry in entries {
            switch entry {
            case .index(let index):
                payload.append(1)
                payload.append(index)
            case .file(let name, let sighting):
                payload.append(2)
                payload.append(UInt8(truncatingIfNeeded: name.count))
                payload.append(contentsOf: name)
                payload.append(sighting)
            }
        }
        var frame: [UInt8] = []
        frame.append(number: UInt32(truncatingIfNeeded: payload.count))
        return frame + place.checksum(payload[...]) + payload
    }

    /// Reads the frames of a log from some place on.
    ///
    /// A last frame that is cut short, or was never written though the file is that long, is what a writer left that was
    /// killed: it does not count.
    /// - Parameter place: where the bytes begin.
    /// - Throws: `ledger.damaged` for any other frame that is not as it was written.
    static func decode(_ bytes: [UInt8], from place: Place, of subject: String) throws -> Contents {
        var contents = Contents(end: place.offset)
        var at = 0
        while at < bytes.count {
            let here = Place(scope: place.scope, generation: place.generation, offset: place.offset + at)
            var reader = LedgerReader(bytes[at...])
            guard let length = reader.number(UInt32.self), let checksum = reader.take(16),
                Int(length) <= bytes.count - at - headLength, length > 0,
                let payload = reader.take(Int(length)),
                here.checksum(payload).elementsEqual(checksum), let entries = Self.entries(payload)
            else {
                guard isTorn(bytes[at...]) else {
                    throw Refusal(LedgerCode.damaged, subject, at: "byte \(here.offset) of the log")
                }
                break
            }
            contents.entries += entries
            at += headLength + Int(length)
            contents.end = place.offset + at
        }
        return contents
    }

    /// Whether these bytes may be the beginning of a frame that was not finished: whatever was written after one that
    /// was would stand behind its end.
    private static func isTorn(_ bytes: ArraySlice<UInt8>) -> Bool {
        if bytes.allSatisfy({ $0 == 0 }) { return true }
        var reader = LedgerReader(bytes)
        guard let length = reader.number(UInt32.self) else { return true }
        return length <= maximumLength && Int(length) >= bytes.count - headLength
    }

    private static func entries(_ payload: ArraySlice<UInt8>) -> [LedgerEntry]? {
        var reader = LedgerReader(payload)
        var entries: [LedgerEntry] = []
        while !reader.isAtEnd {
            switch reader.number(UInt8.self) {
            case 1:
                guard let index = reader.index() else { return nil }
                entries.append(.index(index))
            case 2:
                guard let length = reader.number(UInt8.self), length > 0, let name = reader.take(Int(length)),
                    let sighting = reader.sighting()
                else { return nil }
                entries.append(.file(Array(name), sighting))
            default: return nil
            }
        }
        return entries
    }
}

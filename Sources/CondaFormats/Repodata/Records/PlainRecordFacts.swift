// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a plain record says that rules about files go by, found without making values of the rest of it: for who judges
/// half a million records at once.
///
/// A plain record (``RepodataFile/isPlain(at:)``) says just this to ``PackageRecord``, too.
public struct PlainRecordFacts: Sendable, Equatable {
    /// SHA-256 of the archive.
    public private(set) var sha256: Digest?
    /// MD5 of the archive.
    public private(set) var md5: Digest?
    /// The archive's length in bytes.
    public private(set) var size: UInt64?
    private var timestamp: UInt64?
    private var indexedTimestamp: UInt64?

    /// When it was built, in whole seconds.
    public var builtAt: Timestamp? { timestamp.map(PackageRecord.seconds) }
    /// When the channel's server first listed it, in whole seconds.
    public var indexedAt: Timestamp? { indexedTimestamp.map(PackageRecord.seconds) }

    /// Reads a record that is known to be plain.
    init(_ record: ArraySlice<UInt8>) {
        record.withUnsafeBufferPointer { bytes in
            let text = Span(_unsafeElements: bytes)
            var at = 1
            while true {
                at = JSONScanner.skipSpace(text, at)
                guard let keyEnd = try? JSONScanner.skipString(text, at + 1),
                    let value = try? JSONScanner.skipColon(text, keyEnd),
                    let end = try? JSONScanner.skipValue(text, value)
                else { return }
                take(text, (at + 1)..<(keyEnd - 1), value..<end, record)
                at = JSONScanner.skipSpace(text, end)
                guard JSONScanner.byte(text, at) == UInt8(ascii: ",") else { return }
                at += 1
            }
        }
    }

    @inline(__always)
    private mutating func take(
        _ text: Span<UInt8>,
        _ key: Range<Int>,
        _ value: Range<Int>,
        _ record: ArraySlice<UInt8>
    ) {
        func digest(_ algorithm: DigestAlgorithm) -> Digest? {
            let start = record.startIndex
            return Hex.decode(record[start + value.lowerBound + 1..<start + value.upperBound - 1])
                .flatMap { Digest(algorithm, bytes: $0) }
        }
        var number: UInt64? {
            var number: UInt64 = 0
            for at in value { number = number &* 10 &+ UInt64(text[at] &- 0x30) }
            return number
        }
        switch key.count {
        case 3 where JSONScanner.spells(text, key, "md5"): md5 = digest(.md5)
        case 4 where JSONScanner.spells(text, key, "size"): size = number
        case 6 where JSONScanner.spells(text, key, "sha256"): sha256 = digest(.sha256)
        case 9 where JSONScanner.spells(text, key, "timestamp"): timestamp = number
        case 17 where JSONScanner.spells(text, key, "indexed_timestamp"): indexedTimestamp = number
        default: break
        }
    }
}

extension PlainRecordFacts {
    /// The same of a record that was read.
    public init(_ record: PackageRecord) {
        sha256 = record.sha256
        md5 = record.md5
        size = record.size
        timestamp = record.timestamp
        indexedTimestamp = record.indexedTimestamp
    }
}

extension StoredRecord {
    /// What it says that rules about files go by; nil if it is not known to be plain.
    public func facts(in index: RepodataFile) -> PlainRecordFacts? {
        index.isPlain(at: position) ? PlainRecordFacts(text) : nil
    }
}

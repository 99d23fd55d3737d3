// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Numbers and bytes of a ledger's files, big-endian, from a position on; never beyond the end.
struct LedgerReader {
    private let bytes: ArraySlice<UInt8>
    private var at: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    var isAtEnd: Bool { at == bytes.endIndex }

    /// The next so many bytes; nil if there are fewer.
    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.endIndex - at else { return nil }
        defer { at += count }
        return bytes[at..<at + count]
    }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        take(Number.bitWidth / 8).map { $0.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) } }
    }

    /// A sighting: kind with a bit for the baseline, time, digest in 32 bytes.
    mutating func sighting() -> LedgerSighting? {
        guard let mark = number(UInt8.self), let kind = LedgerSighting.Kind(rawValue: mark & 0x7F),
            let seconds = number(Int64.self), let text = take(32)
        else { return nil }
        let algorithm: DigestAlgorithm = kind == .md5 ? .md5 : .sha256
        let length = algorithm.byteCount
        guard text.dropFirst(length).allSatisfy({ $0 == 0 }),
            let digest = Digest(algorithm, bytes: text.prefix(length))
        else { return nil }
        return LedgerSighting(kind, digest, at: Timestamp(seconds: seconds), isBaseline: mark & 0x80 != 0)
    }

    mutating func index() -> LedgerIndex? {
        guard let digest = take(32).flatMap({ Digest(.sha256, bytes: $0) }), let seconds = number(Int64.self)
        else { return nil }
        return LedgerIndex(digest: digest, time: Timestamp(seconds: seconds))
    }
}

extension [UInt8] {
    /// Appends a number, big-endian.
    mutating func append(number: some FixedWidthInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func append(_ sighting: LedgerSighting) {
        append(sighting.kind.rawValue | (sighting.isBaseline ? 0x80 : 0))
        append(number: sighting.time.seconds)
        append(contentsOf: sighting.digest.bytes)
        append(contentsOf: repeatElement(0, count: 32 - sighting.digest.bytes.count))
    }

    mutating func append(_ index: LedgerIndex) {
        append(contentsOf: index.digest.bytes)
        append(number: index.time.seconds)
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension Fuzzer {
    /// Times, hexadecimal digits, percent-encoding, digests.
    static let text = Fuzzer("text") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        if let moment = Timestamp(text) {
            Finding.unlessEqual(moment.description, text, "a time that was read is written otherwise")
        }
        var parts = InputParts(bytes)
        let moment = Timestamp(seconds: parts.number())
        let later = moment.advanced(byDays: Int(parts.number())).advanced(bySeconds: parts.number())
        for moment in [moment, later] { checkTime(moment) }

        checkHex(bytes)
        let encoded = PercentEncoding.segment(text)
        Finding.unless(
            PlainRules.isName(encoded) || ["", ".", ".."].contains(text),
            "`\(encoded)` is no segment"
        )
        Finding.unless(
            PercentEncoding.decode(encoded).map { ByteKey($0) } == ByteKey(text),
            "encoding is not undone"
        )
        Finding.unless(
            PercentEncoding.decode(PercentEncoding.path(text)).map { ByteKey($0) } == ByteKey(text),
            "encoding a path is not undone"
        )
        _ = PercentEncoding.decode(text)
    }

    private static func checkTime(_ moment: Timestamp) {
        let text = moment.description
        guard let again = Timestamp(text) else { Finding.report("`\(text)` is written and not read") }
        let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
        Finding.unlessEqual(
            again.seconds,
            min(max(moment.seconds, range.lowerBound), range.upperBound),
            "`\(text)`"
        )
    }

    private static func checkHex(_ bytes: [UInt8]) {
        Finding.unlessEqual(Hex.decode(Hex.encode(bytes)), bytes, "hexadecimal digits are not undone")
        if let decoded = Hex.decode(bytes) {
            let lower = String(decoding: bytes, as: UTF8.self).lowercased()
            Finding.unlessEqual(Hex.encode(decoded), lower, "hexadecimal digits are read otherwise")
        }
        for algorithm in DigestAlgorithm.allCases {
            let digest = Digest(algorithm, hex: String(decoding: bytes, as: UTF8.self))
            Finding.unless(digest.map { $0.bytes.count == algorithm.byteCount } ?? true, "a digest's length")
        }
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The digests that a record promises of its archive, found without reading the rest of it: for who looks at half a
/// million records at once.
///
/// Whoever uses a record reads it in full, by the strict rules. Of one that these refuse, nothing is found here, or what
/// its first member of the name says.
public struct RecordDigests: Sendable, Equatable {
    /// SHA-256, if there is one in the right form.
    public let sha256: Digest?
    /// MD5, if there is one in the right form.
    public let md5: Digest?

    /// Takes digests.
    public init(sha256: Digest?, md5: Digest?) {
        self.sha256 = sha256
        self.md5 = md5
    }

    /// Finds the digests in the text of a record, from `{` to behind `}`; neither if it is not well-formed, or if one of
    /// the two keys is there twice.
    public init(_ record: ArraySlice<UInt8>) {
        let found = record.withUnsafeBufferPointer { try? Self.find(Span(_unsafeElements: $0)) }
        func digest(_ algorithm: DigestAlgorithm, _ hex: Range<Int>?) -> Digest? {
            guard let hex, hex.count == algorithm.byteCount * 2 else { return nil }
            let start = record.startIndex
            return Hex.decode(record[start + hex.lowerBound..<start + hex.upperBound])
                .flatMap { Digest(algorithm, bytes: $0) }
        }
        self.init(sha256: digest(.sha256, found?.sha256), md5: digest(.md5, found?.md5))
    }

    private struct Unclear: Error {}

    private static func find(_ text: Span<UInt8>) throws -> (sha256: Range<Int>?, md5: Range<Int>?) {
        var found: (sha256: Range<Int>?, md5: Range<Int>?) = (nil, nil)
        var at = JSONScanner.skipSpace(text, try JSONScanner.expect(UInt8(ascii: "{"), text, 0, "a record"))
        while JSONScanner.byte(text, at) != UInt8(ascii: "}") {
            let key =
                (at + 1)..<(try JSONScanner.skipString(text, JSONScanner.expect(quote, text, at, "a key")))
            // An escape may spell one of the two names, too.
            guard !contains(text, key, UInt8(ascii: "\\")) else { throw Unclear() }
            at = try JSONScanner.skipColon(text, key.upperBound)
            let value = at..<(try JSONScanner.skipValue(text, at))
            let name = key.lowerBound..<(key.upperBound - 1)
            if JSONScanner.spells(text, name, "sha256") {
                guard found.sha256 == nil else { throw Unclear() }
                found.sha256 = string(text, value)
            } else if JSONScanner.spells(text, name, "md5") {
                guard found.md5 == nil else { throw Unclear() }
                found.md5 = string(text, value)
            }
            at = JSONScanner.skipSpace(text, value.upperBound)
            guard JSONScanner.byte(text, at) == UInt8(ascii: ",") else { break }
            at = JSONScanner.skipSpace(text, at + 1)
            guard JSONScanner.byte(text, at) == quote else { throw Unclear() }
        }
        _ = try JSONScanner.expect(UInt8(ascii: "}"), text, at, "the end of the record")
        return found
    }

    private static let quote = UInt8(ascii: "\"")

    private static func contains(_ text: Span<UInt8>, _ part: Range<Int>, _ byte: UInt8) -> Bool {
        for at in part where text[at] == byte { return true }
        return false
    }

    /// Where a string's text is, between its quotes; nowhere for any other value.
    private static func string(_ text: Span<UInt8>, _ value: Range<Int>) -> Range<Int> {
        guard value.count >= 2, text[value.lowerBound] == quote else {
            return value.lowerBound..<value.lowerBound
        }
        return (value.lowerBound + 1)..<(value.upperBound - 1)
    }
}

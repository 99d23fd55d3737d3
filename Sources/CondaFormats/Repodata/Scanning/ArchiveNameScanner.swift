// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The parts of a package's file name, found without making text of it.
///
/// Looser than `ArchiveFileName`: it tells what cannot be a file name at all and where the parts would be.
enum ArchiveNameScanner {
    /// Steps over printable ASCII characters other than slashes, backslashes and quotes.
    @inline(__always)
    static func end(_ text: Span<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < text.count {
            let byte = text[at]
            guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "/"),
                byte != 0x5C
            else { break }
            at += 1
        }
        return at
    }

    /// Where the ending starts: the section's own, or the other one; the end of the name where there is
    /// neither.
    @inline(__always)
    static func stem(
        _ text: Span<UInt8>,
        _ name: Range<Int>,
        _ format: ArchiveFormat
    ) -> (end: Int, isOwn: Bool) {
        let tarBz2 = stem(text, name, ".tar.bz2")
        if let end = tarBz2 { return (end, format == .tarBz2) }
        let conda = stem(text, name, ".conda")
        if let end = conda { return (end, format == .conda) }
        return (name.upperBound, false)
    }

    @inline(__always)
    private static func stem(_ text: Span<UInt8>, _ name: Range<Int>, _ ending: StaticString) -> Int? {
        let length = ending.utf8CodeUnitCount
        guard name.count > length else { return nil }
        let start = name.upperBound - length
        for offset in 0..<length where text[start + offset] != ending.utf8Start[offset] { return nil }
        return start
    }

    /// How long NAME is in NAME-VERSION-BUILD; 0 where a part is missing or empty.
    @inline(__always)
    static func packageNameLength(_ text: Span<UInt8>, _ stem: Range<Int>) -> Int {
        guard let buildDash = lastDash(text, stem), buildDash + 1 < stem.upperBound,
            let versionDash = lastDash(text, stem.lowerBound..<buildDash), versionDash + 1 < buildDash
        else { return 0 }
        return versionDash - stem.lowerBound
    }

    @inline(__always)
    private static func lastDash(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var at = range.upperBound
        while at > range.lowerBound {
            at -= 1
            if text[at] == UInt8(ascii: "-") { return at }
        }
        return nil
    }
}

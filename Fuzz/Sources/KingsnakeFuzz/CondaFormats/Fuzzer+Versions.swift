// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

extension Fuzzer {
    /// Versions, one a line: their order must be one.
    static let versions = Fuzzer("versions") { bytes in
        let lines = InputParts(bytes).lines(4)
        let versions = try lines.compactMap { line in try Finding.accepted { try CondaVersion(line) } }
        for version in versions { try checkSame(version) }
        for a in versions {
            for b in versions {
                try checkPair(a, b)
                for c in versions { checkTriple(a, b, c) }
            }
        }
    }

    private static func checkSame(_ version: CondaVersion) throws {
        Finding.unless(version.starts(with: version), "`\(version)` does not start with itself")
        for spelling in [version.text.uppercased(), version.text + ".0", version.text + ".0.0"] {
            guard let other = try Finding.accepted({ try CondaVersion(spelling) }) else { continue }
            Finding.unless(other == version, "`\(other)` is not `\(version)`")
        }
    }

    private static func checkPair(_ a: CondaVersion, _ b: CondaVersion) throws {
        let orders = [a < b, a == b, b < a].filter { $0 }.count
        Finding.unlessEqual(orders, 1, "the orders of `\(a)` and `\(b)`")
        if a == b {
            Finding.unlessEqual(a.hashValue, b.hashValue, "hashes of `\(a)` and `\(b)`")
            Finding.unless(a.starts(with: b), "`\(a)` does not start with `\(b)`, which it is")
        }
        if a.isCompatible(with: b) { Finding.unless(a >= b, "`\(a)` is compatible with the later `\(b)`") }
        let expected = [
            ("==", a == b), ("!=", a != b), ("<", a < b), ("<=", a <= b), (">", a > b), (">=", a >= b),
            ("=", a.starts(with: b)), ("~=", a.isCompatible(with: b)),
        ]
        for (mark, holds) in expected {
            guard let spec = try Finding.accepted({ try VersionSpec(mark + b.text) }) else { continue }
            Finding.unlessEqual(spec.matches(a), holds, "`\(a)` and `\(mark)\(b)`")
        }
    }

    private static func checkTriple(_ a: CondaVersion, _ b: CondaVersion, _ c: CondaVersion) {
        if a <= b, b <= c { Finding.unless(a <= c, "`\(a)`, `\(b)`, `\(c)` are in no order") }
        if a < b, b <= c { Finding.unless(a < c, "`\(a)`, `\(b)`, `\(c)` are in no order") }
        if a == b, b == c { Finding.unless(a == c, "`\(a)`, `\(b)`, `\(c)` are not all equal") }
    }

    /// A match specification, and file names to compare with it, one a line.
    static let matchSpec = Fuzzer("matchspec") { bytes in
        let lines = InputParts(bytes).lines(4)
        let spec = try MatchSpec(lines.first ?? "")
        let written = spec.description
        // Credentials are not written, and so are not read again.
        guard !written.utf8.contains(UInt8(ascii: "@")), !written.contains("***") else { return }
        let again = Finding.ifRefused("`\(written)` is written and refused") { try MatchSpec(written) }
        Finding.unlessEqual(again.description, written, "the written form has two forms")
        let channel = try ChannelURL("https://h.example/c")
        for line in lines.dropFirst() {
            let candidate = try Finding.accepted {
                try MatchCandidate(ArchiveFileName(line), subdir: .noarch, channel: channel)
            }
            guard let candidate else { continue }
            Finding.unlessEqual(
                again.matches(candidate),
                spec.matches(candidate),
                "whether `\(written)` matches `\(line)`"
            )
            _ = spec.matches(candidate, channelNamesBelow: channel)
        }
    }

    /// Patterns: one line, and a text to compare with it on the next.
    static let textPattern = Fuzzer("text-pattern") { bytes in
        let lines = InputParts(bytes).lines(2)
        guard let pattern = lines.first, let text = lines.last, lines.count == 2 else { return }
        func lower(_ text: String) -> [Unicode.Scalar] {
            text.unicodeScalars.map {
                ("A"..."Z").contains($0) ? $0.properties.lowercaseMapping.unicodeScalars.first ?? $0 : $0
            }
        }
        Finding.unlessEqual(
            TextPattern(pattern).matches(text),
            PlainRules.fits(lower(pattern), lower(text), one: false),
            "whether `\(pattern)` matches `\(text)`"
        )
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reads explicit lists: a line `@EXPLICIT`, and a URL with an optional digest on each other line (CEP 23).
enum ExplicitLock {
    static func isExplicit(_ text: String) -> Bool {
        lines(of: text).contains { trimmed($0).elementsEqual("@EXPLICIT".utf8) }
    }

    static func parse(_ text: String, _ subject: String) throws -> LockFile {
        var builder = LockSectionBuilder(subject)
        var platform: Subdir?
        for (number, bytes) in lines(of: text).enumerated() {
            let line = Substring(trimmed(bytes))
            if line.isEmpty || line == "@EXPLICIT" { continue }
            if line.utf8.first == UInt8(ascii: "#") {
                let words = line.dropFirst().split(separator: " ")
                if words.count == 2, words[0] == "platform:" {
                    platform = Subdir(ifValid: words[1]) ?? platform
                }
                continue
            }
            let parts = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let digest = try parts.count == 2 ? digest(parts[1], subject, number + 1) : nil
            try builder.addConda(
                url(parts[0]),
                md5: digest?.algorithm == .md5 ? digest : nil,
                sha256: digest?.algorithm == .sha256 ? digest : nil,
                line: number + 1
            )
        }
        let section = LockFile.Section(
            environment: "",
            platformName: platform?.text,
            platform: platform,
            channels: [],
            packages: builder.packages,
            unsupported: builder.unsupported
        )
        return LockFile(format: .explicit, sections: [section])
    }

    private static func lines(of text: String) -> [Substring.UTF8View.SubSequence] {
        text.utf8.split(omittingEmptySubsequences: false) { $0 == 0x0A }
    }

    private static func trimmed(_ line: Substring.UTF8View) -> Substring.UTF8View {
        var line = line
        while let byte = line.first, ASCIIClass.isSpace(byte) { line.removeFirst() }
        while let byte = line.last, ASCIIClass.isSpace(byte) { line.removeLast() }
        return line
    }

    /// An absolute path is a `file:` URL; anything else is left as it is.
    private static func url(_ text: Substring) -> String {
        text.utf8.first == UInt8(ascii: "/") ? "file://" + PercentEncoding.path(text) : String(text)
    }

    /// The digest after `#`: MD5 or SHA-256, told apart by its length or by a word before it.
    private static func digest(_ text: Substring, _ subject: String, _ line: Int) throws -> Digest {
        let digest: Digest? =
            if text.hasPrefix("sha256:") {
                Digest(.sha256, hex: text.dropFirst(7))
            } else if text.hasPrefix("md5:") {
                Digest(.md5, hex: text.dropFirst(4))
            } else {
                Digest(.md5, hex: text) ?? Digest(.sha256, hex: text)
            }
        guard let digest else {
            throw Refusal(
                LockCode.badDigest,
                subject,
                at: "line \(line)",
                expected: "32 (MD5) or 64 (SHA-256) hexadecimal digits after `#`",
                found: "`\(QuotedText.short(text))`"
            )
        }
        return digest
    }
}

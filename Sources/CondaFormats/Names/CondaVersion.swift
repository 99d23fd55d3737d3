// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A version in conda's order (CEP 33): epoch, main version and local version, each a list of segments of
/// numbers and words.
///
/// Versions are equal if the order has no place between them: `1.1`, `1.1.0` and `1.1+0` are one version, and
/// case does not count. Where CEP 33 leaves a question open, conda's own reading is taken: numbers have no
/// upper limit, `dev` and `post` are special only as whole words, and one underscore at the end belongs to
/// the last word.
public struct CondaVersion: Sendable {
    /// The longest version, in bytes (CEP 26).
    public static let maximumLength = 64

    /// The version as it was written.
    public let text: String
    /// The epoch, as the first segment, and the main version.
    let main: [Segment]
    /// What follows `+`; empty if nothing does.
    let local: [Segment]
    /// `main` and `local` without the zeros at their ends, which do not count.
    let comparable: [[Segment]]

    /// A number and what follows it up to the next `.` or `_`.
    typealias Segment = [Part]

    /// One run of digits or of other characters.
    enum Part: Hashable, Sendable {
        /// The word `dev`: before everything.
        case development
        /// Any other word, in lower case: before numbers.
        case word(String)
        /// A number that fits.
        case number(UInt64)
        /// The digits of a larger number.
        case large(String)
        /// The word `post`: after everything.
        case post

        static let zero = Part.number(0)
    }

    /// Takes a version (`version.invalid`).
    public init(_ text: some StringProtocol) throws {
        let text = String(text)
        func invalid(_ expected: String) -> Refusal {
            Refusal(NameCode.version, QuotedText.short(text), expected: expected)
        }
        guard !text.isEmpty, text.utf8.count <= Self.maximumLength else {
            throw invalid("1 to \(Self.maximumLength) bytes")
        }
        var bytes = text.utf8.map(ASCIIClass.lower)
        // Hyphens are historical; they count as underscores where there are none of those.
        let underscore = UInt8(ascii: "_")
        if !bytes.contains(underscore) { bytes = bytes.map { $0 == UInt8(ascii: "-") ? underscore : $0 } }
        guard bytes.allSatisfy({ ASCIIClass.isAlphanumeric($0) || "._!+".utf8.contains($0) }) else {
            throw invalid("ASCII letters, digits and `.`, `_`, `!`, `+`")
        }
        let epochs = bytes.split(separator: UInt8(ascii: "!"), omittingEmptySubsequences: false)
        let epoch = epochs.count == 2 ? epochs[0] : [0x30][...]
        guard epochs.count <= 2, !epoch.isEmpty, epoch.allSatisfy(ASCIIClass.isDigit), let rest = epochs.last
        else {
            throw invalid("at most one epoch, a number before `!`")
        }
        let halves = rest.split(separator: UInt8(ascii: "+"), omittingEmptySubsequences: false)
        guard halves.count <= 2, let version = halves.first, !version.isEmpty else {
            throw invalid("a version, and at most one local version after `+`")
        }
        guard let main = Self.segments(of: version, keepingLastUnderscore: true),
            let local = halves.count == 2 ? Self.segments(of: halves[1], keepingLastUnderscore: false) : []
        else { throw invalid("no empty part between `.`, `_`, `!` and `+`") }
        self.text = text
        self.main = [[Self.number(epoch)]] + main
        self.local = local
        comparable = [Self.trimmed(self.main), Self.trimmed(local)]
    }

    private static func segments(of bytes: ArraySlice<UInt8>, keepingLastUnderscore: Bool) -> [Segment]? {
        let underscore = UInt8(ascii: "_")
        var bytes = bytes
        let endsInUnderscore = keepingLastUnderscore && bytes.last == underscore
        if endsInUnderscore { bytes.removeLast() }
        var texts = bytes.split(omittingEmptySubsequences: false) {
            $0 == underscore || $0 == UInt8(ascii: ".")
        }
        .map(Array.init)
        if endsInUnderscore, !texts.isEmpty { texts[texts.count - 1].append(underscore) }
        var segments: [Segment] = []
        for text in texts {
            guard !text.isEmpty else { return nil }
            segments.append(segment(of: text))
        }
        return segments
    }

    private static func segment(of bytes: [UInt8]) -> Segment {
        var segment: Segment = []
        var rest = bytes[...]
        while let first = rest.first {
            let isNumber = ASCIIClass.isDigit(first)
            let run = rest.prefix { ASCIIClass.isDigit($0) == isNumber }
            rest = rest[run.endIndex...]
            // A segment starts with a number, so that `1.1.a1` is `1.1.0a1`.
            if segment.isEmpty, !isNumber { segment.append(.zero) }
            segment.append(isNumber ? number(run) : word(String(decoding: run, as: UTF8.self)))
        }
        return segment
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Part {
        let text = String(decoding: digits.drop { $0 == 0x30 }, as: UTF8.self)
        if text.isEmpty { return .zero }
        return UInt64(text).map(Part.number) ?? .large(text)
    }

    private static func word(_ text: String) -> Part {
        switch text {
        case "dev": .development
        case "post": .post
        default: .word(text)
        }
    }

    private static func trimmed(_ segments: [Segment]) -> [Segment] {
        var segments = segments.map { segment in
            var segment = segment
            while segment.last == .zero { segment.removeLast() }
            return segment
        }
        while segments.last == [] { segments.removeLast() }
        return segments
    }
}

extension CondaVersion: CustomStringConvertible {
    /// The version as it was written.
    public var description: String { text }
}

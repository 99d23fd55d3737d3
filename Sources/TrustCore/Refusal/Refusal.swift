// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Evidence was looked at and is bad; nothing that depends on it may go on.
///
/// A refusal is not a ``Failure`` (we could not find out) and not a verdict (an ordinary value).
/// Two refusals are the same reason exactly if their ``code`` is the same.
public struct Refusal: Error, Sendable {
    /// The stable name of the reason.
    public let code: any RefusalCode
    /// What was refused: a role, file, package, channel or key, as the user knows it.
    public let subject: String
    /// Where it came from: a URL, or a path inside a package. Never holds credentials.
    public let location: String?
    /// What the rule demands, in words or as a value.
    public let expected: String?
    /// What was there instead.
    public let found: String?
    /// What the reader can do; the code's own remedy where the thrower knows nothing better.
    public let remedy: String
    /// The refusal or failure underneath, if any.
    public let cause: (any Error)?

    /// The longest subject, location, `expected` and `found`, in bytes. They quote what was refused, which may
    /// be megabytes that nobody has signed, and end in logs, reports and on terminals.
    public static let maximumTextLength = 2048

    /// Makes a refusal. Texts that are too long are cut.
    public init(
        _ code: some RefusalCode,
        _ subject: String,
        at location: String? = nil,
        expected: String? = nil,
        found: String? = nil,
        remedy: String? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.subject = Self.cut(subject)
        self.location = location.map(Self.cut)
        self.expected = expected.map(Self.cut)
        self.found = found.map(Self.cut)
        self.remedy = remedy ?? code.entry.remedy
        self.cause = cause
    }

    /// The code's raw value, such as `tuf.rollback`.
    public var codeName: String { code.rawValue }

    /// Whether this is a refusal for the given reason.
    public func `is`<Code: RefusalCode>(_ other: Code) -> Bool { (code as? Code) == other }

    /// The same refusal, with a location where it had none.
    public func located(at location: String) -> Refusal {
        Refusal(copying: self, subject: subject, location: self.location ?? location)
    }

    /// The same refusal about a subject the user knows better, such as a package instead of one of its files.
    public func about(_ subject: String) -> Refusal {
        Refusal(copying: self, subject: subject, location: location ?? self.subject)
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > maximumTextLength else { return text }
        let kept = text.utf8.prefix(maximumTextLength)
        // Not within a character's bytes.
        let start = kept.lastIndex { $0 & 0xC0 != 0x80 } ?? kept.startIndex
        return String(decoding: kept[..<start], as: UTF8.self) + "…"
    }

    private init(copying other: Refusal, subject: String, location: String?) {
        code = other.code
        self.subject = Self.cut(subject)
        self.location = location.map(Self.cut)
        expected = other.expected
        found = other.found
        remedy = other.remedy
        cause = other.cause
    }
}

extension Refusal: CustomStringConvertible {
    /// One line for logs and test failures; the terminal's form is made by the program.
    public var description: String {
        var text = "refused `\(subject)`: \(code.entry.summary)"
        if let location { text += " at \(location)" }
        if let expected { text += ", expected \(expected)" }
        if let found { text += ", found \(found)" }
        return text + " [\(codeName)]"
    }
}

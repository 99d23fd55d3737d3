// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// One condition on a version, such as `>=1.2`, `1.2.*` or `*` (CEP 29, version matching).
public enum VersionClause: Hashable, Sendable {
    /// `*`: every version.
    case any
    /// `==1.2` or `1.2`: this version.
    case equal(CondaVersion)
    /// `!=1.2`: any other version.
    case notEqual(CondaVersion)
    /// `=1.2` or `1.2.*`: this version and those that continue it.
    case startsWith(CondaVersion)
    /// `!=1.2.*`: neither this version nor one that continues it.
    case notStartsWith(CondaVersion)
    /// `<1.2`.
    case less(CondaVersion)
    /// `<=1.2`.
    case atMost(CondaVersion)
    /// `>1.2`.
    case greater(CondaVersion)
    /// `>=1.2`.
    case atLeast(CondaVersion)
    /// `~=1.2.3`: this version or a later one that continues `1.2`.
    case compatible(CondaVersion)
    /// `1.*.3`: a pattern for the version's text.
    case pattern(TextPattern)

    /// Takes a clause without spaces, `,`, `|` or parentheses (`version.spec`, `matchspec.pattern`).
    init(_ text: Substring) throws {
        func invalid(_ expected: String) -> Refusal {
            Refusal(NameCode.versionSpec, QuotedText.short(text), expected: expected)
        }
        guard text.first != "^", text.last != "$" else {
            throw Refusal(NameCode.matchSpecPattern, QuotedText.short(text), expected: "a glob")
        }
        let mark = text.prefix { "=<>!~".contains($0) }
        let rest = text[mark.endIndex...]
        guard !rest.isEmpty else { throw invalid("a version") }
        let literal = Self.withoutStars(rest)
        if literal.isEmpty {
            guard ["", "=", "=="].contains(mark) else { throw invalid("a version after `\(mark)`") }
            self = .any
            return
        }
        if literal.contains("*") {
            guard ["", "=", "=="].contains(mark) else {
                throw invalid("no `*` inside the version after `\(mark)`")
            }
            guard rest.utf8.allSatisfy({ ASCIIClass.isAlphanumeric($0) || "._!+-*".utf8.contains($0) }) else {
                throw invalid("no `*` but among the characters of versions")
            }
            self = .pattern(TextPattern(rest))
            return
        }
        let version = try CondaVersion(literal)
        let isOpen = literal.endIndex != rest.endIndex
        switch mark {
        case "", "==": self = isOpen ? .startsWith(version) : .equal(version)
        case "=": self = .startsWith(version)
        case "!=": self = isOpen ? .notStartsWith(version) : .notEqual(version)
        // As conda does, a `.*` after these counts for nothing.
        case "<": self = .less(version)
        case "<=": self = .atMost(version)
        case ">": self = .greater(version)
        case ">=": self = .atLeast(version)
        case "~=":
            guard !isOpen, version.withoutLastPart != nil else {
                throw invalid("two parts at least, and no `*`")
            }
            self = .compatible(version)
        default: throw invalid("one of ==, =, !=, <, <=, >, >=, ~=")
        }
    }

    /// The text before the stars at its end, and before the dot before those.
    private static func withoutStars(_ text: Substring) -> Substring {
        guard text.last == "*" else { return text }
        var text = text
        while text.last == "*" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    /// Whether the version fulfils the condition.
    public func matches(_ version: CondaVersion) -> Bool {
        switch self {
        case .any: true
        case .equal(let bound): version == bound
        case .notEqual(let bound): version != bound
        case .startsWith(let bound): version.starts(with: bound)
        case .notStartsWith(let bound): !version.starts(with: bound)
        case .less(let bound): version < bound
        case .atMost(let bound): version <= bound
        case .greater(let bound): version > bound
        case .atLeast(let bound): version >= bound
        case .compatible(let bound): version.isCompatible(with: bound)
        case .pattern(let pattern): pattern.matches(version.text)
        }
    }
}

extension VersionClause: CustomStringConvertible {
    /// The condition as it would be written.
    public var description: String {
        switch self {
        case .any: "*"
        case .equal(let bound): "==\(bound.text)"
        case .notEqual(let bound): "!=\(bound.text)"
        case .startsWith(let bound): "\(bound.text).*"
        case .notStartsWith(let bound): "!=\(bound.text).*"
        case .less(let bound): "<\(bound.text)"
        case .atMost(let bound): "<=\(bound.text)"
        case .greater(let bound): ">\(bound.text)"
        case .atLeast(let bound): ">=\(bound.text)"
        case .compatible(let bound): "~=\(bound.text)"
        case .pattern(let pattern): pattern.text
        }
    }
}

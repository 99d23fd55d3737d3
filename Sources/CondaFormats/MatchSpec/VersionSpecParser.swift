// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reads conditions on versions: clauses joined by `,`, which binds closer, and `|`, with parentheses.
struct VersionSpecParser {
    /// The most clauses, and the deepest nesting of parentheses.
    static let maximumClauses = 256
    static let maximumDepth = 16

    private let text: String
    private var rest: Substring
    private var clauses = 0

    init(_ text: String) {
        self.text = text
        rest = text[...]
    }

    /// The whole text as one specification.
    mutating func whole() throws -> VersionSpec {
        let (spec, rest) = try beginning()
        guard rest.isEmpty else { throw invalid("`,` or `|` between conditions") }
        return spec
    }

    /// The specification that the text begins with, and what follows it.
    mutating func beginning() throws -> (spec: VersionSpec, rest: Substring) {
        let spec = try alternatives(depth: 0)
        skipSpace()
        return (spec, rest)
    }

    private func invalid(_ expected: String) -> Refusal {
        Refusal(NameCode.versionSpec, QuotedText.short(text), expected: expected)
    }

    private mutating func alternatives(depth: Int) throws -> VersionSpec {
        var specs = [try conjunction(depth: depth)]
        while take("|") { specs.append(try conjunction(depth: depth)) }
        return specs.count == 1 ? specs[0] : .anyOf(specs)
    }

    private mutating func conjunction(depth: Int) throws -> VersionSpec {
        var specs = [try condition(depth: depth)]
        while take(",") { specs.append(try condition(depth: depth)) }
        return specs.count == 1 ? specs[0] : .all(specs)
    }

    private mutating func condition(depth: Int) throws -> VersionSpec {
        if take("(") {
            guard depth < Self.maximumDepth else { throw invalid("at most \(Self.maximumDepth) levels") }
            let spec = try alternatives(depth: depth + 1)
            guard take(")") else { throw invalid("`)`") }
            return spec
        }
        clauses += 1
        guard clauses <= Self.maximumClauses else {
            throw invalid("at most \(Self.maximumClauses) conditions")
        }
        skipSpace()
        let mark = rest.prefix { "=<>!~".contains($0) }
        rest = rest[mark.endIndex...]
        skipSpace()
        // A `!` inside a version ends its epoch; an `=` ends the clause, since a build may follow.
        let literal = rest.prefix { !"=<>~,|() \t".contains($0) }
        rest = rest[literal.endIndex...]
        return .clause(try VersionClause((mark + literal)[...]))
    }

    /// Takes a mark, with the space before it.
    private mutating func take(_ mark: Character) -> Bool {
        let after = rest.drop { $0 == " " || $0 == "\t" }
        guard after.first == mark else { return false }
        rest = after.dropFirst()
        return true
    }

    private mutating func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\t" } }
}

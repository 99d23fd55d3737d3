// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Conditions on a version, joined by `,` (and) and `|` (or), such as `>=1.2,<2|3.*` (CEP 29).
public indirect enum VersionSpec: Hashable, Sendable {
    /// One condition.
    case clause(VersionClause)
    /// All must hold.
    case all([VersionSpec])
    /// One must hold.
    case anyOf([VersionSpec])

    /// Takes a specification (`version.spec`, `version.invalid`, `matchspec.pattern`).
    public init(_ text: some StringProtocol) throws {
        var parser = VersionSpecParser(String(text))
        self = try parser.whole()
    }

    /// Whether the version fulfils the conditions.
    public func matches(_ version: CondaVersion) -> Bool {
        switch self {
        case .clause(let clause): clause.matches(version)
        case .all(let specs): specs.allSatisfy { $0.matches(version) }
        case .anyOf(let specs): specs.contains { $0.matches(version) }
        }
    }
}

extension VersionSpec: CustomStringConvertible {
    /// The specification as it would be written, without spaces.
    public var description: String {
        switch self {
        case .clause(let clause): clause.description
        case .all(let specs):
            specs.map { if case .anyOf = $0 { "(\($0))" } else { $0.description } }.joined(separator: ",")
        case .anyOf(let specs): specs.map(\.description).joined(separator: "|")
        }
    }
}

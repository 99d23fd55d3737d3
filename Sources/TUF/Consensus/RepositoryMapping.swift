// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// One entry of a map file: which repositories must agree on the paths that some patterns cover (TAP 4).
public struct RepositoryMapping: Sendable, Equatable {
    /// The most patterns in one mapping.
    public static let maximumPatterns = 1024

    /// The paths it is about; the wildcards are those of delegations, so `*` does not cross a `/`.
    public let patterns: [PathPattern]
    /// Who is asked, each once.
    public let repositories: [RepositoryName]
    /// How many of them must promise the same file.
    public let threshold: Int
    /// Whether a path that it covers is looked for nowhere else.
    public let terminating: Bool

    /// Whether the mapping is about a path.
    public func covers(_ path: TargetPath) -> Bool { patterns.contains { $0.matches(path) } }

    init(_ fields: JSONFields, known: Set<RepositoryName>) throws {
        try fields.demandOnly(["paths", "repositories", "threshold", "terminating"])
        patterns = try fields.strings("paths").map { PathPattern($0) }
        try RepositoryMap.limit(patterns.count, Self.maximumPatterns, "patterns", in: fields.subject)
        guard !patterns.isEmpty else { throw fields.wrong("paths", "at least one pattern", found: "none") }
        repositories = try Self.repositories(fields, known)
        let number = try fields.integer("threshold")
        guard let threshold = Int(exactly: number), threshold >= 1, threshold <= repositories.count else {
            throw Refusal(
                ConsensusCode.thresholdNumber,
                fields.subject,
                expected: "1 to \(repositories.count)",
                found: "\(number)"
            )
        }
        self.threshold = threshold
        terminating = try fields.bool("terminating")
    }

    private static func repositories(_ fields: JSONFields, _ known: Set<RepositoryName>) throws
        -> [RepositoryName]
    {
        var names: [RepositoryName] = []
        var seen: Set<RepositoryName> = []
        for text in try fields.strings("repositories") {
            let name = try RepositoryName(checking: text, in: fields.subject)
            guard known.contains(name) else {
                throw Refusal(ConsensusCode.unknownRepository, fields.subject, found: "`\(name)`")
            }
            guard seen.insert(name).inserted else {
                throw Refusal(ConsensusCode.duplicateRepository, fields.subject, found: "`\(name)` twice")
            }
            names.append(name)
        }
        return names
    }
}

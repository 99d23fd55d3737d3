// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The paths that a delegated role is trusted with.
public enum PathScope: Sendable, Equatable {
    /// Those that one of the patterns matches.
    case patterns([PathPattern])
    /// Those whose SHA-256, as lower-case hexadecimal text, begins with one of the prefixes.
    case hashPrefixes([String])

    /// Those that one of the patterns matches.
    public static func paths(_ patterns: String...) -> PathScope {
        .patterns(patterns.map { PathPattern($0) })
    }

    /// Whether a path is in scope.
    public func covers(_ path: TargetPath) -> Bool {
        var hash: String?
        return covers(path, hash: &hash)
    }

    /// The same for one of many scopes, with the hash of the path, which the first that needs it computes.
    func covers(_ path: TargetPath, hash: inout String?) -> Bool {
        switch self {
        case .patterns(let patterns): return patterns.contains { $0.matches(path) }
        case .hashPrefixes(let prefixes):
            let known = hash ?? path.hash.hex
            hash = known
            return prefixes.contains { known.utf8.starts(with: $0.utf8) }
        }
    }

    static let fieldNames = ["paths", "path_hash_prefixes"]

    /// Reads `paths` or `path_hash_prefixes`, of which exactly one must be there (specification 1.0.34,
    /// section 4.5).
    init(_ fields: JSONFields) throws {
        let patterns = try fields.optionalStrings("paths")
        let prefixes = try fields.optionalStrings("path_hash_prefixes")
        switch (patterns, prefixes) {
        case (let patterns?, nil): self = .patterns(patterns.map { PathPattern($0) })
        case (nil, let prefixes?):
            self = .hashPrefixes(try prefixes.map { try Self.prefix($0, of: fields.subject) })
        default:
            throw Refusal(
                TUFCode.delegationPaths,
                fields.subject,
                expected: "`paths` or `path_hash_prefixes`",
                found: patterns == nil ? "neither" : "both"
            )
        }
    }

    private static func prefix(_ text: String, of subject: String) throws -> String {
        let text = text.lowercased()
        guard (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else {
            throw Refusal(
                TUFCode.pathHashPrefix,
                subject,
                expected: "1 to 64 hexadecimal digits",
                found: "`\(text)`"
            )
        }
        return text
    }

    func encoded() -> JSONObject {
        var object = JSONObject()
        switch self {
        case .patterns(let patterns): object["paths"] = .array(patterns.map { .string($0.text) })
        case .hashPrefixes(let prefixes): object["path_hash_prefixes"] = .array(prefixes.map { .string($0) })
        }
        return object
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// `info/link.json`: what linking a package has to do beyond placing its files.
public struct LinkInfo: Sendable {
    /// Whether the package is noarch, and how.
    public let noarch: NoarchKind?
    /// Programs to make for a noarch Python package.
    public let entryPoints: [EntryPoint]
    /// The name of the environment the package asked for: an abandoned idea of conda's, reported and not
    /// acted on.
    public let preferredEnvironment: String?

    /// Reads `info/link.json`.
    ///
    /// - Throws: a `Refusal` with a ``PackageCode`` or a `json.…` code.
    public static func read(_ bytes: [UInt8]) throws -> LinkInfo {
        let subject = "info/link.json"
        let limits = JSONLimits(bytes: 4 << 20, depth: 16)
        return try LinkInfo(JSONFields(try JSONReader.read(bytes, of: subject, limits: limits), of: subject))
    }

    private init(_ fields: JSONFields) throws {
        let version = try fields.integer("package_metadata_version")
        guard version == 1 else {
            throw Refusal(PackageCode.linkVersion, fields.subject, expected: "1", found: "\(version)")
        }
        let noarchFields = try fields.optionalFields("noarch")
        noarch = try noarchFields.map { inner in
            let type = try inner.string("type")
            guard let kind = NoarchKind(rawValue: type) else {
                throw Refusal(
                    PackageCode.noarchKind,
                    fields.subject,
                    expected: "`generic` or `python`",
                    found: type
                )
            }
            return kind
        }
        entryPoints = try (noarchFields?.optionalStrings("entry_points") ?? []).map(EntryPoint.parse)
        preferredEnvironment = try fields.optionalFields("preferred_env")?.string("name")
    }
}

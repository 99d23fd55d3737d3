// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What an index says about itself: `info` and `repodata_version` (CEP 36).
public struct RepodataInfo: Sendable, Equatable {
    /// The versions of the index format that are known: 2 says that there may be a `base_url` (CEP 15).
    public static let knownVersions: ClosedRange<Int64> = 1...2

    /// The subdirectory whose packages are listed. Nil if the index does not say.
    public var subdir: Subdir?
    /// Where packages are, absolute or relative to the index (CEP 15), as it was written. Nil if they are
    /// beside it.
    public var baseURL: String?
    /// The whole `info` object, unknown members included.
    public var raw: JSONObject

    /// Makes the information for an index of ours.
    public init(subdir: Subdir, baseURL: String? = nil) {
        self.subdir = subdir
        self.baseURL = baseURL
        raw = JSONObject()
        raw["subdir"] = .string(subdir.text)
        if let baseURL { raw["base_url"] = .string(baseURL) }
    }

    /// Reads the `info` object; `version` is the top-level `repodata_version`, where there is one.
    ///
    /// - Throws: `json.shape`, `name.subdir` or `repodata.version`.
    init(_ info: JSONValue?, version: JSONValue?, of subject: String) throws {
        let fields = try JSONFields(info ?? .object(JSONObject()), of: "\(subject) `info`")
        raw = fields.object
        subdir = try fields.optionalString("subdir").map { try Subdir($0) }
        baseURL = try fields.optionalString("base_url")
        // CEP 36 puts the version into `info`, CEP 15 and every known index beside it.
        for value in [version, fields.optional("repodata_version")] {
            guard let value else { continue }
            guard let number = value.integer, Self.knownVersions.contains(number) else {
                throw Refusal(
                    RepodataCode.version,
                    subject,
                    at: "`repodata_version`",
                    expected: "1 or 2",
                    found: value.integer.map(String.init) ?? value.typeName
                )
            }
        }
    }

    /// The version that an index with this information has to have (CEP 15).
    public var version: Int64 { baseURL == nil ? 1 : 2 }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What an index says beside its records, read from the values of its top-level keys.
struct RepodataMembers {
    let info: RepodataInfo
    let removed: [String]
    let unknownKeys: [String]

    private static let knownKeys: Set<String> = [
        "info", "packages", "packages.conda", "removed", "repodata_version", "signatures",
    ]

    /// - Parameters:
    ///   - subdir: the subdirectory that the index must be of; one that does not say is taken to be.
    ///   - text: answers the value of a key; nil if the index has no such key.
    init(
        of subject: String,
        subdir: Subdir?,
        keys: some Sequence<ByteKey>,
        text: (String) -> [UInt8]?
    ) throws {
        func member(_ key: String) throws -> JSONValue? {
            try text(key).map { try JSONReader.read($0, of: "\(subject) `\(key)`") }
        }
        var info = try RepodataInfo(member("info"), version: member("repodata_version"), of: subject)
        if let subdir, let found = info.subdir, found != subdir {
            throw Refusal(
                RepodataCode.wrongSubdir,
                subject,
                expected: "`\(subdir)`",
                found: "`\(found)`"
            )
        }
        info.subdir = info.subdir ?? subdir
        self.info = info
        removed = try Self.removed(try member("removed"), of: subject)
        unknownKeys = keys.sorted().map(\.text).filter { !Self.knownKeys.contains($0) }
    }

    /// A list of strings; the empty object that one server writes for an empty list counts as one.
    private static func removed(_ value: JSONValue?, of subject: String) throws -> [String] {
        guard let value, value != .null, value != .object(JSONObject()) else { return [] }
        var wrapper = JSONObject()
        wrapper["removed"] = value
        return try JSONFields(wrapper, of: subject).strings("removed")
    }
}

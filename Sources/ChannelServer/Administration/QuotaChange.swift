// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What changes of a channel's quota: `{"quota": {"bytes": …, "files": …}}`, of which either may be left out.
///
/// A value is a number, `"unlimited"`, or null for what counts for all channels.
struct QuotaChange: Sendable {
    private enum Limit: Sendable {
        case unchanged
        case changed(Int64?)

        func applied(to old: Int64?) -> Int64? {
            switch self {
            case .unchanged: old
            case .changed(let new): new
            }
        }
    }

    private let bytes: Limit
    private let files: Limit

    /// Reads it; nil where nothing is said of it.
    ///
    /// - Throws: `server.request-malformed`.
    init?(_ fields: JSONFields) throws {
        guard let quota = try fields.optionalFields("quota") else { return nil }
        bytes = try Self.limit(quota.object["bytes"])
        files = try Self.limit(quota.object["files"])
    }

    private static func limit(_ value: JSONValue?) throws -> Limit {
        guard let value else { return .unchanged }
        if value == .null { return .changed(nil) }
        if let word = value.string, ByteKey.areEqual(word, "unlimited") {
            return .changed(ChannelQuota.endless)
        }
        guard let number = value.integer, number >= 0 else {
            throw Administration.malformed("quota", "numbers from 0 on, `unlimited`, or null")
        }
        return .changed(number)
    }

    /// The quota afterwards.
    func applied(to old: ChannelQuota) -> ChannelQuota {
        ChannelQuota(bytes: bytes.applied(to: old.bytes), files: files.applied(to: old.files))
    }

    /// For the log.
    var details: [String: String] {
        var details: [String: String] = [:]
        if case .changed(let limit) = bytes { details["maximum_bytes"] = limit.map(String.init) ?? "default" }
        if case .changed(let limit) = files { details["maximum_files"] = limit.map(String.init) ?? "default" }
        return details
    }
}

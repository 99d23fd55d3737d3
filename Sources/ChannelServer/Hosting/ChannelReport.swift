// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a check of a channel went through; that there is one means that everything was as it was signed.
public struct ChannelReport: Sendable {
    /// The version of the root in force.
    public let rootVersion: Int64
    /// When the first of the signatures runs out.
    public let expires: Timestamp
    /// How many subdirs have an index.
    public internal(set) var subdirCount = 0
    /// How many index files were compared with what was signed.
    public internal(set) var indexFileCount = 0
    /// How many shards were compared with the shard index and with `repodata.json`.
    public internal(set) var shardCount = 0
    /// How many packages were compared with their records.
    public internal(set) var packageCount = 0
    /// How many of them are vouched for by their maintainers, and not by the online key alone.
    public internal(set) var maintainedCount = 0
    /// How many records are signed for conda content trust as well, if the channel has metadata of it.
    public internal(set) var trustedCount = 0

    /// How many packages have attestations, whose digests were compared with their records.
    public internal(set) var attestedCount = 0
    /// How many entries the owner's policy of publishers has.
    public internal(set) var entryCount = 0

    init(rootVersion: Int64, expires: Timestamp) {
        self.rootVersion = rootVersion
        self.expires = expires
    }

    /// One object for `--json`.
    public var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = "ok"
        object["root_version"] = .number(JSONNumber(rootVersion))
        object["expires"] = .string(expires.description)
        object["subdirs"] = .number(JSONNumber(Int64(subdirCount)))
        object["index_files"] = .number(JSONNumber(Int64(indexFileCount)))
        object["shards"] = .number(JSONNumber(Int64(shardCount)))
        object["packages"] = .number(JSONNumber(Int64(packageCount)))
        object["packages_by_maintainers"] = .number(JSONNumber(Int64(maintainedCount)))
        object["records_by_content_trust"] = .number(JSONNumber(Int64(trustedCount)))
        object["packages_attested"] = .number(JSONNumber(Int64(attestedCount)))
        object["publisher_entries"] = .number(JSONNumber(Int64(entryCount)))
        return object
    }
}

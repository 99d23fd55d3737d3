// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a command changed in a channel.
public struct ChannelChange: Sendable {
    /// Packages that were put in.
    public internal(set) var added: [ChannelFile] = []
    /// Packages that were there already, with the same bytes.
    public internal(set) var unchanged: [ChannelFile] = []
    /// Packages whose attestations were published, or took the place of others.
    public internal(set) var attested: [ChannelFile] = []
    /// Packages that were taken out of the index.
    public internal(set) var removed: [ChannelFile] = []
    /// Subdirs that were delegated.
    public internal(set) var subdirs: [String] = []
    /// Files that were written again because they were missing or altered.
    public internal(set) var repaired: [String] = []
    /// Index files, shards and metadata that nothing had led to for some days, and that were removed.
    public internal(set) var pruned: [String] = []
    /// Metadata that was signed, such as `timestamp version 7`.
    public internal(set) var signed: [String] = []
    /// What was to be signed anew and could not be, because not enough of its keys are at hand.
    public internal(set) var left: [UnsignedRole] = []

    /// What somebody should look at, in words.
    public internal(set) var warnings: [String] = []

    init() {}

    /// One object for `--json`.
    public var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = left.contains(where: \.isUrgent) ? "incomplete" : "ok"
        object["added"] = .array(added.map { .string($0.description) })
        object["unchanged"] = .array(unchanged.map { .string($0.description) })
        object["attested"] = .array(attested.map { .string($0.description) })
        object["removed"] = .array(removed.map { .string($0.description) })
        object["subdirs"] = .array(subdirs.map { .string($0) })
        object["repaired"] = .array(repaired.map { .string($0) })
        object["pruned"] = .array(pruned.map { .string($0) })
        object["signed"] = .array(signed.map { .string($0) })
        object["warnings"] = .array(warnings.map { .string($0) })
        object["left"] = .array(left.map { .string($0.description) })
        object["left_roles"] = .array(left.map { .object($0.json) })
        return object
    }
}

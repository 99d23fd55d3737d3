// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Whose signatures a role needs, and how many of them.
public struct RoleKeys: Sendable, Hashable {
    /// The most keys one role may have: each may cost a verification before anything is known to be wrong.
    public static let maximumCount = 1024

    /// The ids of the keys, each once, in the order they were written.
    public let keyIDs: [KeyID]
    /// How many different keys must have signed, at least 1. May be more than there are keys: then nothing is
    /// ever enough.
    public let threshold: Int

    /// Takes ids and a threshold.
    ///
    /// - Throws: a `Refusal` with `tuf.threshold-number`, `tuf.duplicate-keyid` or `limit.too-large`.
    public init(_ keyIDs: [KeyID], threshold: Int, of subject: String = "role") throws {
        // 1.0.34, section 4.3: a threshold of 0 would make unsigned metadata valid (CVE-2026-23992).
        guard threshold >= 1 else {
            throw Refusal(TUFCode.thresholdNumber, subject, expected: "1 or more", found: "\(threshold)")
        }
        guard keyIDs.count <= Self.maximumCount else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \(Self.maximumCount) keys",
                found: "\(keyIDs.count)"
            )
        }
        // 4.3: the ids are unique. A key that is there nine times must not count nine times.
        var seen: Set<KeyID> = []
        for id in keyIDs where !seen.insert(id).inserted {
            throw Refusal(
                TUFCode.duplicateKeyID,
                subject,
                expected: "each key id once",
                found: "`\(id)` twice"
            )
        }
        self.keyIDs = keyIDs
        self.threshold = threshold
    }

    init(_ fields: JSONFields) throws {
        let threshold = try fields.integer("threshold")
        guard let count = Int(exactly: threshold) else {
            throw Refusal(TUFCode.thresholdNumber, fields.subject, found: "\(threshold)")
        }
        try self.init(try fields.strings("keyids").map { KeyID($0) }, threshold: count, of: fields.subject)
    }

    static let fieldNames = ["keyids", "threshold"]

    func encoded() -> JSONObject {
        var object = JSONObject()
        object["keyids"] = .array(keyIDs.map { .string($0.text) })
        object["threshold"] = .number(JSONNumber(Int64(threshold)))
        return object
    }
}

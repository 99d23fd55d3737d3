// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// Which keys speak for a role, and how many of them must.
public struct TrustDelegation: Sendable, Equatable {
    /// The keys, each once, in the order they are listed.
    public let keys: [TrustKey]
    /// How many of them must sign.
    public let threshold: Int

    /// The most keys that one role may have.
    public static let maximumKeyCount = 256

    /// Makes a delegation.
    ///
    /// - Throws: a `Refusal` with `content-trust.threshold-number` or `content-trust.duplicate-key`.
    public init(_ keys: [TrustKey], threshold: Int, of subject: String = "delegation") throws {
        guard threshold >= 1, threshold <= keys.count else {
            throw Refusal(
                ContentTrustCode.thresholdNumber,
                subject,
                expected: "a threshold from 1 to the number of keys, \(keys.count)",
                found: "\(threshold)"
            )
        }
        guard Set(keys).count == keys.count else {
            throw Refusal(ContentTrustCode.duplicateKey, subject, expected: "each key once")
        }
        self.keys = keys
        self.threshold = threshold
    }

    /// Reads `{"pubkeys": […], "threshold": N}`, with no other members (conda-content-trust, metadata 0.6.0).
    ///
    /// - Throws: as ``init(_:threshold:of:)``; `json.shape`, `content-trust.key-format` or a `key.…` code.
    init(_ fields: JSONFields) throws {
        guard fields.object.count == 2 else {
            throw Refusal(
                ContentTrustCode.delegations,
                fields.subject,
                expected: "`pubkeys` and `threshold` only",
                found: fields.object.keys.joined(separator: ", ")
            )
        }
        let names = try fields.strings("pubkeys")
        guard names.count <= Self.maximumKeyCount else {
            throw Refusal(
                CoreCode.tooLarge,
                fields.subject,
                expected: "at most \(Self.maximumKeyCount) keys",
                found: "\(names.count)"
            )
        }
        try self.init(
            names.map { try TrustKey(hex: $0, of: fields.subject) },
            threshold: Int(clamping: fields.integer("threshold")),
            of: fields.subject
        )
    }

    var encoded: JSONValue {
        [
            "pubkeys": .array(keys.map { .string($0.hex) }),
            "threshold": .number(JSONNumber(Int64(threshold))),
        ]
    }

    /// The keys as the threshold function takes them.
    func authorised(_ subject: String) throws -> AuthorisedKeys {
        try AuthorisedKeys(keys.map { ($0.hex, $0.publicKey) }, subject: subject)
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// Who has signed a proposal so far, and how many are missing.
public struct TrustProgress: Sendable {
    /// One threshold that must be met.
    public struct Requirement: Sendable {
        /// The role whose metadata is signed: root or key manager.
        public let role: TrustRole
        /// The version that is proposed.
        public let version: Int64
        /// The root version whose keys and threshold count.
        public let rootVersion: Int64
        /// How many keys must sign.
        public let threshold: Int
        /// The keys that have.
        public let signed: [TrustKey]
        /// The keys that have not.
        public let waiting: [TrustKey]

        /// How many signatures are missing.
        public var missing: Int { max(0, threshold - signed.count) }
    }

    /// The thresholds, in the order in which clients check them.
    public let requirements: [Requirement]

    /// Whether nothing is missing.
    public var isComplete: Bool { requirements.allSatisfy { $0.missing == 0 } }

    /// Counts the signatures of a proposal; those that are not in the form that conda demands count for
    /// nothing.
    ///
    /// - Throws: a `Refusal` of `SigningKeys` if a key signed twice.
    public init(_ proposal: TrustProposal) throws {
        requirements = try proposal.documents.flatMap { document in
            let counted = document.counted
            return try document.authorities.map { authority in
                let names = Set(try counted.tally(by: authority.delegation).keyIDs)
                let keys = authority.delegation.keys
                return Requirement(
                    role: document.role,
                    version: document.version,
                    rootVersion: authority.rootVersion,
                    threshold: authority.delegation.threshold,
                    signed: keys.filter { names.contains($0.hex) },
                    waiting: keys.filter { !names.contains($0.hex) }
                )
            }
        }
    }
}

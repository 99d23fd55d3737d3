// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Where the channel is pinned to a root of conda content trust, its package keys must have signed the record.
///
/// A channel that is pinned otherwise may carry such signatures: they count for nothing, and nothing is demanded.
public struct RequireSignedRecord: Rule {
    /// `signed-record`.
    public let name = "signed-record"
    /// Makes the rule.
    public init() {}

    /// Holds if the pin does not demand it, or enough package keys have signed.
    public func judge(_ evidence: Evidence) -> Finding {
        guard let pin = evidence.pin, pin.demandsRecords else {
            return Finding(name, .notApplicable, "the channel is not pinned to a root of conda content trust")
        }
        guard let record = evidence.record, !record.isRemoved else {
            return Finding(name, .notApplicable, "there is no record that anybody could have signed")
        }
        guard let signature = evidence.recordSignature, signature.isEnough else {
            return Finding(
                name,
                PolicyCode.recordUnsigned,
                "the package keys of `\(evidence.channel)` have not signed the record"
            )
        }
        return Finding(name, .satisfied, Self.words(signature))
    }

    private static func words(_ signature: SignedRecord) -> String {
        let keys = signature.keyIDs.map { String($0.prefix(8)) }.joined(separator: ", ")
        let versions = signature.versions.sorted { $0.key > $1.key }.map { "\($0.key) version \($0.value)" }
        return "signed by \(keys); \(signature.threshold) of \(signature.keyCount) package keys must, by "
            + versions.joined(separator: " and ") + ", until \(signature.expires)"
    }
}

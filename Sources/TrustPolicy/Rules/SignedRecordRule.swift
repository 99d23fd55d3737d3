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
        return Finding(
            name,
            .satisfied,
            "\(signature.threshold) of \(signature.keyCount) package keys must sign the record, and "
                + "\(signature.keyIDs.count) did; they count until \(signature.expires)"
        )
    }
}

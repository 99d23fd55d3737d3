// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Where the channel's offline keys say that a package is signed by its maintainers, these must vouch for the
/// very file that the index lists; elsewhere the index is enough.
public struct RequireVoucher: Rule {
    /// `vouched-for`.
    public let name = "vouched-for"
    /// Makes the rule.
    public init() {}

    /// Holds if there is no demand for maintainers' signatures, or if they promise the digest and the length
    /// of the index, and the bytes have that digest.
    public func judge(_ evidence: Evidence) -> Finding {
        guard let record = evidence.record, !record.isRemoved, evidence.isSigned else {
            return Finding(name, .notApplicable, "there is no signed record that anybody could vouch for")
        }
        guard let voucher = evidence.voucher else { return objection(evidence, record) }
        if let maintainers = evidence.maintainers, maintainers.file?.sha256 != evidence.packageDigest {
            return Finding(name, .refused, "the bytes are not those that the maintainers signed")
        }
        return Finding(name, .satisfied, "vouched for by \(voucher.description)")
    }

    private func objection(_ evidence: Evidence, _ record: IndexRecord) -> Finding {
        guard let file = evidence.maintainers?.file else {
            return Finding(
                name,
                .refused,
                "the channel's online key alone vouches for it, and its maintainers must"
            )
        }
        let signed = file.sha256?.description ?? "no SHA-256"
        let listed = record.sha256?.description ?? "no SHA-256"
        return Finding(name, .refused, "its maintainers signed \(signed), the index lists \(listed)")
    }
}

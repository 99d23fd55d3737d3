// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// What a channel's server says of a package in its record, and the package does not say of itself.
extension PackageRecord {
    private static var listingMember: String { "indexed_timestamp" }
    private static var attestationsMember: String { "attestations_sha256" }

    /// The record of a package that the index lists from this moment on. Never for one that it lists already:
    /// the date that a record has is never changed (CEP 47).
    func listed(since now: Timestamp) throws -> PackageRecord {
        let (milliseconds, overflow) = now.seconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow, milliseconds >= 0 else { return self }
        return try with(Self.listingMember, .number(JSONNumber(milliseconds)))
    }

    /// The record of a package whose sidecar has this digest (CEP 50).
    func attested(by sidecar: Digest) throws -> PackageRecord {
        try with(Self.attestationsMember, .string(sidecar.hex))
    }

    private func with(_ member: String, _ value: JSONValue) throws -> PackageRecord {
        var object = raw
        object[member] = value
        return try PackageRecord(.object(object), fileName: fileName.text, subdir: subdir)
    }
}

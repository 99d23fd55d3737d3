// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import TrustCore
import TrustPolicy

/// Verifies the records of one index by the signatures in it, and that each is of the place it is listed in.
struct RecordCheck: Sendable {
    private let trust: RecordTrust
    private let signatures: SignatureTable?
    private let subdir: Subdir

    /// Finds the signatures of an index, every one of which must be well-formed, whosever it is.
    ///
    /// - Throws: a `Refusal` with a `json.…`, `repodata.…` or `content-trust.…` code.
    init(_ trust: RecordTrust, of index: RepodataIndex, subdir: Subdir) throws {
        self.trust = trust
        signatures = try SignatureTable(index)
        try signatures?.check { try RecordSignatures.check($1, of: $0) }
        self.subdir = subdir
    }

    /// Demands that enough package keys signed a record, and that it is of this subdir and of the file it is listed
    /// under.
    ///
    /// What the index says of itself is not signed and not believed.
    /// - Throws: a `Refusal` with a `content-trust.…` code, `gate.record-subdir` or `gate.record-file`.
    func verify(_ record: PackageRecord) throws -> SignedRecord {
        let signed = try trust.verify(record, signatures?.signatures(of: record.fileName.text.utf8))
        try RecordPlace.check(record, in: subdir)
        return signed
    }
}

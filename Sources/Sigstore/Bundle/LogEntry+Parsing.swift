// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension LogEntry {
    private typealias Fields = ProtobufFields<BundleCode>

    /// Reads entries as bundles carry them, each with the evidence that the bundle's version demands.
    static func list(
        _ fields: ProtobufFields<BundleCode>,
        _ key: String,
        in version: Bundle.Version
    ) throws -> [LogEntry] {
        try fields.fieldsList(key, atMost: BundleLimits.logEntries).map { fields in
            let entry = try LogEntry(fields)
            try entry.check(version, fields)
            return entry
        }
    }

    /// Reads an entry as logs of the second generation answer it, in the form that bundles have.
    init(parsing value: JSONValue, of subject: String) throws {
        let fields = try Fields(value, of: subject)
        try self.init(fields)
        try check(.v03, fields)
    }

    private init(_ fields: Fields) throws {
        try fields.check([
            "logIndex", "logId", "kindVersion", "integratedTime", "inclusionPromise", "inclusionProof",
            "canonicalizedBody",
        ])
        logIndex = try fields.integer("logIndex")
        let log = try fields.requiredFields("logId")
        try log.check(["keyId"])
        logID = try log.requiredBytes("keyId")
        let kindVersion = try fields.requiredFields("kindVersion")
        try kindVersion.check(["kind", "version"])
        kind = try kindVersion.requiredString("kind")
        version = try kindVersion.requiredString("version")
        integratedTime = try fields.integer("integratedTime")
        let promise = try fields.fields("inclusionPromise")
        try promise?.check(["signedEntryTimestamp"])
        signedEntryTimestamp = try promise?.bytes("signedEntryTimestamp")
        inclusionProof = try fields.fields("inclusionProof").map(InclusionProof.init)
        canonicalizedBody = try fields.requiredBytes("canonicalizedBody")
    }

    /// Versions 0.1 and later differ in what shows that the log has the entry.
    private func check(_ version: Bundle.Version, _ fields: Fields) throws {
        if version == .v01, signedEntryTimestamp == nil {
            throw fields.refusal(BundleCode.logPromise, "inclusionPromise", found: "nothing")
        }
        if version > .v01, inclusionProof == nil {
            throw fields.refusal(BundleCode.inclusionProof, "inclusionProof", found: "nothing")
        }
    }
}

extension LogEntry.InclusionProof {
    /// Reads a proof. One without a checkpoint proves nothing, in any version.
    fileprivate init(_ fields: ProtobufFields<BundleCode>) throws {
        try fields.check(["logIndex", "rootHash", "treeSize", "hashes", "checkpoint"])
        logIndex = try fields.integer("logIndex")
        treeSize = try fields.integer("treeSize")
        rootHash = try fields.requiredBytes("rootHash")
        hashes = try fields.bytesList("hashes", atMost: BundleLimits.proofHashes)
        let checkpoint = try fields.fields("checkpoint")
        try checkpoint?.check(["envelope"])
        guard let envelope = try checkpoint?.string("envelope") else {
            throw fields.refusal(BundleCode.checkpoint, "checkpoint", found: "nothing")
        }
        self.checkpoint = envelope
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TestSupport
import TrustCore

/// Two simulated logs, a signature of a file and one of an envelope, and what is to be changed in a test.
struct LogWorld {
    static let time = Timestamp(seconds: 1_700_000_000)
    static let moment = Moment(time)
    static let period = ValidityPeriod(
        start: Moment(time.advanced(bySeconds: -1_000)),
        end: Moment(time.advanced(bySeconds: 1_000))
    )
    /// Not a certificate: nobody reads it here.
    static let certificate: [UInt8] = [0x30, 0x03, 0x02, 0x01, 0x01]
    static let artifact = Digest.of(Array("a package".utf8))

    var v1: SimulatedRekorV1
    var v2: SimulatedRekorV2
    let key: VerificationKey

    /// Logs in which others have entries too.
    init() throws {
        v1 = try SimulatedRekorV1()
        v2 = try SimulatedRekorV2()
        let signer = try PrivateKey.generate(.ecdsaP256)
        key = try VerificationKey(subjectPublicKeyInfo: signer.publicKey.subjectPublicKeyInfo)
        v1.addOthers(5)
        v2.addOthers(5)
    }

    /// A signature of a file. Nobody verifies it here, so it is not one.
    var message: LoggedSignature {
        LoggedSignature(
            signature: Array("a signature".utf8),
            signer: .certificate(Self.certificate, key: key),
            content: .message(digests: [Digest.of([], by: .sha512), Self.artifact])
        )
    }

    /// A signature of an envelope.
    var envelope: LoggedSignature { changed(message, content: Self.content("{}")) }

    static func content(_ payload: String, type: String = "application/vnd.in-toto+json")
        -> LoggedSignature.Content
    {
        .envelope(payload: Array(payload.utf8), payloadType: type)
    }

    func changed(
        _ signed: LoggedSignature,
        signature: [UInt8]? = nil,
        signer: LoggedSignature.Signer? = nil,
        content: LoggedSignature.Content? = nil
    ) -> LoggedSignature {
        LoggedSignature(
            signature: signature ?? signed.signature,
            signer: signer ?? signed.signer,
            content: content ?? signed.content
        )
    }

    /// The logs, as a trusted root lists them.
    func root(_ period: ValidityPeriod = LogWorld.period) throws -> TrustedRoot {
        TrustedRoot(
            transparencyLogs: [try v1.trusted(validFor: period), try v2.trusted(validFor: period)],
            certificateAuthorities: [],
            certificateLogs: [],
            timestampAuthorities: []
        )
    }

    @discardableResult
    func verify(
        _ entries: LogEntry...,
        signed: LoggedSignature? = nil,
        version: Bundle.Version = .v03,
        timestamps: [Moment] = [],
        threshold: Int = 1,
        period: ValidityPeriod = LogWorld.period
    ) throws -> VerifiedLogEntries {
        try LogVerifier(try root(period)).verify(
            entries,
            version: version,
            signed: signed ?? message,
            timestamps: timestamps,
            threshold: threshold
        )
    }

    /// A signature as one kind of entry has it.
    func signed(for kind: LogEntryKind) -> LoggedSignature {
        kind == .hashedRekordV001 || kind == .hashedRekordV002 ? message : envelope
    }

    /// Logs a signature in the form of one kind.
    mutating func add(_ signed: LoggedSignature, as kind: LogEntryKind) throws -> LogEntry {
        try add(SimulatedLogBody(signed, as: kind), to: kind.generation)
    }

    /// Logs any body.
    mutating func add(_ body: SimulatedLogBody, to generation: LogEntryKind.Generation) throws -> LogEntry {
        switch generation {
        case .v1: try v1.add(body, at: Self.time)
        case .v2: try v2.add(body)
        }
    }
}

extension LogEntry {
    /// The entry with some of it changed; nil leaves it as it is.
    func changed(
        logIndex: Int64? = nil,
        logID: [UInt8]? = nil,
        kind: String? = nil,
        version: String? = nil,
        integratedTime: Int64? = nil,
        promise: [UInt8]?? = nil,
        proof: InclusionProof?? = nil,
        body: [UInt8]? = nil
    ) -> LogEntry {
        LogEntry(
            logIndex: logIndex ?? self.logIndex,
            logID: logID ?? self.logID,
            kind: kind ?? self.kind,
            version: version ?? self.version,
            integratedTime: integratedTime ?? self.integratedTime,
            signedEntryTimestamp: promise ?? signedEntryTimestamp,
            inclusionProof: proof ?? inclusionProof,
            canonicalizedBody: body ?? canonicalizedBody
        )
    }

    /// The entry with some of its proof changed.
    func proof(
        logIndex: Int64? = nil,
        size: Int64? = nil,
        root: [UInt8]? = nil,
        checkpoint: String? = nil,
        hashes: (([[UInt8]]) -> [[UInt8]])? = nil
    ) -> LogEntry {
        guard let old = inclusionProof else { return self }
        let new = InclusionProof(
            logIndex: logIndex ?? old.logIndex,
            treeSize: size ?? old.treeSize,
            rootHash: root ?? old.rootHash,
            hashes: hashes?(old.hashes) ?? old.hashes,
            checkpoint: checkpoint ?? old.checkpoint
        )
        return changed(proof: .some(new))
    }
}

extension SignedNote {
    /// As it stands in a proof.
    var inProof: String { String(decoding: encoded(), as: UTF8.self) }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
package import Sigstore
package import TrustCore

/// A whole Sigstore instance in memory: an authority for signers, a log of certificates, transparency logs of both
/// generations and a timestamp authority, all with new keys.
package struct SimulatedInstance: Sendable {
    /// Where a signature's time comes from, and which generation of log has it.
    package enum Evidence: Sendable, CaseIterable {
        /// A log of the first generation, which promises a time.
        case v1
        /// The same, and a timestamp.
        case v1AndTimestamp
        /// A log of the second generation, and a timestamp.
        case v2
    }

    /// Whoever signs: a key, and who the authority is told it is.
    package struct Signer: Sendable {
        /// A new key.
        package let key = SimulatedKey()
        /// Who the signer is.
        package var identity: SignerIdentity
        /// What else the authority is told.
        package var claims: [FulcioClaim: String]

        /// Makes a signer with a new key.
        package init(_ identity: SignerIdentity, claims: [FulcioClaim: String] = [:]) {
            self.identity = identity
            self.claims = claims
        }

        /// A workflow of a repository.
        package static func workflow(
            of repository: String = "example/widget",
            file: String = "release.yml",
            ref: String = "refs/tags/v1"
        ) -> Signer {
            let uri = "https://github.com/\(repository)"
            let workflow = "\(uri)/.github/workflows/\(file)@\(ref)"
            let issuer = "https://token.actions.githubusercontent.com"
            return Signer(
                SignerIdentity(kind: .uri, value: workflow, issuer: issuer),
                claims: [
                    .issuerV1: issuer, .sourceRepositoryURI: uri, .sourceRepositoryRef: ref,
                    .buildConfigURI: workflow,
                    .buildSignerURI: workflow, .buildTrigger: "push", .sourceRepositoryIdentifier: "1001",
                    .sourceRepositoryOwnerIdentifier: "2002",
                    .sourceRepositoryDigest: String(repeating: "a", count: 40),
                    .runInvocationURI: "\(uri)/actions/runs/1/attempts/1",
                ]
            )
        }
    }

    /// When everything is signed.
    package let time: Timestamp
    package let authority: SimulatedAuthority
    package let certificateLog: SimulatedCertificateLog
    package let timestampAuthority: SimulatedTimestampAuthority
    package var rekorV1: SimulatedRekorV1
    package var rekorV2: SimulatedRekorV2

    /// Makes an instance.
    package init(at time: Timestamp = Timestamp(seconds: 1_790_000_000)) throws {
        self.time = time
        let (start, end) = (time.advanced(byDays: -30), time.advanced(byDays: 365))
        authority = try SimulatedAuthority(from: start, until: end)
        certificateLog = SimulatedCertificateLog()
        timestampAuthority = try SimulatedTimestampAuthority(from: start, until: end)
        rekorV1 = try SimulatedRekorV1()
        rekorV2 = try SimulatedRekorV2()
    }

    private var period: ValidityPeriod {
        ValidityPeriod(start: Moment(time.advanced(byDays: -30)), end: nil)
    }

    /// What verifiers of the instance trust.
    package func trustedRoot() throws -> TrustedRoot {
        let start = time.advanced(byDays: -30)
        return TrustedRoot(
            transparencyLogs: [try rekorV1.trusted(validFor: period), try rekorV2.trusted(validFor: period)],
            certificateAuthorities: [authority.trusted(from: start)],
            certificateLogs: [try certificateLog.trusted(from: start)],
            timestampAuthorities: [timestampAuthority.trusted(from: start)]
        )
    }

    /// Issues a signer's certificate for ten minutes.
    package func certificate(_ signer: Signer) throws -> [UInt8] {
        try authority.issue(
            .signer(
                signer.identity,
                key: signer.key,
                from: time,
                until: time.advanced(bySeconds: 600),
                claims: signer.claims
            ),
            logs: [certificateLog],
            at: time
        )
    }

    /// Signs a file.
    package mutating func bundle(
        of file: [UInt8],
        by signer: Signer,
        _ evidence: Evidence = .v1,
        at delay: Int64 = 5
    ) throws -> Bundle {
        let signature = try signer.key.sign(file)
        let content = Bundle.Content.message(signature: signature, digest: Digest.of(file))
        return try bundle(content, signature, [Digest.of(file)], by: signer, evidence, at: delay)
    }

    /// Signs a payload in an envelope.
    package mutating func bundle(
        stating payload: [UInt8],
        type: String = Statement.payloadType,
        by signer: Signer,
        _ evidence: Evidence = .v1,
        at delay: Int64 = 5
    ) throws -> Bundle {
        let encoded = DSSE.preAuthenticationEncoding(payloadType: type, payload: payload)
        let signature = try signer.key.sign(encoded)
        let envelope = Bundle.Envelope(payload: payload, payloadType: type, signature: signature)
        return try bundle(.envelope(envelope), signature, [], by: signer, evidence, at: delay)
    }

    /// Signs a payload in an envelope with a key that verifiers know from elsewhere, as private channels have them.
    package mutating func bundle(
        stating payload: [UInt8],
        by key: SimulatedKey,
        hint: String,
        keyID: String = ""
    ) throws -> Bundle {
        let encoded = DSSE.preAuthenticationEncoding(payloadType: Statement.payloadType, payload: payload)
        let envelope = Bundle.Envelope(
            payload: payload,
            payloadType: Statement.payloadType,
            signature: try key.sign(encoded),
            keyID: keyID
        )
        let draft = Bundle(
            version: .v03,
            material: .publicKey(hint: hint),
            content: .envelope(envelope),
            logEntries: [],
            timestamps: []
        )
        let signed = LoggedSignature(of: draft, key: try key.publicKey(), artifact: [])
        return Bundle(
            version: .v03,
            material: draft.material,
            content: draft.content,
            logEntries: [try rekorV1.add(signed, at: time)],
            timestamps: []
        )
    }

    /// Has a signature certified, logged and stamped, so many seconds after the certificate was issued.
    package mutating func bundle(
        _ content: Bundle.Content,
        _ signature: [UInt8],
        _ digests: [Digest],
        by signer: Signer,
        _ evidence: Evidence,
        at delay: Int64
    ) throws -> Bundle {
        let moment = time.advanced(bySeconds: delay)
        let draft = Bundle(
            version: .v03,
            material: .certificate(try certificate(signer), others: []),
            content: content,
            logEntries: [],
            timestamps: evidence == .v1 ? [] : [try timestampAuthority.stamp(signature, at: moment)]
        )
        let signed = LoggedSignature(of: draft, key: try signer.key.publicKey(), artifact: digests)
        let entry = try evidence == .v2 ? rekorV2.add(signed) : rekorV1.add(signed, at: moment)
        return Bundle(
            version: .v03,
            material: draft.material,
            content: content,
            logEntries: [entry],
            timestamps: draft.timestamps
        )
    }
}

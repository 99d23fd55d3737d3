// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TrustCore
import TrustPolicy

extension Attestation {
    /// Verifies a bundle in full, and that its statement is about this very file: signature, certificate at
    /// the time of signing, log entry, then the rules of CEP 27 on name, digest and target channel.
    ///
    /// Which channel the statement is for is a fact here: whether it may be another one is the policy's
    /// question, and so is whether the signer may publish.
    /// - Parameter fileName: the name that the package was asked for by.
    /// - Throws: a `Refusal` with the code of the part that is bad.
    init(
        verifying bytes: [UInt8],
        of fileName: String,
        sha256: Digest,
        by verifier: BundleVerifier
    ) throws {
        let bundle = try Bundle(parsing: bytes, of: "the attestation")
        let verified =
            switch bundle.material {
            case .certificate: try verifier.verify(bundle, of: .digests([sha256]))
            case .publicKey:
                try verifier.verify(bundle, of: .digests([sha256]), by: .init(Self.loggedKey(of: bundle)))
            }
        guard let statement = verified.statement else {
            throw Refusal(
                AttestationCode.payloadType,
                "the attestation",
                expected: "`\(Statement.payloadType)`",
                found: "the signature of a file, and no statement"
            )
        }
        self.init(
            predicateType: statement.predicateType,
            targetChannel: try Self.targetChannel(in: statement, about: fileName, sha256),
            signer: Self.who(verified.signer),
            claims: verified.certificate.map { Self.claims($0.certificate.claims) } ?? [:],
            times: verified.moments.map(\.timestamp),
            logs: verified.log.entries.map { entry in
                LogEntry(
                    log: Self.host(of: entry.log.baseURL),
                    index: entry.logIndex.flatMap { UInt64(exactly: $0) }
                )
            }
        )
    }

    /// The key that a bundle without certificate is logged with. It proves nothing by itself: the signature
    /// must be valid by it, and policies name keys by their digest. Without an entry there is neither the key nor a
    /// time, and nobody whom it belongs to could see that it signed: such a bundle counts for nothing.
    private static func loggedKey(of bundle: Bundle) throws -> VerificationKey {
        guard let entry = bundle.logEntries.first else { throw Refusal(LogCode.noEntry, "the attestation") }
        guard case .key(let key) = try LogEntryBody(entry).signer else {
            throw Refusal(VerificationCode.keyNeeded, "the attestation")
        }
        return try VerificationKey(subjectPublicKeyInfo: key)
    }

    /// Checks what the statement is about, and answers the channel that it is for.
    private static func targetChannel(
        in statement: Statement,
        about fileName: String,
        _ sha256: Digest
    ) throws -> String? {
        guard !ByteKey.areEqual(statement.predicateType, PublishAttestation.predicateType) else {
            let publication = try PublishAttestation(statement)
            try publication.check(fileName: fileName, sha256: sha256)
            return publication.targetChannel?.text
        }
        // Of other statements no more is known than which files they are about; this one must be among them.
        let own = statement.subjects.filter { $0.digest(.sha256) == sha256 }
        guard own.contains(where: { $0.name.map { ByteKey.areEqual($0, fileName) } ?? false }) else {
            throw Refusal(
                AttestationCode.fileName,
                fileName,
                expected: "`\(fileName)`",
                found: own.first?.name.map { "`\($0)`" } ?? "no name"
            )
        }
        return nil
    }

    private static func who(_ signer: VerifiedBundle.Signer) -> TrustPolicy.Signer {
        switch signer {
        case .key(let key): return TrustPolicy.Signer(key: key.fingerprint)
        case .certificate(let verified):
            let identity = verified.certificate.identity
            let kind: TrustPolicy.Signer.Kind =
                switch identity.kind {
                case .email: .email
                case .uri: .uri
                case .username: .other
                }
            return TrustPolicy.Signer(kind, identity.value, issuer: identity.issuer)
        }
    }

    private static func claims(_ claims: [FulcioClaim: String]) -> [CertificateClaim: String] {
        var found: [CertificateClaim: String] = [:]
        for claim in CertificateClaim.allCases {
            guard let number = UInt(exactly: claim.extensionNumber),
                let fulcio = FulcioClaim(rawValue: number)
            else { continue }
            found[claim] = claims[fulcio]
        }
        return found
    }

    /// The log's name: its address without the scheme.
    private static func host(of url: String) -> String {
        var rest = url[...].utf8
        for scheme in ["https://", "http://"] where rest.starts(with: scheme.utf8) {
            rest = rest.dropFirst(scheme.utf8.count)
        }
        while rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
        return String(decoding: Array(rest), as: UTF8.self)
    }
}

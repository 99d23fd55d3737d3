// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
import TrustCore

/// Verifies bundles against a trusted root (Sigstore's client specification, 4), in memory and without the network.
///
/// Make one for a trusted root and keep it: the instance's own certificates are checked once, not once a bundle.
public struct BundleVerifier: Sendable {
    /// A key that signs without certificates, and when it counts.
    public struct KnownKey: Sendable {
        /// The key.
        public let key: VerificationKey
        /// When it counts; nil for always.
        public let validFor: ValidityPeriod?

        /// Takes a key.
        public init(_ key: VerificationKey, validFor: ValidityPeriod? = nil) {
            self.key = key
            self.validFor = validFor
        }
    }

    private let certificates: CertificateVerifier
    private let timestamps: TimestampVerifier
    private let logs: LogVerifier

    /// Prepares a trusted root.
    public init(_ root: TrustedRoot) {
        certificates = CertificateVerifier(root)
        timestamps = TimestampVerifier(root)
        logs = LogVerifier(root)
    }

    /// Verifies a bundle that is signed with a certificate.
    ///
    /// Whether the signer may sign is for the caller to ask: without that, the result means nothing.
    ///
    /// - Throws: a `Refusal` with a code of the part that is bad, or with a ``VerificationCode``.
    public func verify(_ bundle: Bundle, of artifact: Artifact) throws -> VerifiedBundle {
        guard case .certificate(let der, let others) = bundle.material else {
            throw Refusal(VerificationCode.keyNeeded, "the bundle")
        }
        let certificate = try SigningCertificate(der: der)
        let proven = try prove(bundle, by: certificate.publicKey, of: artifact)
        return proven.bundle(
            signedBy: .certificate(try certificates.verify(certificate, at: proven.moments, others: others))
        )
    }

    /// Verifies a bundle that is signed with a key, which the verifier has from elsewhere.
    ///
    /// - Throws: a `Refusal` with a code of the part that is bad, or with a ``VerificationCode``.
    public func verify(_ bundle: Bundle, of artifact: Artifact, by known: KnownKey) throws -> VerifiedBundle {
        guard case .publicKey(let hint) = bundle.material else {
            throw Refusal(VerificationCode.keyUnexpected, "the bundle")
        }
        try Self.check(hint: hint, bundle, known.key)
        let proven = try prove(bundle, by: known.key, of: artifact)
        for moment in proven.moments where known.validFor?.contains(moment) == false {
            throw Refusal(
                VerificationCode.keyPeriod,
                "the bundle",
                expected: known.validFor?.words,
                found: "\(moment.timestamp)"
            )
        }
        return proven.bundle(signedBy: .key(known.key))
    }

    /// What a bundle proves, whoever holds the key.
    private struct Proven {
        let statement: Statement?
        let timestamps: [VerifiedTimestamp]
        let log: VerifiedLogEntries

        /// When the signature was made, by the word of others: at least one of them.
        var moments: [Moment] { timestamps.map(\.moment) + log.integratedTimes }

        func bundle(signedBy signer: VerifiedBundle.Signer) -> VerifiedBundle {
            VerifiedBundle(
                signer: signer,
                statement: statement,
                timestamps: timestamps,
                log: log,
                moments: moments
            )
        }
    }

    private func prove(_ bundle: Bundle, by key: VerificationKey, of artifact: Artifact) throws -> Proven {
        let statement = try Self.content(bundle, by: key, of: artifact)
        let timestamps = try timestamps.verify(bundle.timestamps, of: bundle.signature)
        let log = try logs.verify(
            bundle.logEntries,
            version: bundle.version,
            signed: LoggedSignature(
                of: bundle,
                key: key,
                // Entries are by the hash function of the signature, or by the one that is always there.
                artifact: Set([.sha256, key.algorithm.digest ?? .sha256]).compactMap(artifact.digest)
            ),
            timestamps: timestamps.map(\.moment)
        )
        return Proven(statement: statement, timestamps: timestamps, log: log)
    }
}

// MARK: - What is signed

extension BundleVerifier {
    /// Verifies the signature itself, and that it is about the artifact; answers the statement, if there is one.
    private static func content(_ bundle: Bundle, by key: VerificationKey, of artifact: Artifact) throws
        -> Statement?
    {
        switch bundle.content {
        case .message(let signature, let hint):
            try check(signature, hint, by: key, of: artifact)
            return nil
        case .envelope(let envelope):
            guard key.isValid(signature: envelope.signature, for: envelope.signedBytes) else {
                throw Refusal(VerificationCode.signature, "the envelope")
            }
            let statement = try Statement(in: envelope)
            try check(statement, isAbout: artifact)
            return statement
        }
    }

    private static func check(
        _ signature: [UInt8],
        _ hint: Digest?,
        by key: VerificationKey,
        of artifact: Artifact
    ) throws {
        if let hint {
            guard let own = artifact.digest(by: hint.algorithm) else { throw needsArtifact(hint.algorithm) }
            guard own == hint else {
                throw Refusal(
                    VerificationCode.messageDigest,
                    "the file",
                    expected: "\(hint)",
                    found: "\(own)"
                )
            }
        }
        let isValid: Bool
        if let algorithm = key.algorithm.digest {
            guard let digest = artifact.digest(by: algorithm) else { throw needsArtifact(algorithm) }
            isValid = key.isValid(signature: signature, for: digest)
        } else {
            guard let bytes = artifact.bytes else { throw needsArtifact(nil) }
            isValid = key.isValid(signature: signature, for: bytes)
        }
        guard isValid else { throw Refusal(VerificationCode.signature, "the file") }
    }

    /// One of the subjects is the file: by a digest that the verifier has, and by no digest another one.
    static func check(_ statement: Statement, isAbout artifact: Artifact) throws {
        let promised = [DigestAlgorithm.sha256, .sha384, .sha512].filter { algorithm in
            statement.subjects.contains { $0.digest(algorithm) != nil }
        }
        // Once a hash function, not once a subject.
        let own = promised.compactMap(artifact.digest)
        let isNamed = statement.subjects.contains { subject in
            let compared = own.compactMap { digest in subject.digest(digest.algorithm).map { $0 == digest } }
            return !compared.isEmpty && !compared.contains(false)
        }
        guard isNamed else {
            throw Refusal(
                VerificationCode.artifact,
                "the statement",
                expected: own.first.map { "a subject with \($0)" } ?? "a subject with a SHA-256"
            )
        }
    }

    private static func needsArtifact(_ algorithm: DigestAlgorithm?) -> Refusal {
        Refusal(
            VerificationCode.artifactNeeded,
            "the file",
            expected: algorithm.map { "its digest by \($0.rawValue)" } ?? "its bytes"
        )
    }

    /// The hint is not signed. Where it can be compared with something, it must agree: with the envelope's, and with the
    /// key's digest if it has the form of one.
    private static func check(hint: String, _ bundle: Bundle, _ key: VerificationKey) throws {
        if case .envelope(let envelope) = bundle.content, !envelope.keyID.isEmpty,
            !ByteKey.areEqual(envelope.keyID, hint)
        {
            throw Refusal(VerificationCode.keyHint, "the envelope", expected: hint, found: envelope.keyID)
        }
        guard let digest = Base64.decode(Array(hint.utf8)), digest.count == 32 else { return }
        guard digest == key.fingerprint.bytes else {
            throw Refusal(
                VerificationCode.keyHint,
                "the bundle",
                expected: Base64.text(key.fingerprint.bytes),
                found: hint
            )
        }
    }
}

// MARK: - Whose signature it is

extension SignerIdentity {
    /// Demands a certain name, by a certain identity provider, to the byte.
    ///
    /// - Throws: `sigstore.issuer` or `sigstore.identity`.
    public func check(value: String, issuer: String) throws {
        guard ByteKey.areEqual(self.issuer, issuer) else {
            throw Refusal(VerificationCode.issuer, "the signer", expected: issuer, found: self.issuer)
        }
        guard ByteKey.areEqual(self.value, value) else {
            throw Refusal(VerificationCode.identity, "the signer", expected: value, found: self.value)
        }
    }
}

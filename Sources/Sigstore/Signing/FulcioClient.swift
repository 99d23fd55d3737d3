// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// Asks a certificate authority (Fulcio, version 2 of its protocol) for a signer's certificate.
struct FulcioClient: Sendable {
    private let service: SigningService

    init(_ service: SigningConfig.Service, _ caller: any ServiceCaller) {
        self.service = SigningService(
            "the certificate authority",
            at: service,
            by: caller,
            mayBeQuoted: false
        )
    }

    /// Has a key certified to be that of whoever the token names.
    ///
    /// The authority logs the certificate, for everybody to see. The certificate is read, and for this key; that a
    /// trusted authority issued it is not known.
    ///
    /// - Throws: a `Refusal` with a SigningCode or a CertificateCode, or a `Failure`.
    func certificate(for key: some Signer, _ token: IdentityToken) async throws -> SigningCertificate {
        let proof = try await key.sign(Array(token.proofSubject.utf8))
        let body: JSONValue = [
            "publicKeyRequest": [
                "publicKey": ["algorithm": "ECDSA", "content": .string(key.publicKey.pem)],
                "proofOfPossession": .string(Base64.text(proof)),
            ]
        ]
        let response = try await service.post(
            "/api/v2/signingCert",
            JSONWriter.encode(body),
            headers: [("Authorization", "Bearer \(token.text)")],
            secret: token.text
        )
        let certificate = try SigningCertificate(der: der(in: response))
        guard certificate.publicKey.subjectPublicKeyInfo == key.publicKey.subjectPublicKeyInfo else {
            throw Refusal(
                SigningCode.certificateKey,
                SigningCertificate.what,
                at: service.shown,
                expected: "the key \(key.publicKey.fingerprint)",
                found: "the key \(certificate.publicKey.fingerprint)"
            )
        }
        return certificate
    }

    /// The first certificate of the chain, which is the signer's. The others are the authority's own, which verifiers
    /// have from their trusted root.
    private func der(in response: ServiceResponse) throws -> [UInt8] {
        let answer = try service.fields(response)
        if let detached = try service.reading({ try answer.fields("signedCertificateDetachedSct") }) {
            _ = try der(in: detached)
            throw Refusal(SigningCode.detachedPromise, service.what, at: service.shown)
        }
        return try der(in: service.reading { try answer.requiredFields("signedCertificateEmbeddedSct") })
    }

    private func der(in form: SigningService.Fields) throws -> [UInt8] {
        try service.reading {
            let chain = try form.requiredFields("chain")
            guard let first = try chain.list("certificates", atMost: BundleLimits.chain).first else {
                throw chain.missing("certificates")
            }
            guard let pem = first.string else { throw service.wrong("PEM text", found: first.typeName) }
            let block = try PEMBlock.read(Array(pem.utf8), SigningCertificate.what)
            guard block.label == "CERTIFICATE" else {
                throw service.wrong("`CERTIFICATE` in PEM", found: "`\(block.label)`")
            }
            return block.bytes
        }
    }
}

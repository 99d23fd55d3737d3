// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// Puts signatures into a transparency log of the second generation (Rekor v2, of tiles).
///
/// It has one kind of entry. Of an envelope, what is logged is the digest of its encoding for signing.
struct RekorV2Client: Sendable {
    private let service: SigningService

    init(_ service: SigningConfig.Service, _ caller: any ServiceCaller) {
        self.service = SigningService("the transparency log", at: service, by: caller)
    }

    /// Logs a signature, for everybody to see, and answers what a bundle shows of it.
    ///
    /// That the entry is about this signature, and really in the log, is for the verifier of the bundle to say.
    func add(_ bundle: Bundle, _ signed: LoggedSignature) async throws -> LogEntry {
        let response = try await service.post(
            "/api/v2/log/entries",
            JSONWriter.encode(Self.proposal(bundle, signed))
        )
        let answer = try service.fields(response)
        return try service.reading {
            try LogEntry(parsing: .object(answer.object), of: service.what)
        }
    }

    /// What the log is asked to take in.
    static func proposal(_ bundle: Bundle, _ signed: LoggedSignature) -> JSONValue {
        let key = signed.signer.key
        var verifier = JSONObject()
        switch signed.signer {
        case .certificate(let der, _):
            verifier["x509Certificate"] = ["rawBytes": .string(Base64.text(der))]
        case .key: verifier["publicKey"] = ["rawBytes": .string(Base64.text(key.subjectPublicKeyInfo))]
        }
        verifier["keyDetails"] = .string(key.algorithm.rawValue)
        return [
            "hashedRekordRequestV002": [
                "digest": .string(Base64.text(digest(bundle.content, key.algorithm)?.bytes ?? [])),
                "signature": [
                    "content": .string(Base64.text(signed.signature)), "verifier": .object(verifier),
                ],
            ]
        ]
    }

    /// What the signature is over, by the signature's hash function.
    private static func digest(_ content: Bundle.Content, _ algorithm: SignatureAlgorithm) -> Digest? {
        switch content {
        case .message(_, let digest): digest
        case .envelope(let envelope):
            algorithm.digest.map { Digest.of(envelope.signedBytes, by: $0) }
        }
    }
}

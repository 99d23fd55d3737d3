// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
public import Sigstore
public import TrustCore

/// What a simulated log stores for a signature, in the forms of the real ones. Nothing in it is checked.
public struct SimulatedLogBody: Sendable {
    /// Such as `hashedrekord`.
    public let kind: String
    /// Such as `0.0.1`.
    public let version: String
    /// The stored bytes.
    public let bytes: [UInt8]

    /// Takes any body.
    public init(kind: String, version: String, bytes: [UInt8]) {
        self.kind = kind
        self.version = version
        self.bytes = bytes
    }

    /// Writes a body of this kind, with any `spec`, as logs do.
    public init(kind: String, version: String, spec: JSONValue) throws {
        let body: JSONValue = ["apiVersion": .string(version), "kind": .string(kind), "spec": spec]
        self.init(kind: kind, version: version, bytes: try JSONCanonicalization.encode(body))
    }

    /// What a log stores for a signature.
    ///
    /// - Parameters:
    ///   - signed: The signature. A file needs a digest by the hash function of the key.
    ///   - kind: In which form.
    ///   - envelope: The bytes of the envelope as the log was given them, for forms with their digest.
    public init(
        _ signed: LoggedSignature,
        as kind: LogEntryKind,
        envelope: [UInt8] = Array("an envelope".utf8)
    ) throws {
        let spec: JSONValue =
            switch kind {
            case .hashedRekordV001: Self.hashedRekordV001(signed)
            case .hashedRekordV002: Self.hashedRekordV002(signed)
            case .dsseV001: Self.dsseV001(signed, envelope)
            case .intotoV002: Self.intotoV002(signed, envelope)
            }
        let names = kind.rawValue.split(separator: "/").map { String($0) }
        try self.init(kind: names[0], version: names[1], spec: spec)
    }

    private static func hashedRekordV001(_ signed: LoggedSignature) -> JSONValue {
        [
            "data": ["hash": hex(digest(signed))],
            "signature": [
                "content": base64(signed.signature), "publicKey": ["content": base64(pem(signed.signer))],
            ],
        ]
    }

    private static func hashedRekordV002(_ signed: LoggedSignature) -> JSONValue {
        let digest = digest(signed)
        let algorithm: String =
            switch digest.algorithm {
            case .sha384: "SHA2_384"
            case .sha512: "SHA2_512"
            default: "SHA2_256"
            }
        var verifier = JSONObject()
        verifier["keyDetails"] = .string(signed.signer.key.algorithm.rawValue)
        switch signed.signer {
        case .certificate(let bytes, _): verifier["x509Certificate"] = ["rawBytes": base64(bytes)]
        case .key(let key): verifier["publicKey"] = ["rawBytes": base64(key.subjectPublicKeyInfo)]
        }
        return [
            "hashedRekordV002": [
                "data": ["algorithm": .string(algorithm), "digest": base64(digest.bytes)],
                "signature": ["content": base64(signed.signature), "verifier": .object(verifier)],
            ]
        ]
    }

    private static func dsseV001(_ signed: LoggedSignature, _ envelope: [UInt8]) -> JSONValue {
        [
            "envelopeHash": hex(Digest.of(envelope)),
            "payloadHash": hex(Digest.of(payload(signed).bytes)),
            "signatures": [
                ["signature": base64(signed.signature), "verifier": base64(pem(signed.signer))]
            ],
        ]
    }

    private static func intotoV002(_ signed: LoggedSignature, _ envelope: [UInt8]) -> JSONValue {
        [
            "content": [
                "envelope": [
                    "payloadType": .string(payload(signed).type),
                    "signatures": [
                        [
                            "publicKey": base64(pem(signed.signer)),
                            "sig": base64(Base64.encode(signed.signature)),
                        ]
                    ],
                ],
                "hash": hex(Digest.of(envelope)),
                "payloadHash": hex(Digest.of(payload(signed).bytes)),
            ]
        ]
    }

    private static func base64(_ bytes: [UInt8]) -> JSONValue { .string(Base64.text(bytes)) }

    private static func hex(_ digest: Digest) -> JSONValue {
        ["algorithm": .string(digest.algorithm.rawValue), "value": .string(digest.hex)]
    }

    private static func pem(_ signer: LoggedSignature.Signer) -> [UInt8] {
        switch signer {
        case .certificate(let bytes, _): Array(PEMBlock.write(label: "CERTIFICATE", bytes).utf8)
        case .key(let key): Array(PEMBlock.write(label: "PUBLIC KEY", key.subjectPublicKeyInfo).utf8)
        }
    }

    private static func payload(_ signed: LoggedSignature) -> (bytes: [UInt8], type: String) {
        switch signed.content {
        case .envelope(let payload, let type): (payload, type)
        case .message: ([], "")
        }
    }

    /// By the hash function of the key: of the file, or of the envelope's encoding.
    private static func digest(_ signed: LoggedSignature) -> Digest {
        let algorithm = signed.signer.key.algorithm.digest ?? .sha512
        switch signed.content {
        case .message(let digests):
            return digests.first { $0.algorithm == algorithm } ?? Digest.of([], by: algorithm)
        case .envelope(let payload, let type):
            let encoded = DSSE.preAuthenticationEncoding(payloadType: type, payload: payload)
            return Digest.of(encoded, by: algorithm)
        }
    }
}

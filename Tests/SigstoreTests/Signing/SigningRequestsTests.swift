// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import Sigstore

@Suite("What is sent to the services that sign")
struct SigningRequestsTests {
    @Test("The authority is sent the token in a header field, and the key with a proof that it is there")
    func certificate() async throws {
        let scene = try SigningScene()
        _ = try await scene.signer(.certified(scene.person())).sign(file: SigningScene.file)
        let request = try #require(scene.services.requests.first)
        #expect(request.url == SimulatedServices.url + "/api/v2/signingCert")
        #expect(request.headers.map(\.name) == ["Content-Type", "Accept", "Authorization"])
        let form = try JSONFields(JSONReader.read(request.body, of: "body"), of: "body").fields(
            "publicKeyRequest"
        )
        let key = try VerificationKey(pem: form.fields("publicKey").string("content"))
        let proof = try #require(Base64.decode(try form.string("proofOfPossession")))
        // What the authority knows a person by.
        #expect(key.isValid(signature: proof, for: Array("ada@example.org".utf8)))
        #expect(!String(decoding: request.body, as: UTF8.self).contains("eyJ"))
    }

    @Test("A log of the first generation is sent the envelope and the certificate")
    func envelope() async throws {
        let scene = try SigningScene()
        let signed = try await scene.sign(.v1)
        let request = try #require(scene.services.requests.last)
        #expect(request.url == SimulatedServices.url + "/api/v1/log/entries")
        guard case .envelope(let envelope) = signed.bundle.content,
            case .certificate(let der, _) = signed.bundle.material
        else {
            Issue.record("another bundle")
            return
        }
        let text = String(decoding: JSONWriter.encode(envelope.encodedValue()), as: UTF8.self)
        let pem = Array(PEMBlock.write(label: "CERTIFICATE", der).utf8)
        let expected: JSONValue = [
            "apiVersion": "0.0.1", "kind": "dsse",
            "spec": [
                "proposedContent": [
                    "envelope": .string(text), "verifiers": [.string(Base64.text(pem))],
                ]
            ],
        ]
        #expect(try JSONReader.read(request.body, of: "body") == expected)
    }

    @Test("A log of the first generation is sent a file's digest by the hash function of the key")
    func file() async throws {
        let scene = try SigningScene()
        let key = try PrivateKey.generate(.ecdsaP384)
        let signed = try await scene.signer(.key(key), .v1).sign(file: SigningScene.file)
        let expected: JSONValue = [
            "apiVersion": "0.0.1", "kind": "hashedrekord",
            "spec": [
                "data": [
                    "hash": [
                        "algorithm": "sha384",
                        "value": .string(Digest.of(SigningScene.file, by: .sha384).hex),
                    ]
                ],
                "signature": [
                    "content": .string(Base64.text(signed.bundle.signature)),
                    "publicKey": ["content": .string(Base64.text(Array(key.publicKey.pem.utf8)))],
                ],
            ],
        ]
        let request = try #require(scene.services.requests.last)
        #expect(try JSONReader.read(request.body, of: "body") == expected)
    }

    @Test("A log of the second generation is sent the digest of the envelope's encoding")
    func tiles() async throws {
        let scene = try SigningScene()
        let key = try PrivateKey.generate(.ecdsaP256)
        let signed = try await scene.signer(.key(key), .v2)
            .sign(statement: SigningScene.statement, about: .bytes(SigningScene.file))
        let encoded = DSSE.preAuthenticationEncoding(
            payloadType: Statement.payloadType,
            payload: SigningScene.statement
        )
        let expected: JSONValue = [
            "hashedRekordRequestV002": [
                "digest": .string(Base64.text(Digest.of(encoded).bytes)),
                "signature": [
                    "content": .string(Base64.text(signed.bundle.signature)),
                    "verifier": [
                        "publicKey": ["rawBytes": .string(Base64.text(key.publicKey.subjectPublicKeyInfo))],
                        "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                    ],
                ],
            ]
        ]
        let request = try #require(scene.services.requests.last)
        #expect(request.url == SimulatedServices.url + "/api/v2/log/entries")
        #expect(try JSONReader.read(request.body, of: "body") == expected)
    }

    @Test("A timestamp authority is sent a query of RFC 3161, at the very address of the configuration")
    func timestamp() async throws {
        let scene = try SigningScene()
        let signed = try await scene.sign(.v1AndTimestamp)
        let request = try #require(scene.services.requests.first { $0.url.hasSuffix("/api/v1/timestamp") })
        #expect(
            request.headers.contains {
                $0.name == "Content-Type" && $0.value == "application/timestamp-query"
            }
        )
        let query = try #require(
            TimestampRequest(imprint: Digest.of(signed.bundle.signature), nonce: [1, 2, 3, 4, 5, 6, 7, 8])
        )
        #expect(request.body == (try query.encoded()))
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TestSupport
import Testing
import TrustCore

/// The services refuse what the real ones refuse, so that a client that gets on with them proves something.
@Suite("The simulated instance as services")
struct SimulatedServerTests {
    /// An instance, and a request that it grants, to change.
    private struct Scene {
        let server: SimulatedSigstoreServer
        let key = SimulatedKey()
        static let email = "ada@example.org"

        func certificateRequest(_ token: String, proof: [UInt8]? = nil) throws -> JSONValue {
            let pem = PEMBlock.write(label: "PUBLIC KEY", key.subjectPublicKeyInfo)
            return [
                "credentials": ["oidcIdentityToken": .string(token)],
                "publicKeyRequest": [
                    "publicKey": ["algorithm": "ECDSA", "content": .string(pem)],
                    "proofOfPossession": .string(
                        Base64.text(try proof ?? key.sign(Array(Self.email.utf8)))
                    ),
                ],
            ]
        }

        func token() throws -> String { try server.people.token(email: Self.email, at: server.now) }

        func certificate() throws -> [UInt8] {
            let answer = try server.post("/api/v2/signingCert", certificateRequest(token()))
            let chain = answer.json["signedCertificateEmbeddedSct"]?["chain"]?["certificates"]?.array ?? []
            try #require(answer.status == 200 && chain.count == 3)
            return try PEMBlock.read(Array(try #require(chain[0].string).utf8), "certificate").bytes
        }

        func hashedRekord(
            of file: [UInt8] = SimulatedServerTests.file,
            _ certificate: [UInt8],
            signature: [UInt8]
        ) -> JSONValue {
            let pem = Array(PEMBlock.write(label: "CERTIFICATE", certificate).utf8)
            return [
                "apiVersion": "0.0.1", "kind": "hashedrekord",
                "spec": [
                    "data": ["hash": ["algorithm": "sha256", "value": .string(Digest.of(file).hex)]],
                    "signature": [
                        "content": .string(Base64.text(signature)),
                        "publicKey": ["content": .string(Base64.text(pem))],
                    ],
                ],
            ]
        }

        func entryRequest(
            _ certificate: [UInt8],
            signature: [UInt8],
            details: String = "PKIX_ECDSA_P256_SHA_256"
        ) -> JSONValue {
            [
                "hashedRekordRequestV002": [
                    "digest": .string(Base64.text(Digest.of(SimulatedServerTests.file).bytes)),
                    "signature": [
                        "content": .string(Base64.text(signature)),
                        "verifier": [
                            "keyDetails": .string(details),
                            "x509Certificate": ["rawBytes": .string(Base64.text(certificate))],
                        ],
                    ],
                ]
            ]
        }

        static func run(_ body: (Scene) async throws -> Void) async throws {
            let server = try await SimulatedSigstoreServer.start(clock: { Timestamp(seconds: 1_790_000_000) })
            try await body(Scene(server: server))
            await server.stop()
        }
    }

    private static let file = Array("the package".utf8)

    @Test("A certificate is issued to who has a token and the key, and to nobody else")
    func certificates() async throws {
        try await Scene.run { scene in
            let issued = try SigningCertificate(der: scene.certificate())
            let expected = SignerIdentity(kind: .email, value: Scene.email, issuer: scene.server.people.url)
            #expect(issued.identity == expected)
            let now = scene.server.now
            let impostor = SimulatedTokenIssuer(scene.server.people.url, kind: .email)
            var otherAudience = JSONObject()
            otherAudience["aud"] = "another"
            let tokens = [
                try impostor.token(email: Scene.email, at: now),
                try SimulatedTokenIssuer("https://issuer.example", kind: .email).token(
                    email: "a@b.c",
                    at: now
                ),
                try scene.server.people.token(email: Scene.email, at: now.advanced(bySeconds: -600)),
                try scene.server.people.token(email: Scene.email, at: now.advanced(bySeconds: 600)),
                try scene.server.people.token(otherAudience, at: now), "", "a.b.c",
            ]
            for token in tokens {
                let answer = try scene.server.post("/api/v2/signingCert", scene.certificateRequest(token))
                #expect(answer.status == 400 && answer.json["code"]?.integer == 3, "\(token)")
            }
            let stolen = try scene.certificateRequest(
                scene.token(),
                proof: SimulatedKey().sign(Array(Scene.email.utf8))
            )
            #expect(try scene.server.post("/api/v2/signingCert", stolen).status == 400)
            #expect(scene.server.get("/api/v2/trustBundle").json["chains"]?.array?.count == 1)
        }
    }

    @Test("The log of the first generation takes in what verifies, once, and shows it again")
    func firstGeneration() async throws {
        try await Scene.run { scene in
            let (path, certificate) = ("/api/v1/log/entries", try scene.certificate())
            let signature = try scene.key.sign(Self.file)
            let request = scene.hashedRekord(certificate, signature: signature)
            let first = try scene.server.post(path, request)
            #expect(first.status == 201)
            let uuid = try #require(first.json.object?.keys.first)
            #expect(first.json[uuid]?["logIndex"]?.integer == 1_007)
            let again = try scene.server.post(path, request)
            #expect(again.status == 409 && again.headers["Location"] == "\(path)/\(uuid)")
            for place in ["\(path)/\(uuid)", "\(path)?logIndex=1007"] {
                #expect(scene.server.get(place).json[uuid]?["body"] == first.json[uuid]?["body"], "\(place)")
            }
            #expect(scene.server.get("\(path)/\(uuid.dropLast())").status == 404)
            #expect(scene.server.get(path + "?logIndex=1000").status == 404)
            let bad = [
                scene.hashedRekord(of: Array("other".utf8), certificate, signature: signature),
                scene.hashedRekord(certificate, signature: try SimulatedKey().sign(Self.file)),
                ["apiVersion": "0.0.1", "kind": "intoto", "spec": [:]], [:], [],
            ]
            for request in bad { #expect(try scene.server.post(path, request).status == 400) }
            let key = String(decoding: scene.server.get("/api/v1/log/publicKey").body, as: UTF8.self)
            #expect(try VerificationKey(pem: key) == scene.server.trustedRoot().transparencyLogs[0].key)
        }
    }

    @Test("The log of the second generation takes in what verifies, once, and its tiles are its tree")
    func secondGeneration() async throws {
        try await Scene.run { scene in
            let (path, certificate) = ("/api/v2/log/entries", try scene.certificate())
            let signature = try scene.key.sign(Self.file)
            let first = try scene.server.post(path, scene.entryRequest(certificate, signature: signature))
            #expect(first.status == 201 && first.json["integratedTime"]?.string == "0")
            let again = try scene.server.post(path, scene.entryRequest(certificate, signature: signature))
            #expect(again.status == 409)
            let bad = [
                scene.entryRequest(certificate, signature: try SimulatedKey().sign(Self.file)),
                scene.entryRequest(certificate, signature: signature, details: "PKIX_ED25519"),
                ["dsseRequestV002": [:]], [:],
            ]
            for request in bad { #expect(try scene.server.post(path, request).status == 400) }

            scene.server.withInstance { $0.rekorV2.addOthers(300) }
            let instance = scene.server.instance
            let note = try SignedNote(parsing: scene.server.get("/api/v2/checkpoint").body)
            let checkpoint = try Checkpoint(text: note.text)
            #expect(checkpoint.size == 306 && checkpoint.root == instance.rekorV2.tree.root)
            let full = scene.server.get("/api/v2/tile/0/000").body
            let part = scene.server.get("/api/v2/tile/0/001.p/50").body
            var tree = MerkleTree()
            for start in stride(from: 0, to: full.count, by: 32) {
                tree.append(leafHash: Array(full[start..<start + 32]))
            }
            #expect(scene.server.get("/api/v2/tile/1/000.p/1").body == tree.root)
            for start in stride(from: 0, to: part.count, by: 32) {
                tree.append(leafHash: Array(part[start..<start + 32]))
            }
            #expect(tree.count == 306 && tree.root == checkpoint.root)
            let entries = scene.server.get("/api/v2/tile/entries/000").body
            #expect(entries.count == instance.rekorV2.leaves[..<256].reduce(0) { $0 + $1.count + 2 })
            for missing in ["0/001", "0/002.p/1", "1/000", "3/000", "0/x.p/0", "entries/001", "0"] {
                #expect(scene.server.get("/api/v2/tile/" + missing).status == 404, "\(missing)")
            }
        }
    }

    @Test("Timestamps are given for requests, and for nothing else")
    func timestamps() async throws {
        try await Scene.run { scene in
            let digest = Digest.of(Self.file)
            let query = try #require(TimestampRequest(imprint: digest, nonce: [1, 2, 3])).encoded()
            func ask(_ body: [UInt8], _ type: String = "application/timestamp-query") -> InstanceAnswer {
                scene.server.ask("POST", "/api/v1/timestamp", headers: [("Content-Type", type)], body)
            }
            let answer = ask(query)
            #expect(answer.status == 201 && answer.headers["Content-Type"] == "application/timestamp-reply")
            #expect(ask(query, "application/json").status == 415)
            for bytes in [[], [0x30], Array(query.dropLast(1)), Array("{}".utf8)] {
                #expect(ask(bytes).status == 400)
            }
        }
    }

    @Test("What is interposed decides, and may ask the instance")
    func interposition() async throws {
        try await Scene.run { scene in
            scene.server.interpose { request, answer in
                request.path == "/api/v1/log" ? .status(503) : answer(request)
            }
            #expect(scene.server.get("/api/v1/log/publicKey").status == 200)
            if case .status(503) = scene.server.behaviour(
                to: .init("GET", "/api/v1/log", headers: [], body: [])
            ) {
            } else {
                Issue.record("another answer")
            }
        }
    }
}

/// An answer that came without a wire.
struct InstanceAnswer {
    var status = 0
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    var json: JSONValue { (try? JSONReader.read(body, of: "answer")) ?? .null }
}

extension SimulatedSigstoreServer {
    func ask(
        _ method: String,
        _ target: String,
        headers: [(String, String)] = [],
        _ body: [UInt8] = []
    ) -> InstanceAnswer {
        let request = LoopbackRequest(method, target, headers: headers, body: body)
        guard case .respond(let status, let headers, let body) = behaviour(to: request) else {
            return InstanceAnswer()
        }
        let fields = Dictionary(headers) { first, _ in first }
        return InstanceAnswer(status: status, headers: fields, body: body)
    }

    func post(_ path: String, _ body: JSONValue) throws -> InstanceAnswer {
        ask("POST", path, headers: [("Content-Type", "application/json")], JSONWriter.encode(body))
    }

    func get(_ target: String) -> InstanceAnswer { ask("GET", target) }
}

extension JSONValue {
    fileprivate subscript(key: String) -> JSONValue? { object?[key] }
}

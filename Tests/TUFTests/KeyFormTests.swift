// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// Keys as repositories list them that were not made by us.
@Suite("Forms of keys in metadata")
struct KeyFormTests {
    /// How a root lists a key on P-256.
    struct Form: Sendable, CustomTestStringConvertible {
        let keyType: String
        let scheme: String
        let isHexadecimal: Bool
        let keyID: String

        var testDescription: String {
            "\(keyType), \(scheme), \(isHexadecimal ? "hexadecimal" : "PEM"), id \(keyID)"
        }

        func object(_ key: PublicKey) -> JSONValue {
            // The point is the end of the SubjectPublicKeyInfo.
            let length = scheme.hasSuffix("384") ? 97 : 65
            let point = Hex.encode(key.subjectPublicKeyInfo.suffix(length))
            return [
                "keyid_hash_algorithms": ["sha256", "sha512"],
                "keytype": .string(keyType),
                "keyval": ["public": .string(isHexadecimal ? point : key.pem)],
                "scheme": .string(scheme),
            ]
        }

        static let all: [Form] = ["ecdsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384"].flatMap { keyType in
            ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384"].filter { keyType == "ecdsa" || keyType == $0 }
                .flatMap { scheme in
                    [(true, String(repeating: "ab", count: 32)), (false, "not a digest at all")].map {
                        Form(keyType: keyType, scheme: scheme, isHexadecimal: $0.0, keyID: $0.1)
                    }
                }
        }
    }

    @Test(
        "An ECDSA key counts in PEM and as a point, under its legacy type, under any id",
        arguments: Form.all
    )
    func ecdsa(form: Form) async throws {
        var scene = try Scene()
        let key = try PrivateKey.generate(#require(SignatureScheme(rawValue: form.scheme)))
        try Self.publish(form.object(key.publicKey), under: form.keyID, key, in: &scene.repository)
        try await scene.refresh()
        #expect(try scene.storedVersions() == [2, 2, 2, 1])
        // The smallest change: another key's signature under that id.
        scene = try Scene()
        let stranger = try PrivateKey.generate(#require(SignatureScheme(rawValue: form.scheme)))
        try Self.publish(form.object(key.publicKey), under: form.keyID, stranger, in: &scene.repository)
        #expect(await refusalCode { try await scene.refresh() } == "tuf.signatures")
    }

    @Test("One key in PEM and as a point under two ids counts once")
    func twoSpellings() async throws {
        let key = try PrivateKey.generate(.ecdsaP256)
        let forms = Form.all.filter { $0.keyType == "ecdsa" && $0.scheme == "ecdsa-sha2-nistp256" }
        #expect(forms.count == 2)
        let keys = Dictionary(
            uniqueKeysWithValues: try forms.map { form in
                let fields = try JSONFields(form.object(key.publicKey), of: "key")
                return (KeyID(form.keyID), try KeyDefinition(fields))
            }
        )
        var envelope = try MetadataEnvelope(signed: JSONObject())
        for id in keys.keys {
            envelope.add(Signature(keyID: id.text, bytes: try key.sign(envelope.signedBytes)))
        }
        let ids = Array(keys.keys)
        let one = RoleAuthority(role: try RoleKeys(ids, threshold: 1, of: "test"), keys: keys)
        let two = RoleAuthority(role: try RoleKeys(ids, threshold: 2, of: "test"), keys: keys)
        try one.check(envelope, of: "test")
        #expect(refusalCode { try two.check(envelope, of: "test") } == "tuf.signatures")
    }

    @Test(
        "A key of a draft counts only where drafts are accepted",
        arguments: [SignatureScheme.mlDSA65, .mlDSA87]
    )
    func drafts(scheme: SignatureScheme) async throws {
        var scene = try Scene()
        let key = try PrivateKey.generate(scheme)
        try Self.publish(key.publicKey.tufKeyObject, under: "post-quantum", key, in: &scene.repository)
        #expect(await refusalCode { try await scene.refresh() } == "tuf.signatures")
        #expect(try scene.storedVersions() == [2, 2, 0, 0])
        scene.limits.schemes = SignatureScheme.withDrafts
        try await scene.refresh()
        #expect(try scene.storedVersions() == [2, 2, 2, 1])
        try UpdateAttackTests.alter(&scene.repository.files["2.snapshot.json"])
        scene.store.remove(.role(.snapshot))
        #expect(await refusalCode { try await scene.refresh() } == "tuf.signatures")
    }

    @Test("Beside a key of a draft, those that count for everybody go on to do so")
    func draftBesideOthers() async throws {
        var scene = try Scene()
        let draft = try PrivateKey.generate(.mlDSA65)
        let usual = try #require(scene.repository.keys[.snapshot]?.first)
        scene.repository.keys[.snapshot] = [draft, usual]
        try scene.repository.bumpRoot {
            try $0.root.set(.snapshot, to: RoleSetup([draft.publicKey, usual.publicKey]))
        }
        try scene.repository.publishNext()
        try await scene.refresh()
        #expect(try scene.storedVersions() == [2, 2, 2, 1])
    }

    /// Publishes a second root in which one key, listed in the given way, signs the snapshot, and such a
    /// snapshot.
    private static func publish(
        _ object: JSONValue,
        under keyID: String,
        _ signer: PrivateKey,
        in repository: inout SimulatedRepository
    ) throws {
        try UpdateAttackTests.publishRoot(&repository) { root in
            var keys = try #require(root["keys"]?.object)
            keys[keyID] = object
            root["keys"] = .object(keys)
            var roles = try #require(root["roles"]?.object)
            roles["snapshot"] = ["keyids": [.string(keyID)], "threshold": 1]
            root["roles"] = .object(roles)
        }
        try repository.publishNext()
        var envelope = try MetadataEnvelope(signed: repository.snapshot.encoded())
        envelope.add(Signature(keyID: keyID, bytes: try signer.sign(envelope.signedBytes)))
        repository.files["\(repository.snapshot.version).snapshot.json"] = envelope.encoded()
    }
}

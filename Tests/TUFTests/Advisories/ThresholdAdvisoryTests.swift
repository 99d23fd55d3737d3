// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// Signatures that were counted although they must not: docs/advisories.md, 1 to 8.
@Suite("Advisories about thresholds and keys")
struct ThresholdAdvisoryTests {
    /// A client that has refreshed once, and then sees a root in which a role has two keys and needs both.
    private static func scene(_ name: RoleName, _ scheme: SignatureScheme = .ed25519) async throws -> Scene {
        var scene = try Scene()
        try await scene.refresh()
        let keys = [try PrivateKey.generate(scheme), try PrivateKey.generate(scheme)]
        try scene.repository.bumpRoot {
            $0.keys[name] = keys
            try $0.root.set(#require(name.topLevelKind), to: RoleSetup(keys.map(\.publicKey), threshold: 2))
        }
        return scene
    }

    @Test("CVE-2020-6174: two signatures under one key id are not two signatures")
    func pythonDuplicates() async throws {
        var scene = try await Self.scene(.timestamp)
        let key = try #require(scene.repository.keys[.timestamp]?[0])
        let id = KeyDefinition(key.publicKey).computedID.text
        try scene.repository.serve(.timestamp, signatures: [(id, key), (id, key)])
        #expect(await refusalCode { try await scene.refresh() } == "tuf.duplicate-signature")
        #expect(try scene.storedVersion(.timestamp) == nil)
    }

    @Test("CVE-2020-15093: two different signatures by one key are not two signatures")
    func toughDuplicates() async throws {
        // ECDSA signatures are different each time, so that comparing their bytes finds no duplicate.
        var scene = try await Self.scene(.timestamp, .ecdsaP256)
        let key = try #require(scene.repository.keys[.timestamp]?[0])
        let id = KeyDefinition(key.publicKey).computedID.text
        try scene.repository.serve(.timestamp, signatures: [(id, key), (id, key)])
        #expect(await refusalCode { try await scene.refresh() } == "tuf.duplicate-signature")
    }

    @Test("GHSA-r7vq-6425-j94w: the keys of a new root are counted as strictly as those of the old one")
    func newRootDuplicates() async throws {
        var scene = try Scene()
        let (old, new) = (try #require(scene.repository.keys[.root]?[0]), PrivateKey.fresh)
        scene.repository.root.header = SimulatedRepository.header(2)
        try scene.repository.root.set(
            .root,
            to: RoleSetup([new.publicKey, PrivateKey.fresh.publicKey], threshold: 2)
        )
        let ids = [old, new].map { KeyDefinition($0.publicKey).computedID.text }
        try scene.repository.serve(.root, signatures: [(ids[0], old), (ids[1], new), (ids[1], new)])
        #expect(await refusalCode { try await scene.refresh() } == "tuf.duplicate-signature")
        try scene.repository.serve(.root, signatures: [(ids[0], old), (ids[1], new)])
        #expect(await refusalCode { try await scene.refresh() } == "tuf.signatures")
        #expect(try scene.storedVersion(.root) == 1)
    }

    /// A second spelling of a key's TUF object.
    struct Spelling: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let scheme: SignatureScheme
        let respell: @Sendable (inout JSONObject) throws -> Void

        static let all = [
            Spelling(testDescription: "the same", scheme: .ed25519) { _ in },
            Spelling(testDescription: "upper-case digits", scheme: .ed25519) { key in
                try key.edit("keyval") { $0["public"] = .string(($0["public"]?.string ?? "").uppercased()) }
            },
            Spelling(testDescription: "a field more", scheme: .ed25519) { $0["x-owner"] = "somebody else" },
            Spelling(testDescription: "the legacy key type", scheme: .ecdsaP256) {
                $0["keytype"] = "ecdsa-sha2-nistp256"
            },
            Spelling(testDescription: "PEM with another layout", scheme: .ecdsaP256) { key in
                try key.edit("keyval") { $0["public"] = .string(($0["public"]?.string ?? "") + "\n") }
            },
        ]
    }

    @Test(
        "GHSA-3633-5h82-39pq: one key under two ids is one key, however it is spelled",
        arguments: Spelling.all
    )
    func oneKeyTwoIDs(_ spelling: Spelling) async throws {
        var scene = try Scene()
        try await scene.refresh()
        let key = try PrivateKey.generate(spelling.scheme)
        var second = try #require(key.publicKey.tufKeyObject.object)
        try spelling.respell(&second)
        try scene.repository.forge(.root) { root in
            try root.edit("keys") {
                $0["one"] = key.publicKey.tufKeyObject
                $0["two"] = .object(second)
            }
            try root.edit("roles") { $0["snapshot"] = ["keyids": ["one", "two"], "threshold": 2] }
        }
        scene.repository.snapshot.header = SimulatedRepository.header(2)
        try scene.repository.serve(.snapshot, signatures: [("one", key), ("two", key)])
        scene.repository.timestamp.header = SimulatedRepository.header(2)
        scene.repository.timestamp.snapshot = MetaFile(version: 2)
        try scene.repository.publishTimestamp()
        #expect(await refusalCode { try await scene.refresh() } == "tuf.signatures")
        #expect(try scene.storedVersion(.snapshot) != 2)
    }

    @Test("CVE-2026-6966: signatures of delegated roles are counted as those of top-level roles are")
    func delegatedDuplicates() async throws {
        var scene = try Scene {
            $0.keys["role"] = [.fresh, .fresh]
            try $0.delegate(["*"], to: "role", threshold: 2)
            try $0.add("file", to: "role")
        }
        #expect(try await scene.client().target("file") != nil)
        scene.store.remove(.role("role"))
        let key = try #require(scene.repository.keys["role"]?[0])
        let id = KeyDefinition(key.publicKey).computedID.text
        for (ids, code) in [([id, id], "tuf.duplicate-signature"), ([id, "other"], "tuf.signatures")] {
            try scene.repository.serve("role", signatures: ids.map { ($0, key) })
            #expect(await refusalCode { try await scene.client().target("file") } == code)
        }
        #expect(try scene.storedVersion("role") == nil)
    }

    @Test(
        "CVE-2026-23992: a threshold below one is refused, in roots, delegations and hash bins",
        arguments: [0, -1, Int64.min]
    )
    func thresholdBelowOne(_ threshold: Int64) async throws {
        let number = JSONValue.number(JSONNumber(threshold))
        for kind in MetadataKind.allCases {
            var scene = try Scene()
            try scene.repository.forge(.root) {
                try $0.edit("roles", kind.rawValue) { $0["threshold"] = number }
            }
            #expect(await refusalCode { try await scene.refresh() } == "tuf.threshold-number")
            #expect(try scene.storedVersion(.root) == 1)
        }
        let role: JSONValue = [
            "name": "role", "keyids": [], "threshold": number, "terminating": false, "paths": ["*"],
        ]
        let bins: JSONValue = ["keyids": [], "threshold": number, "bit_length": 1, "name_prefix": "bin"]
        for delegations in [["keys": [:], "roles": [role]], ["keys": [:], "succinct_roles": bins]]
            as [JSONValue]
        {
            var scene = try Scene()
            try scene.repository.forge(.targets) { $0["delegations"] = delegations }
            #expect(await refusalCode { try await scene.refresh() } == "tuf.threshold-number")
        }
    }

    /// A good Ed25519 key under another type or scheme, and why it cannot be used.
    private static let mislabelled: [(keyType: String, scheme: String, code: String)] = [
        ("rsa", "ed25519", "key.scheme-mismatch"),
        ("ecdsa", "ed25519", "key.scheme-mismatch"),
        ("ed25519", "rsassa-pss-sha256", "key.scheme-mismatch"),
        ("ed25519", "ecdsa-sha2-nistp256", "key.scheme-mismatch"),
        ("ed25519", "none", "key.unknown-scheme"),
        ("ED25519", "ed25519", "key.unknown-type"),
    ]

    @Test("CVE-2015-9258: the trusted key alone decides the algorithm, and its type and scheme must agree")
    func algorithmConfusion() async throws {
        for (keyType, scheme, code) in Self.mislabelled {
            let key = PrivateKey.fresh
            #expect(
                refusalCode {
                    try PublicKey(
                        tufKeyType: keyType,
                        scheme: scheme,
                        publicValue: key.publicKey.tufPublicValue
                    )
                } == code
            )
            var scene = try Scene()
            try scene.repository.forge(.root) { root in
                try root.edit("keys") {
                    $0["k"] = [
                        "keytype": .string(keyType), "scheme": .string(scheme),
                        "keyval": ["public": .string(key.publicKey.tufPublicValue)],
                    ]
                }
                try root.edit("roles") { $0["timestamp"] = ["keyids": ["k"], "threshold": 1] }
            }
            try scene.repository.serve(.timestamp, signatures: [("k", key)])
            #expect(await refusalCode { try await scene.refresh() } == "tuf.signatures")
        }
    }

    @Test(
        "go-tuf 33d359c: an Ed25519 key of a wrong length counts for nothing, and does not crash",
        arguments: [0, 1, 31, 33, 64, 4096]
    )
    func keyOfWrongLength(_ length: Int) async throws {
        let value = String(repeating: "ab", count: length)
        #expect(
            refusalCode { try PublicKey(tufKeyType: "ed25519", scheme: "ed25519", publicValue: value) }
                == "key.malformed"
        )
        var scene = try Scene()
        try scene.repository.forge(.root) { root in
            try root.edit("keys") {
                $0["k"] = ["keytype": "ed25519", "scheme": "ed25519", "keyval": ["public": .string(value)]]
            }
            try root.edit("roles") { $0["timestamp"] = ["keyids": ["k"], "threshold": 1] }
        }
        try scene.repository.serve(.timestamp, signatures: [("k", .fresh)])
        #expect(await refusalCode { try await scene.refresh() } == "tuf.signatures")
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ContentTrust

/// For each code the smallest input that provokes it.
@Suite("Every refusal of content trust has an input that provokes it")
struct ContentTrustCodeCoverageTests {
    typealias Provocation = @Sendable () async throws -> Void

    @Test("Exactly this code", arguments: ContentTrustCode.allCases)
    func code(_ code: ContentTrustCode) async throws {
        let provocations = try #require(Self.table[code])
        #expect(!provocations.isEmpty)
        for provocation in provocations {
            #expect(await refusalCode { try await provocation() } == code.rawValue)
        }
    }

    @Test("Every code says what, why, and what to do", arguments: ContentTrustCode.allCases)
    func entry(_ code: ContentTrustCode) {
        #expect(code.defects(in: "content-trust.").isEmpty)
    }

    @Test("What is changed below is good before")
    func good() throws {
        try Self.root { _ in }
        try Self.keyManager { _ in }
        try Self.signature { _ in }
        try Self.headers { _ in }
    }

    /// A root that is read after a change.
    private static func root(_ change: (inout JSONObject) throws -> Void) throws {
        let delegation = try TrustScene.delegation([.generate(.ed25519)])
        var object = try TrustMetadata(
            .root,
            version: 1,
            timestamp: TrustScene.now,
            expiration: TrustScene.later,
            delegations: [.root: delegation, .keyManager: delegation]
        ).encoded()
        try change(&object)
        _ = try TrustMetadata(object, as: .root)
    }

    /// The same of a key manager's metadata.
    private static func keyManager(_ change: (inout JSONObject) throws -> Void) throws {
        var object = try TrustMetadata(
            .keyManager,
            version: 1,
            timestamp: TrustScene.now,
            expiration: TrustScene.later,
            delegations: [.packageManager: TrustScene.delegation([.generate(.ed25519)])]
        ).encoded()
        try change(&object)
        _ = try TrustMetadata(object, as: .keyManager)
    }

    /// The same with what is said of the package managers.
    private static func delegation(_ value: JSONValue) throws {
        try keyManager { $0["delegations"] = ["pkg_mgr": value] }
    }

    private static let digits = String(repeating: "ab", count: 32)

    /// A wrapped signature that is read after a change.
    private static func signature(_ change: (inout JSONObject) -> Void) throws {
        var object = JSONObject()
        object["signature"] = .string(String(repeating: "0", count: 128))
        object["other_headers"] = .string(Hex.encode(OpenPGPHeaders(createdAt: TrustScene.now).bytes))
        object["see_also"] = .string(String(repeating: "a", count: 40))
        change(&object)
        let text = JSONWriter.encode(.object(JSONObject(of: [digits: .object(object)])))
        _ = try RecordSignatures.read(text, of: "a")
    }

    /// The same of headers.
    private static func headers(_ change: (inout [UInt8]) -> Void) throws {
        var bytes = OpenPGPHeaders(createdAt: TrustScene.now).bytes
        change(&bytes)
        _ = try OpenPGPHeaders(bytes, of: "headers")
    }

    private static func envelope(_ text: String) throws {
        _ = try TrustEnvelope(parsing: Array(text.utf8), as: .root)
    }

    private static let message = Array("{}".utf8)

    private static func follow(
        _ first: (version: Int64, seconds: Int64),
        _ second: (version: Int64, seconds: Int64)
    ) async throws {
        let scene = try TrustScene()
        let chain = try await TrustChain(pinned: scene.root())
        let key = try TrustKey(PrivateKey.generate(.ed25519).publicKey)
        let files = try await [first, second].asyncMap { item in
            try await scene.keyManager(
                version: item.version,
                timestamp: Timestamp(seconds: item.seconds),
                naming: [key]
            )
        }
        let old = try chain.keyManager(files[0], now: TrustScene.now)
        _ = try chain.keyManager(files[1], after: RememberedKeyManager(old), now: TrustScene.now)
    }

    /// A key manager's metadata that is read from a scene, naming keys for records.
    private static func keyManager(
        of scene: TrustScene,
        naming keys: [PrivateKey],
        madeAt timestamp: Timestamp = TrustScene.now,
        until expiration: Timestamp = TrustScene.later,
        after previous: VerifiedKeyManager? = nil
    ) async throws -> VerifiedKeyManager {
        let file = try await scene.keyManager(
            timestamp: timestamp,
            expiration: expiration,
            naming: keys.map { try TrustKey($0.publicKey) }
        )
        return try await TrustChain(pinned: scene.root()).keyManager(
            file,
            after: previous.map { RememberedKeyManager($0) },
            now: TrustScene.now
        )
    }

    private static let table: [ContentTrustCode: [Provocation]] = [
        .envelope: [
            { try envelope("{}") }, { try envelope(#"{"signatures":{},"signed":{},"x":1}"#) },
            { try envelope(#"{"signed":{},"signature":{}}"#) },
        ],
        .type: [
            { try root { $0["type"] = "key_mgr" } }, { try keyManager { $0["type"] = "pkg_mgr" } },
        ],
        .specVersion: [
            { try root { $0["metadata_spec_version"] = "99.0.0" } },
            { try root { $0["metadata_spec_version"] = "0.6.0\u{200D}" } },
        ],
        .versionNumber: [
            { try root { $0["version"] = 0 } }, { try root { $0["version"] = nil } },
            { try root { $0["version"] = .number(JSONNumber(.max)) } },
            { try root { $0["version"] = .number(JSONNumber(TrustMetadata.maximumVersion + 1)) } },
            {
                try keyManager {
                    $0["version"] = nil
                    $0["timestamp"] = nil
                }
            },
        ],
        .date: [
            { try root { $0["expiration"] = "2030-01-01" } }, { try root { $0["timestamp"] = "now" } },
        ],
        .delegations: [
            { try root { $0["delegations"] = [:] } },
            { try keyManager { $0["delegations"] = ["pkg_mgr2": ["pubkeys": [], "threshold": 1]] } },
            { try delegation(["pubkeys": [], "threshold": 1, "x": 1]) },
        ],
        .thresholdNumber: [
            { try delegation(["pubkeys": [], "threshold": 0]) },
            { try delegation(["pubkeys": [], "threshold": -1]) },
            { try delegation(["pubkeys": [], "threshold": .number(JSONNumber(.max))]) },
            { try delegation(["pubkeys": [], "threshold": 1]) },
        ],
        .duplicateKey: [
            {
                let key = try JSONValue.string(TrustKey(PrivateKey.generate(.ed25519).publicKey).hex)
                try delegation(["pubkeys": [key, key], "threshold": 2])
            }
        ],
        .keyFormat: [
            { try delegation(["pubkeys": [""], "threshold": 1]) },
            { try delegation(["pubkeys": [.string(digits.uppercased())], "threshold": 1]) },
            { try keyManager { $0["record_forms"] = ["a": "mamba"] } },
        ],
        .keyType: [{ _ = try TrustKey(PrivateKey.generate(.ecdsaP256).publicKey) }],
        .signatureFormat: [
            { try signature { $0["signature"] = "" } }, { try signature { $0["x"] = 1 } },
            { try signature { $0["other_headers"] = "0" } },
            { try signature { $0["see_also"] = "" } },
            { try signature { $0["signature"] = .string(String(repeating: "A", count: 128)) } },
            { try RecordSignatures.check(Array(#"{"k":{"signature":""}}"#.utf8)[...], of: "a") },
        ],
        .openPGPHeaders: [
            { try headers { $0 = [] } }, { try headers { $0[0] = 3 } }, { try headers { $0[1] = 1 } },
            { try headers { $0[2] = 1 } }, { try headers { $0[3] = 2 } }, { try headers { $0.append(0) } },
            { try headers { $0[6] = 200 } }, { try headers { $0[7] = 0x80 | 5 } },
            // An end of its own, the time twice, no time.
            { try headers { $0 = $0[..<4] + [0, 12] + $0[6...] + [5, 3, 0, 1, 81, 128] } },
            { try headers { $0 = $0[..<4] + [0, 12] + $0[6...] + $0[6...] } },
            { try headers { $0 = $0[..<4] + [0, 0] } },
            { try signature { $0["other_headers"] = "00" } },
        ],
        .openPGPPacket: [
            { _ = try OpenPGPSignaturePacket([]) },
            { _ = try OpenPGPKey.key(of: Array(repeating: 0, count: 20), in: []) },
        ],
        .number: [
            { _ = try PythonJSON.canonical(of: Array("1e999".utf8)[...], subject: "number") },
            { _ = try PythonJSON.encode(JSONReader.read(Array("-1e999".utf8), of: "number"), of: "number") },
        ],
        .recordForms: [
            { try keyManager { $0["record_forms"] = [digits: "other"] } },
            { try keyManager { $0["record_forms"] = [digits: "mamba"] } },
        ],
        .signatures: [
            { _ = try await TrustChain(pinned: TrustScene().root(signedBy: [])) },
            { _ = try await TrustChain(pinned: TrustScene().root(signedBy: [.generate(.ed25519)])) },
            {
                // Signed by the new keys alone.
                let scene = try TrustScene()
                var chain = try await TrustChain(pinned: scene.root())
                try await chain.append(scene.root(version: 2, keys: [.generate(.ed25519)]))
            },
            {
                // Signed by the old keys alone.
                let scene = try TrustScene()
                var chain = try await TrustChain(pinned: scene.root())
                let key = try PrivateKey.generate(.ed25519)
                try await chain.append(scene.root(version: 2, keys: [key], signedBy: [scene.root]))
            },
            {
                // By one of two.
                let scene = try TrustScene()
                let keys = try [scene.root, .generate(.ed25519)]
                _ = try await TrustChain(pinned: scene.root(keys: keys, threshold: 2, signedBy: [scene.root]))
            },
            {
                let scene = try TrustScene()
                let chain = try await TrustChain(pinned: scene.root())
                let key = try TrustKey(scene.root.publicKey)
                let file = try await scene.keyManager(naming: [key], signedBy: scene.root)
                _ = try chain.keyManager(file, now: TrustScene.now)
            },
        ],
        .rootVersion: [
            {
                let scene = try TrustScene()
                var chain = try await TrustChain(pinned: scene.root())
                try await chain.append(scene.root(version: 3))
            },
            {
                let scene = try TrustScene()
                var chain = try await TrustChain(pinned: scene.root())
                try await chain.append(scene.root(version: 1))
            },
        ],
        .expired: [
            {
                let scene = try TrustScene()
                let root = try await TrustChain(pinned: scene.root(expiration: TrustScene.now)).root
                try root.checkExpiry(now: TrustScene.now)
            },
            {
                let keys = [try PrivateKey.generate(.ed25519)]
                _ = try await keyManager(of: TrustScene(), naming: keys, until: TrustScene.now)
            },
            {
                // The root has run out: what it delegates to is of no use.
                let scene = try TrustScene()
                let chain = try await TrustChain(pinned: scene.root(expiration: TrustScene.now))
                let key = try TrustKey(PrivateKey.generate(.ed25519).publicKey)
                _ = try await chain.keyManager(scene.keyManager(naming: [key]), now: TrustScene.now)
            },
        ],
        .metadataMissing: [
            { _ = try await TrustChain(pinned: TrustScene().root()).keyManager(nil, now: TrustScene.now) }
        ],
        .equivocation: [
            {
                let scene = try TrustScene()
                let first = try await keyManager(of: scene, naming: [.generate(.ed25519)])
                _ = try await keyManager(of: scene, naming: [.generate(.ed25519)], after: first)
            }
        ],
        .future: [
            {
                let keys = [try PrivateKey.generate(.ed25519)]
                let made = TrustScene.now.advanced(bySeconds: 86_401)
                _ = try await keyManager(of: TrustScene(), naming: keys, madeAt: made)
            }
        ],
        .sharedKey: [
            {
                let scene = try TrustScene()
                _ = try await keyManager(of: scene, naming: [.generate(.ed25519), scene.root])
            },
            {
                let scene = try TrustScene()
                _ = try await keyManager(of: scene, naming: [scene.keyManager])
            },
        ],
        .rollback: [
            { try await follow((5, 1000), (4, 1000)) }, { try await follow((5, 1000), (5, 999)) },
        ],
        .recordUnsigned: [
            {
                let key = try TrustKey(PrivateKey.generate(.ed25519).publicKey)
                _ = try await TrustScene().authority(over: [key]).verify(message, [], of: "a")
            },
            {
                // A wrapped signature of a record counts for nothing, as with conda.
                let key = try PrivateKey.generate(.ed25519)
                let name = try TrustKey(key.publicKey)
                let headers = OpenPGPHeaders(createdAt: TrustScene.now)
                let value = try key.sign(headers.digest(of: message))
                let signature = TrustSignature(keyID: name.hex, value: value, headers: headers)
                _ = try await TrustScene().authority(over: [name]).verify(message, [signature], of: "a")
            },
        ],
        .recordSignature: [
            {
                let key = try PrivateKey.generate(.ed25519)
                let name = try TrustKey(key.publicKey)
                let signature = TrustSignature(keyID: name.hex, value: try key.sign(message + [0]))
                _ = try await TrustScene().authority(over: [name]).verify(message, [signature], of: "a")
            },
            {
                // One of two, and one key twice.
                let keys = try (0..<2).map { _ in try PrivateKey.generate(.ed25519) }
                let names = try keys.map { try TrustKey($0.publicKey) }
                let signature = TrustSignature(keyID: names[0].hex, value: try keys[0].sign(message))
                _ = try await TrustScene().authority(over: names, threshold: 2)
                    .verify(message, [signature], of: "a")
            },
        ],
        .recordForm: [
            {
                let key = try PrivateKey.generate(.ed25519)
                let name = try TrustKey(key.publicKey)
                let signature = TrustSignature(keyID: name.hex, value: try key.sign(message))
                _ = try await TrustScene().authority(over: [name], forms: [name: .mamba])
                    .verify(message, [signature], of: "a")
            }
        ],
    ]

    @Test("Signatures count: raw and wrapped under metadata, raw under records")
    func counted() async throws {
        let scene = try TrustScene()
        var envelope = try TrustEnvelope(parsing: await scene.root(signedBy: []), as: .root)
        for headers in [nil, OpenPGPHeaders(createdAt: TrustScene.now)] {
            let key = try TrustKey(scene.root.publicKey).hex
            let unsigned = TrustSignature(keyID: key, value: [], headers: headers)
            let value = try scene.root.sign(unsigned.signedBytes(of: envelope.signedBytes))
            envelope.add(TrustSignature(keyID: key, value: value, headers: headers))
            #expect(try TrustChain(pinned: envelope.encoded()).root.keyIDs == [key])
        }
        let key = try PrivateKey.generate(.ed25519)
        let name = try TrustKey(key.publicKey)
        let signature = TrustSignature(keyID: name.hex, value: try key.sign(Self.message))
        let verified = try await scene.authority(over: [name]).verify(Self.message, [signature], of: "a")
        #expect(verified.keyIDs == [name.hex])
    }

    @Test(
        "A signature that cannot be read counts for nothing, and is told as the cause where a key's is missing"
    )
    func malformed() async throws {
        let scene = try TrustScene()
        let own = try TrustKey(scene.root.publicKey).hex
        // As GnuPG writes one whose first byte is zero, without padding.
        let short: JSONValue = ["signature": .string(String(repeating: "1", count: 126))]
        func root(by signers: [PrivateKey], with name: String) async throws -> [UInt8] {
            let file = try await JSONReader.read(scene.root(signedBy: signers), of: "root")
            var object = try #require(file.object)
            var signatures = try #require(object["signatures"]?.object)
            signatures[name] = short
            object["signatures"] = .object(signatures)
            return JSONWriter.encode(.object(object))
        }
        let good = try await TrustChain(pinned: root(by: [scene.root], with: Self.digits)).root
        #expect(good.keyIDs == [own])
        #expect(good.malformed.map(\.keyID) == [Self.digits])
        #expect(good.malformed.map(\.reason.codeName) == ["content-trust.signature-format"])
        // Under a name that is no key's, it says nothing of what is missing.
        for (name, cause) in [(own, "content-trust.signature-format"), (Self.digits, "signature.missing")] {
            let bytes = try await root(by: [], with: name)
            let refusal = #expect(throws: Refusal.self) { try TrustChain(pinned: bytes) }
            #expect(refusal?.codeName == "content-trust.signatures")
            #expect((refusal?.cause as? Refusal)?.codeName == cause)
        }
    }

    @Test(
        "After the root changed the key manager's keys, the date of the old metadata still counts, and its version does not"
    )
    func remembered() async throws {
        let scene = try TrustScene()
        var chain = try await TrustChain(pinned: scene.root())
        let key = try TrustKey(PrivateKey.generate(.ed25519).publicKey)
        let old = try await scene.keyManager(version: 1000, naming: [key])
        let successor = try TrustScene(root: scene.root)
        try await chain.append(successor.root(version: 2))
        let previous = try chain.remembered(keyManager: old)
        let earlier = TrustScene.now.advanced(bySeconds: -1)
        let rolledBack = try await successor.keyManager(timestamp: earlier, naming: [key])
        #expect(
            refusalCode { try chain.keyManager(rolledBack, after: previous, now: TrustScene.now) }
                == "content-trust.rollback"
        )
        let new = try await successor.keyManager(naming: [key])
        #expect(try chain.keyManager(new, after: previous, now: TrustScene.now).metadata.version == 1)
        let strange = try await TrustScene().keyManager(naming: [key])
        #expect(refusalCode { try chain.remembered(keyManager: strange) } == "content-trust.signatures")
    }

    @Test("A chain goes on by the old threshold and the new one, and metadata may stay as they are")
    func goesOn() async throws {
        let scene = try TrustScene()
        let keys = try [scene.root, .generate(.ed25519)]
        var chain = try await TrustChain(pinned: scene.root(expiration: TrustScene.now))
        try await chain.append(scene.root(version: 2, keys: keys, threshold: 2))
        try await chain.append(scene.root(version: 3, keys: [keys[1]], signedBy: keys))
        #expect(chain.links.count == 3)
        try chain.root.checkExpiry(now: TrustScene.now)
        try await Self.follow((5, 1000), (5, 1000))
        try await Self.follow((5, 1000), (6, 1001))
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}

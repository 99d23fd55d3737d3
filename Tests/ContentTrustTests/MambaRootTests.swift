// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ContentTrust

@Suite("Roots of mamba's version 1")
struct MambaRootTests {
    private let first: PrivateKey
    private let second: PrivateKey
    private static let now = Timestamp(seconds: 1_795_000_000)
    private static let later = Timestamp(seconds: 1_800_000_000)

    init() throws {
        first = try .generate(.ed25519)
        second = try .generate(.ed25519)
    }

    private func metadata(version: Int64 = 1, keys: [PrivateKey]? = nil, expires: Timestamp = later) throws
        -> MambaRootMetadata
    {
        let own = try ClientScene.trustDelegation(keys ?? [first])
        return try MambaRootMetadata(
            version: version,
            expires: expires,
            delegations: [.root: own, .targets: own, .snapshot: own, .timestamp: own]
        )
    }

    private func root(_ metadata: MambaRootMetadata, by keys: [PrivateKey]? = nil, wrapped: Bool = false)
        async throws
        -> [UInt8]
    {
        var envelope = MambaRootEnvelope(metadata)
        for key in keys ?? [first] { try await envelope.sign(with: key, wrappedAt: wrapped ? Self.now : nil) }
        return envelope.encoded()
    }

    /// A root whose JSON was changed before it was signed.
    private func root(_ change: (inout JSONObject) -> Void) throws -> [UInt8] {
        var signed = try metadata().encoded()
        change(&signed)
        let bytes = MambaJSON.encode(.object(signed), indented: false)
        let signature: JSONValue = [
            "keyid": .string(ClientScene.name(first)), "sig": .string(Hex.encode(try first.sign(bytes))),
        ]
        return MambaJSON.encode(["signatures": [signature], "signed": .object(signed)], indented: false)
    }

    @Test("A root that was signed, raw or wrapped, verifies, and mamba takes it", arguments: [false, true])
    func verifies(_ wrapped: Bool) async throws {
        let bytes = try await root(metadata(), wrapped: wrapped)
        let chain = try MambaRootChain(pinned: bytes)
        #expect(chain.root == (try metadata()))
        #expect(chain.keyIDs == [ClientScene.name(first)])
        #expect(!bytes.contains(0x20) && !bytes.contains(0x0A))
        try chain.checkExpiry(now: Self.now)
        #expect(refusalCode { try chain.checkExpiry(now: Self.later) } == "content-trust.expired")
        let client = try await MambaClient(root: bytes, now: Self.now) { _ in nil }
        #expect(client.general == nil && client.rootVersion == 1)
    }

    @Test("With such a root mamba trusts whatever has a signature of anybody, and says so only in its log")
    func nothingBelow() async throws {
        let client = try await MambaClient(root: root(metadata()), now: Self.now) { _ in nil }
        var scene = try ClientScene()
        scene.signatures = [:]
        let verdict = client.verdict(on: try scene.listed(), in: scene.index)
        #expect(verdict.outcome == .trusted && verdict.message == "Index checker not valid.")
        scene.isUnsigned = true
        #expect(client.verdict(on: try scene.listed(), in: scene.index).outcome == .stops)
    }

    @Test("A root of 0.6.0 gives way to any root of version 1 in mamba, and does not here")
    func upgrade() async throws {
        var scene = try ClientScene()
        scene.extra["2.sv1.root.json"] = try await root(metadata(version: 2, keys: [second]), by: [second])
        scene.signatures = [:]
        #expect(try await scene.mamba().outcome == .trusted)
        var chain = try TrustChain(pinned: scene.rootFile())
        let update = scene.extra["2.sv1.root.json"] ?? []
        #expect(refusalCode { try chain.append(update) } == "content-trust.spec-version")
        #expect(refusalCode { try TrustChain(pinned: update) } == "content-trust.spec-version")
    }

    @Test("The next root needs the old keys and its own, and exactly the next version")
    func chain() async throws {
        var chain = try await MambaRootChain(pinned: root(metadata()))
        let cases: [(Int64, [PrivateKey], String)] = [
            (2, [second], "content-trust.signatures"), (2, [first], "content-trust.signatures"),
            (3, [first, second], "content-trust.root-version"),
            (1, [first, second], "content-trust.root-version"),
        ]
        for (version, signers, code) in cases {
            let bytes = try await root(metadata(version: version, keys: [second]), by: signers)
            #expect(refusalCode { try chain.append(bytes) } == code)
        }
        try chain.append(await root(metadata(version: 2, keys: [second]), by: [first, second]))
        #expect(chain.root.version == 2)
        let old = try ClientScene().rootFile()
        #expect(refusalCode { try chain.append(old) } == "content-trust.spec-version")
    }

    @Test("Each rule has a root that breaks it")
    func rules() throws {
        let key = ClientScene.name(first)
        let cases: [(String, (inout JSONObject) -> Void)] = [
            ("content-trust.type", { $0["_type"] = "targets" }),
            ("json.shape", { $0["_type"] = nil }),
            ("content-trust.spec-version", { $0["spec_version"] = "2.0.0" }),
            ("content-trust.spec-version", { $0["spec_version"] = "1" }),
            ("content-trust.version-number", { $0["version"] = 0 }),
            ("content-trust.date", { $0["expires"] = "2030-1-1T00:00:00Z" }),
            ("json.shape", { $0["expires"] = nil }),
            ("content-trust.number", { $0["x"] = .array([.number(JSONNumber(unsigned: .max))]) }),
            (
                "content-trust.key-type",
                { $0["keys"]?.set(key, ["keytype": "rsa", "scheme": "ed25519", "keyval": .string(key)]) }
            ),
            (
                "content-trust.key-type",
                { $0["keys"]?.set(key, ["keytype": "ed25519", "scheme": "x", "keyval": .string(key)]) }
            ),
            (
                "content-trust.key-format",
                { $0["keys"]?.set(key, ["keytype": "ed25519", "scheme": "ed25519", "keyval": "00"]) }
            ),
            ("content-trust.key-format", { $0["keys"]?.set(key, nil) }),
            ("content-trust.delegations", { $0["roles"]?.set("snapshot", nil) }),
            ("content-trust.delegations", { $0["roles"]?.set("extra", ["keyids": [], "threshold": 1]) }),
            (
                "content-trust.threshold-number",
                { $0["roles"]?.set("targets", ["keyids": [], "threshold": 1]) }
            ),
            (
                "content-trust.threshold-number",
                { $0["roles"]?.set("root", ["keyids": [.string(key)], "threshold": 0]) }
            ),
            (
                "content-trust.duplicate-key",
                { $0["roles"]?.set("root", ["keyids": [.string(key), .string(key)], "threshold": 2]) }
            ),
            (
                "content-trust.threshold-number",
                { $0["roles"]?.set("root", ["keyids": [.string(key)], "threshold": 2]) }
            ),
        ]
        for (code, change) in cases {
            let bytes = try root(change)
            #expect(refusalCode { try MambaRootChain(pinned: bytes) } == code)
        }
        #expect(try MambaRootChain(pinned: root { $0["comment"] = "ä" }).root.version == 1)
    }

    @Test("An envelope or a signature of another shape is refused")
    func envelopes() async throws {
        let good = try await JSONReader.read(root(metadata(), wrapped: true), of: "root")
        let cases: [(String, (inout JSONValue) -> Void)] = [
            ("content-trust.envelope", { $0.set("note", 1) }),
            ("json.shape", { $0.set("signatures", [:]) }),
            ("content-trust.signature-format", { $0.changeSignature { $0.set("sig", "AB") } }),
            ("content-trust.signature-format", { $0.changeSignature { $0.set("note", "x") } }),
            ("json.shape", { $0.changeSignature { $0.set("keyid", nil) } }),
            ("content-trust.openpgp-headers", { $0.changeSignature { $0.set("other_headers", "00") } }),
            ("content-trust.signatures", { $0.changeSignature { $0.set("other_headers", nil) } }),
            ("content-trust.signatures", { $0.set("signatures", []) }),
        ]
        for (code, change) in cases {
            var changed = good
            change(&changed)
            let bytes = MambaJSON.encode(changed, indented: false)
            #expect(refusalCode { try MambaRootChain(pinned: bytes) } == code)
        }
    }

    @Test(
        "The sample in mamba's own tests has no `expires`, and is refused",
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence))
    )
    func sample() async throws {
        let bytes = try SharedData.bytes("conda/mamba/libmamba/tests/data/validation/root.json")
        #expect(refusalCode { try MambaRootChain(pinned: bytes) } == "json.shape")
        let client = try await MambaClient(root: bytes, now: Self.now) { _ in nil }
        #expect(client.general?.message == "Content trust error. Invalid role metadata. Aborting.")
    }
}

extension JSONValue {
    fileprivate mutating func changeSignature(_ change: (inout JSONValue) -> Void) {
        guard var signature = object?["signatures"]?.array?.first else { return }
        change(&signature)
        set("signatures", [signature])
    }
}

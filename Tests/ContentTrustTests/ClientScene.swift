// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

@testable import ContentTrust

/// A channel signed for conda and for mamba, put together from plain JSON so that everything in it can be wrong.
struct ClientScene: Sendable {
    static let now = Timestamp(seconds: 1_795_000_000)
    static let fileName = "zlib-1.3-h1_0.conda"

    let rootKey: PrivateKey
    let keyManagerKey: PrivateKey
    let fullKey: PrivateKey
    let mambaKey: PrivateKey
    let stranger: PrivateKey

    var root: JSONObject
    var keyManager: JSONObject
    var packageManager: JSONObject
    var rootSigners: [PrivateKey]
    var keyManagerSigners: [PrivateKey]
    var wrapsKeyManager = false
    var wrapsNextRoot = true
    /// What is served beside, or in place of, the metadata.
    var extra: [String: [UInt8]] = [:]
    var missing: Set<String> = []
    var record: JSONValue
    /// What the signatures are over, if not the record that is served.
    var signedRecord: JSONValue?
    /// In place of good signatures.
    var signatures: JSONValue?
    var isUnsigned = false
    var fileName = Self.fileName
    var indexIsSigned = true
    var index = MambaForm.Index(subdir: "linux-64")

    init() throws {
        rootKey = try .generate(.ed25519)
        keyManagerKey = try .generate(.ed25519)
        fullKey = try .generate(.ed25519)
        mambaKey = try .generate(.ed25519)
        stranger = try .generate(.ed25519)
        root = Self.metadata(
            "root",
            ["root": Self.delegation([rootKey]), "key_mgr": Self.delegation([keyManagerKey])]
        )
        keyManager = Self.metadata("key_mgr", ["pkg_mgr": Self.delegation([fullKey, mambaKey])])
        packageManager = Self.metadata("pkg_mgr", [:])
        rootSigners = [rootKey]
        keyManagerSigners = [keyManagerKey]
        record = Self.plainRecord
    }

    /// A record that conda and mamba sign in different words.
    static let plainRecord: JSONValue = [
        "name": "zlib", "version": "1.3", "build": "h1_0", "build_number": 0,
        "depends": ["libgcc >=13", "bzip2"],
        "license": "Zlib", "license_family": "Other", "md5": .string(String(repeating: "ab", count: 16)),
        "sha256": .string(String(repeating: "cd", count: 32)), "size": 1234, "subdir": "linux-64",
        "timestamp": 1_700_000_000_123,
    ]

    static func metadata(_ type: String, _ delegations: JSONValue, version: Int64 = 1) -> JSONObject {
        let metadata: JSONValue = [
            "type": .string(type), "metadata_spec_version": "0.6.0", "version": .number(JSONNumber(version)),
            "timestamp": "2026-01-01T00:00:00Z", "expiration": "2027-01-01T00:00:00Z",
            "delegations": delegations,
        ]
        return metadata.object ?? JSONObject()
    }

    static func delegation(_ keys: [PrivateKey], _ threshold: JSONValue = 1) -> JSONValue {
        ["pubkeys": .array(keys.map { .string(name($0)) }), "threshold": threshold]
    }

    static func trustDelegation(_ keys: [PrivateKey], _ threshold: Int = 1) throws -> TrustDelegation {
        try TrustDelegation(keys.map { try TrustKey($0.publicKey) }, threshold: threshold)
    }

    static func name(_ key: PrivateKey) -> String {
        Hex.encode(Array(key.publicKey.subjectPublicKeyInfo.suffix(32)))
    }

    /// A document with signatures, raw or wrapped.
    static func signed(_ object: JSONObject, by keys: [PrivateKey], wrapped: Bool) throws -> [UInt8] {
        let data = try PythonJSON.encode(.object(object), of: "test")
        var signatures = JSONObject()
        for key in keys { signatures[name(key)] = try signature(data, key, wrapped: wrapped) }
        return try PythonJSON.encode(
            ["signatures": .object(signatures), "signed": .object(object)],
            of: "test"
        )
    }

    static func signature(_ data: [UInt8], _ key: PrivateKey, wrapped: Bool) throws -> JSONValue {
        guard wrapped else { return ["signature": .string(Hex.encode(try key.sign(data)))] }
        let headers = OpenPGPHeaders(createdAt: now)
        return [
            "other_headers": .string(Hex.encode(headers.bytes)),
            "signature": .string(Hex.encode(try key.sign(headers.digest(of: data)))),
        ]
    }

    /// A file that the channel serves.
    func file(_ name: String) throws -> [UInt8]? {
        if missing.contains(name) { return nil }
        if let bytes = extra[name] { return bytes }
        switch name {
        case "key_mgr.json":
            return try Self.signed(keyManager, by: keyManagerSigners, wrapped: wrapsKeyManager)
        case "pkg_mgr.json": return try Self.signed(packageManager, by: [fullKey], wrapped: false)
        default: return nil
        }
    }

    func rootFile() throws -> [UInt8] { try Self.signed(root, by: rootSigners, wrapped: true) }

    func listed() throws -> ListedRecord {
        let signed = signedRecord ?? record
        var good = JSONObject()
        good[Self.name(fullKey)] = try Self.signature(
            PythonJSON.encode(signed, of: "test"),
            fullKey,
            wrapped: false
        )
        if let form = try? MambaForm(of: signed, in: index) {
            good[Self.name(mambaKey)] = try Self.signature(form.bytes, mambaKey, wrapped: false)
        }
        return ListedRecord(
            fileName: fileName,
            record: record,
            signatures: isUnsigned || !indexIsSigned ? nil : signatures ?? .object(good),
            isListedAsConda: true
        )
    }

    func conda() async throws -> ClientVerdict {
        let client = try await CondaClient(root: rootFile()) { try file($0) }
        return try client.verdict(on: listed(), channel: "test", indexIsSigned: indexIsSigned)
    }

    func mamba() async throws -> ClientVerdict {
        let client = try await MambaClient(root: rootFile(), now: Self.now) { try file($0) }
        return try client.verdict(on: listed(), in: index)
    }

    /// Serves a second root.
    mutating func serveRoot(
        _ name: String = "2.root.json",
        version: Int64 = 2,
        keys: [PrivateKey]? = nil,
        by signers: [PrivateKey],
        wrapped: Bool = true
    ) throws {
        let keys = keys ?? [rootKey]
        let delegations: JSONValue = [
            "root": Self.delegation(keys), "key_mgr": Self.delegation([keyManagerKey]),
        ]
        let next = Self.metadata("root", delegations, version: version)
        extra[name] = try Self.signed(next, by: signers, wrapped: wrapped)
    }
}

extension JSONObject {
    init(of members: [String: JSONValue]) {
        self.init()
        for (key, value) in members { self[key] = value }
    }

    mutating func set(_ key: String, _ value: JSONValue?) { self[key] = value }
}

extension JSONValue {
    mutating func set(_ key: String, _ value: JSONValue?) {
        guard var object else { return }
        object[key] = value
        self = .object(object)
    }
}

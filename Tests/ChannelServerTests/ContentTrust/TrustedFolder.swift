// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import SigningKeys
import TestSupport
import TrustCore

/// A folder of repodata whose records are signed in full, put together from plain JSON so that anything can be wrong.
struct TrustedFolder {
    static let now = Timestamp(seconds: 1_795_000_000)
    static let later = Timestamp(seconds: 1_800_000_000)
    static let zlib = "zlib-1.3-0.conda", bzip2 = "bzip2-1.0-0.tar.bz2"

    let folder: TemporaryFolder
    let rootKey: PrivateKey
    let keyManagerKey: PrivateKey
    let packageKey: PrivateKey

    /// What `linux-64/repodata.json` lists.
    var records: [(name: String, record: JSONObject)] = [
        (zlib, record("zlib", "1.3")), (bzip2, record("bzip2", "1.0")),
    ]
    var signatures: JSONObject

    init() throws {
        folder = try TemporaryFolder()
        rootKey = try .generate(.ed25519)
        keyManagerKey = try .generate(.ed25519)
        packageKey = try .generate(.ed25519)
        signatures = JSONObject()
        for (name, record) in records { signatures[name] = try signature(of: record) }
    }

    static func record(_ name: String, _ version: String) -> JSONObject {
        let record: JSONValue = [
            "name": .string(name), "version": .string(version), "build": "0", "build_number": 0,
            "depends": [],
            "subdir": "linux-64", "sha256": .string(String(repeating: "ab", count: 32)), "license": "MIT",
            "md5": .string(String(repeating: "ab", count: 16)), "size": 1, "timestamp": 1,
            "license_family": "MIT",
        ]
        return record.object ?? JSONObject()
    }

    func signature(of record: JSONObject, by key: PrivateKey? = nil) throws -> JSONValue {
        let key = key ?? packageKey
        let bytes = try PythonJSON.encode(.object(record), of: "record")
        var signatures = JSONObject()
        signatures[try TrustKey(key.publicKey).hex] = ["signature": .string(Hex.encode(try key.sign(bytes)))]
        return .object(signatures)
    }

    /// Writes metadata: `1.root.json` and `key_mgr.json`.
    func writeMetadata(expiration: Timestamp = later, signedBy signer: PrivateKey? = nil) async throws {
        let own = try TrustDelegation([TrustKey(rootKey.publicKey)], threshold: 1)
        let manager = try TrustDelegation([TrustKey(keyManagerKey.publicKey)], threshold: 1)
        let package = try TrustDelegation([TrustKey(packageKey.publicKey)], threshold: 1)
        try await write(
            TrustMetadata(
                .root,
                version: 1,
                timestamp: Self.now,
                expiration: Self.later,
                delegations: [.root: own, .keyManager: manager]
            ),
            to: "1.root.json",
            by: rootKey
        )
        try await write(
            TrustMetadata(
                .keyManager,
                version: 1,
                timestamp: Self.now,
                expiration: expiration,
                delegations: [.packageManager: package]
            ),
            to: "key_mgr.json",
            by: signer ?? keyManagerKey
        )
    }

    private func write(_ metadata: TrustMetadata, to file: String, by key: PrivateKey) async throws {
        var envelope = try TrustEnvelope(metadata)
        try await envelope.sign(with: key, now: Self.now)
        try folder.write(envelope.encoded(), to: file)
    }

    /// The text of an index with the records and signatures that there are now.
    func index(subdir: String = "linux-64") -> [UInt8] {
        var packages = JSONObject(), conda = JSONObject(), info = JSONObject(), index = JSONObject()
        for (name, record) in records {
            if name.hasSuffix(".conda") {
                conda[name] = .object(record)
            } else {
                packages[name] = .object(record)
            }
        }
        info["subdir"] = .string(subdir)
        index["info"] = .object(info)
        index["packages"] = .object(packages)
        index["packages.conda"] = .object(conda)
        index["signatures"] = .object(signatures)
        return JSONWriter.encode(.object(index))
    }

    /// Writes everything as it should be, and the index in all its forms.
    func writeAll() async throws {
        try await writeMetadata()
        try folder.write(index(), to: "linux-64/repodata.json")
        try folder.write(Zstd.compress(index()), to: "linux-64/repodata.json.zst")
        try folder.write(index(), to: "linux-64/current_repodata.json")
    }
}

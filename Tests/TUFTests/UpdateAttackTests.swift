// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// Something a hostile mirror, or a thief of some keys, does to a repository that a client has already seen.
struct Attack: Sendable, CustomTestStringConvertible {
    let name: String
    let code: String
    /// The versions of root, timestamp, snapshot and targets that are stored afterwards.
    let kept: [Int64]
    let arrange: @Sendable (inout SimulatedRepository) throws -> Void

    init(
        _ name: String,
        _ code: TUFCode,
        kept: [Int64] = [1, 1, 1, 1],
        _ arrange: @escaping @Sendable (inout SimulatedRepository) throws -> Void
    ) {
        self.name = name
        self.code = code.rawValue
        self.kept = kept
        self.arrange = arrange
    }

    var testDescription: String { name }
}

@Suite("Attacks on a client that has refreshed once")
struct UpdateAttackTests {
    @Test("Each attack is refused with its code, and nothing unverified is kept", arguments: attacks)
    func attack(_ attack: Attack) async throws {
        var scene = try Scene()
        try await scene.refresh()
        try attack.arrange(&scene.repository)
        #expect(await refusalCode { try await scene.refresh() } == attack.code)
        #expect(try scene.storedVersions() == attack.kept)
    }

    static let stranger = PrivateKey.fresh
    static let past = SimulatedRepository.now

    static let attacks: [Attack] = [
        Attack("root signed by a stranger", .signatures) {
            $0.keys[.root] = [stranger]
            $0.root.header = SimulatedRepository.header(2)
            try $0.publishRoot()
        },
        Attack("root signed by the old key only", .signatures) { repository in
            let old = try #require(repository.keys[.root])
            try repository.rotate(.root)
            repository.root.header = SimulatedRepository.header(2)
            repository.keys[.root] = old
            try repository.publishRoot()
        },
        Attack("root signed by the new key only", .signatures) {
            try $0.rotate(.root)
            $0.root.header = SimulatedRepository.header(2)
            try $0.publishRoot()
        },
        Attack("root whose new keys are fewer than its threshold", .signatures) {
            try $0.bumpRoot {
                try $0.root.set(
                    .root,
                    to: RoleSetup(#require($0.keys[.root]).map(\.publicKey), threshold: 2)
                )
            }
        },
        Attack("timestamp signed by a stranger", .signatures) {
            $0.keys[.timestamp] = [stranger]
            $0.timestamp.header = SimulatedRepository.header(2)
            try $0.publishTimestamp()
        },
        Attack("snapshot signed by a stranger", .signatures, kept: [1, 2, 1, 1]) {
            $0.keys[.snapshot] = [stranger]
            try $0.publishNext()
        },
        Attack("targets signed by a stranger", .signatures, kept: [1, 2, 2, 1]) {
            $0.keys[.targets] = [stranger]
            $0.targets.header = SimulatedRepository.header(2)
            try $0.publishNext()
        },
        Attack("snapshot with one signature of two", .signatures, kept: [2, 2, 0, 1]) {
            try $0.bumpRoot { try $0.rotate(.snapshot, count: 3, threshold: 2) }
            $0.keys[.snapshot]?.removeLast(2)
            try $0.publishNext()
        },
        Attack("snapshot whose threshold is above the number of its keys", .signatures, kept: [2, 2, 0, 1]) {
            try $0.bumpRoot { try $0.rotate(.snapshot, count: 5, threshold: 6) }
            try $0.publishNext()
        },
        Attack("one key under two ids counted once (GHSA-3633-5h82-39pq)", .signatures, kept: [2, 2, 0, 1]) {
            try oneKeyUnderTwoIDs(&$0)
        },
        Attack("a key listed twice in a role", .duplicateKeyID) {
            try publishRoot(&$0) { root in
                var roles = try #require(root["roles"]?.object)
                var snapshot = try #require(roles["snapshot"]?.object)
                let ids = try #require(snapshot["keyids"]?.array)
                snapshot["keyids"] = .array(ids + ids)
                roles["snapshot"] = .object(snapshot)
                root["roles"] = .object(roles)
            }
        },
        Attack("two signatures with one key id", .duplicateSignature) {
            let bytes = try #require($0.files["timestamp.json"])
            let value = try JSONReader.read(bytes, of: "timestamp")
            var object = try #require(value.object)
            let signatures = try #require(object["signatures"]?.array)
            object["signatures"] = .array(signatures + signatures)
            $0.files["timestamp.json"] = JSONWriter.encode(.object(object))
        },
        Attack("a snapshot served as a timestamp", .wrongType) {
            $0.files["timestamp.json"] = try $0.sign($0.snapshot.encoded(), by: #require($0.keys[.timestamp]))
        },
        Attack("root version skipped", .versionMismatch) {
            $0.root.header = SimulatedRepository.header(3)
            try $0.publishRoot()
            $0.files["2.root.json"] = $0.files["3.root.json"]
        },
        Attack("snapshot of another version than its name says", .versionMismatch, kept: [1, 2, 1, 1]) {
            try $0.publishNext()
            $0.snapshot.header = SimulatedRepository.header(3)
            $0.files["2.snapshot.json"] = try $0.sign($0.snapshot.encoded(), by: #require($0.keys[.snapshot]))
        },
        Attack("targets of another version than the snapshot says", .versionMismatch, kept: [1, 2, 2, 1]) {
            $0.targets.header = SimulatedRepository.header(2)
            try $0.publishNext()
            $0.targets.header = SimulatedRepository.header(3)
            $0.files["2.targets.json"] = try $0.sign($0.targets.encoded(), by: #require($0.keys[.targets]))
        },
        Attack("final root expired", .expired, kept: [2, 1, 1, 1]) {
            try $0.bumpRoot { $0.root.header = SimulatedRepository.header(2, expires: past) }
            try $0.publishNext()
        },
        Attack("timestamp expired", .expired) {
            $0.timestamp.header = SimulatedRepository.header(2, expires: past)
            try $0.publishTimestamp()
        },
        Attack("snapshot expired", .expired, kept: [1, 2, 1, 1]) {
            $0.snapshot.header = SimulatedRepository.header(2, expires: past)
            $0.timestamp.header = SimulatedRepository.header(2)
            try $0.publish()
        },
        Attack("targets expired", .expired, kept: [1, 2, 2, 1]) {
            $0.targets.header = SimulatedRepository.header(2, expires: past)
            try $0.publishNext()
        },
        Attack("timestamp withheld", .metadataMissing) { $0.files["timestamp.json"] = nil },
        Attack("snapshot withheld", .metadataMissing, kept: [1, 2, 1, 1]) {
            try $0.publishNext()
            $0.files["2.snapshot.json"] = nil
        },
        Attack("targets withheld", .metadataMissing, kept: [1, 2, 2, 1]) {
            $0.targets.header = SimulatedRepository.header(2)
            try $0.publishNext()
            $0.files["2.targets.json"] = nil
        },
        Attack("snapshot with another digest", .metadataHash, kept: [1, 2, 1, 1]) {
            $0.promisesBytes = true
            try $0.publishNext()
            try alter(&$0.files["2.snapshot.json"])
        },
        Attack("targets with another digest", .metadataHash, kept: [1, 2, 2, 1]) {
            $0.promisesBytes = true
            $0.targets.header = SimulatedRepository.header(2)
            try $0.publishNext()
            try alter(&$0.files["2.targets.json"])
        },
        Attack("targets cut off", .metadataLength, kept: [1, 2, 2, 1]) {
            $0.promisesBytes = true
            $0.targets.header = SimulatedRepository.header(2)
            try $0.publishNext()
            $0.files["2.targets.json"]?.removeLast()
        },
    ]

    /// Attacks that go back in time; the client has seen version 5 of everything below the root.
    static let rollbacks: [Attack] = [
        Attack("timestamp rolled back", .rollback, kept: [1, 5, 5, 5]) {
            $0.timestamp.header = SimulatedRepository.header(4)
            try $0.publishTimestamp()
        },
        Attack("timestamp that names an older snapshot (CVE-2025-2888)", .rollback, kept: [1, 5, 5, 5]) {
            $0.timestamp.header = SimulatedRepository.header(6)
            $0.snapshot.header = SimulatedRepository.header(4)
            try $0.publish()
        },
        Attack("snapshot that names older targets", .rollback, kept: [1, 6, 5, 5]) {
            $0.targets.header = SimulatedRepository.header(4)
            try $0.publishNext()
        },
        Attack("snapshot that names an older delegated role (CVE-2025-2887)", .rollback, kept: [1, 6, 5, 5]) {
            $0.delegates[role]?.header = SimulatedRepository.header(4)
            try $0.publishNext()
        },
        Attack("snapshot that lost a role", .roleRemoved, kept: [1, 6, 5, 5]) {
            $0.delegates[role] = nil
            $0.snapshot.files[role] = nil
            try $0.publishNext()
        },
        Attack("snapshot that never had the top-level targets", .roleRemoved, kept: [1, 6, 5, 5]) {
            $0.snapshot.header = SimulatedRepository.header(6)
            $0.snapshot.files[.targets] = nil
            try $0.publishSnapshot()
            $0.timestamp.header = SimulatedRepository.header(6)
            try $0.publishTimestamp()
        },
    ]

    static let role: RoleName = "linux-64"

    @Test("Going back in time is refused, and the newer metadata is kept", arguments: rollbacks)
    func rollback(_ attack: Attack) async throws {
        var scene = try Scene {
            try $0.delegate(["linux-64/*"], to: "linux-64")
            for edit in [\SimulatedRepository.targets.header, \.snapshot.header, \.timestamp.header] {
                $0[keyPath: edit] = SimulatedRepository.header(5)
            }
            $0.delegates[Self.role]?.header = SimulatedRepository.header(5)
        }
        try await scene.refresh()
        try attack.arrange(&scene.repository)
        #expect(await refusalCode { try await scene.refresh() } == attack.code)
        #expect(try scene.storedVersions() == attack.kept)
    }

    /// The next root, with its JSON changed before the old keys sign it.
    static func publishRoot(
        _ repository: inout SimulatedRepository,
        _ change: (inout JSONObject) throws -> Void
    ) throws {
        repository.root.header = SimulatedRepository.header(2)
        var object = repository.root.encoded()
        try change(&object)
        repository.files["2.root.json"] = try repository.sign(object, by: #require(repository.keys[.root]))
    }

    /// Lists one key of snapshot under two ids, with a threshold of two and a signature under each id.
    static func oneKeyUnderTwoIDs(_ repository: inout SimulatedRepository) throws {
        let key = try PrivateKey.generate(.ed25519)
        try publishRoot(&repository) { root in
            var keys = try #require(root["keys"]?.object)
            keys["one"] = key.publicKey.tufKeyObject
            keys["two"] = key.publicKey.tufKeyObject
            root["keys"] = .object(keys)
            var roles = try #require(root["roles"]?.object)
            roles["snapshot"] = ["keyids": ["one", "two"], "threshold": 2]
            root["roles"] = .object(roles)
        }
        try repository.publishNext()
        var envelope = try MetadataEnvelope(signed: repository.snapshot.encoded())
        for id in ["one", "two"] {
            envelope.add(Signature(keyID: id, bytes: try key.sign(envelope.signedBytes)))
        }
        repository.files["2.snapshot.json"] = envelope.encoded()
    }

    /// The same length, other bytes.
    static func alter(_ bytes: inout [UInt8]?) throws {
        var content = try #require(bytes)
        let at = try #require(content.firstIndex(of: UInt8(ascii: "5")))
        content[at] = UInt8(ascii: "6")
        bytes = content
    }
}

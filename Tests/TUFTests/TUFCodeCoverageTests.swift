// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// For each code the smallest input that provokes it.
@Suite("Every refusal of TUF has an input that provokes it")
struct TUFCodeCoverageTests {
    typealias Provocation = @Sendable () async throws -> Void

    @Test("Exactly this code", arguments: TUFCode.allCases)
    func code(_ code: TUFCode) async throws {
        let provocation = try #require(Self.table[code])
        #expect(await refusalCode { try await provocation() } == code.rawValue)
    }

    @Test("Every code says what, why, and what to do", arguments: TUFCode.allCases)
    func entry(_ code: TUFCode) {
        #expect(code.defects(in: "tuf.").isEmpty)
    }

    /// Good root metadata, changed.
    private static func root(_ change: (inout JSONObject) -> Void) throws {
        let key = try PrivateKey.generate(.ed25519).publicKey
        let setup = RoleSetup([key])
        var object = try RootMetadata(
            header: SimulatedRepository.header(1),
            root: setup,
            timestamp: setup,
            snapshot: setup,
            targets: setup
        ).encoded()
        change(&object)
        _ = try RootMetadata(JSONFields(object, of: "root metadata"))
    }

    /// Good timestamp metadata, with another entry for the snapshot.
    private static func timestamp(_ meta: JSONValue) throws {
        var object = TimestampMetadata(header: SimulatedRepository.header(1), snapshot: MetaFile(version: 1))
            .encoded()
        object["meta"] = ["snapshot.json": meta]
        _ = try TimestampMetadata(JSONFields(object, of: "timestamp metadata"))
    }

    /// Targets metadata with the given delegations.
    private static func delegations(_ value: JSONValue) throws {
        var object = TargetsMetadata(header: SimulatedRepository.header(1)).encoded()
        object["delegations"] = value
        _ = try TargetsMetadata(JSONFields(object, of: "targets metadata"))
    }

    private static func role(_ name: String, _ scope: JSONValue = ["*"], _ field: String = "paths")
        -> JSONValue
    {
        var object = JSONObject()
        object["name"] = .string(name)
        object["keyids"] = []
        object["threshold"] = 1
        object["terminating"] = false
        object[field] = scope
        return .object(object)
    }

    private static func refreshTwice(_ change: (inout SimulatedRepository) throws -> Void) async throws {
        var scene = try Scene {
            $0.timestamp.header = SimulatedRepository.header(5)
            try $0.delegate(["*"], to: "role")
        }
        try await scene.refresh()
        scene.repository.timestamp.header = SimulatedRepository.header(6)
        scene.repository.snapshot.header = SimulatedRepository.header(2)
        try change(&scene.repository)
        try await scene.refresh()
    }

    private static let path: TargetPath = "file"

    private static let table: [TUFCode: Provocation] = [
        .wrongType: { try root { $0["_type"] = "targets" } },
        .specVersion: { try root { $0["spec_version"] = "2.0.0" } },
        .versionNumber: { try root { $0["version"] = 0 } },
        .expiresFormat: { try root { $0["expires"] = "2030-01-01T00:00:00.5Z" } },
        .lengthNumber: { try timestamp(["version": 1, "length": -1]) },
        .hashFormat: { try timestamp(["version": 1, "hashes": ["sha256": "00"]]) },
        .noSupportedHash: { try timestamp(["version": 1, "hashes": [:]]) },
        .thresholdNumber: { _ = try RoleKeys([], threshold: 0) },
        .duplicateKeyID: { _ = try RoleKeys([KeyID("a"), KeyID("a")], threshold: 1) },
        .duplicateSignature: {
            let text = #"{"signed":{},"signatures":[{"keyid":"a","sig":""},{"keyid":"a","sig":""}]}"#
            _ = try MetadataEnvelope(parsing: Array(text.utf8), of: "metadata")
        },
        .roleMissing: { try root { $0["roles"] = [:] } },
        .roleName: {
            try delegations(["keys": [:], "roles": [role("")]])
        },
        .reservedRoleName: { try delegations(["keys": [:], "roles": [role("root")]]) },
        .duplicateRole: { try delegations(["keys": [:], "roles": [role("a"), role("a")]]) },
        .delegationPaths: { try delegations(["keys": [:], "roles": [role("a", ["*"], "neither")]]) },
        .pathHashPrefix: {
            try delegations(["keys": [:], "roles": [role("a", [""], "path_hash_prefixes")]])
        },
        .succinctRoles: {
            try delegations([
                "keys": [:],
                "succinct_roles": ["keyids": [], "threshold": 1, "bit_length": 33, "name_prefix": "b"],
            ])
        },
        .targetPath: {
            var object = TargetsMetadata(header: SimulatedRepository.header(1)).encoded()
            object["targets"] = ["../file": TargetFile(of: []).encoded()]
            _ = try TargetsMetadata(JSONFields(object, of: "targets metadata"))
        },
        .signatures: {
            try await refreshTwice {
                $0.files["timestamp.json"] = try $0.sign($0.timestamp.encoded(), by: [])
            }
        },
        .expired: {
            try await refreshTwice {
                $0.timestamp.header = SimulatedRepository.header(6, expires: SimulatedRepository.now)
                try $0.publishTimestamp()
            }
        },
        .rollback: {
            try await refreshTwice {
                $0.timestamp.header = SimulatedRepository.header(4)
                try $0.publishTimestamp()
            }
        },
        .versionMismatch: {
            try await refreshTwice {
                try $0.publish()
                $0.snapshot.header = SimulatedRepository.header(3)
                $0.files["2.snapshot.json"] = try $0.sign(
                    $0.snapshot.encoded(),
                    by: #require($0.keys[.snapshot])
                )
            }
        },
        .metadataLength: {
            try await refreshTwice {
                $0.promisesBytes = true
                try $0.publish()
                $0.files["2.snapshot.json"]?.removeLast()
            }
        },
        .metadataHash: {
            try await refreshTwice {
                $0.promisesBytes = true
                try $0.publish()
                try UpdateAttackTests.alter(&$0.files["2.snapshot.json"])
            }
        },
        .metadataMissing: { try await refreshTwice { $0.files["timestamp.json"] = nil } },
        .roleRemoved: {
            try await refreshTwice {
                $0.snapshot.files["role"] = nil
                try $0.publishSnapshot()
                try $0.publishTimestamp()
            }
        },
        .roleNotInSnapshot: {
            var scene = try Scene()
            scene.repository.snapshot.files = [:]
            try scene.repository.publishSnapshot()
            try scene.repository.publishTimestamp()
            try await scene.refresh()
        },
        .rootChainTooLong: {
            var scene = try Scene()
            scene.limits.rootRotations = 0
            try scene.repository.bumpRoot()
            try await scene.refresh()
        },
        .tooManyDelegations: {
            var scene = try Scene { try $0.delegate(["*"], to: "role") }
            scene.limits.visitedRoles = 0
            _ = try await scene.client().target(path)
        },
        .updateTooLarge: {
            var scene = try Scene()
            scene.limits.updateBytes = 0
            try await scene.refresh()
        },
        .targetNotFound: { _ = try await Scene().client().requiredTarget(path) },
        .targetMissing: {
            let client = try Scene { try $0.add("file") }.client()
            _ = try await client.download(client.requiredTarget(path), from: MemoryServer.url)
        },
        .targetLength: {
            try TargetDescription(path: path, file: TargetFile(of: [1]), chain: [.targets]).verify([1, 2])
        },
        .targetHash: {
            try TargetDescription(path: path, file: TargetFile(of: [1]), chain: [.targets]).verify([2])
        },
        .notDelegated: {
            var editor = try EditorTests.Keys().editor()
            try editor.delegate(.paths("a/*"), to: "a", keys: RoleSetup([]))
            try editor.setTarget(path, to: TargetFile(of: []), in: "a")
        },
    ]
}

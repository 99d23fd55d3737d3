// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Quick reading of metadata")
struct QuickReadingTests {
    /// What came of reading: the content, or the code of the refusal.
    private enum Outcome<Role: RoleMetadata & Equatable>: Equatable {
        case read(Role, [UInt8], [String])
        case refused(String)
    }

    private static func outcome<Role>(_ read: () throws -> (Role, MetadataEnvelope)) -> Outcome<Role> {
        do {
            let (role, envelope) = try read()
            return .read(
                role,
                envelope.signedBytes,
                envelope.signatures.map { "\($0.keyID) \(Hex.encode($0.bytes))" }
            )
        } catch let refusal as Refusal { return .refused(refusal.code.rawValue) } catch {
            return .refused("\(error)")
        }
    }

    private static func quick<Role: RoleMetadata & Equatable>(
        _ bytes: [UInt8],
        _ name: RoleName,
        _ limits: JSONLimits = JSONLimits()
    ) -> Outcome<Role> {
        outcome {
            let signed = try SignedMetadata<Role>(parsing: bytes, as: name, limits: limits)
            return (signed.role, signed.envelope)
        }
    }

    private static func long<Role: RoleMetadata & Equatable>(
        _ bytes: [UInt8],
        _ name: RoleName,
        _ limits: JSONLimits = JSONLimits()
    ) -> Outcome<Role> {
        outcome {
            let envelope = try MetadataEnvelope(parsing: bytes, of: "\(name) metadata", limits: limits)
            return (try Role(JSONFields(envelope.signed, of: "\(name) metadata")), envelope)
        }
    }

    /// Targets with bins under a key whose PEM text has line breaks, and targets of every shape.
    private static func targets() throws -> [UInt8] {
        var repository = try SimulatedRepository()
        try repository.edit("targets") {
            $0.targets["linux-64/a-1.0-0.conda"] = TargetFile(of: [1])
            $0.targets["b"] = TargetFile(of: [2], by: [.sha256, .sha512], custom: JSONObject())
            $0.targets["b/.c"] = TargetFile(of: [3])
            var delegations = Delegations()
            let key = try PrivateKey.generate(.ecdsaP256)
            try delegations.setBins(prefix: "bins", bitLength: 4, to: RoleSetup([key.publicKey]))
            $0.delegations = delegations
        }
        return try repository.sign(repository.targets.encoded(), by: repository.keys[.targets] ?? [])
    }

    private static func snapshot() throws -> [UInt8] {
        var repository = try SimulatedRepository()
        repository.snapshot.files["bins-0"] = MetaFile(version: 3)
        repository.snapshot.files["a/b"] = MetaFile(version: 4, length: 0)
        repository.snapshot.files["c"] = repository.promise([1], 5)
        repository.promisesBytes = true
        repository.snapshot.files["d"] = repository.promise([1], 6)
        return try repository.sign(repository.snapshot.encoded(), by: repository.keys[.snapshot] ?? [])
    }

    @Test("Metadata as we and python-tuf write it is read quickly")
    func isQuick() throws {
        #expect(TargetsMetadata.quick(try Self.targets(), of: "targets", limits: JSONLimits()) != nil)
        #expect(SnapshotMetadata.quick(try Self.snapshot(), of: "snapshot", limits: JSONLimits()) != nil)
        #expect(
            SnapshotMetadata.quick(try Self.snapshot() + [0x0A], of: "snapshot", limits: JSONLimits()) != nil
        )
    }

    @Test("What is read quickly is what is read the long way")
    func same() throws {
        let (targets, snapshot) = (try Self.targets(), try Self.snapshot())
        #expect(Self.quick(targets, .targets) as Outcome<TargetsMetadata> == Self.long(targets, .targets))
        #expect(
            Self.quick(snapshot, .snapshot) as Outcome<SnapshotMetadata> == Self.long(snapshot, .snapshot)
        )
        let signed = try SignedMetadata<TargetsMetadata>(parsing: targets, as: .targets)
        #expect(signed.envelope.encoded() == targets)
        #expect(JSONValue.object(signed.envelope.signed) == .object(signed.role.encoded()))
    }

    /// One byte less, one more, or another one, and nothing from there on.
    private static func spoiled(_ bytes: [UInt8], at: Int) -> [[UInt8]] {
        let others = Array(" \",0\\".utf8) + [0x01, 0xFF]
        var replaced = bytes
        replaced[at] = others[at % others.count]
        var inserted = bytes
        inserted.insert(others[at / 2 % others.count], at: at)
        var removed = bytes
        removed.remove(at: at)
        return [replaced, inserted, removed, Array(bytes[..<at])]
    }

    @Test("Any byte changed gives the same outcome, or the same refusal, as the long way")
    func spoiledTargets() throws {
        let bytes = try Self.targets()
        for at in bytes.indices {
            for other in Self.spoiled(bytes, at: at) {
                let quick: Outcome<TargetsMetadata> = Self.quick(other, .targets)
                #expect(quick == Self.long(other, .targets), "\(String(decoding: other, as: UTF8.self))")
            }
        }
    }

    @Test("Any byte of a snapshot changed gives the same outcome, or the same refusal, as the long way")
    func spoiledSnapshot() throws {
        let bytes = try Self.snapshot()
        for at in bytes.indices {
            for other in Self.spoiled(bytes, at: at) {
                let quick: Outcome<SnapshotMetadata> = Self.quick(other, .snapshot)
                #expect(quick == Self.long(other, .snapshot), "\(String(decoding: other, as: UTF8.self))")
            }
        }
    }

    @Test(
        "A layout that is not the canonical one is left to the long way",
        arguments: [
            (
                #"{"signatures":[],"signed":{"":1,"":2,"_type":"snapshot","#
                    + #""expires":"2030-01-01T00:00:00Z","meta":{},"#
                    + #""spec_version":"1.0","version":1}}"#, "json.duplicate-key"
            ),
            (
                #"{"signatures":[],"signed":{"_type":"snapshot","expires":"2030-01-01T00:00:00Z","#
                    + #""meta":{"a.json":{"version":1},"a.json":{"version":2}},"#
                    + #""spec_version":"1.0","version":1}}"#,
                "json.duplicate-key"
            ),
            (
                #"{"signatures":[],"signed":{"_type":"snapshot","expires":"2030-01-01T00:00:00Z","#
                    + #""meta":{"b.json":{"version":1},"a.json":{"version":0}},"#
                    + #""spec_version":"1.0","version":1}}"#,
                "tuf.version-number"
            ),
            (
                #"{"signatures":[],"signed":{"_type":"snapshot","expires":"2030-01-01T00:00:00Z","#
                    + #""meta":{"a.json":{"version":9999999999999999999}},"#
                    + #""spec_version":"1.0","version":1}}"#,
                "json.number"
            ),
            (
                #"{"signatures":[],"signed":{"_type":"snapshot","expires":"2030-01-01T00:00:00Z","meta":{},"#
                    + #""spec_version":"1.0","version":1}} x"#, "json.trailing-data"
            ),
        ]
    )
    func refused(_ text: String, _ code: String) {
        let bytes = Array(text.utf8)
        #expect(SnapshotMetadata.quick(bytes, of: "snapshot", limits: JSONLimits()) == nil)
        #expect(Self.quick(bytes, .snapshot) as Outcome<SnapshotMetadata> == .refused(code))
    }

    @Test("Under every limit of values and of depth the outcome is that of the long way")
    func everyLimit() throws {
        let (targets, snapshot) = (try Self.targets(), try Self.snapshot())
        for limits in (1...80).map({ JSONLimits(values: $0) }) + (1...12).map({ JSONLimits(depth: $0) }) {
            let quick: Outcome<TargetsMetadata> = Self.quick(targets, .targets, limits)
            #expect(quick == Self.long(targets, .targets, limits), "\(limits)")
            let other: Outcome<SnapshotMetadata> = Self.quick(snapshot, .snapshot, limits)
            #expect(other == Self.long(snapshot, .snapshot, limits), "\(limits)")
        }
        #expect(
            Self.long(targets, .targets, JSONLimits(values: 20)) as Outcome<TargetsMetadata>
                == .refused("limit.too-large")
        )
        #expect(TargetsMetadata.quick(targets, of: "targets", limits: JSONLimits(values: 80)) != nil)
        #expect(SnapshotMetadata.quick(snapshot, of: "snapshot", limits: JSONLimits(values: 80)) != nil)
    }

    @Test("Limits of length and depth hold for quick reading too")
    func limits() throws {
        let bytes = try Self.snapshot()
        #expect(
            SnapshotMetadata.quick(bytes, of: "snapshot", limits: JSONLimits(bytes: bytes.count - 1)) == nil
        )
        #expect(SnapshotMetadata.quick(bytes, of: "snapshot", limits: JSONLimits(depth: 5)) == nil)
        let deep = JSONLimits(depth: 4)
        #expect(
            refusalCode { try SignedMetadata<SnapshotMetadata>(parsing: bytes, as: .snapshot, limits: deep) }
                == "json.too-deep"
        )
    }
}

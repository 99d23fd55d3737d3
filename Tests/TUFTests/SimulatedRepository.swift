// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Testing
import TrustCore

@testable import TUF

/// A repository whose every part can be spoiled, signed by whomever a test wants.
///
/// ``RepositoryEditor`` makes good repositories only; this one is for attacks.
struct SimulatedRepository {
    static let now: Timestamp = "2026-11-21T12:00:00Z"
    static let later = now.advanced(byDays: 30)

    var keys: [RoleName: [PrivateKey]] = [:]
    var root: RootMetadata
    var timestamp: TimestampMetadata
    var snapshot: SnapshotMetadata
    var targets: TargetsMetadata
    var delegates: [RoleName: TargetsMetadata] = [:]
    /// Whether snapshot and timestamp promise lengths and digests, not only versions.
    var promisesBytes = false
    var files: [String: [UInt8]] = [:]

    init(consistentSnapshot: Bool = true) throws {
        for kind in MetadataKind.allCases { keys[RoleName(kind)] = [try PrivateKey.generate(.ed25519)] }
        let header = MetadataHeader(version: 1, expires: Self.later)
        let setups = keys.mapValues { RoleSetup($0.map(\.publicKey)) }
        root = try RootMetadata(
            header: header,
            consistentSnapshot: consistentSnapshot,
            root: #require(setups[.root]),
            timestamp: #require(setups[.timestamp]),
            snapshot: #require(setups[.snapshot]),
            targets: #require(setups[.targets])
        )
        targets = TargetsMetadata(header: header)
        snapshot = SnapshotMetadata(header: header, files: [.targets: MetaFile(version: 1)])
        timestamp = TimestampMetadata(header: header, snapshot: MetaFile(version: 1))
        try publishRoot()
        try publish()
    }

    // MARK: Changing

    static func header(_ version: Int64, expires: Timestamp = later) -> MetadataHeader {
        MetadataHeader(version: version, expires: expires)
    }

    /// Gives a top-level role new keys; the root is not published by that.
    mutating func rotate(_ kind: MetadataKind, count: Int = 1, threshold: Int = 1) throws {
        let new = try (0..<count).map { _ in try PrivateKey.generate(.ed25519) }
        keys[RoleName(kind)] = new
        try root.set(kind, to: RoleSetup(new.map(\.publicKey), threshold: threshold))
    }

    /// Adds a role with a key of its own.
    mutating func delegate(
        _ patterns: [String],
        to text: String,
        from delegator: String = "targets",
        terminating: Bool = false,
        threshold: Int = 1
    ) throws {
        let name = try #require(RoleName(text))
        let own = try keys[name] ?? [PrivateKey.generate(.ed25519)]
        keys[name] = own
        try edit(delegator) { metadata in
            var delegations = metadata.delegations ?? Delegations()
            try delegations.set(
                name,
                to: RoleSetup(own.map(\.publicKey), threshold: threshold),
                scope: .patterns(patterns.map { PathPattern($0) }),
                terminating: terminating
            )
            metadata.delegations = delegations
        }
        if delegates[name] == nil { delegates[name] = TargetsMetadata(header: Self.header(1)) }
    }

    mutating func edit(_ text: String, _ change: (inout TargetsMetadata) throws -> Void) throws {
        let name = try #require(RoleName(text))
        if name == .targets {
            try change(&targets)
        } else {
            var metadata = try #require(delegates[name])
            try change(&metadata)
            delegates[name] = metadata
        }
    }

    mutating func add(_ path: String, _ content: String = "content", to role: String = "targets") throws {
        let path = try #require(TargetPath(path))
        try edit(role) { $0.targets[path] = TargetFile(of: Array(content.utf8)) }
    }

    // MARK: Publishing

    func sign(_ object: JSONObject, by signers: [PrivateKey]) throws -> [UInt8] {
        var envelope = try MetadataEnvelope(signed: object)
        for key in signers {
            envelope.add(
                Signature(
                    keyID: KeyDefinition(key.publicKey).computedID.text,
                    bytes: try key.sign(envelope.signedBytes)
                )
            )
        }
        return envelope.encoded()
    }

    /// Publishes the root under its version; `extra` keys sign besides those of the role.
    mutating func publishRoot(extra: [PrivateKey] = []) throws {
        files["\(root.version).root.json"] = try sign(root.encoded(), by: (keys[.root] ?? []) + extra)
    }

    /// The next root version, signed by the keys of the old one too.
    mutating func bumpRoot(_ change: (inout SimulatedRepository) throws -> Void = { _ in }) throws {
        let old = keys[.root] ?? []
        root.header = Self.header(root.version + 1)
        try change(&self)
        let own = (keys[.root] ?? []).map(\.publicKey)
        try publishRoot(extra: old.filter { !own.contains($0.publicKey) })
    }

    /// Publishes everything below the root as it is, with a snapshot and a timestamp that fit.
    mutating func publish() throws {
        for (name, metadata) in delegates { try publishTargets(name, metadata) }
        try publishTargets(.targets, targets)
        try publishSnapshot()
        try publishTimestamp()
    }

    mutating func publishTargets(_ name: RoleName, _ metadata: TargetsMetadata) throws {
        let bytes = try sign(metadata.encoded(), by: keys[name] ?? [])
        files[fileName(name, metadata.version)] = bytes
        snapshot.files[name] = promise(bytes, metadata.version)
    }

    mutating func publishSnapshot() throws {
        let bytes = try sign(snapshot.encoded(), by: keys[.snapshot] ?? [])
        files[fileName(.snapshot, snapshot.version)] = bytes
        timestamp.snapshot = promise(bytes, snapshot.version)
    }

    mutating func publishTimestamp() throws {
        files["timestamp.json"] = try sign(timestamp.encoded(), by: keys[.timestamp] ?? [])
    }

    /// Raises snapshot and timestamp by one, and publishes everything.
    mutating func publishNext() throws {
        snapshot.header = Self.header(snapshot.version + 1)
        timestamp.header = Self.header(timestamp.version + 1)
        try publish()
    }

    func fileName(_ name: RoleName, _ version: Int64) -> String {
        (root.consistentSnapshot ? "\(version)." : "") + "\(name.encoded).json"
    }

    func promise(_ bytes: [UInt8], _ version: Int64) -> MetaFile {
        guard promisesBytes else { return MetaFile(version: version) }
        return MetaFile(version: version, length: UInt64(bytes.count), hashes: FileHashes(of: bytes))
    }
}

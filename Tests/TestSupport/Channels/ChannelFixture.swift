// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
internal import Foundation
public import SigningKeys
public import TUF
public import TrustCore

/// A signed channel in a folder of a test's own, with its keys in memory and every part of it open to be
/// spoiled.
///
/// It is made of the format's own writers and the TUF editor, not of the channel server, so that it can test
/// that too,
/// and be what no server of ours would make.
public struct ChannelFixture: Sendable {
    /// Which index files a channel signs.
    public enum Form: Sendable, CaseIterable {
        /// All of them, shards among them.
        case sharded
        /// `repodata.json.zst` only.
        case compressed
        /// `repodata.json` only.
        case plain
    }

    /// The moment at which channels are made, unless a test says otherwise.
    public static let start = Timestamp(seconds: 1_795_262_400)

    /// The channel's folder.
    public let folder: TemporaryFolder
    /// Which index files it signs.
    public let form: Form
    /// The root key; offline.
    public let rootKey: PrivateKey
    /// The key of the top-level targets role; offline.
    public let targetsKey: PrivateKey
    /// The key of timestamp, snapshot and the subdirs' roles; online.
    public let onlineKey: PrivateKey
    /// The subdirs that are delegated.
    public let subdirs: [Subdir]
    /// The metadata, to be edited.
    public var editor: RepositoryEditor
    /// The packages.
    public var packages: [FixturePackage]
    /// File names that are listed as removed, as `SUBDIR/FILE`.
    public var removed: [String] = []
    /// `base_url` of every index.
    public var baseURL: String?
    /// `shards_base_url` of every shard index.
    public var shardsBaseURL = "./shards/"
    /// Signs these bytes as index files of these paths instead of the proper ones.
    public var replacedIndexes: [String: [UInt8]] = [:]
    /// The bytes of the first root: what users pin.
    public private(set) var root: [UInt8] = []

    /// The folder's path.
    public var directory: String { folder.path }

    /// Makes and publishes a channel.
    public init(
        _ form: Form = .sharded,
        packages: [FixturePackage],
        subdirs: [String] = ["linux-64", "noarch"],
        now: Timestamp = start
    ) async throws {
        folder = try TemporaryFolder()
        self.form = form
        self.packages = packages
        self.subdirs = try subdirs.map { try Subdir($0) }
        rootKey = try PrivateKey.generate(.ed25519)
        targetsKey = try PrivateKey.generate(.ed25519)
        onlineKey = try PrivateKey.generate(.ed25519)
        let online = RoleSetup([onlineKey.publicKey])
        editor = try RepositoryEditor(
            root: RoleSetup([rootKey.publicKey]),
            timestamp: online,
            snapshot: online,
            targets: RoleSetup([targetsKey.publicKey])
        )
        for subdir in self.subdirs {
            guard let role = RoleName(subdir.text) else { continue }
            try editor.delegate(.paths("\(subdir.text)/*"), to: role, keys: online, terminating: true)
        }
        try await publish(now: now)
        root = try folder.read("tuf/1.root.json")
    }

    /// Publishes the packages and whatever was edited as the next version. Roles that expire within a day are
    /// renewed.
    public mutating func publish(now: Timestamp = start) async throws {
        for package in packages { try folder.write(package.bytes, to: package.path) }
        for subdir in subdirs { try publishIndexes(of: subdir) }
        let files = try await editor.publish(
            signers: [rootKey, targetsKey, onlineKey],
            now: now,
            renewingWithin: 86_400
        )
        for file in files { try folder.write(file.bytes, to: "tuf/\(file.name)") }
    }

    /// A copy of the channel's folder as it is now, such as a mirror that stays behind has.
    public func copy() throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
            try FileManager.default.copyItem(atPath: directory + "/" + name, toPath: copy.path + "/" + name)
        }
        return copy
    }

    private mutating func publishIndexes(of subdir: Subdir) throws {
        guard let role = RoleName(subdir.text) else { return }
        let wanted = Set(form.indexFiles)
        for (name, bytes) in try indexes(of: subdir) where wanted.contains(name) {
            let bytes = replacedIndexes["\(subdir.text)/\(name)"] ?? bytes
            guard let path = TargetPath("\(subdir.text)/\(name)") else { continue }
            try editor.setTarget(path, to: TargetFile(of: bytes), in: role)
            try folder.write(bytes, to: path.text)
            try folder.write(bytes, to: path.prefixed(by: Digest.of(bytes)))
        }
    }

    /// All forms of a subdir's index. Shards are written on the way, for nobody signs those.
    private func indexes(of subdir: Subdir) throws -> [(name: String, bytes: [UInt8])] {
        let info = RepodataInfo(subdir: subdir, baseURL: baseURL)
        let records = try packages.filter { $0.subdir == subdir }.map { try $0.record() }
        let names = removed.filter { $0.hasPrefix(subdir.text + "/") }.map {
            String($0.dropFirst(subdir.text.count + 1))
        }
        let plain = try RepodataWriter.encode(info, records: records, removed: names)
        var digests: [PackageName: Digest] = [:]
        let removedNames = try names.map { try ArchiveFileName($0) }
        for name in Set(records.map(\.name) + removedNames.map(\.name)) where form == .sharded {
            let shard = try Shard(
                name,
                records: records.filter { $0.name == name },
                removed: removedNames.filter { $0.name == name }.map(\.text)
            ).encode()
            try folder.write(shard.bytes, to: "\(subdir.text)/shards/\(shard.digest.hex).msgpack.zst")
            digests[name] = shard.digest
        }
        let shards = ShardIndex(
            subdir: subdir,
            baseURL: baseURL ?? "",
            shardsBaseURL: shardsBaseURL,
            shards: digests
        )
        return [
            ("repodata.json", plain), ("repodata.json.zst", try Zstd.compress(plain)),
            ("current_repodata.json", plain), ("repodata_shards.msgpack.zst", try shards.encode()),
        ]
    }
}

extension ChannelFixture.Form {
    /// The names of the index files that are signed.
    public var indexFiles: [String] {
        switch self {
        case .sharded:
            ["repodata.json", "repodata.json.zst", "current_repodata.json", "repodata_shards.msgpack.zst"]
        case .compressed: ["repodata.json.zst"]
        case .plain: ["repodata.json"]
        }
    }
}

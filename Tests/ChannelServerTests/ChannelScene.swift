// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// A channel that the server made, with all its keys beside it, in a folder of a test's own.
struct ChannelScene {
    static let start = ChannelFixture.start
    static let day: Int64 = 86_400

    let folder: SceneFolder
    var directory: String { folder.path + "/channel" }
    var keys: KeyRing { KeyRing(directory: folder.path + "/keys") }

    /// Takes a folder that has, or will have, a channel in it.
    init(in folder: TemporaryFolder) { self.folder = SceneFolder(path: folder.path, owner: folder) }
    /// Takes the folder of a scene in another process.
    init(at path: String) { folder = SceneFolder(path: path, owner: nil) }

    /// Makes a channel.
    static func make(
        subdirs: [String] = ["linux-64"],
        offline: KeyProtection = .unsafelyUnencrypted
    ) async throws -> ChannelScene {
        let scene = ChannelScene(in: try TemporaryFolder())
        try await scene.create(subdirs: subdirs, offline: offline)
        return scene
    }

    @discardableResult
    func create(
        subdirs: [String] = ["linux-64"],
        keys: KeyRing? = nil,
        offline: KeyProtection = .unsafelyUnencrypted
    ) async throws -> CreatedChannel {
        try await SignedChannel.create(
            directory: directory,
            keys: keys ?? self.keys,
            settings: ChannelSettings(subdirs: try subdirs.map { try Subdir($0) }),
            scheme: .ed25519,
            root: try #require(KeyRing.Quorum(count: 1, threshold: 1)),
            offline: offline,
            online: .unsafelyUnencrypted,
            now: Self.start
        )
    }

    /// Opens the channel; no passphrase is at hand.
    func open(now: Timestamp = start) throws -> SignedChannel {
        try SignedChannel(directory: directory, keys: keys, passphrase: { _ in nil }, now: now)
    }

    /// A package as if it had been inspected.
    func incoming(_ package: FixturePackage) throws -> IncomingPackage {
        let path = try folder.write(
            package.bytes,
            to: "incoming/\(package.sha256.hex.prefix(8))/\(package.fileName.text)"
        )
        return IncomingPackage(
            fileName: package.fileName,
            subdir: package.subdir,
            path: path,
            sha256: package.sha256,
            size: UInt64(package.bytes.count),
            record: try package.record()
        )
    }

    /// Opens the channel, puts packages in and closes it.
    @discardableResult
    func add(
        _ packages: [FixturePackage],
        now: Timestamp = start,
        observer: @escaping Publication.Observer = { _ in }
    ) async throws -> ChannelChange {
        let incoming = try packages.map { try self.incoming($0) }
        var channel = try open(now: now)
        channel.observer = observer
        return try await channel.add(incoming, now: now)
    }

    /// Opens the channel, takes packages out and closes it.
    @discardableResult
    func remove(
        _ packages: [FixturePackage],
        deletingFiles: Bool = false,
        now: Timestamp = start,
        observer: @escaping Publication.Observer = { _ in }
    ) async throws -> ChannelChange {
        var channel = try open(now: now)
        channel.observer = observer
        return try await channel.remove(
            packages.map { ChannelFile(subdir: $0.subdir, fileName: $0.fileName) },
            deletingFiles: deletingFiles,
            now: now
        )
    }

    @discardableResult
    func sign(
        _ renewal: SignedChannel.Renewal = .whatIsDue,
        repairing: Bool = false,
        now: Timestamp = start
    ) async throws -> ChannelChange {
        var channel = try open(now: now)
        return try await channel.sign(renewal, repairing: repairing, now: now)
    }

    /// Checks everything, from the owner's own copy of the root.
    @discardableResult
    func check(now: Timestamp = start) throws -> ChannelReport {
        let root = try folder.read("keys/root.json")
        return try ChannelCheck(directory: directory, root: root, now: now).run(.digests)
    }

    /// The digests of all files that readers can see, by path.
    func files() throws -> [String: Digest] {
        var files: [String: Digest] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: directory)
        where !path.hasPrefix(".kingsnake") {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: directory + "/" + path, isDirectory: &isFolder),
                !isFolder.boolValue
            else { continue }
            files[path] = Digest.of(try folder.read("channel/" + path))
        }
        return files
    }

    /// The whole scene once more, in another folder.
    func copy() throws -> ChannelScene {
        let copy = try TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            try FileManager.default.copyItem(atPath: folder.path + "/" + name, toPath: copy.path + "/" + name)
        }
        return ChannelScene(in: copy)
    }

    /// The names of files that a plain client sees in `repodata.json`.
    func listed(in subdir: String = "linux-64") throws -> [String] {
        try RepodataIndex(folder.read("channel/\(subdir)/repodata.json")).fileNames
    }
}

/// A scene's folder, which goes away with its owner.
struct SceneFolder {
    let path: String
    let owner: TemporaryFolder?

    /// Writes a file below it, making folders as needed, and answers its absolute path.
    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = path + "/" + name
        try Folder.create(Folder.parent(of: file))
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// Reads a file below it.
    func read(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }
}

extension FixturePackage {
    /// The package that most tests put in.
    static func sample(_ text: String = "content") throws -> FixturePackage {
        try FixturePackage("zlib-1.3.1-h0_0.conda", holding: text)
    }
    /// Another one.
    static func other() throws -> FixturePackage { try FixturePackage("xz-5.6-h0_0.tar.bz2") }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import DurableFiles
import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// A folder of indexes with metadata of conda content trust, and all its keys beside it, in a folder of a test's own.
struct TrustScene {
    static let start = ChannelFixture.start

    let folder: SceneFolder
    var directory: String { folder.path + "/channel" }
    var keys: KeyRing { KeyRing(directory: folder.path + "/keys") }

    /// Stands for mamba's form: like that one it leaves things out, and cannot be made of every record.
    static let mambaForm: MambaFormSource = { record, listsPip in
        guard let record = record.object, let name = record["name"]?.string, record["license_family"] == nil
        else { return nil }
        let version = record["version"]?.string ?? ""
        return Array("\(name) \(version) \(listsPip && (name == "pip" || name == "python"))".utf8)
    }

    /// Makes metadata and keys; the folder has no index yet.
    static func make(
        _ profile: TrustProfile = .conda,
        packageKeys: Int = 1,
        threshold: Int = 1,
        now: Timestamp = start
    ) async throws -> TrustScene {
        let owner = try TemporaryFolder()
        let scene = TrustScene(folder: SceneFolder(path: owner.path, owner: owner))
        try Folder.create(scene.directory)
        try await scene.establish(profile, packageKeys: packageKeys, threshold: threshold, now: now)
        return scene
    }

    /// Makes metadata and keys for a folder that is there.
    func establish(
        _ profile: TrustProfile = .conda,
        packageKeys: Int = 1,
        threshold: Int = 1,
        now: Timestamp = start
    ) async throws {
        let rootKeys = try keys.create(
            .trustRoot,
            count: 1,
            scheme: .ed25519,
            protection: .unsafelyUnencrypted
        )
        let managerKeys = try keys.create(
            .keyManager,
            count: 1,
            scheme: .ed25519,
            protection: .unsafelyUnencrypted
        )
        for form in profile.forms {
            _ = try keys.create(
                form == .full ? .package : .mambaPackage,
                count: packageKeys,
                scheme: .ed25519,
                protection: .unsafelyUnencrypted
            )
        }
        let root = try TrustMetadata(
            .root,
            version: 1,
            timestamp: now,
            expiration: now.advanced(byDays: 365),
            delegations: [
                .root: TrustDelegation(rootKeys.map { try TrustKey($0.publicKey) }, threshold: 1),
                .keyManager: TrustDelegation(managerKeys.map { try TrustKey($0.publicKey) }, threshold: 1),
            ]
        )
        var envelope = try TrustEnvelope(root)
        try await envelope.sign(with: rootKeys[0], now: now)
        try folder.write(envelope.encoded(), to: "channel/1.root.json")
        try folder.write(envelope.encoded(), to: "keys/" + ChannelTrust.anchorFile)
        try await writeKeyManager(threshold: threshold, now: now)
    }

    /// Names the package keys that are in the folder of keys.
    func writeKeyManager(
        version: Int64 = 1,
        threshold: Int = 1,
        without: Set<TrustKey> = [],
        now: Timestamp = start
    ) async throws {
        var forms: [TrustKey: RecordForm] = [:]
        var named: [TrustKey] = []
        for (purpose, form) in [(KeyRing.Purpose.package, RecordForm.full), (.mambaPackage, .mamba)] {
            for signer in try await keys.signers(for: purpose, passphrase: { _ in nil }) {
                let key = try TrustKey(signer.publicKey)
                guard !without.contains(key) else { continue }
                named.append(key)
                if form == .mamba { forms[key] = form }
            }
        }
        let metadata = try TrustMetadata(
            .keyManager,
            version: version,
            timestamp: now,
            expiration: now.advanced(byDays: 180),
            delegations: [.packageManager: TrustDelegation(named, threshold: threshold)],
            recordForms: forms
        )
        var envelope = try TrustEnvelope(metadata)
        for signer in try await keys.signers(for: .keyManager, passphrase: { _ in nil }) {
            try await envelope.sign(with: signer, now: now)
        }
        try folder.write(envelope.encoded(), to: "channel/key_mgr.json")
    }

    /// Puts one more key into the folder of keys.
    @discardableResult
    func addKey(_ purpose: KeyRing.Purpose, number: Int) throws -> PrivateKey {
        let key = try PrivateKey.generate(.ed25519)
        let path = "\(keys.directory)/\(purpose.rawValue)-\(number).key"
        try KeyFile.write(key, to: path, protection: .unsafelyUnencrypted)
        return key
    }

    /// Opens the folder and signs.
    @discardableResult
    func sign(
        _ subdirs: [String]? = nil,
        everything: Bool = false,
        unsignable: PlainChannel.UnsignableRecords = .refused,
        now: Timestamp = start
    ) async throws -> RecordSigningReport {
        let channel = try PlainChannel(
            directory: directory,
            keys: keys,
            passphrase: { _ in nil },
            mambaForm: Self.mambaForm,
            now: now
        )
        return try await channel.sign(
            subdirs?.map { try Subdir($0) },
            everything: everything,
            unsignable: unsignable,
            now: now
        )
    }

    func status(now: Timestamp = start) throws -> ContentTrustStatus {
        try ContentTrustStatus(
            directory: directory,
            keys: keys.directory,
            mambaForm: Self.mambaForm,
            now: now
        )
    }

    func trust() throws -> ChannelTrust {
        try #require(try ChannelTrust(directory: directory, keys: keys.directory))
    }

    func write(_ text: String, to name: String = "linux-64/repodata.json") throws {
        try folder.write(Array(text.utf8), to: "channel/" + name)
    }

    func read(_ name: String = "linux-64/repodata.json") throws -> String {
        String(decoding: try folder.read("channel/" + name), as: UTF8.self)
    }

    func exists(_ name: String) -> Bool { Folder.exists(directory + "/" + name) }

    /// The signatures of a file's record, by the owner's own code for clients.
    func signatures(of file: String, in name: String = "linux-64/repodata.json") throws -> [TrustSignature] {
        let index = try RepodataIndex(folder.read("channel/" + name))
        guard let text = try SignatureTable(index)?.signatures(of: file.utf8) else { return [] }
        return try RecordSignatures.read(Array(text), of: file)
    }

    /// Demands of each record of an index what a strict client would: that it is signed in full.
    func verifyAll(_ name: String = "linux-64/repodata.json") throws -> Int {
        let index = try RepodataIndex(folder.read("channel/" + name))
        let authority = try trust().authority
        for file in index.fileNames {
            let text = try #require(index.recordText(fileName: file))
            let message = try PythonJSON.encode(JSONReader.read(Array(text), of: file), of: file)
            _ = try authority.verify(message, signatures(of: file, in: name), of: file)
        }
        return index.count
    }

    /// The text of a record, as an indexer might write it.
    static func record(_ file: String, subdir: String = "linux-64", _ more: String = "") throws -> String {
        let name = try ArchiveFileName(file)
        let sha256 = Digest.of(Array(file.utf8)).hex
        return
            #"{"build": "\#(name.build)", "build_number": 0, "depends": ["é"], "name": "\#(name.name.raw)", "#
            + #""sha256": "\#(sha256)", "size": 1000, "subdir": "\#(subdir)", "version": "\#(name.version)", "weight": 1.0e3\#(more)}"#
    }

    /// An index of `.tar.bz2` and `.conda` files, with members in an unusual order.
    static func index(_ files: [String], subdir: String = "linux-64", more: String = "") throws -> String {
        func section(_ suffix: String) throws -> String {
            try files.filter { $0.hasSuffix(suffix) }
                .map { "\"\($0)\":\t\(try record($0, subdir: subdir))" }.joined(separator: ",\n  ")
        }
        return """
            { "packages.conda" : {\(try section(".conda"))},\r\n\(more) "repodata_version": 1,
               "packages":{ \(try section(".tar.bz2")) } , "info": {"subdir": "\(subdir)"}  }  \n
            """
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TUF
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

/// A channel whose index is signed by TUF, and whose records in it are signed by conda content trust; a user who has
/// pinned both roots.
struct BothScene {
    var tuf: ChannelFixture
    var records: ContentTrustFixture
    var user: GateScene

    init() async throws {
        tuf = try await ChannelFixture(.compressed, packages: [.sample()])
        records = try await ContentTrustFixture(packages: tuf.packages, in: tuf.folder)
        user = try GateScene(pinning: tuf)
        try pin(user)
        try await publish()
    }

    /// What vouches for a good package.
    let voucher = Voucher.packageKeys(threshold: 1, keyCount: 1, role: "linux-64")

    /// Signs the records, then the index.
    mutating func publish(_ edit: (inout [ContentTrustFixture.Listing]) throws -> Void = { _ in })
        async throws
    {
        try await records.publish(edit)
        let index = try records.index(edit)
        tuf.replacedIndexes = [
            "linux-64/repodata.json": index, "linux-64/repodata.json.zst": try Zstd.compress(index),
        ]
        // Another index each time, so that there is another version.
        tuf.removed.append("noarch/none-\(tuf.removed.count)-0.conda")
        try await tuf.publish()
    }

    /// Signs no index but shards.
    mutating func signShardsOnly() async throws {
        let role = try #require(RoleName("linux-64"))
        let shards = try ShardIndex(
            subdir: Subdir("linux-64"),
            baseURL: "",
            shardsBaseURL: "./shards/",
            shards: [:]
        ).encode()
        let plain = try #require(TargetPath("linux-64/repodata.json.zst"))
        let path = try #require(TargetPath("linux-64/repodata_shards.msgpack.zst"))
        try tuf.editor.setTarget(path, to: TargetFile(of: shards), in: role)
        try tuf.editor.removeTarget(plain, from: role)
        try tuf.folder.write(shards, to: path.text)
        try tuf.folder.write(shards, to: path.prefixed(by: Digest.of(shards)))
        let files = try await tuf.editor.publish(
            signers: [tuf.rootKey, tuf.targetsKey, tuf.onlineKey],
            now: ChannelFixture.start,
            renewingWithin: 86_400
        )
        for file in files { try tuf.folder.write(file.bytes, to: "tuf/\(file.name)") }
    }

    func admit() async throws -> Admission {
        try await user.admit(records.packages[0], from: ["file://" + tuf.directory]).value
    }

    func refusal() async -> String? { await ContentTrustScene.refusal { try await admit() } }

    /// Another user, who has seen nothing yet.
    func anew() throws -> GateScene {
        let user = try GateScene(pinning: tuf)
        try pin(user)
        return user
    }

    /// The names of the compressed index files in a folder.
    func indexFiles(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix("repodata.json.zst")
        }
    }

    private func pin(_ user: GateScene) throws {
        try user.store.add(
            user.channel,
            mirrors: [],
            contentTrust: ContentTrustPin(file: records.root),
            now: user.now
        )
    }
}

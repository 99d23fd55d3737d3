// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import DurableFiles
import SigningKeys
import TUF
import TrustCore
import TrustPolicy

/// Makes a static channel of a folder of packages and `repodata.json`s: the other forms of the indexes, shards, and a TUF
/// repository over all of them.
///
/// The forms are made by what a proxy makes them with; it hides nothing here.
struct ProxyChannelJob {
    let folder: String
    let key: String
    private static let subdirs = ["linux-64", "noarch"]

    /// The number of packages that have shards.
    func run() async throws -> String {
        let signer = try TUFInputs.key(key)
        let setup = RoleSetup([signer.publicKey])
        var editor = try RepositoryEditor(root: setup, timestamp: setup, snapshot: setup, targets: setup)
        editor.lifetimes = TUFInputs.lifetimes
        let cache = folder + "/.rendering"
        var count = 0
        for subdir in try Self.subdirs.map({ try Subdir($0) }) {
            let role = try ChannelProposal.role(of: subdir)
            try editor.delegate(ChannelProposal.scope(of: subdir), to: role, keys: setup, terminating: true)
            for (name, bytes) in try await forms(of: subdir, cache, &count) {
                try RawFile.write(bytes, to: "\(folder)/\(ChannelLayout.file(name, in: subdir))")
                let digest = Digest.of(bytes)
                let immutable = ChannelLayout.immutableFile(name, digest: digest, in: subdir)
                try RawFile.write(bytes, to: "\(folder)/\(immutable)")
                let file = TargetFile(length: UInt64(bytes.count), hashes: FileHashes([digest]))
                try editor.setTarget(TUFInputs.path(ChannelLayout.file(name, in: subdir)), to: file, in: role)
            }
        }
        try Folder.create("\(folder)/\(ChannelLayout.metadata)")
        for file in try await editor.publish(signers: [signer], now: TUFInputs.made) {
            try RawFile.write(file.bytes, to: "\(folder)/\(ChannelLayout.metadataFile(file.name))")
        }
        try Folder.removeTree(cache)
        return "\(count)"
    }

    private func forms(of subdir: Subdir, _ cache: String, _ count: inout Int) async throws -> [(
        String, [UInt8]
    )] {
        let path = "\(folder)/\(ChannelLayout.file(ChannelLayout.plainIndex, in: subdir))"
        let text = try TUFInputs.read(path)
        let rendered = try await IndexRenderer(folder: cache).rendered(
            IndexText(
                of: ChannelURL("https://conda.example.org/forge"),
                subdir,
                id: Digest.of(text),
                path: path
            ),
            hiding: IndexPolicy.empty,
            now: TUFInputs.now
        )
        var forms = [(ChannelLayout.plainIndex, text)]
        for name in [ChannelLayout.compressedIndex, ChannelLayout.shardIndex] {
            guard let file = try await rendered.file(name) else { continue }
            forms.append((name, try file.read(0..<Int(file.length))))
        }
        guard let (_, index) = forms.last else { return forms }
        try Folder.create("\(folder)/\(subdir)/shards")
        let shards = try ShardIndex.read(index, subdir: subdir)
        for name in shards.packageNames {
            guard let digest = try shards.digest(of: PackageName(name)) else { continue }
            guard let shard = try await rendered.shard(ShardIndex.shardFileName(digest)) else { continue }
            let bytes = try shard.read(0..<Int(shard.length))
            try RawFile.write(bytes, to: "\(folder)/\(ChannelLayout.shard(digest, in: subdir))")
            count += 1
        }
        return forms
    }
}

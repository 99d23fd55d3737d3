// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TUF
import Testing
import TrustCore

/// A TUF client that reads a channel's folder: all targets by their immutable names, all shards, all packages
/// and their attestations.
struct Reader {
    private let directory: String
    private let root: [UInt8]
    private let now: Timestamp

    init(_ directory: String, root: [UInt8], now: Timestamp) {
        self.directory = directory
        self.root = root
        self.now = now
    }

    /// Throws if anything that signed metadata leads to is not there, or is something else.
    func readEverything() throws {
        let editor = try RepositoryEditor(trustedRoot: root) { name in
            FileManager.default.contents(atPath: directory + "/tuf/" + name).map { Array($0) }
        }
        for (role, metadata) in editor.roles where role == .targets || (try? Subdir(role.text)) != nil {
            for (path, file) in metadata.targets {
                let digest = try #require(file.hashes.digest(by: .sha256))
                let bytes = try read(path.prefixed(by: digest))
                try digest.check(bytes, of: path.text)
                if path.text.hasSuffix("msgpack.zst") { try readShards(bytes, in: Subdir(role.text)) }
            }
        }
    }

    private func readShards(_ bytes: [UInt8], in subdir: Subdir) throws {
        let index = try ShardIndex.read(bytes, subdir: subdir)
        for text in index.packageNames {
            let name = try PackageName(text)
            let digest = try #require(index.digest(of: name))
            let shard = try Shard.read(
                read("\(subdir)/shards/\(digest.hex).msgpack.zst"),
                expected: digest,
                of: name,
                subdir: subdir
            )
            for record in shard.records {
                let sha256 = try #require(record.sha256)
                try sha256.check(read("\(subdir)/\(record.fileName)"), of: record.fileName.text)
                guard let sidecar = record.attestationsSHA256 else { continue }
                let name = "\(record.fileName).sigs.\(sidecar.hex)"
                try sidecar.check(read("\(subdir)/\(name)"), of: name)
            }
        }
    }

    private func read(_ path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: directory + "/" + path)))
    }
}

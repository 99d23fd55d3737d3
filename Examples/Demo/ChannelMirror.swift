// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TrustCore

/// Copies what a client can ask a channel for, as whoever runs a mirror does: metadata, indexes, shards, packages and
/// their attestations.
struct ChannelMirror {
    let server: DemoServer
    let folder: String

    /// Copies the channel of this moment.
    func copy() async throws {
        let timestamp = try await fetch("tuf/timestamp.json")
        let snapshot = try await metadata(in: timestamp)
        _ = try await fetch("tuf/1.root.json")
        for role in try await metadata(in: snapshot[0]) {
            for path in Self.signed(role)["targets"]?.object?.members ?? [] {
                guard let sha256 = path.value.object?["hashes"]?.object?["sha256"]?.string else { continue }
                let parts = path.key.split(separator: "/", maxSplits: 1).map(String.init)
                // Under the name that says which bytes it has, and under the one that people know.
                let bytes = try await fetch("\(parts[0])/\(sha256).\(parts[parts.count - 1])")
                try write(bytes, to: path.key)
            }
        }
        for subdir in ["noarch", "linux-64"] { try await packages(in: try Subdir(subdir)) }
    }

    /// The files that a role's metadata names.
    private func metadata(in bytes: [UInt8]) async throws -> [[UInt8]] {
        var files: [[UInt8]] = []
        for file in Self.signed(bytes)["meta"]?.object?.members ?? [] {
            guard let version = file.value.object?["version"]?.integer else { continue }
            files.append(try await fetch("tuf/\(version).\(file.key)"))
        }
        return files
    }

    private static func signed(_ bytes: [UInt8]) -> JSONObject {
        (try? JSONReader.read(bytes, of: "metadata"))?.object?["signed"]?.object ?? JSONObject()
    }

    private func packages(in subdir: Subdir) async throws {
        let index = try RepodataIndex(try read("\(subdir)/repodata.json"), subdir: subdir)
        for position in 0..<index.count {
            let record = try index.record(at: position)
            let path = "\(subdir)/\(record.fileName)"
            _ = try await fetch(path)
            guard let digest = record.attestationsSHA256 else { continue }
            try write(try await fetch("\(path).sigs.\(digest.hex)"), to: "\(path).sigs")
        }
        let name = "\(subdir)/\(ShardIndex.fileName)"
        let shards = try ShardIndex.read(try read(name), subdir: subdir)
        for package in shards.packageNames {
            guard let digest = shards.digest(of: try PackageName(package)) else { continue }
            let url = try shards.url(of: digest, channel: ChannelURL(server.channel), subdir: subdir)
            _ = try await fetch(String(url.dropFirst(server.channel.count + 1)))
        }
    }

    /// Fetches a file of the channel, and keeps it.
    private func fetch(_ path: String) async throws -> [UInt8] {
        let answer = try await server.ask(.get, "/demo/" + path)
        guard answer.status == 200 else { throw DemoError("the server has no \(path): \(answer.text)") }
        try write(answer.body, to: path)
        return answer.body
    }

    private func read(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")))
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let url = URL(fileURLWithPath: "\(folder)/\(path)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: url)
    }
}

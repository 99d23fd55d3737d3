// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Crypto
internal import Foundation

/// The parts of TUF metadata that lead from a timestamp to the files of an index: read by decoders of its
/// own, so that it shares no mistake with our client. Signatures are for the client to check.
struct MetadataChain: Sendable {
    struct Meta: Decodable {
        struct Version: Decodable { let version: Int }
        struct File: Decodable {
            let length: Int
            let hashes: [String: String]
        }
        struct Signed: Decodable {
            let version: Int
            let meta: [String: Version]?
            let targets: [String: File]?
        }
        let signed: Signed

        static func read(_ bytes: [UInt8]) -> Signed? {
            (try? JSONDecoder().decode(Meta.self, from: Data(bytes)))?.signed
        }
    }

    let channel: SoakChannel
    let client: SoakClient
    let history: SoakHistory
    let key: String

    /// What a chain led to: each index file with its bytes.
    struct Reading: Sendable {
        /// The version of the timestamp.
        var version = 0
        /// By path, such as `noarch/repodata.json`.
        var files: [String: [UInt8]] = [:]
    }

    /// Reads from the timestamp down; nil if the server went away, or failed.
    ///
    /// - Parameter all: whether all index files are fetched, or `repodata.json` alone.
    func read(all: Bool) async -> Reading? {
        // What is seen below counts from here: it is the timestamp that leads to it.
        let began = history.tick()
        let timestamp = await signed("timestamp.json", "timestamp", nil, began)
        guard let timestamp, let snapshotVersion = timestamp.meta?["snapshot.json"]?.version else {
            return nil
        }
        guard
            let snapshot = await signed(
                "\(snapshotVersion).snapshot.json",
                "snapshot",
                snapshotVersion,
                began
            )
        else {
            return nil
        }
        var reading = Reading(version: timestamp.version)
        for (name, meta) in (snapshot.meta ?? [:]).sorted(by: { $0.key < $1.key }) {
            let role = String(name.dropLast(5))
            guard let targets = await signed("\(meta.version).\(name)", role, meta.version, began) else {
                return nil
            }
            for (path, file) in targets.targets ?? [:] where SoakChannel.subdirs.contains(role) {
                guard all || path.hasSuffix("/repodata.json") else { continue }
                guard let sha256 = file.hashes["sha256"] else { continue }
                let parts = path.split(separator: "/", maxSplits: 1)
                guard parts.count == 2 else { continue }
                guard let bytes = await fetch("/\(channel.name)/\(parts[0])/\(sha256).\(parts[1])") else {
                    return nil
                }
                let found = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
                if found != sha256 || bytes.count != file.length {
                    find(path, "metadata promise \(sha256), served is \(found)")
                }
                reading.files[path] = bytes
            }
        }
        return reading
    }

    /// Fetches metadata, and notes which version was seen.
    private func signed(_ file: String, _ role: String, _ version: Int?, _ began: Int) async -> Meta.Signed? {
        guard let bytes = await fetch("/\(channel.name)/tuf/\(file)") else { return nil }
        guard let signed = Meta.read(bytes) else {
            find(file, "cannot be read")
            return nil
        }
        if let version, version != signed.version { find(file, "says that it is version \(signed.version)") }
        let digest = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
        let subject = "\(channel.name)/\(role)"
        history.addMetadata(Sighting(subject, signed.version, digest, Span(began, history.tick())))
        return signed
    }

    private func fetch(_ path: String) async -> [UInt8]? {
        let reply = await client.get(path, key: channel.isPrivate ? key : nil)
        if let content = reply.content { return content }
        if let status = reply.status, status != 200, status < 500 {
            find(path, "metadata lead to it, and it is answered with \(status)")
        }
        return nil
    }

    private func find(_ subject: String, _ what: String) {
        history.find(Finding(.metadataGoForward, "\(channel.name): \(subject)", what))
    }
}

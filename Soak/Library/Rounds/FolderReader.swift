// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Crypto
internal import Foundation
internal import GRDB

/// Reads a server's folder behind the server's back: its database by plain SQL, its blobs as files.
struct FolderReader: Sendable {
    /// The server's folder.
    let path: String

    private func database() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        return try DatabaseQueue(path: path + "/server.sqlite", configuration: configuration)
    }

    /// Tokens that are used up, and how many keys there are for each token, by the tag that its job ran for.
    func tokens() throws -> (used: Set<String>, keys: [String: Int]) {
        try database().read { database in
            let used = try String.fetchSet(database, sql: "SELECT token FROM used_token")
            let holders = try String.fetchAll(
                database,
                sql: "SELECT holder_name FROM access_key WHERE holder_kind = 'workload'"
            )
            var keys: [String: Int] = [:]
            for holder in holders {
                guard let tag = holder.range(of: "refs/tags/v") else { continue }
                keys[String(holder[tag.upperBound...]), default: 0] += 1
            }
            return (used, keys)
        }
    }

    /// All that is stored.
    ///
    /// Blobs that nothing refers to count only if they are as old as ``SoakServer/age()`` made them: younger
    /// ones may have been superseded since.
    func stored() throws -> StoredFiles {
        var stored = StoredFiles()
        let queries = [
            "SELECT sha256 FROM file WHERE state <> 'removed'",
            "SELECT attestations FROM file WHERE attestations IS NOT NULL AND state <> 'removed'",
            "SELECT counter_signature FROM file WHERE counter_signature IS NOT NULL AND state <> 'removed'",
            "SELECT blob FROM document",
        ]
        let (referred, rows, gone) = try database().read { database in
            var referred: Set<String> = []
            for query in queries {
                for digest in try Data.fetchAll(database, sql: query) { referred.insert(Self.hex(digest)) }
            }
            var rows: [HostedName: String] = [:]
            let sql =
                "SELECT channel.name AS channel, subdir, file_name, sha256 FROM file "
                + "JOIN channel ON channel.id = file.channel"
            for row in try Row.fetchAll(database, sql: sql) {
                rows[HostedName(row["channel"], row["subdir"], row["file_name"])] = Self.hex(
                    row["sha256"] as Data
                )
            }
            let gone = try Data.fetchAll(
                database,
                sql:
                    "SELECT sha256 FROM file WHERE state = 'removed' UNION SELECT counter_signature FROM file "
                    + "WHERE state = 'removed' AND counter_signature IS NOT NULL"
            )
            return (referred, rows, Set(gone.map { Self.hex($0) }))
        }
        stored.referred = referred
        stored.rows = rows
        let limit = Date().addingTimeInterval(-86_400)
        for prefix in try FileManager.default.contentsOfDirectory(atPath: path + "/blobs") {
            let folder = path + "/blobs/" + prefix
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                if prefix == "staging" {
                    stored.staged.append(name)
                    continue
                }
                if name.hasPrefix(".") {
                    stored.staged.append("\(prefix)/\(name)")
                    continue
                }
                let digest = prefix + name
                let file = folder + "/" + name
                guard let bytes = FileManager.default.contents(atPath: file) else { continue }
                if Self.hex(SHA256.hash(data: bytes)) != digest { stored.altered.insert(digest) }
                if referred.contains(digest) {
                    stored.blobs.insert(digest)
                } else if !gone.contains(digest) {
                    // A removed file's bytes may stay: nobody is served them.
                    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
                    if let modified = attributes?[.modificationDate] as? Date, modified < limit {
                        stored.blobs.insert(digest)
                    }
                }
            }
        }
        return stored
    }

    /// The database's files, as they are on the disk.
    func databaseBytes() -> Data {
        var all = Data()
        for suffix in ["", "-wal"] {
            all += FileManager.default.contents(atPath: path + "/server.sqlite" + suffix) ?? Data()
        }
        return all
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }
}

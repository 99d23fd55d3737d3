// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Foundation
internal import GRDB
internal import TrustCore

extension SQLiteTransaction {
    func file(_ fileName: ArchiveFileName, in subdir: Subdir, of channel: Int64) throws -> HostedFile? {
        try row(
            "SELECT * FROM file WHERE channel = ? AND subdir = ? AND file_name = ?",
            [channel, subdir.text, fileName.text]
        ).map(Self.file)
    }

    func files(in subdir: Subdir, of channel: Int64, _ states: Set<HostedFile.State>) throws -> [HostedFile] {
        try rows(
            "SELECT * FROM file WHERE channel = ? AND subdir = ? ORDER BY file_name",
            [channel, subdir.text]
        ).map(Self.file).filter { states.contains($0.state) }
    }

    func files(named name: PackageName, of channel: Int64) throws -> [HostedFile] {
        // By the name, said outright: for the order of its answer SQLite would rather go through the whole channel.
        try rows(
            """
            SELECT * FROM file INDEXED BY file_by_name WHERE channel = ? AND name = ?
            ORDER BY subdir, file_name
            """,
            [channel, name.normalized]
        ).map(Self.file)
    }

    func packageNames(of channel: Int64, after: PackageName?, limit: Int) throws -> [PackageName] {
        try rows(
            "SELECT DISTINCT name FROM file WHERE channel = ? AND name > ? ORDER BY name LIMIT ?",
            [channel, after?.normalized ?? "", max(0, limit)]
        ).map { try Self.parsed($0, "name") { try PackageName($0) } }
    }

    func subdirs(of channel: Int64) throws -> [Subdir] {
        // From one subdir to the next, not through all files.
        let found = try rows(
            """
            WITH RECURSIVE found (subdir) AS (
                SELECT MIN(subdir) FROM file WHERE channel = ?1
                UNION ALL
                SELECT (SELECT MIN(subdir) FROM file WHERE channel = ?1 AND subdir > found.subdir)
                FROM found WHERE found.subdir IS NOT NULL
            )
            SELECT subdir FROM found WHERE subdir IS NOT NULL
            """,
            [channel]
        )
        .map { try Self.parsed($0, "subdir") { try Subdir($0) } }
        return Set(found + [.noarch]).sorted()
    }

    func insert(_ file: HostedFile) throws {
        guard try self.file(file.fileName, in: file.subdir, of: file.channel) == nil else {
            throw Refusal(ServerCode.fileExists, "\(file.subdir.text)/\(file.fileName.text)")
        }
        try run(
            """
            INSERT INTO file (channel, subdir, file_name, name, sha256, size, record, publisher_kind, publisher_name,
                publisher_issuer, accepted_ms, state, attestations, counter_signature, log_index)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                file.channel, file.subdir.text, file.fileName.text, file.fileName.name.normalized,
                file.sha256.data,
                Int64(clamping: file.size), Data(file.record), file.publisher.kind.rawValue,
                file.publisher.name, file.publisher.issuer, Int64(clamping: file.acceptedAt),
                file.state.rawValue, file.attestations?.data, file.counterSignature?.data, file.logIndex,
            ]
        )
        try markStale(file.subdir, of: file.channel, package: file.fileName.name)
    }

    func update(_ file: HostedFile) throws {
        try run(
            """
            UPDATE file SET state = ?, attestations = ?, counter_signature = ?
            WHERE channel = ? AND subdir = ? AND file_name = ?
            """,
            [
                file.state.rawValue, file.attestations?.data, file.counterSignature?.data, file.channel,
                file.subdir.text, file.fileName.text,
            ]
        )
        try markStale(file.subdir, of: file.channel, package: file.fileName.name)
    }

    func setCounterSignature(_ blob: Digest, of file: HostedFile) throws {
        try run(
            "UPDATE file SET counter_signature = ? WHERE channel = ? AND subdir = ? AND file_name = ?",
            [blob.data, file.channel, file.subdir.text, file.fileName.text]
        )
    }

    // MARK: What the index lags behind

    /// Stands for all packages; no package has this name.
    private static let allPackages = ""

    func markStale(_ subdir: Subdir, of channel: Int64, package: PackageName?) throws {
        try run(
            """
            INSERT INTO counter (name, value) VALUES ('change', 1)
            ON CONFLICT (name) DO UPDATE SET value = value + 1
            """
        )
        try run(
            """
            INSERT INTO stale_package (channel, subdir, package, change)
            VALUES (?, ?, ?, (SELECT value FROM counter WHERE name = 'change'))
            ON CONFLICT (channel, subdir, package) DO UPDATE SET change = excluded.change
            """,
            [channel, subdir.text, package?.normalized ?? Self.allPackages]
        )
    }

    func staleSubdirs() throws -> [StaleSubdir] {
        var found: [StaleSubdir] = []
        for row in try rows("SELECT * FROM stale_package ORDER BY channel, subdir, package") {
            let channel: Int64 = row["channel"], change: Int64 = row["change"]
            let subdir = try Self.parsed(row, "subdir") { try Subdir($0) }
            let name: String = row["package"]
            let packages =
                name == Self.allPackages
                ? nil : Set([try Self.parsed(row, "package") { try PackageName($0) }])
            if let last = found.last, last.channel == channel, last.subdir == subdir {
                found[found.count - 1] = StaleSubdir(
                    channel: channel,
                    subdir: subdir,
                    change: max(last.change, change),
                    packages: last.packages.flatMap { known in packages.map { known.union($0) } }
                )
            } else {
                found.append(
                    StaleSubdir(channel: channel, subdir: subdir, change: change, packages: packages)
                )
            }
        }
        return found
    }

    func clearStale(_ stale: StaleSubdir) throws {
        try run(
            "DELETE FROM stale_package WHERE channel = ? AND subdir = ? AND change <= ?",
            [stale.channel, stale.subdir.text, stale.change]
        )
    }

    private static func file(_ row: Row) throws -> HostedFile {
        HostedFile(
            channel: row["channel"],
            subdir: try parsed(row, "subdir") { try Subdir($0) },
            fileName: try parsed(row, "file_name") { try ArchiveFileName($0) },
            sha256: try digest(row, "sha256"),
            size: UInt64(clamping: row["size"] as Int64),
            record: try bytes(row, "record"),
            publisher: FilePublisher(
                try stored(FilePublisher.Kind(rawValue: row["publisher_kind"]), "publisher_kind"),
                row["publisher_name"],
                issuer: row["publisher_issuer"]
            ),
            acceptedAt: UInt64(clamping: row["accepted_ms"] as Int64),
            state: try stored(HostedFile.State(rawValue: row["state"]), "state"),
            attestations: try optionalDigest(row, "attestations"),
            counterSignature: try optionalDigest(row, "counter_signature"),
            logIndex: row["log_index"]
        )
    }
}

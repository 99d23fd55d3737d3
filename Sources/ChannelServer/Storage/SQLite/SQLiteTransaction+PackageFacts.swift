// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Foundation
internal import GRDB
internal import TrustCore

extension SQLiteTransaction {
    func facts(of sha256: Digest) throws -> PackageFacts? {
        try row("SELECT run_exports, about FROM package_facts WHERE sha256 = ?", [sha256.data]).map { row in
            PackageFacts(
                runExports: (row["run_exports"] as Data?).map { [UInt8]($0) },
                about: (row["about"] as Data?).map { [UInt8]($0) }
            )
        }
    }

    func filesWithoutFacts(of channel: Int64, limit: Int) throws -> [HostedFile] {
        try rows(
            "SELECT subdir, file_name FROM wanted_facts WHERE channel = ? ORDER BY subdir, file_name LIMIT ?",
            [channel, max(0, limit)]
        ).compactMap { row in
            try file(
                try Self.parsed(row, "file_name") { try ArchiveFileName($0) },
                in: try Self.parsed(row, "subdir") { try Subdir($0) },
                of: channel
            )
        }
    }

    func channelDataPage(of channel: Int64, after name: String, limit: Int) throws -> IndexPage {
        var text: [UInt8] = []
        let found = try rows(
            """
            SELECT package, text FROM channel_package WHERE channel = ? AND package > ?
            ORDER BY package LIMIT ?
            """,
            [channel, name, max(0, limit)]
        )
        for row in found {
            if !text.isEmpty { text.append(UInt8(ascii: ",")) }
            text += try Self.bytes(row, "text")
        }
        return IndexPage(
            text: text,
            count: found.count,
            last: found.count == limit ? found.last.map { $0["package"] } : nil
        )
    }

    func keep(_ facts: PackageFacts, of sha256: Digest) throws {
        try run(
            """
            INSERT INTO package_facts (sha256, run_exports, about) VALUES (?, ?, ?)
            ON CONFLICT (sha256) DO UPDATE SET run_exports = excluded.run_exports, about = excluded.about
            """,
            [sha256.data, facts.runExports.map { Data($0) }, facts.about.map { Data($0) }]
        )
    }

    func wantFacts(of file: HostedFile) throws {
        try run(
            """
            INSERT INTO wanted_facts (channel, subdir, file_name) VALUES (?, ?, ?)
            ON CONFLICT (channel, subdir, file_name) DO NOTHING
            """,
            [file.channel, file.subdir.text, file.fileName.text]
        )
    }

    func unwantFacts(of file: HostedFile) throws {
        try run(
            "DELETE FROM wanted_facts WHERE channel = ? AND subdir = ? AND file_name = ?",
            [file.channel, file.subdir.text, file.fileName.text]
        )
    }

    func setChannelData(_ text: [UInt8]?, of package: PackageName, in channel: Int64) throws {
        guard let text else {
            return try run(
                "DELETE FROM channel_package WHERE channel = ? AND package = ?",
                [channel, package.normalized]
            )
        }
        try run(
            """
            INSERT INTO channel_package (channel, package, text) VALUES (?, ?, ?)
            ON CONFLICT (channel, package) DO UPDATE SET text = excluded.text
            """,
            [channel, package.normalized, Data(text)]
        )
    }
}

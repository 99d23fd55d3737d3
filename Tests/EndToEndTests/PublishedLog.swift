// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import Foundation
import Logging
import SigningKeys
import TestSupport
import TrustCore

/// A server's publish log and a channel's index in a folder, as a web server would serve them.
final class PublishedLog {
    let folder: TemporaryFolder
    let database: SQLiteDatabase
    let blobs: FileBlobStore
    let log: HostedLog
    let channel: HostedChannel
    let key: NoteKey
    private let publisher: LogPublisher
    private var count = 0

    /// - Parameter key: what signs; a new key by default.
    init(key signing: PrivateKey? = nil) async throws {
        let folder = try TemporaryFolder()
        let database = try SQLiteDatabase(at: folder.path + "/server.sqlite")
        let blobs = try FileBlobStore(directory: folder.path + "/blobs")
        let signer =
            try signing.map { try CheckpointSigner(folder: folder.path + "/publish-log", signer: $0) }
            ?? CheckpointSigner(folder: folder.path + "/publish-log")
        let url = "https://channels.example.org"
        let (log, channel) = try await database.write { transaction in
            (
                try transaction.publishLog(publicURL: url),
                try transaction.createChannel(ChannelName("main"), .everybody, now: Timestamp(seconds: 0))
            )
        }
        key = try await signer.key(of: log.origin)
        self.folder = folder
        self.database = database
        self.blobs = blobs
        self.log = log
        self.channel = channel
        publisher = LogPublisher(
            database: database,
            blobs: blobs,
            signer: signer,
            witnesses: nil,
            now: { Timestamp(seconds: 1_800_000_000) },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    /// The log's URL.
    var url: String { "file://\(folder.path)/served/log" }

    /// What a file of a number holds.
    func content(_ number: Int) -> [UInt8] { Array("package \(number)".utf8) }

    /// Publishes so many files, each of a package of its own, and writes what is served anew.
    ///
    /// - Parameters:
    ///   - others: files that are listed without an entry.
    ///   - isIndexLogged: whether the index has an entry, as it must.
    func publish(
        _ added: Int,
        by name: String = "alice",
        listing others: [Int] = [],
        isIndexLogged: Bool = true
    ) async throws {
        let range = count..<(count + added), channel = channel
        let entries = range.map { number in
            var entry = PublishLogEntry(.publish, channel: "main", time: Timestamp(seconds: 1_700_000_000))
            entry.subdir = "noarch"
            entry.fileName = "p\(number)-1-0.conda"
            entry.sha256 = Digest.of(content(number))
            entry.size = UInt64(content(number).count)
            entry.publisher = FilePublisher(.user, name)
            return entry
        }
        let index = index(listing: Array(0..<(count + added)) + others)
        var indexEntry = PublishLogEntry(.index, channel: "main", time: Timestamp(seconds: 1_700_000_000))
        indexEntry.subdir = "noarch"
        indexEntry.details["files"] = ["repodata.json": .string(Digest.of(index).hex)]
        let all = entries + (isIndexLogged ? [indexEntry] : [])
        try await database.write { transaction in
            for entry in all {
                try transaction.append(entry, of: channel, publicURL: "https://channels.example.org")
            }
        }
        count += added
        try await publisher.publish()
        try await export(index)
    }

    /// Adds an entry about keys.
    func changeKeys() async throws {
        let entry = PublishLogEntry(.keyChange, channel: "main", time: Timestamp(seconds: 1_700_000_000))
        let channel = channel
        try await database.write {
            _ = try $0.append(entry, of: channel, publicURL: "https://channels.example.org")
        }
        try await publisher.publish()
        try await exportLog()
    }

    private func export(_ index: [UInt8]) async throws {
        try await exportLog()
        try write(index, "main/noarch/repodata.json")
    }

    private func exportLog() async throws {
        let log = log
        for document in try await database.read({ try $0.documents(beginningWith: "", in: .log(log.id)) }) {
            let bytes = try await blobs.bytes(of: document.blob, maximumLength: 1 << 30)
            try write(bytes, "log/" + document.path)
        }
    }

    private func index(listing listed: [Int]) -> [UInt8] {
        var records = JSONObject()
        for number in listed {
            records["p\(number)-1-0.conda"] = [
                "name": .string("p\(number)"), "version": "1", "build": "0", "build_number": 0, "depends": [],
                "sha256": .string(Digest.of(content(number)).hex),
            ]
        }
        let index: JSONValue = [
            "info": ["subdir": "noarch"], "packages": [:], "packages.conda": .object(records),
        ]
        return JSONWriter.encode(index)
    }

    private func write(_ bytes: [UInt8], _ path: String) throws {
        let url = URL(fileURLWithPath: folder.path + "/served/" + path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: url)
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore

@testable import ChannelServer

/// What every ``ServerDatabase`` must do, as checks on any of them: a second implementation is held to the same.
struct DatabaseContract {
    let database: any ServerDatabase
    let now = Timestamp(seconds: 1_800_000_000)

    func channel(_ name: String) async throws -> HostedChannel {
        let name = try ChannelName(name), now = now
        return try await database.write { try $0.createChannel(name, .everybody, now: now) }
    }

    func file(_ name: String, in channel: HostedChannel, subdir: Subdir = .noarch, bytes: [UInt8] = [1])
        throws
        -> HostedFile
    {
        HostedFile(
            channel: channel.id,
            subdir: subdir,
            fileName: try ArchiveFileName(name),
            sha256: Digest.of(bytes),
            size: UInt64(bytes.count),
            record: Array(#"{"name":"a"}"#.utf8),
            publisher: FilePublisher(
                .workload,
                "https://example.org/a",
                issuer: "https://issuer.example.org"
            ),
            acceptedAt: 1_800_000_000_123,
            attestations: Digest.of([9]),
            logIndex: 7
        )
    }

    // MARK: Transactions

    struct Interrupted: Error {}

    /// A body that throws leaves nothing.
    func bodyThatThrowsLeavesNothing() async throws {
        let channel = try await channel("atomic")
        let file = try file("a-1-0.conda", in: channel)
        await #expect(throws: Interrupted.self) {
            try await database.write { transaction in
                try transaction.insert(file)
                throw Interrupted()
            }
        }
        let found = try await database.read { transaction in
            (try transaction.file(file.fileName, in: .noarch, of: channel.id), try transaction.staleSubdirs())
        }
        #expect(found.0 == nil)
        #expect(found.1.isEmpty)
    }

    /// Bodies that read and then write do not lose each other's work; and the numbers they get have no gaps.
    func writersFollowEachOther() async throws {
        let log = try await database.write { try $0.createLog(origin: "example.org/log", channel: nil) }
        let indexes = try await withThrowingTaskGroup(of: Int64?.self) { group in
            for number in 0..<60 {
                group.addTask {
                    try? await database.write { transaction in
                        let index = try transaction.append([UInt8(number)], to: log.id)
                        // Every third gives up after it took a number.
                        if number % 3 == 0 { throw Interrupted() }
                        return index
                    }
                }
            }
            return try await group.reduce(into: [Int64]()) { found, index in
                if let index { found.append(index) }
            }
        }
        #expect(indexes.sorted() == Array(0..<40))
        let entries = try await database.read { try $0.entries(of: log.id, from: 0, limit: 100) }
        #expect(entries.count == 40)
        #expect(Set(entries).count == 40)
        #expect(try await database.read { try $0.logs() }.map(\.size) == [40])
    }

    // MARK: Tables

    /// A file comes back as it was, its name is taken, and its state, attestations and counter-signature change.
    func files() async throws {
        let channel = try await channel("files")
        let file = try file("a-1-0.conda", in: channel)
        try await database.write { try $0.insert(file) }
        #expect(try await database.read { try $0.file(file.fileName, in: .noarch, of: channel.id) } == file)
        let other = try self.file("a-1-0.conda", in: channel, bytes: [2])
        await #expect { try await database.write { try $0.insert(other) } } throws: { error in
            (error as? Refusal)?.is(ServerCode.fileExists) ?? false
        }
        var changed = file
        changed.state = .yanked
        changed.attestations = nil
        changed.counterSignature = Digest.of([3])
        let update = changed
        try await database.write { try $0.update(update) }
        let states = try await database.read { transaction in
            (
                try transaction.files(in: .noarch, of: channel.id, [.listed]),
                try transaction.files(in: .noarch, of: channel.id, [.yanked, .removed])
            )
        }
        #expect(states.0.isEmpty)
        #expect(states.1 == [update])
    }

    /// Names are listed in order and by pages; files of one name come from all subdirs, in order.
    func names() async throws {
        let channel = try await channel("names"), other = try await self.channel("other")
        let files = [
            try file("b-1-0.conda", in: channel, subdir: try Subdir("linux-64")),
            try file("b-1-0.conda", in: channel),
            try file("a-2-0.tar.bz2", in: channel), try file("c-1-0.conda", in: channel),
            try file("z-1-0.conda", in: other),
        ]
        try await database.write { transaction in try files.forEach { try transaction.insert($0) } }
        let b = try PackageName("b")
        let found = try await database.read { transaction in
            (
                try transaction.packageNames(of: channel.id, after: nil, limit: 2).map(\.normalized),
                try transaction.packageNames(of: channel.id, after: b, limit: 2).map(\.normalized),
                try transaction.files(named: b, of: channel.id).map(\.subdir.text),
                try transaction.subdirs(of: channel.id).map(\.text)
            )
        }
        #expect(found.0 == ["a", "b"])
        #expect(found.1 == ["c"])
        #expect(found.2 == ["linux-64", "noarch"])
        #expect(found.3 == ["linux-64", "noarch"])
    }

    /// What changed after an indexer looked stays marked when it says that it is done.
    func staleMarks() async throws {
        let channel = try await channel("stale")
        let first = try file("a-1-0.conda", in: channel), second = try file("b-1-0.conda", in: channel)
        let again = try file("a-2-0.conda", in: channel)
        try await database.write { transaction in
            try transaction.insert(first)
            try transaction.insert(second)
        }
        let seen = try #require(try await database.read { try $0.staleSubdirs() }.first)
        #expect(seen.packages == [first.fileName.name, second.fileName.name])
        try await database.write { try $0.insert(again) }
        try await database.write { try $0.clearStale(seen) }
        let left = try await database.read { try $0.staleSubdirs() }
        #expect(left.map(\.packages) == [[again.fileName.name]])
        try await database.write { try $0.markStale(.noarch, of: channel.id, package: nil) }
        let all = try await database.read { try $0.staleSubdirs() }
        #expect(all.map(\.packages) == [nil])
        try await database.write { transaction in
            for stale in try transaction.staleSubdirs() { try transaction.clearStale(stale) }
        }
        #expect(try await database.read { try $0.staleSubdirs() }.isEmpty)
    }

    /// Documents are replaced, listed by the bytes of their paths, and kept apart by scope.
    func documents() async throws {
        let paths = ["noarch/a_b", "noarch/a%b", "noarch/aXb", "noarch/á", "linux-64/a_b", "noarch"]
        let scope = HostedDocument.Scope.channel(3)
        let documents = paths.map { path in
            HostedDocument(
                scope: scope,
                path: path,
                blob: Digest.of(Array(path.utf8)),
                size: 5,
                mediaType: "application/json",
                isImmutable: true,
                modified: now
            )
        }
        try await database.write { try $0.put(documents) }
        let replaced = HostedDocument(
            scope: scope,
            path: "noarch/a_b",
            blob: Digest.of([1]),
            size: 1,
            mediaType: "text/plain",
            isImmutable: false,
            modified: now
        )
        try await database.write { try $0.put([replaced]) }
        let found = try await database.read { transaction in
            (
                try transaction.document("noarch/a_b", in: scope),
                try transaction.document("noarch/a_b", in: .log(3)),
                try transaction.documents(beginningWith: "noarch/a_", in: scope).map(\.path),
                try transaction.documents(beginningWith: "noarch/", in: scope).map(\.path)
            )
        }
        #expect(found.0 == replaced)
        #expect(found.1 == nil)
        #expect(found.2 == ["noarch/a_b"])
        #expect(found.3 == ["noarch/a%b", "noarch/aXb", "noarch/a_b", "noarch/á"])
        try await database.write { try $0.removeDocuments(["noarch/á", "nothing"], in: scope) }
        #expect(try await database.read { try $0.documents(beginningWith: "", in: scope) }.count == 5)
    }

    /// A log has one root for each size, whoever asks.
    func roots() async throws {
        let log = try await database.write { try $0.createLog(origin: "example.org/roots", channel: nil) }
        let root = LoggedRoot(log: log.id, size: 5, root: Digest.of([5]), checkpoint: [])
        let signed = LoggedRoot(log: log.id, size: 5, root: Digest.of([5]), checkpoint: [1, 2])
        let forked = LoggedRoot(log: log.id, size: 5, root: Digest.of([6]), checkpoint: [1, 2])
        try await database.write { try $0.record(root) }
        try await database.write { try $0.record(signed) }
        #expect(try await database.read { try $0.newestRoot(of: log.id) } == signed)
        await #expect { try await database.write { try $0.record(forked) } } throws: { error in
            (error as? Refusal)?.is(ServerCode.logForked) ?? false
        }
        #expect(try await database.read { try $0.newestRoot(of: log.id) } == signed)
    }

    /// A log that gets another name keeps its entries, and nothing that was published of it.
    func renamedLog() async throws {
        let now = now
        let log = try await database.write { transaction in
            let log = try transaction.createLog(origin: "example.org/old", channel: nil)
            _ = try transaction.append([1], to: log.id)
            try transaction.record(LoggedRoot(log: log.id, size: 1, root: Digest.of([5]), checkpoint: [1]))
            try transaction.put([
                HostedDocument(
                    scope: .log(log.id),
                    path: "checkpoint",
                    blob: Digest.of([7]),
                    size: 9,
                    mediaType: "text/plain",
                    isImmutable: false,
                    modified: now
                )
            ])
            return log
        }
        #expect(try await database.read { try $0.referencedBytes() } == 9)
        try await database.write { try $0.rename(log.id, to: "example.org/new") }
        let (logs, entries, root, document) = try await database.read { transaction in
            (
                try transaction.logs().map(\.origin), try transaction.entries(of: log.id, from: 0, limit: 9),
                try transaction.newestRoot(of: log.id),
                try transaction.document("checkpoint", in: .log(log.id))
            )
        }
        #expect(logs == ["example.org/new"] && entries == [[1]] && root == nil && document == nil)
        #expect(try await database.read { try $0.referencedBytes() } == 0)
    }

    /// A log that would be made under a name that was taken away gets the other one.
    func retiredLog() async throws {
        let (retired, origins) = try await database.write { transaction in
            try transaction.retire("example.org/a/log", for: "example.org/a/log/2")
            let made = try ["example.org/a/log", "example.org/log"].map {
                try transaction.createLog(origin: $0, channel: nil).origin
            }
            return (try transaction.retiredLogs(), made)
        }
        #expect(retired == ["example.org/a/log"])
        #expect(origins == ["example.org/a/log/2", "example.org/log"])
        #expect(try await database.read { try $0.logs().map(\.origin) } == origins)
    }

    /// Keys are found by their hash, and go when they are revoked or have expired.
    func keys() async throws {
        let now = now
        let scope = AccessScope(actions: [.publish, .read], channel: 4, packages: ["b", "a"])
        let (lasting, brief) = try await database.write { transaction in
            let holder = FilePublisher(.user, "alice")
            return (
                try transaction.insertKey(
                    hash: Digest.of([1]),
                    holder: holder,
                    scopes: [scope],
                    label: "ci",
                    created: now,
                    expires: nil
                ),
                try transaction.insertKey(
                    hash: Digest.of([2]),
                    holder: FilePublisher(.workload, "w", issuer: "i"),
                    scopes: [AccessScope(actions: [.publish], channel: nil, packages: nil)],
                    label: "",
                    created: now,
                    expires: now.advanced(bySeconds: 900)
                )
            )
        }
        let found = try await database.read { transaction in
            (
                try transaction.accessKey(hash: lasting.hash), try transaction.accessKey(hash: brief.hash),
                try transaction.accessKeys(of: "alice"), try transaction.accessKeys(of: nil)
            )
        }
        #expect(found.0 == lasting)
        #expect(found.1 == brief)
        #expect(found.2 == [lasting])
        #expect(found.3 == [lasting, brief])
        try await database.write { try $0.removeKeys(expiredBefore: now.advanced(bySeconds: 901)) }
        #expect(try await database.read { try $0.accessKeys(of: nil) } == [lasting])
        #expect(try await database.write { try $0.removeKey(id: lasting.id) })
        #expect(try await !database.write { try $0.removeKey(id: lasting.id) })
    }

    /// A channel's settings and visibility change; its name and number are its own.
    func channels() async throws {
        var channel = try await channel("main")
        channel.visibility = .members
        channel.settings["quota"] = 5
        let changed = channel
        try await database.write { try $0.update(changed) }
        #expect(try await database.read { try $0.channel(changed.name) } == changed)
        #expect(try await database.read { try $0.channel(id: changed.id) } == changed)
        await #expect { _ = try await self.channel("main") } throws: { error in
            (error as? Refusal)?.is(ServerCode.channelExists) ?? false
        }
    }

    /// All of the checks, by name.
    static let checks: [(name: String, run: @Sendable (DatabaseContract) async throws -> Void)] = [
        ("a body that throws leaves nothing", { try await $0.bodyThatThrowsLeavesNothing() }),
        ("writers follow each other", { try await $0.writersFollowEachOther() }),
        ("a log gets another name", { try await $0.renamedLog() }),
        ("a log's name is taken away", { try await $0.retiredLog() }),
        ("channels", { try await $0.channels() }),
        ("files", { try await $0.files() }),
        ("names", { try await $0.names() }),
        ("stale marks", { try await $0.staleMarks() }),
        ("documents", { try await $0.documents() }),
        ("roots", { try await $0.roots() }),
        ("keys", { try await $0.keys() }),
        ("the catalogue's lists", { try await $0.catalogueLists() }),
        ("the catalogue's search", { try await $0.catalogueSearch() }),
        ("entries about a file", { try await $0.entriesAboutFile() }),
        ("failed uploads", { try await $0.failedUploads() }),
    ]
}

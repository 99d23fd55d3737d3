// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore

@testable import ChannelServer

extension DatabaseContract {
    /// Lists of files are ordered by time, bounded, and of one channel; what is stale and how many packages there are is
    /// known without looking at files.
    func catalogueLists() async throws {
        let channel = try await channel("lists"), other = try await self.channel("others")
        let names = ["a-1-0.conda", "b-1-0.conda", "a-2-0.tar.bz2"]
        var files: [HostedFile] = []
        for (number, name) in names.enumerated() {
            let plain = try file(name, in: channel)
            files.append(
                HostedFile(
                    channel: plain.channel,
                    subdir: plain.subdir,
                    fileName: plain.fileName,
                    sha256: plain.sha256,
                    size: 5,
                    record: plain.record,
                    publisher: plain.publisher,
                    acceptedAt: UInt64(1000 + number),
                    state: number == 1 ? .yanked : .listed,
                    attestations: number == 2 ? Digest.of([1]) : nil,
                    logIndex: 0
                )
            )
        }
        let all = files + [try file("a-9-0.conda", in: other)]
        let a = try PackageName("a"), b = try PackageName("b"), c = try PackageName("c")
        try await database.write { transaction in
            try all.forEach { try transaction.insert($0) }
            try transaction.setChannelData([1], of: a, in: channel.id)
            try transaction.setChannelData([2], of: b, in: channel.id)
            try transaction.setChannelData([3], of: a, in: channel.id)
            try transaction.setChannelData([4], of: b, in: other.id)
            try transaction.setChannelData(nil, of: c, in: channel.id)
        }
        let found = try await database.read { transaction in
            (
                try transaction.newestFiles(of: channel.id, limit: 2),
                try transaction.fileSummaries(named: a, of: channel.id, limit: 5),
                try transaction.fileSummaries(named: a, of: channel.id, limit: 1).count,
                try transaction.packageCount(of: channel.id),
                try transaction.channelData(of: a, in: channel.id),
                try transaction.channelData(of: c, in: channel.id)
            )
        }
        #expect(found.0.map(\.fileName.text) == ["a-2-0.tar.bz2", "b-1-0.conda"])
        #expect(found.0.map(\.hasAttestations) == [true, false])
        #expect(found.0.map(\.state) == [.listed, .yanked])
        #expect(found.1.map(\.fileName.text) == ["a-2-0.tar.bz2", "a-1-0.conda"])
        #expect(found.1.map(\.size) == [5, 5])
        #expect(found.2 == 1)
        #expect(found.3 == 2)
        #expect(found.4 == [3])
        #expect(found.5 == nil)

        let linux = try Subdir("linux-64")
        func stale(_ name: PackageName, _ subdir: Subdir) async throws -> Bool {
            try await database.read { try $0.isStale(name, in: subdir, of: channel.id) }
        }
        #expect(try await stale(a, .noarch))
        #expect(try await !stale(c, .noarch))
        #expect(try await !stale(a, linux))
        try await database.write { transaction in
            try transaction.markStale(linux, of: channel.id, package: nil)
            try transaction.setChannelData(nil, of: a, in: channel.id)
        }
        #expect(try await stale(c, linux))
        #expect(try await database.read { try $0.packageCount(of: channel.id) } == 1)
        #expect(try await database.read { try $0.packageCount(of: 4711) } == 0)
    }

    /// A search finds parts of names, byte for byte, in the channels that are given and no others; and goes on where it
    /// stopped, be it for what it found or for what it looked at, without naming what it may not see.
    func catalogueSearch() async throws {
        let one = try await channel("one"), two = try await channel("two"),
            hidden = try await channel("hidden")
        let names = ["alpha", "alphabet", "beta", "betalph", "gamma", "zeta_alph"]
        try await database.write { transaction in
            for name in try names.map({ try PackageName($0) }) {
                for channel in [one, two, hidden] {
                    try transaction.setChannelData([1], of: name, in: channel.id)
                }
            }
        }
        func search(_ part: String, _ channels: [HostedChannel], _ limit: Int, _ examining: Int) async throws
            -> [String]
        {
            var found: [String] = [], after: CatalogueEntry?
            for _ in 0..<100 {
                let start = after
                let page = try await database.read {
                    try $0.search(
                        part,
                        in: channels.map(\.id),
                        after: start,
                        limit: limit,
                        examining: examining
                    )
                }
                #expect(page.found.count <= limit)
                found += page.found.map {
                    "\($0.package)@\($0.channel == one.id ? 1 : $0.channel == two.id ? 2 : 3)"
                }
                #expect(page.next.map { next in channels.contains { $0.id == next.channel } } ?? true)
                guard let next = page.next else { return found }
                after = next
            }
            Issue.record("the search does not end")
            return found
        }
        let expected = [
            "alpha@1", "alpha@2", "alphabet@1", "alphabet@2", "betalph@1", "betalph@2", "zeta_alph@1",
            "zeta_alph@2",
        ]
        for (limit, examining) in [(100, 1000), (1, 1000), (3, 2), (100, 1), (2, 12)] {
            #expect(
                try await search("alph", [one, two], limit, examining) == expected,
                "\(limit) \(examining)"
            )
        }
        #expect(try await search("alph", [hidden], 2, 3).count == 4)
        for part in ["%", "al%h", "ALPH", "l_h", "'", "nothing"] {
            #expect(try await search(part, [one, two], 5, 5).isEmpty, "\(part)")
        }
        #expect(try await search("_", [one], 5, 50) == ["zeta_alph@1"])
        #expect(try await search("alph", [], 5, 5).isEmpty)
    }

    /// The entries about a file are found by its channel, subdir and name; whatever else is in the log, also what is no JSON.
    func entriesAboutFile() async throws {
        let log = try await database.write { try $0.createLog(origin: "example.org/about", channel: nil) }
        let other = try await database.write { try $0.createLog(origin: "example.org/other", channel: nil) }
        let entries =
            [
                "no JSON", "5", "[1]", "{}", #"{"channel":"main","subdir":"noarch"}"#,
                #"{"channel":"main","filename":"a-1-0.conda","subdir":"noarch","type":"publish"}"#,
                #"{"channel":"main","filename":"a-1-0.conda","subdir":"linux-64","type":"publish"}"#,
                #"{"channel":"side","filename":"a-1-0.conda","subdir":"noarch","type":"publish"}"#,
                #"{"channel":"main","filename":"a-1-0.conda","subdir":"noarch","type":"yank"}"#,
                #"{"channel":{},"filename":[1],"subdir":7}"#,
            ].map { Array($0.utf8) } + [[0xFF, 0x00, 0x7B]]
        try await database.write { transaction in
            for entry in entries { _ = try transaction.append(entry, to: log.id) }
            _ = try transaction.append(entries[5], to: other.id)
        }
        let name = try ArchiveFileName("a-1-0.conda"), main = try ChannelName("main")
        func found(_ limit: Int) async throws -> [LoggedEntry] {
            try await database.read {
                try $0.logEntries(about: name, in: .noarch, of: main, log: log.id, limit: limit)
            }
        }
        #expect(
            try await found(10) == [
                LoggedEntry(index: 5, bytes: entries[5]), LoggedEntry(index: 8, bytes: entries[8]),
            ]
        )
        #expect(try await found(1).map(\.index) == [5])
    }

    /// Failed uploads come newest first, cleaned and cut, and only so many of a channel are kept.
    func failedUploads() async throws {
        let one = try await channel("failing"), two = try await channel("fine"), now = now
        let publisher = FilePublisher(.workload, "job", issuer: "issuer")
        let kept = FailedUpload.keptPerChannel
        try await database.write { transaction in
            try transaction.note(
                FailedUpload(channel: two.id, publisher: publisher, fileName: "first", code: nil, time: now)
            )
            for number in 0..<(kept + 7) {
                try transaction.note(
                    FailedUpload(
                        channel: one.id,
                        publisher: publisher,
                        fileName: "\(number)\u{202E}\(String(repeating: "x", count: 1000))",
                        code: "upload.digest",
                        time: now
                    )
                )
            }
        }
        let found = try await database.read { try $0.failedUploads(limit: 1000) }
        #expect(found.count == kept + 1)
        #expect(found.last?.fileName == "first" && found.last?.code == nil)
        #expect(found.first?.fileName.hasPrefix("\(kept + 6)\\u{202E}xx") == true)
        #expect(found.allSatisfy { $0.fileName.utf8.count <= FailedUpload.maximumName })
        #expect(found.first?.publisher == publisher && found.first?.time == now)
        #expect(try await database.read { try $0.failedUploads(limit: 3) } == Array(found.prefix(3)))
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("The monitor of a log")
struct LogMonitorTests {
    private static let index = "https://channels.example.org/main/noarch/repodata.json"

    /// An index that lists files of these numbers, and is logged unless it is said not to be.
    private static func serve(
        _ scene: LogScene,
        _ numbers: [Int],
        other: Int? = nil,
        isLogged: Bool = true
    ) async throws {
        let records = numbers.map { number in
            let content = number == other ? "x" : "\(number)"
            return """
                "p\(number)-1-0.conda":{"name":"p\(number)","version":"1","build":"0","build_number":0,"depends":[],\
                "sha256":"\(Digest.of(Array(content.utf8)).hex)","size":1}
                """
        }
        let text = """
            {"info":{"subdir":"noarch"},"packages":{},"packages.conda":{\(records.joined(separator: ","))}}
            """
        scene.fetcher.serve(Array(text.utf8), at: index)
        guard isLogged else { return }
        try await scene.appendIndex(["repodata.json": Array(text.utf8)])
        try await scene.publish()
    }

    private static func run(
        _ scene: LogScene,
        expected: ExpectedPublishers = ExpectedPublishers(),
        later seconds: Int64 = 1000,
        downloads: Bool = false,
        _ change: (inout LogMonitor.Options) -> Void = { _ in }
    ) async throws -> LogMonitor.Report {
        var options = LogMonitor.Options()
        options.expected = expected
        options.grace = 600
        options.downloads = downloads
        change(&options)
        return try await LogMonitor(
            scene.watch(),
            fetcher: scene.fetcher,
            options: options,
            now: scene.server.now.advanced(bySeconds: seconds)
        ).run()
    }

    private static func codes(_ report: LogMonitor.Report) -> [String] { report.findings.map(\.codeName) }

    @Test("An honest channel has no findings, and a second run reads what is new only")
    func honest() async throws {
        let scene = try await LogScene()
        try await scene.append(300, from: 0)
        _ = try await scene.publish()
        try await Self.serve(scene, Array(0..<300))
        let first = try await Self.run(scene)
        #expect(Self.codes(first) == [])
        #expect(first.newEntries == 301 && first.recordCount == 300 && first.channels == ["main"])
        try await scene.append([
            scene.entry(300), scene.entry(0, .yank), scene.entry(1, .yank), scene.entry(1, .unyank),
        ])
        _ = try await scene.publish()
        try await Self.serve(scene, Array(1...300))
        let second = try await Self.run(scene)
        #expect(Self.codes(second) == [])
        #expect(second.newEntries == 5)
    }

    @Test("What is listed and not logged, or logged and not listed, is found, each with its own code")
    func contradictions() async throws {
        let scene = try await LogScene()
        try await scene.append(3, from: 0)
        try await scene.append([scene.entry(2, .remove)])
        _ = try await scene.publish()
        try await Self.serve(scene, [0, 1, 9])
        #expect(Self.codes(try await Self.run(scene)) == ["publish-log.unlogged"])
        try await Self.serve(scene, [0])
        #expect(Self.codes(try await Self.run(scene)) == ["publish-log.unlisted"])
        // An index may lag behind for a while.
        #expect(Self.codes(try await Self.run(scene, later: 10)) == [])
        try await Self.serve(scene, [0, 1, 2])
        #expect(Self.codes(try await Self.run(scene)) == ["publish-log.still-listed"])
        try await Self.serve(scene, [0, 1], other: 1)
        #expect(Self.codes(try await Self.run(scene)) == ["publish-log.record-differs"])
    }

    @Test("A publisher whom nobody expects is found, by what was seen first or by what the user says")
    func publishers() async throws {
        let scene = try await LogScene()
        var second = scene.entry(0, by: "mallory")
        second.fileName = "p0-2-0.conda"
        second.sha256 = Digest.of([2])
        try await scene.append([scene.entry(0), second, scene.entry(1, by: "bob")])
        _ = try await scene.publish()
        let report = try await Self.run(scene, later: 0)
        #expect(Self.codes(report) == ["publish-log.unexpected-publisher"])
        #expect(report.findings.first?.subject == "main/p0")
        #expect(report.findings.first?.location == "entry 1")
        let known = try ExpectedPublishers(
            parsing: Array(
                #"{"version":1,"channels":{"main":{"p0":[{"kind":"user","name":"alice"},{"kind":"user","name":"mallory"}]}}}"#
                    .utf8
            ),
            of: "expectations"
        )
        #expect(Self.codes(try await Self.run(scene, expected: known, later: 0)) == [])
        let others = try ExpectedPublishers(
            parsing: Array(#"{"version":1,"channels":{"main":{"*":[{"kind":"user","name":"alice"}]}}}"#.utf8),
            of: "expectations"
        )
        #expect(
            try await Self.run(scene, expected: others, later: 0).findings.map(\.subject) == [
                "main/p0", "main/p1",
            ]
        )
    }

    @Test("Two files under one name, and entries that say nothing, are found")
    func entries() async throws {
        let scene = try await LogScene()
        var second = scene.entry(0)
        second.sha256 = Digest.of([2])
        try await scene.append([scene.entry(0), second, scene.entry(5, .yank)])
        let id = scene.log.id
        try await scene.server.database.write { _ = try $0.append(Array("nonsense".utf8), to: id) }
        _ = try await scene.publish()
        #expect(
            Self.codes(try await Self.run(scene, later: 0)) == [
                "publish-log.published-twice", "publish-log.entry", "json.syntax",
            ]
        )
    }

    @Test("A download that is not the file that was logged is found")
    func downloads() async throws {
        let scene = try await LogScene()
        try await scene.append(3, from: 0)
        _ = try await scene.publish()
        try await Self.serve(scene, [0, 1, 2])
        let folder = "https://channels.example.org/main/noarch/"
        scene.fetcher.serve(Array("0".utf8), at: folder + "p0-1-0.conda")
        scene.fetcher.serve(Array("x".utf8), at: folder + "p1-1-0.conda")
        let report = try await Self.run(scene, downloads: true)
        #expect(Self.codes(report) == ["publish-log.record-differs", "publish-log.record-differs"])
        #expect(report.findings.map(\.found) == [Digest.of(Array("x".utf8)).hex, "nothing"])
        #expect(report.downloadCount == 3)
    }

    @Test("Entries that do not lead to the signed root are not read")
    func alteredEntries() async throws {
        let scene = try await LogScene()
        try await scene.append(2, from: 0)
        _ = try await scene.publish()
        let other = try EntryBundle.encode([scene.entry(0).encoded(), scene.entry(7).encoded()])
        scene.fetcher.serve(other, at: LogScene.url + "/tile/entries/000.p/2")
        #expect(await refusalCode { try await Self.run(scene) } == "publish-log.tiles-differ")
        // Nor are they kept.
        #expect(try scene.memory.bundle(0) == nil)
    }

    @Test("An index that was never logged is found, whoever it was made for")
    func indexUnlogged() async throws {
        let scene = try await LogScene()
        try await scene.append(2, from: 0)
        try await Self.serve(scene, [0, 1])
        #expect(Self.codes(try await Self.run(scene)) == [])
        // Every record of it is logged; only the index as a whole is not.
        try await Self.serve(scene, [1, 0], isLogged: false)
        let report = try await Self.run(scene)
        #expect(Self.codes(report) == ["publish-log.index-unlogged"])
        #expect(report.findings.first?.subject == "main/noarch/repodata.json")
        // Nor may a shard index be one of their own.
        try await Self.serve(scene, [0, 1])
        scene.fetcher.serve([1], at: "https://channels.example.org/main/noarch/repodata_shards.msgpack.zst")
        #expect(
            try await Self.run(scene).findings.map(\.subject) == ["main/noarch/repodata_shards.msgpack.zst"]
        )
    }

    @Test("An index that the log says was replaced is found, when the new one had time to arrive")
    func indexSuperseded() async throws {
        let scene = try await LogScene()
        try await scene.append(2, from: 0)
        try await Self.serve(scene, [0])
        try await scene.appendIndex(["repodata.json": [1]])
        try await scene.publish()
        #expect(Self.codes(try await Self.run(scene, later: 10)) == [])
        let codes = Self.codes(try await Self.run(scene))
        #expect(codes == ["publish-log.index-superseded", "publish-log.unlisted"])
        // That nothing is served at all is found, too.
        let silent = try await LogScene()
        try await silent.appendIndex(["repodata.json": [1]])
        try await silent.publish()
        #expect(Self.codes(try await Self.run(silent)) == ["publish-log.index-superseded"])
    }

    @Test("An index lists only what was logged before it")
    func loggedLate() async throws {
        let scene = try await LogScene()
        try await scene.append(1, from: 0)
        try await Self.serve(scene, [0, 1])
        try await scene.append(1, from: 1)
        try await scene.publish()
        let report = try await Self.run(scene)
        #expect(Self.codes(report) == ["publish-log.logged-late"])
        #expect(report.findings.first?.subject == "main/noarch/p1-1-0.conda")
    }

    @Test("A look that is a moment too early is made again, and no finding")
    func again() async throws {
        let scene = try await LogScene()
        try await scene.append(1, from: 0)
        try await scene.publish()
        try await Self.serve(scene, [0], isLogged: false)
        let served = try await scene.fetcher.bytes(Self.index, maximumLength: 1 << 20)
        let text = try #require(served)
        try await scene.appendIndex(["repodata.json": text])
        var options = LogMonitor.Options()
        options.pauses = [.seconds(1), .seconds(2)]
        let report = try await LogMonitor(
            scene.watch(),
            fetcher: scene.fetcher,
            options: options,
            now: scene.server.now,
            pause: { duration in
                // The server publishes its checkpoint while the monitor waits for the second time.
                if duration == .seconds(2) { try await scene.publish() }
            }
        ).run()
        #expect(Self.codes(report) == [])
    }

    @Test("New entries about keys and publishers are told once, if they are asked for")
    func alarms() async throws {
        let scene = try await LogScene()
        func change(_ event: PublishLogEntry.Event) async throws {
            try await scene.append([PublishLogEntry(event, channel: "main", time: scene.server.now)])
            try await scene.publish()
        }
        var state = MonitorState()
        func codes(_ keys: Bool, _ publishers: Bool) async throws -> [String] {
            let before = state
            let report = try await Self.run(scene) {
                $0.alarmsOnKeys = keys
                $0.alarmsOnPublishers = publishers
                $0.state = before
            }
            state = report.state
            return Self.codes(report)
        }
        try await change(.keyChange)
        #expect(try await codes(true, true) == [])
        try await change(.keyChange)
        try await change(.publisherChange)
        let before = state
        #expect(try await codes(false, false) == [])
        state = before
        #expect(
            try await codes(true, true) == ["publish-log.key-changed", "publish-log.publishers-changed"]
        )
        #expect(try await codes(true, true) == [])
    }

    @Test("A monitor remembers when it told a finding first, and forgets what was mended")
    func state() async throws {
        let scene = try await LogScene()
        try await scene.append(1, from: 0)
        try await Self.serve(scene, [0, 9])
        #expect(try scene.memory.monitorState() == MonitorState())
        let report = try await Self.run(scene)
        let finding = try #require(report.findings.first)
        #expect(report.state.firstTold(finding) == scene.server.now.advanced(bySeconds: 1000))
        try scene.memory.keep(report.state)
        let kept = try scene.memory.monitorState()
        #expect(kept == report.state && kept.entries == 2)
        let second = try await Self.run(scene, later: 2000) { $0.state = kept }
        #expect(second.state.firstTold(finding) == scene.server.now.advanced(bySeconds: 1000))
        try await Self.serve(scene, [0])
        let third = try await Self.run(scene, later: 3000) { $0.state = second.state }
        #expect(third.findings.isEmpty && third.state.firstTold(finding) == nil)
    }
}

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

    /// An index that lists files of these numbers.
    private static func serve(_ scene: LogScene, _ numbers: [Int], other: Int? = nil) {
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
    }

    private static func run(
        _ scene: LogScene,
        expected: ExpectedPublishers = ExpectedPublishers(),
        later seconds: Int64 = 1000,
        downloads: Bool = false
    ) async throws -> LogMonitor.Report {
        try await LogMonitor(
            scene.watch(),
            fetcher: scene.fetcher,
            expected: expected,
            grace: 600,
            now: scene.server.now.advanced(bySeconds: seconds)
        ).run(downloads: downloads)
    }

    private static func codes(_ report: LogMonitor.Report) -> [String] { report.findings.map(\.codeName) }

    @Test("An honest channel has no findings, and a second run reads what is new only")
    func honest() async throws {
        let scene = try await LogScene()
        try await scene.append(300, from: 0)
        _ = try await scene.publish()
        Self.serve(scene, Array(0..<300))
        let first = try await Self.run(scene)
        #expect(Self.codes(first) == [])
        #expect(first.newEntries == 300 && first.recordCount == 300 && first.channels == ["main"])
        try await scene.append([
            scene.entry(300), scene.entry(0, .yank), scene.entry(1, .yank), scene.entry(1, .unyank),
        ])
        _ = try await scene.publish()
        Self.serve(scene, Array(1...300))
        let second = try await Self.run(scene)
        #expect(Self.codes(second) == [])
        #expect(second.newEntries == 4)
    }

    @Test("What is listed and not logged, or logged and not listed, is found, each with its own code")
    func contradictions() async throws {
        let scene = try await LogScene()
        try await scene.append(3, from: 0)
        try await scene.append([scene.entry(2, .remove)])
        _ = try await scene.publish()
        Self.serve(scene, [0, 1, 9])
        #expect(Self.codes(try await Self.run(scene)) == ["publish-log.unlogged"])
        Self.serve(scene, [0])
        #expect(Self.codes(try await Self.run(scene)) == ["publish-log.unlisted"])
        // An index may lag behind for a while.
        #expect(Self.codes(try await Self.run(scene, later: 10)) == [])
        Self.serve(scene, [0, 1, 2])
        #expect(Self.codes(try await Self.run(scene)) == ["publish-log.still-listed"])
        Self.serve(scene, [0, 1], other: 1)
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
        Self.serve(scene, [0, 1, 2])
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
}

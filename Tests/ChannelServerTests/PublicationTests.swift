// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Publications")
struct PublicationTests {
    /// Notes the steps of what a body does.
    final class Recorder {
        var steps: [Publication.Step] = []
        var moved: [String] { steps.compactMap { if case .moving(let path) = $0 { path } else { nil } } }
    }

    @Test(
        "Files appear in the order that readers need, the timestamp last, and removals come after everything"
    )
    func order() async throws {
        let scene = try await ChannelScene.make()
        try await scene.add([.sample()])
        let recorder = Recorder()
        try await scene.add([.other(), FixturePackage("six-1-py_0.conda", in: "noarch")]) {
            recorder.steps.append($0)
        }
        func rank(_ path: String) -> Int {
            if path == "tuf/timestamp.json" { return 5 }
            if path.hasPrefix("tuf/") { return 4 }
            if path.hasSuffix(".conda") || path.hasSuffix(".tar.bz2") { return 0 }
            if path.contains("/shards/") { return 1 }
            return path.contains(".repodata") || path.contains(".current_repodata") ? 2 : 3
        }
        let ranks = recorder.moved.map(rank)
        #expect(ranks == ranks.sorted())
        #expect(
            ranks == [0, 0, 1, 1] + Array(repeating: 2, count: 8) + Array(repeating: 3, count: 8) + [
                4, 4, 4, 5,
            ]
        )
        // All is staged and planned before the commit; nothing moves before it.
        let commit = try #require(recorder.steps.firstIndex(of: .committing))
        #expect(recorder.steps[commit - 1] == .planning)
        #expect(recorder.steps[..<(commit - 1)].allSatisfy { if case .staging = $0 { true } else { false } })

        let removal = Recorder()
        try await scene.remove([.sample()], deletingFiles: true) { removal.steps.append($0) }
        #expect(
            removal.steps.suffix(4) == [
                .moving("tuf/timestamp.json"), .removing("linux-64/zlib-1.3.1-h0_0.conda"), .forgettingPlan,
                .clearing,
            ]
        )
    }

    @Test("Shards and immutable index files that are there already are not written again")
    func omitsUnchanged() async throws {
        let scene = try await ChannelScene.make()
        try await scene.add([.sample()])
        let recorder = Recorder()
        try await scene.add([.other()]) { recorder.steps.append($0) }
        #expect(recorder.moved.filter { $0.contains("/shards/") }.count == 1)
    }

    @Test("A file that changed since it was inspected stops the publication, and nothing was published")
    func sourceChanged() throws {
        let folder = try TemporaryFolder()
        let source = try folder.write([1], to: "source")
        try folder.write([0], to: "channel/old")
        var publication = Publication()
        publication.write([2], to: "old", .plainIndex)
        publication.copy(source, sha256: Digest.of([9]), to: "new", .package)
        let code = refusalCode { try publication.commit(to: folder.path + "/channel") }
        #expect(code == "digest.mismatch")
        #expect(try folder.read("channel/old") == [0])
        #expect(!Folder.exists(folder.path + "/channel/new"))
    }

    @Test("A publication on top of one that was not finished is a failure")
    func unfinished() throws {
        struct Stop: Error {}
        let folder = try TemporaryFolder()
        var publication = Publication()
        publication.write([1], to: "a", .plainIndex)
        #expect(throws: Stop.self) {
            try publication.commit(to: folder.path) { if case .moving = $0 { throw Stop() } }
        }
        #expect(Publication.isPending(folder.path))
        #expect(throws: Failure.self) { try publication.commit(to: folder.path) }
        #expect(try Publication.recover(folder.path))
        #expect(try folder.read("a") == [1])
        #expect(try !Publication.recover(folder.path))
    }

    @Test(
        "A plan that leads out of the channel is refused, and touches nothing",
        arguments: [
            "../outside", "/etc/outside", "a/../../outside", "linux-64/../../outside", "", ".", "linux-64//x",
            "a\\b",
            ".kingsnake/lock", "link/x", "linux-64/link/x", "link/\u{301}x",
        ],
        [true, false]
    )
    func foreignPlan(_ path: String, isRemoval: Bool) throws {
        let folder = try TemporaryFolder()
        let channel = folder.path + "/channel"
        try folder.write([7], to: "outside")
        try folder.write([7], to: "elsewhere/x")
        try folder.write([7], to: "elsewhere/\u{301}x")
        try folder.write([0], to: "channel/linux-64/a")
        try FileManager.default.createSymbolicLink(
            atPath: channel + "/link",
            withDestinationPath: folder.path + "/elsewhere"
        )
        try FileManager.default.createSymbolicLink(
            atPath: channel + "/linux-64/link",
            withDestinationPath: folder.path + "/elsewhere"
        )
        let plan =
            isRemoval
            ? PlannedMoves(targets: [], removals: [path])
            : PlannedMoves(targets: ["fine", path], removals: [])
        try folder.write(plan.encoded(), to: "channel/.kingsnake/pending/plan.json")
        try folder.write([1], to: "channel/.kingsnake/pending/0")
        try folder.write([2], to: "channel/.kingsnake/pending/1")
        #expect(refusalCode { try Publication.recover(channel) } == "channel.plan-unsafe")
        // A check, which anybody runs on a copy from elsewhere, does not follow it either.
        let check = ChannelCheck(directory: channel, root: nil, now: ChannelScene.start)
        #expect(refusalCode { try check.run(.digests) } == "channel.plan-unsafe")
        #expect(try folder.read("outside") == [7] && folder.read("elsewhere/x") == [7])
        #expect(try folder.read("elsewhere/\u{301}x") == [7])
        #expect(!Folder.exists(channel + "/fine"))
    }

    @Test("A private folder that is a link is refused", arguments: [".kingsnake", ".kingsnake/pending"])
    func linkedPrivateFolder(_ name: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(PlannedMoves(targets: ["a"], removals: []).encoded(), to: "mine/pending/plan.json")
        try folder.write([1], to: "mine/pending/0")
        let target = folder.path + (name == ".kingsnake" ? "/mine" : "/mine/pending")
        let link = folder.path + "/channel/" + name
        try Folder.create(Folder.parent(of: link))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        #expect(refusalCode { try Publication.recover(folder.path + "/channel") } == "channel.plan-unsafe")
        #expect(try folder.read("mine/pending/0") == [1])
    }

    @Test("A channel whose subdir is a link is not written to")
    func linkedSubdir() async throws {
        let scene = try await ChannelScene.make()
        let subdir = scene.directory + "/linux-64"
        try FileManager.default.moveItem(atPath: subdir, toPath: scene.folder.path + "/elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: subdir,
            withDestinationPath: scene.folder.path + "/elsewhere"
        )
        #expect(await refusalCode { try await scene.add([.sample()]) } == "channel.plan-unsafe")
        #expect(!Publication.isPending(scene.directory))
    }
}

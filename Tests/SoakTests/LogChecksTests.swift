// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Testing
import TrustCore

@testable import Soak

@Suite("Checkers of the log and of versions can fail")
struct LogChecksTests {
    private typealias History = BadHistory

    private static func entry(_ type: String, _ name: HostedName = History.one, _ sha256: String = History.x)
        -> [UInt8]
    {
        Array(
            """
            {"channel":"\(name.channel)","filename":"\(name.file)","sha256":"\(sha256)","subdir":"\(name.subdir)",\
            "type":"\(type)","v":1}
            """.utf8
        )
    }

    @Test("The roots are those of RFC 6962, as the server's own tree has them")
    func roots() throws {
        var leaves = LogLeaves(), tree = MerkleTree()
        #expect(Hex.encode(leaves.root) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        for number in 0..<70 {
            leaves.append(Array("entry \(number)".utf8))
            _ = tree.append(Array("entry \(number)".utf8))
            #expect(leaves.root == tree.root(size: number + 1))
        }
    }

    @Test("P4: a root of other entries, one of entries that are not there, and a changed entry are found")
    func checkpoints() {
        let entries = (0..<5).map { Array("entry \($0)".utf8) }
        func sighting(_ size: Int, of entries: [[UInt8]]) -> Sighting {
            var leaves = LogLeaves()
            for entry in entries.prefix(size) { leaves.append(entry) }
            return Sighting("log", size, Hex.encode(leaves.root), Span(size, size))
        }
        let seen = (0...5).map { sighting($0, of: entries) }
        #expect(LogChecks.checkpoints(seen, of: entries).isEmpty)
        var others = entries
        others[1] = Array("another".utf8)
        #expect(LogChecks.checkpoints(seen, of: others).count == 4)
        #expect(LogChecks.checkpoints([sighting(3, of: others)], of: entries).count == 1)
        #expect(LogChecks.checkpoints(seen, of: entries.dropLast()).count == 1)
        #expect(LogChecks.entriesStay(entries, entries + others).isEmpty)
        #expect(LogChecks.entriesStay(entries, others).count == 1)
        #expect(LogChecks.entriesStay(entries, Array(entries.dropLast())).count == 1)
    }

    @Test("P4: a log that is silent about a file, or says what did not happen, is found")
    func happened() {
        let publish = Self.entry("publish"), expected = History.expected()
        let yanked = History.expected([History.change(History.one, .yank, .answered(200))])
        let none = History.view()
        func findings(_ entries: [[UInt8]], _ expected: FileExpectations, _ view: ChannelView) -> Int {
            LogChecks.tellsWhatHappened(entries, expected, view).count
        }
        #expect(findings([publish], expected, History.good) == 0)
        #expect(findings([publish, Self.entry("yank")], yanked, none) == 0)
        #expect(findings([publish, Self.entry("yank"), Self.entry("unyank")], expected, History.good) == 0)
        // Accepted and indexed, and not logged: both are said.
        #expect(findings([], expected, History.good) == 2)
        #expect(findings([], expected, none) == 1)
        #expect(findings([publish], expected, none) == 1)
        #expect(findings([publish, publish], expected, History.good) == 1)
        #expect(findings([Self.entry("yank")], FileExpectations(), none) == 1)
        #expect(findings([publish, Self.entry("yank")], yanked, History.good) == 1)
        // The log says that it was yanked; nobody asked for that.
        #expect(findings([publish, Self.entry("yank")], expected, none) == 1)
        #expect(findings([publish], yanked, none) == 2)
        #expect(findings([Self.entry("publish", History.one, History.y)], expected, History.good) == 2)
        #expect(findings([publish, Self.entry("publish", History.other)], expected, History.good) == 2)
        #expect(findings([publish, Array("{".utf8)], expected, History.good) == 1)
        #expect(
            findings([publish, Self.entry("remove"), Self.entry("unyank")], expected, History.good) == 1
        )
    }

    @Test(
        "P5: a number that goes back is found, unless both were asked for at the same time; so are two contents of one"
    )
    func forward() {
        func findings(_ seen: [(Int, String, Span)]) -> Int {
            SightingChecks.goForward(
                .metadataGoForward,
                seen.map { Sighting("main/timestamp", $0.0, $0.1, $0.2) }
            )
            .count
        }
        #expect(findings([(1, "a", Span(1, 2)), (2, "b", Span(3, 4)), (2, "b", Span(5, 6))]) == 0)
        #expect(findings([(2, "b", Span(1, 4)), (1, "a", Span(2, 3))]) == 0)
        #expect(findings([(2, "b", Span(1, 4)), (1, "a", Span(3, 6))]) == 0)
        #expect(findings([(2, "b", Span(1, 2)), (1, "a", Span(3, 4))]) == 1)
        #expect(findings([(1, "a", Span(1, 2)), (1, "b", Span(3, 4))]) == 1)
        #expect(findings([(5, "e", Span(1, 2)), (6, "f", Span(3, 4)), (5, "e", Span(5, 6))]) == 1)
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Soak
import Testing

@Suite("Checkers of files can fail")
struct FileChecksTests {
    private typealias History = BadHistory

    @Test("P1: an accepted upload that is missing, altered or not indexed is found; one that is there is not")
    func uploadsSurvive() {
        let expected = History.expected(), (name, x, y) = (History.one, History.x, History.y)
        #expect(FileChecks.uploadsSurvive(expected, History.good).isEmpty)
        let bad: [(ChannelView, String)] = [
            (History.view(served: [name: .bytes(x)]), "not in the index"),
            (History.view(listed: [name: x], served: [name: .refused(404)]), "404"),
            (History.view(listed: [name: x], served: [name: .refused(410)]), "410"),
            (History.view(listed: [name: x], served: [name: .failed("reset")]), "reset"),
            (History.view(listed: [name: x], served: [name: .bytes(y)]), "served as"),
            (History.view(listed: [name: y], served: [name: .bytes(x)]), "not what was accepted"),
            (History.view(listed: [name: x, History.other: y], served: [name: .bytes(x)]), "nobody sent"),
        ]
        for (view, words) in bad {
            let findings = FileChecks.uploadsSurvive(expected, view)
            #expect(findings.count == 1 && findings[0].promise == .uploadsSurvive, "\(words): \(findings)")
            #expect(findings.first?.what.contains(words) == true, "\(findings)")
        }
    }

    @Test("P1: what was not answered may be there or not, and what was refused may not")
    func unanswered() {
        for (fate, isFound) in [
            (Fate.silent, false), (.answered(503), false), (.answered(409), true), (.answered(422), true),
        ] {
            let expected = FileExpectations(
                uploads: [History.upload(History.one, History.x, fate)],
                changes: []
            )
            #expect(FileChecks.uploadsSurvive(expected, History.view()).isEmpty)
            #expect(FileChecks.uploadsSurvive(expected, History.good).isEmpty != isFound)
        }
    }

    @Test("P2: two contents under one name are found, whether accepted, indexed or served")
    func oneContent() {
        let first = History.upload(History.one, History.x, .answered(201))
        let second = History.upload(History.one, History.y, .answered(201))
        let loser = History.upload(History.one, History.y, .answered(409))
        #expect(FileChecks.oneContent([first, loser], History.good).isEmpty)
        #expect(FileChecks.oneContent([first, first]).isEmpty)
        #expect(FileChecks.oneContent([first, second]).map(\.promise) == [.oneContent])
        #expect(FileChecks.oneContent([first], History.view(listed: [History.one: History.y])).count == 1)
        #expect(
            FileChecks.oneContent([first], History.view(served: [History.one: .bytes(History.y)])).count == 1
        )
    }

    @Test("P2: of a race one wins, and the loser is told that the name is taken")
    func race() {
        func findings(_ one: Fate, _ other: Fate) -> [Finding] {
            FileChecks.oneContent([
                History.upload(History.one, History.x, one), History.upload(History.one, History.y, other),
            ])
        }
        #expect(findings(.answered(201), .answered(409)).isEmpty)
        #expect(findings(.answered(201), .silent).isEmpty)
        #expect(findings(.answered(409), .answered(409)).count == 1)
        #expect(findings(.answered(201), .answered(400)).count == 1)
        #expect(findings(.answered(201), .answered(200)).count == 1)
    }

    @Test("P3: an index that names what is not there, or something else, is found")
    func indexedFiles() {
        #expect(FileChecks.indexedFilesAreThere(History.good).isEmpty)
        for download in [
            ChannelView.Download.bytes(History.y), .refused(404), .refused(503), .failed("cut off"),
        ] {
            let view = History.view(listed: [History.one: History.x], served: [History.one: download])
            #expect(FileChecks.indexedFilesAreThere(view).map(\.promise) == [.indexedFilesAreThere])
        }
        var shards = History.good
        shards.shardRecords = shards.records
        #expect(FileChecks.indexedFilesAreThere(shards).isEmpty)
        shards.shardRecords = [:]
        #expect(FileChecks.indexedFilesAreThere(shards).count == 1)
        shards.shardRecords = [History.one: ChannelView.Record(sha256: History.y)]
        #expect(FileChecks.indexedFilesAreThere(shards).count == 1)
    }

    @Test("P8: a yanked file in the index or not served, and a removed one that is served, are found")
    func yanked() {
        let (name, x) = (History.one, History.x)
        let yanked = History.expected([History.change(name, .yank, .answered(200))])
        let removed = History.expected([History.change(name, .remove, .answered(200))])
        let unsure = History.expected([History.change(name, .yank, .silent)])
        let hidden = History.view(served: [name: .bytes(x)]),
            gone = History.view(served: [name: .refused(410)])
        #expect(FileChecks.yankedStaysThere(yanked, hidden).isEmpty)
        #expect(FileChecks.yankedStaysThere(removed, gone).isEmpty)
        for view in [hidden, History.good] { #expect(FileChecks.yankedStaysThere(unsure, view).isEmpty) }
        #expect(FileChecks.uploadsSurvive(unsure, hidden).isEmpty)
        let bad: [(FileExpectations, ChannelView)] = [
            (yanked, History.good), (yanked, gone), (yanked, History.view(served: [name: .refused(404)])),
            (yanked, History.view(served: [name: .bytes(History.y)])), (removed, hidden),
            (removed, History.view(served: [name: .refused(404)])),
        ]
        for (expected, view) in bad {
            #expect(FileChecks.yankedStaysThere(expected, view).map(\.promise) == [.yankedStaysThere])
        }
    }
}

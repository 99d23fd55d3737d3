// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TUF
import Testing
import TrustCore

@testable import ChannelServer

@Suite("What an indexer decides to do")
struct IndexAgendaTests {
    private let linux: Subdir

    init() throws { linux = try Subdir("linux-64") }

    private func stale(_ subdir: Subdir, change: Int64, in channel: Int64 = 1) -> StaleSubdir {
        StaleSubdir(channel: channel, subdir: subdir, change: change, packages: [])
    }

    @Test("Nothing is due where all that is wanted is served and signed")
    func nothing() {
        var situation = IndexAgenda.Situation(channel: 1)
        situation.wanted = [.noarch, linux]
        situation.served = [.noarch, linux]
        situation.renewals = ([], Timestamp(seconds: 7))
        let agenda = IndexAgenda(situation)
        #expect(agenda.isEmpty && agenda.next == Timestamp(seconds: 7))
    }

    @Test(
        "A subdir that lags behind is made, one of another channel is not, and one without an index is made whole"
    )
    func subdirs() {
        var situation = IndexAgenda.Situation(channel: 1)
        situation.stale = [stale(linux, change: 5), stale(.noarch, change: 6, in: 2)]
        situation.wanted = [.noarch, linux]
        situation.served = [linux]
        let agenda = IndexAgenda(situation)
        #expect(agenda.subdirs.map(\.subdir) == [linux, .noarch])
        #expect(agenda.subdirs.map(\.change) == [5, 0])
        #expect(agenda.subdirs[1].packages == nil)
        #expect(agenda.next == nil)
    }

    @Test("A subdir whose role lags behind is signed as it is, unless its index is made anyway")
    func unsigned() {
        var situation = IndexAgenda.Situation(channel: 1)
        situation.wanted = [.noarch, linux]
        situation.served = [.noarch, linux]
        situation.unsigned = [.noarch, linux]
        situation.stale = [stale(linux, change: 1)]
        situation.renewals = ([.timestamp], Timestamp(seconds: 0))
        let agenda = IndexAgenda(situation)
        #expect(agenda.unsigned == [.noarch] && agenda.renewals == [.timestamp])
        #expect(agenda.subdirs.map(\.subdir) == [linux])
    }
}

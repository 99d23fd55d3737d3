// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// For each code the smallest situation that provokes it.
@Suite("Every refusal of publish logs")
struct PublishLogCodeCoverageTests {
    private static let log = HostedLog(id: 1, origin: "o", channel: nil, size: 1)
    private static let digest = Digest.of([])

    private static func situation(signed: LogSituation.Head) throws {
        let root = LoggedRoot(log: 1, size: 1, root: digest, checkpoint: [])
        _ = try LogSituation(log: log, decided: root, signed: signed, published: nil).next()
    }

    /// Those that need no more than a value; the rest is provoked where it is tested.
    static let simple: [PublishLogCode: @Sendable () throws -> Void] = [
        .entry: { _ = try PublishLogEntry(.publish, channel: "c", time: Timestamp(seconds: 0)).encoded() },
        .databaseBehind: { try situation(signed: LogSituation.Head(size: 2, root: [])) },
        .secondRoot: { try situation(signed: LogSituation.Head(size: 1, root: [])) },
        .tilesDiffer: {
            var edge = TileEdge()
            _ = edge.append(leafHash: MerkleHash.leaf([1]))
            _ = try LogGrowth(of: edge, entries: [[2]], origin: "o")
        },
        .expectations: { _ = try ExpectedPublishers(parsing: Array(#"{"version":2}"#.utf8), of: "x") },
    ]
    /// Where the others are provoked: in tests of clients.
    static let elsewhere: Set<PublishLogCode> = [
        .missing, .notLogged, .shrunk, .forked, .rewritten, .unlogged, .recordDiffers, .unlisted,
        .stillListed,
        .publishedTwice, .unexpectedPublisher, .indexUnlogged, .indexSuperseded, .loggedLate, .keyChanged,
        .publishersChanged, .keyDiffers,
    ]

    @Test("Each code is provoked by its own smallest input", arguments: PublishLogCode.allCases)
    func provoked(_ code: PublishLogCode) throws {
        guard let provocation = Self.simple[code] else {
            #expect(Self.elsewhere.contains(code))
            #expect(code.defects(in: "publish-log.").isEmpty)
            return
        }
        #expect(refusalCode { try provocation() } == code.rawValue)
        #expect(code.defects(in: "publish-log.").isEmpty)
    }
}

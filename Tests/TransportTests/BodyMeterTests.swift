// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("Limits on a body")
struct BodyMeterTests {
    static func meter(maximum: Int = 100, announced: Int? = nil) throws -> BodyMeter {
        var limits = TransportLimits()
        limits.window = .seconds(10)
        limits.minimumBytesPerWindow = 50
        limits.overall = .seconds(100)
        return try BodyMeter(
            limits,
            maximumLength: maximum,
            announced: announced,
            at: RedactedURL("http://a/")
        )
    }

    static func fault(_ body: () throws -> Void) -> TransferFault? {
        do {
            try body()
            return nil
        } catch {
            return (error as? Failure)?.cause as? TransferFault
        }
    }

    @Test("An announced length over the maximum is refused before any byte; the maximum itself is not")
    func announced() throws {
        #expect(refusalCode { try Self.meter(announced: 101) } == "limit.too-large")
        #expect(refusalCode { try Self.meter(announced: Int.max) } == "limit.too-large")
        #expect(refusalCode { try Self.meter(announced: 100) } == nil)
    }

    @Test("One byte over the maximum is refused; the maximum itself is not")
    func delivered() throws {
        var meter = try Self.meter()
        try meter.take(100, waited: .zero, elapsed: .zero)
        #expect(refusalCode { try meter.take(1, waited: .zero, elapsed: .zero) } == "limit.too-large")
        #expect(refusalCode { try meter.take(Int.max, waited: .zero, elapsed: .zero) } == "limit.too-large")
    }

    @Test("A body shorter or longer than announced is truncated")
    func truncated() throws {
        var meter = try Self.meter(announced: 10)
        try meter.take(9, waited: .zero, elapsed: .zero)
        #expect(Self.fault { try meter.finish() } == .truncated)
        try meter.take(1, waited: .zero, elapsed: .zero)
        try meter.finish()
    }

    @Test("Too few bytes in a window is slow; enough, or an unfinished window, is not")
    func slow() throws {
        var meter = try Self.meter()
        try meter.take(1, waited: .seconds(9), elapsed: .zero)
        try meter.take(49, waited: .seconds(1), elapsed: .zero)
        try meter.take(1, waited: .seconds(9), elapsed: .zero)
        #expect(Self.fault { try meter.take(1, waited: .seconds(1), elapsed: .zero) } == .slow)
    }

    @Test("A transfer over its overall time is cut off")
    func overall() throws {
        var meter = try Self.meter()
        try meter.take(1, waited: .zero, elapsed: .seconds(100))
        #expect(Self.fault { try meter.take(1, waited: .zero, elapsed: .seconds(101)) } == .timeout)
    }

    @Test(
        "A file's own compression may be named; any other encoding is refused",
        arguments: [
            ("identity", "/a.json", true), ("", "/a.json", true), ("gzip", "/a.json", false),
            ("zstd", "/repodata.json.zst", true), ("gzip", "/repodata.json.zst", false),
            ("x-bzip2", "/a.tar.bz2", true), ("X-GZIP", "/a.tar.gz?x", true), ("zstd, gzip", "/a.zst", false),
            ("br", "/a.conda", false), ("zstd", "/a.json?x=.zst", false),
        ]
    )
    func encodings(value: String, target: String, taken: Bool) {
        let code = refusalCode {
            try ContentEncoding.check([value], of: target, at: RedactedURL("http://a/"))
        }
        #expect(code == (taken ? nil : "fetch.encoding"))
    }

    @Test(
        "A path that could leave the channel is refused",
        arguments: [
            ("linux-64/a.conda", true), ("a", true), ("a%2Bb", true), ("a..b/...", true), ("", false),
            ("/a", false),
            ("a/", false), ("a//b", false), ("..", false), ("a/../b", false), ("./a", false),
            ("%2e%2E/a", false),
            ("a/%2e", false), ("a%2fb", false), ("a\\b", false), ("a%5Cb", false), ("a?b", false),
            ("a#b", false),
            ("a%00", false), ("a\u{7}", false), ("a b", false), ("a%", false), ("ä", false),
        ]
    )
    func paths(path: String, inside: Bool) {
        #expect(refusalCode { try ChannelPath.check(path) } == (inside ? nil : "fetch.path-escape"))
    }
}

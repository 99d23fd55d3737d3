// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

@testable import Soak

@Suite("Checkers of proxies can fail")
struct ProxyChecksTests {
    private static let one = HostedName("main", "noarch", "a-1-0.conda")
    private static let other = HostedName("main", "noarch", "b-1-0.conda")
    private static let bytes = Array("the bytes of a".utf8)

    /// Two versions: the second lists `b` as well, and another stamp.
    private static func honest() -> HonestChannels {
        var honest = HonestChannels()
        honest.publish("main", ["noarch": ["a-1-0.conda": bytes, "stamp-1-0.conda": [1]]])
        honest.publish(
            "main",
            [
                "noarch": [
                    "a-1-0.conda": bytes, "b-1-0.conda": [2], "stamp-1-0.conda": [1], "stamp-2-0.conda": [3],
                ]
            ]
        )
        return honest
    }

    private static func received(
        _ bytes: [UInt8],
        _ name: HostedName = one,
        status: Int = 200,
        from offset: Int = 0,
        announced: Int? = 14,
        isWhole: Bool = true
    ) -> Reception {
        Reception(
            name,
            through: "p",
            status: status,
            bytes: bytes,
            from: offset,
            announced: announced,
            isWhole: isWhole
        )
    }

    @Test(
        "P6: a byte that was never published is found, also in a part of a body and in one that was cut off"
    )
    func bytes() {
        func findings(_ receptions: Reception...) -> Int {
            ProxyChecks.rightBytes(receptions, Self.honest()).count
        }
        #expect(findings(Self.received(Self.bytes)) == 0)
        #expect(findings(Self.received(Array(Self.bytes.prefix(5)), isWhole: false)) == 0)
        let part = Array(Self.bytes[4..<9])
        #expect(findings(Self.received(part, status: 206, from: 4, announced: 5)) == 0)
        #expect(findings(Reception(Self.one, through: "p", status: 503)) == 0)
        var wrong = Self.bytes
        wrong[3] ^= 1
        #expect(findings(Self.received(wrong)) == 1)
        #expect(findings(Self.received(Array(wrong.prefix(4)), isWhole: false)) == 1)
        #expect(findings(Self.received(part, status: 206, from: 5, announced: 5)) == 1)
        #expect(findings(Self.received(Self.bytes + [0])) == 1)
        #expect(findings(Self.received(Array(Self.bytes.prefix(5)))) == 1)
        #expect(findings(Self.received(Self.bytes, announced: 15)) == 1)
        #expect(findings(Self.received([0], HostedName("main", "noarch", "c-1-0.conda"))) == 1)
    }

    private static func reading(
        _ number: Int,
        _ files: [String],
        at moment: Int = 1,
        scope: IndexReading.Scope = .whole,
        isSteady: Bool = false
    )
        -> IndexReading
    {
        let listing = honest().listing("main", number, "noarch")
        let records = listing.filter { files.contains($0.key) }
        return IndexReading(
            "main",
            "noarch",
            through: "p",
            as: "f",
            scope,
            records,
            Span(moment, moment + 1),
            isSteady: isSteady
        )
    }

    @Test("P6: an index of two versions, of part of one, or with another digest is of no version")
    func versions() {
        func version(_ reading: IndexReading) -> Int? {
            let (findings, versions) = ProxyChecks.oneVersion([reading], Self.honest())
            #expect(findings.count + versions.count == 1)
            return versions.first?.number
        }
        let first = ["a-1-0.conda", "stamp-1-0.conda"]
        let second = first + ["b-1-0.conda", "stamp-2-0.conda"]
        #expect(version(Self.reading(1, first)) == 1)
        #expect(version(Self.reading(2, second)) == 2)
        #expect(version(Self.reading(2, first + ["b-1-0.conda"])) == nil)
        #expect(
            version(Self.reading(2, ["a-1-0.conda", "b-1-0.conda", "stamp-2-0.conda"], scope: .part)) == 2
        )
        #expect(version(Self.reading(2, first, scope: .part)) == 1)
        #expect(version(Self.reading(2, ["b-1-0.conda"], scope: .part)) == nil)
        #expect(version(Self.reading(2, [], scope: .part)) == nil)
        let names: Set = ["a", "b", "stamp"]
        let stamps = ["stamp-1-0.conda", "stamp-2-0.conda"]
        #expect(version(Self.reading(2, stamps, scope: .packages(names, read: ["stamp"]))) == 2)
        // The index of shards is the second version's, and the shard the first one's.
        let old = Array(stamps.prefix(1))
        #expect(version(Self.reading(2, old, scope: .packages(names, read: ["stamp"]))) == nil)
        #expect(version(Self.reading(2, stamps, scope: .packages(["a", "stamp"], read: ["stamp"]))) == nil)
        let altered = IndexReading(
            "main",
            "noarch",
            through: "p",
            as: "f",
            .whole,
            ["a-1-0.conda": "00", "stamp-1-0.conda": HonestChannels.digest([1])],
            Span(1, 2)
        )
        #expect(version(altered) == nil)
    }

    @Test("P6: shards are followed for themselves only where they may be of another moment")
    func apart() {
        let shards = IndexReading.Scope.packages(["a", "stamp"], read: ["stamp"])
        let readings = [
            Self.reading(2, ["a-1-0.conda", "b-1-0.conda", "stamp-1-0.conda", "stamp-2-0.conda"]),
            Self.reading(1, ["stamp-1-0.conda"], scope: shards),
        ]
        for (channels, count) in [(Set<String>(), 1), (["other"], 1), (["main"], 2)] {
            let versions = ProxyChecks.oneVersion(readings, Self.honest(), apart: channels).versions
            #expect(versions.map(\.number) == [2, 1])
            #expect(Set(versions.map(\.subject)).count == count)
        }
    }

    @Test("P6: where nothing is wrong, no form goes back behind another one, and else they may")
    func steady() {
        let shards = IndexReading.Scope.packages(["a", "stamp"], read: ["stamp"])
        func findings(whole: Bool, byShards: Bool) -> Int {
            let readings = [
                Self.reading(
                    2,
                    ["a-1-0.conda", "b-1-0.conda", "stamp-1-0.conda", "stamp-2-0.conda"],
                    isSteady: whole
                ),
                Self.reading(1, ["stamp-1-0.conda"], at: 5, scope: shards, isSteady: byShards),
            ]
            let versions = ProxyChecks.oneVersion(readings, Self.honest(), apart: ["main"]).versions
            return ProxyChecks.versionsGoForward(versions).count
        }
        #expect(findings(whole: true, byShards: true) == 1)
        #expect(findings(whole: true, byShards: false) == 0 && findings(whole: false, byShards: true) == 0)
        #expect(findings(whole: false, byShards: false) == 0)
    }

    @Test("P6: a version that goes back is found, unless both were asked for at the same time")
    func forward() {
        func findings(_ seen: [(Int, Span)]) -> Int {
            ProxyChecks.versionsGoForward(seen.map { Sighting("p/main/noarch", $0.0, "", $0.1) }).count
        }
        #expect(findings([(1, Span(1, 2)), (2, Span(3, 4)), (2, Span(5, 6))]) == 0)
        #expect(findings([(2, Span(1, 4)), (1, Span(2, 3))]) == 0)
        #expect(findings([(2, Span(1, 2)), (1, Span(3, 4))]) == 1)
    }

    @Test("P9: what was passed on before and is not any more is found; so is what was not asked for again")
    func lost() {
        func findings(_ again: Reception...) -> Int {
            ProxyChecks.nothingLost([Self.one], again).count
        }
        #expect(findings(Self.received(Self.bytes)) == 0)
        #expect(findings(Reception(Self.one, through: "p", status: 503)) == 1)
        #expect(findings(Self.received([], isWhole: false)) == 1)
        #expect(findings(Self.received(Self.bytes, Self.other)) == 1)
        #expect(findings() == 1)
    }

    @Test("P9: what comes while the channel is down, and does not say so, is found")
    func stale() {
        func finding(_ status: Int?, _ warning: String?) -> Finding? {
            ProxyChecks.saysThatItIsStale(Self.one, status, warning: warning)
        }
        #expect(
            finding(200, "110 kingsnake \"text\"") == nil && finding(503, nil) == nil
                && finding(nil, nil) == nil
        )
        #expect(finding(200, nil) != nil && finding(200, "199 kingsnake \"text\"") != nil)
    }

    @Test("P6: what stays refused or old when its channel is well again is found")
    func healing() {
        #expect(ProxyChecks.healed(["p": 2], ["p": 2]).isEmpty)
        #expect(ProxyChecks.healed(["p": 1], ["p": 2]).count == 1)
        #expect(ProxyChecks.healed(["p": nil as Int?], ["p": 2]).count == 1)
        #expect(ProxyChecks.healed([:], ["p": 2]).count == 1)
    }

    @Test(
        "404 for what is listed is found; 403, 503 and silence only where nothing was wrong",
        arguments: [
            (200, true, false, false), (304, true, false, false), (404, false, false, false),
            (404, true, true, true), (403, true, true, false), (403, true, false, true),
            (503, true, true, false), (503, true, false, true), (nil, true, true, false),
            (nil, true, false, true), (500, true, true, true), (400, false, true, true),
        ] as [(Int?, Bool, Bool, Bool)]
    )
    func answers(status: Int?, isListed: Bool, isDisturbed: Bool, isFound: Bool) {
        let reception = Reception(Self.one, through: "p", status: status)
        let finding = ProxyChecks.answer(reception, isListed: isListed, isDisturbed: isDisturbed)
        #expect((finding != nil) == isFound)
    }

    @Test("A request without an end is found, and memory that grows from round to round")
    func bounds() {
        #expect(ProxyChecks.ends("r", after: 9, bound: 10) == nil)
        #expect(ProxyChecks.ends("r", after: 11, bound: 10) != nil)
        let flat = [10, 50, 60, 61, 60, 61], grows = [10, 50, 60, 61, 70, 80]
        #expect(ProxyChecks.flatMemory(flat, slack: 5, of: "p").isEmpty)
        #expect(ProxyChecks.flatMemory(grows, slack: 5, of: "p").count == 1)
        #expect(ProxyChecks.flatMemory([1, 100], slack: 5, of: "p").isEmpty)
    }

    @Test("A file that all versions from one on list is listed; one that was added later was not")
    func listed() {
        let honest = Self.honest()
        #expect(honest.isListed(Self.one, from: 1) && honest.isListed(Self.other, from: 2))
        #expect(!honest.isListed(Self.other, from: 1))
        #expect(HonestChannels.package("with-hyphens-1-0.conda") == "with-hyphens")
    }
}

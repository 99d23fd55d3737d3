// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@testable import Soak

@Suite("Plans of a proxy's soak, and what it alters")
struct ProxyPlanTests {
    @Test("A seed and a round's number make the same plan again, others another one")
    func replay() {
        for number in 1...50 {
            #expect(ProxyPlan(number, seed: 7) == ProxyPlan(number, seed: 7))
            #expect(ProxyPlan(number, seed: 7).seed != ProxyPlan(number, seed: 8).seed)
        }
        #expect(ProxyPlan(1, seed: 7).installations == 500)
    }

    @Test("In some hundred rounds every fault and every moment of a kill is there")
    func variety() {
        let plans = (1...300).map { ProxyPlan($0, seed: 3) }
        for fault in UpstreamWeather.Fault.allCases {
            #expect(plans.contains { $0.weather.faults.contains(fault) })
        }
        for fault in RoundPlan.Fault.allCases { #expect(plans.contains { $0.fault == fault }) }
        let moments = Set(plans.flatMap(\.kills).map { String("\($0)".prefix { $0.isLetter }) })
        #expect(moments.count == 7, "\(moments)")
        #expect(
            plans.contains { $0.isShared } && plans.contains { $0.isDown } && plans.contains { $0.isAltered }
        )
        #expect(plans.contains { $0.weather.isCalm } && plans.contains { $0.weather.mirrorLag > 0 })
    }

    @Test("A mirror that disagrees says another digest of each file, in an index that can be read")
    func lie() throws {
        let index = #"{"packages.conda":{"a":{"sha256":"0a"},"b":{"sha256":"f1"}}}"#
        let lie = String(decoding: UpstreamChannel.lie(Array(index.utf8)), as: UTF8.self)
        #expect(lie == #"{"packages.conda":{"a":{"sha256":"1a"},"b":{"sha256":"01"}}}"#)
    }

    @Test(
        "Each file of a copied cache is another, and the audit finds those that no longer are what their names say"
    )
    func altered() throws {
        let folder = try TemporaryFolder()
        let bytes: [UInt8] = [1, 2, 3], digest = Digest.of(bytes).hex
        let name = "sha256/\(digest.prefix(2))/\(digest.dropFirst(2))"
        try folder.write(bytes, to: "cache/" + name)
        try folder.write(bytes, to: "home/ledger")
        #expect(CacheAudit.altered(in: folder.path + "/cache").isEmpty)
        let copy = try CacheCopy(
            of: folder.path + "/home",
            folder.path + "/cache",
            to: folder.path + "/copy",
            seed: 1
        )
        #expect(copy.altered == 1)
        #expect(try folder.read("cache/" + name) == bytes && folder.read("copy/home/ledger") == bytes)
        #expect(try folder.read("copy/cache/" + name) != bytes)
        #expect(CacheAudit.altered(in: copy.cache).count == 1)
    }
}

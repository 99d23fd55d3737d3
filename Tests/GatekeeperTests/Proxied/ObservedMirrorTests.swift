// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Mirrors that are compared with a channel that signs nothing")
struct ObservedMirrorTests {
    static let one = "https://one.example/m"
    static let two = "https://two.example/m"

    static func scene(atLeast count: Int = 0) throws -> ObservedScene {
        var scene = try ObservedScene()
        scene.configuration.compared = [try ChannelURL(one), try ChannelURL(two)]
        scene.configuration.demandedMirrors = count
        return scene
    }

    @Test("Those that agree are named, asked once for a view, and nothing is fetched from them")
    func agree() async throws {
        let scene = try Self.scene(atLeast: 2)
        let (zlib, curl) = (try ObservedPackage(), try ObservedPackage("curl"))
        try scene.publish([zlib, curl])
        try scene.publish([zlib, curl], at: Self.one)
        try scene.publish([curl, zlib], at: Self.two)
        let upstream = try scene.open()
        let verdict = try #require(try await scene.admit(zlib, from: upstream).package).verdict
        #expect(verdict.findings[0].reason.hasSuffix("2 mirrors agree: \(Self.one), \(Self.two)"))
        #expect(try await scene.admit(curl, from: upstream).package != nil)
        let asked = scene.web.takeRequests().filter { !$0.hasPrefix(ObservedScene.url) }
        #expect(Set(asked) == [Self.one, Self.two].map { $0 + "/linux-64/repodata.json.zst" }.asSet)
        #expect(asked.count == 2)
    }

    @Test("One that lists another hash is enough to refuse the file, and no other one")
    func disagree() async throws {
        let scene = try Self.scene()
        let (zlib, curl) = (try ObservedPackage(), try ObservedPackage("curl"))
        try scene.publish([zlib, curl])
        try scene.publish([zlib, curl], at: Self.one)
        try scene.publish([ObservedPackage(holding: "another"), curl], at: Self.two)
        let upstream = try scene.open()
        let verdict = try await scene.admit(zlib, from: upstream).verdict
        #expect(verdict.objections.map(\.code) == [.mirrorsDisagree])
        #expect(try await scene.admit(curl, from: upstream).package != nil)
    }

    @Test("Two MD5 are compared where there is nothing else")
    func disagreeByMD5() async throws {
        let scene = try Self.scene()
        let zlib = try ObservedPackage().byMD5
        try scene.publish([zlib])
        try scene.publish([ObservedPackage(holding: "another").byMD5], at: Self.one)
        let verdict = try await scene.admit(zlib, from: scene.open()).verdict
        #expect(verdict.objections.map(\.code) == [.mirrorsDisagree])
    }

    @Test("One that is away, lags, or shows something bad decides nothing")
    func silent() async throws {
        let scene = try Self.scene()
        let zlib = try ObservedPackage()
        try scene.publish([zlib])
        scene.web.setAway(Self.one)
        try scene.publish([], at: Self.two)
        var upstream = try scene.open()
        #expect(try await scene.admit(zlib, from: upstream).package != nil)
        scene.web.put([1, 2, 3], at: Self.two + "/linux-64/repodata.json.zst")
        upstream = try scene.open()
        let verdict = try #require(try await scene.admit(zlib, from: upstream).package).verdict
        #expect(verdict.findings[0].reason.contains("its index is refused: compression.corrupt"))
        #expect(verdict.findings[0].reason.contains("could not be asked"))
    }

    @Test("Where some number must agree, those that are away are missing, until they are back")
    func missing() async throws {
        let scene = try Self.scene(atLeast: 1)
        let zlib = try ObservedPackage()
        try scene.publish([zlib])
        try scene.publish([zlib], at: Self.one)
        scene.web.setAway(Self.one)
        let upstream = try scene.open()
        let verdict = try await scene.admit(zlib, from: upstream).verdict
        #expect(verdict.objections.map(\.code) == [.mirrorsMissing])
        scene.web.setAway(Self.one, false)
        // Not by each client anew.
        #expect(try await scene.admit(zlib, from: upstream).package == nil)
        scene.clock.advance(by: scene.configuration.pause)
        #expect(try await scene.admit(zlib, from: upstream).package != nil)
    }

    @Test("After a start, mirrors that did not change are not fetched anew")
    func conditional() async throws {
        let scene = try Self.scene()
        let zlib = try ObservedPackage()
        try scene.publish([zlib])
        try scene.publish([zlib, ObservedPackage("curl")], at: Self.one)
        _ = try await scene.admit(zlib, from: scene.open())
        _ = scene.web.takeRequests()
        _ = try await scene.admit(zlib, from: scene.open())
        let asked = scene.web.takeRequests().filter { $0.contains("one.example") }
        #expect(asked == ["=" + Self.one + "/linux-64/repodata.json.zst"])
    }
}

extension [String] {
    fileprivate var asSet: Set<String> { Set(self) }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

@Suite("What names alone tell of a policy")
struct NameReachTests {
    private typealias Sample = RuleSamples

    /// Each says something else of files.
    private static let policies = [
        "channels:\n  \(Sample.channel): {packages: {zlib: {publishers: [{github: a/b}]}}}\n",
        "cooldown: {default: 3d}\n", "cooldown: {default: 0d}\n",
        "cooldown: {default: 0d, except: {xz: 2d}}\n", "install_scripts: {default: deny}\n",
        "revoked: [{match: \"xz >=5.6.0\", reason: bad}]\n", "revoked: [{match: \"x*\", reason: bad}]\n",
        "revoked: [{sha256: \(EvidenceSamples.right.hex), reason: bad}]\n",
        "revoked: [{sha256: \(EvidenceSamples.right.hex), match: zlib, reason: bad}]\n",
        "revoked: [{match: zlib, indexed: {from: \"2020-01-01T00:00:00Z\"}, reason: bad}]\n",
        "revoked: [{match: zlib, channel: https://conda.example.org/lab, reason: bad}]\n",
        "pins: {xz: https://conda.example.org/lab}\n", "pins: {zlib: \(Sample.channel)}\n",
        "channels:\n  https://conda.example.org/lab: {cooldown: {default: 1d}}\n",
        "channels:\n  \(Sample.channel): {revoked: [{match: xz, reason: bad}]}\n",
    ]

    @Test("Whatever is hidden of a package, its name says that something may be", arguments: policies)
    func isSound(lines: String) throws {
        let policy = try Sample.policy(lines)
        for channel in [Sample.channel, "https://conda.example.org/lab"] {
            guard let reach = policy.nameReach(into: channel) else { continue }
            for name in ["xz-5.6.1-0.conda", "xz-5.4.0-0.conda", "zlib-1.3-0.conda", "XZ-5.6.1-0.conda"] {
                for indexed in [nil, Sample.ago(days: 0), Sample.ago(days: 400)] {
                    let file = try Sample.file(name) {
                        $0.channel = channel
                        $0.indexed = indexed
                    }
                    let isHidden = !Sample.codes(policy, file).isEmpty
                    let part = reach.part(of: try ArchiveFileName(name).name)
                    #expect(!isHidden || part != .nothing, "\(name) in \(channel)")
                    #expect(isHidden || part != .everything, "\(name) in \(channel)")
                }
            }
        }
    }

    @Test("Others may name packages besides, and what the policy says of them stays")
    func judgedBesides() throws {
        let lines = "pins: {xz: https://conda.example.org/lab}\nrevoked: [{match: zlib, reason: bad}]\n"
        let reach = try #require(try Sample.policy(lines).nameReach(into: Sample.channel))
        let names = try ["xz", "zlib", "curl", "bzip2"].map { try PackageName($0) }
        #expect(names.map { reach.part(of: $0) } == [.everything, .some, .nothing, .nothing])
        let more = reach.judging(also: [names[0], names[2]])
        #expect(names.map { more.part(of: $0) } == [.everything, .some, .some, .nothing])
        #expect(reach.judging(also: []) == reach)
    }

    @Test("Which policies need records, and what of names the others say")
    func parts() throws {
        func parts(_ lines: String) throws -> [NameReach.Part]? {
            let reach = try Sample.policy(lines).nameReach(into: Sample.channel)
            return try reach.map { reach in try ["xz", "zlib"].map { reach.part(of: try PackageName($0)) } }
        }
        let expected: [[NameReach.Part]?] = [
            [.nothing, .nothing], nil, [.nothing, .nothing], nil, [.nothing, .nothing], [.some, .nothing],
            nil, nil,
            [.nothing, .some], nil, [.nothing, .nothing], [.everything, .nothing], [.nothing, .nothing],
            [.nothing, .nothing], [.some, .nothing],
        ]
        for (lines, expected) in zip(Self.policies, expected) {
            #expect(try parts(lines) == expected, "\(lines)")
        }
        #expect(expected.count == Self.policies.count)
        #expect(IndexPolicy.empty.nameReach(into: Sample.channel)?.judged == [])
    }
}

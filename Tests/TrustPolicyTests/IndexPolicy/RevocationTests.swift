// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

@Suite("Revocations")
struct RevocationTests {
    private typealias Sample = RuleSamples
    private typealias Attested = AttestationSamples

    /// A revocation by these conditions, and whether it is about the sample file.
    struct Condition: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let isAbout: Bool

        init(_ yaml: String, _ isAbout: Bool) { (testDescription, self.isAbout) = (yaml, isAbout) }
    }

    private static let sha256 = EvidenceSamples.right.hex
    private static let other = EvidenceSamples.wrong.hex

    @Test(
        "A revocation is about a file if all of its conditions hold",
        arguments: [
            Condition("sha256: \(sha256)", true), Condition("sha256: \(sha256.uppercased())", true),
            Condition("sha256: \(other)", false), Condition("sha256: [\(other), \(sha256)]", true),
            Condition("md5: \(EvidenceSamples.rightMD5.hex)", true),
            Condition("md5: \(EvidenceSamples.wrongMD5.hex)", false),
            Condition("match: zlib", true), Condition("match: ZLIB", true), Condition("match: zli", false),
            Condition("match: zlib-ng", false), Condition("match: \"z*\"", true),
            Condition("match: \"x*\"", false),
            Condition("match: \"zlib >=1.2,<1.4\"", true), Condition("match: \"zlib <1.3\"", false),
            Condition("match: \"zlib ==1.3 0\"", true), Condition("match: \"zlib 1.3 1\"", false),
            Condition("match: zlib, channel: \(RuleSamples.channel)", true),
            Condition("match: zlib, channel: \"https://conda.example.org/other\"", false),
            Condition("sha256: \(sha256), match: xz", false),
            Condition("indexed: {from: \(RuleSamples.ago(days: 366))}", true),
            Condition("indexed: {from: \(RuleSamples.ago(days: 364))}", false),
            Condition("indexed: {until: \(RuleSamples.ago(days: 365))}", true),
            Condition("indexed: {until: \(RuleSamples.ago(days: 366))}", false),
            Condition(
                "match: zlib, indexed: {from: \(RuleSamples.ago(days: 366)), until: \(RuleSamples.ago(days: 364))}",
                true
            ),
        ]
    )
    func conditions(_ condition: Condition) throws {
        let policy = try Sample.policy("revoked: [{\(condition.testDescription), reason: it does harm}]\n")
        let codes: [PolicyCode] = condition.isAbout ? [.revoked] : []
        #expect(Sample.codes(policy, try Sample.file()) == codes)
        let verdict = Sample.verdict(policy, Sample.evidence(try Sample.file()))
        #expect(verdict.objections.compactMap(\.code) == codes)
    }

    @Test("What cannot be read of a file is taken for what is revoked")
    func unreadable() throws {
        let build = try Sample.policy("revoked: [{match: \"zlib 1.3 0\", reason: a}]\n")
        #expect(Sample.codes(build, try Sample.file { $0.version = "?" }) == [.revoked])
        #expect(Sample.codes(build, try Sample.file { $0.name = "no name" }) == [.revoked])
        #expect(Sample.codes(build, try Sample.file { $0.fileName = "zlib" }) == [.revoked])
    }

    @Test("A file that nobody dates may be of any time, unless this machine saw it before")
    func undatedFiles() throws {
        let policy = try Sample.policy("revoked: [{indexed: {from: \(Sample.ago(days: 10))}, reason: a}]\n")
        let file = try Sample.file { $0.indexed = nil }
        #expect(Sample.codes(policy, file) == [.revoked])
        for (days, codes) in [(11, []), (9, [PolicyCode.revoked])] {
            var seen = file
            seen.firstSeen = Sample.ago(days: days)
            // Its own word does not count.
            seen.built = Sample.ago(days: 100)
            #expect(Sample.codes(policy, seen) == codes)
        }
    }

    @Test("The reason and the reference are shown, of every revocation that is about the file")
    func reasons() throws {
        let policy = try Sample.policy(
            """
            revoked:
              - {match: zlib, reason: first, reference: "https://example.org/1"}
              - {sha256: \(Self.other), reason: not this}
              - {sha256: \(Self.sha256), reason: "second\u{202E}"}
            channels:
              \(Sample.channel):
                revoked: [{match: zlib, reason: third}]
              https://conda.example.org/other:
                revoked: [{match: zlib, reason: elsewhere}]
            """
        )
        #expect(
            policy.findings(on: try Sample.file(), now: Sample.now).map(\.reason) == [
                "your policy revokes it: first (see https://example.org/1)",
                "your policy revokes it: second\\u{202E}",
                "your policy revokes it: third",
            ]
        )
    }

    private static let publisher =
        "revoked: [{publisher: {github: pallets/flask}, reason: it was taken over}]\n"

    @Test("A publisher is revoked at admission, by verified attestations")
    func publishers() throws {
        let policy = try Sample.policy(Self.publisher)
        let file = try Sample.file()
        #expect(Sample.codes(policy, file) == [])
        func codes(_ change: (inout Evidence) -> Void) -> [PolicyCode] {
            let evidence = Sample.evidence(file, change)
            #expect(policy.asksForPublisher(of: evidence))
            return Sample.verdict(policy, evidence).objections.compactMap(\.code)
        }
        #expect(codes { _ in } == [])
        #expect(codes { $0.attestations = [Attested.github()] } == [.revoked])
        #expect(codes { $0.attestations = [Attested.github("pallets/flask-cors", id: "101")] } == [])
        #expect(codes { $0.record = Attested.record(promised: true) }.contains(.revocationUnknown))
        #expect(codes { $0.sidecar = .unknown(reason: "no network") } == [.revocationUnknown])
    }

    @Test("A publisher's revocation of some packages asks of no others")
    func publisherOfSome() throws {
        let policy = try Sample.policy(
            "revoked: [{publisher: {github: pallets/flask}, match: flask, reason: a}]\n"
        )
        #expect(!policy.asksForPublisher(of: Sample.evidence(try Sample.file())))
        let flask = try Sample.file("flask-3-0.conda")
        #expect(policy.asksForPublisher(of: Sample.evidence(flask)))
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

@Suite("Pins of names")
struct PinTests {
    private typealias Sample = RuleSamples
    private static let pins = """
        pins:
          lab-core: https://conda.example.org/lab
          "lab-*": [https://conda.example.org/lab, https://conda.example.org/lab-test]
          lab-public: \(RuleSamples.channel)

        """

    @Test(
        "A pinned name is hidden in every other channel; the closest pattern counts alone",
        arguments: [
            ("lab-core-1-0.conda", RuleSamples.channel, false),
            ("LAB-Core-1-0.conda", RuleSamples.channel, false),
            ("lab-core-1-0.conda", "https://conda.example.org/lab", true),
            ("lab-core-1-0.conda", "https://conda.example.org/lab-test", false),
            ("lab-core-1-0.conda", "https://conda.example.org/lab/", false),
            ("lab-other-1-0.conda", "https://conda.example.org/lab-test", true),
            ("lab-other-1-0.conda", RuleSamples.channel, false),
            ("lab-public-1-0.conda", RuleSamples.channel, true),
            ("lab-public-1-0.conda", "https://conda.example.org/lab", false),
            ("lab-1-0.conda", RuleSamples.channel, true),
            ("labs-core-1-0.conda", RuleSamples.channel, true), ("zlib-1-0.conda", RuleSamples.channel, true),
        ]
    )
    func pins(name: String, channel: String, isListed: Bool) throws {
        let policy = try Sample.policy(Self.pins)
        let file = try Sample.file(name) { $0.channel = channel }
        let codes: [PolicyCode] = isListed ? [] : [.pinnedElsewhere]
        #expect(Sample.codes(policy, file) == codes)
        #expect(Sample.verdict(policy, Sample.evidence(file)).objections.compactMap(\.code) == codes)
    }

    @Test("A name that cannot be read could be a pinned one")
    func unreadable() throws {
        let file = try Sample.file { $0.name = "lab core" }
        #expect(Sample.codes(try Sample.policy(Self.pins), file) == [.pinnedElsewhere])
    }

    @Test("The finding names pattern and channels")
    func words() throws {
        let file = try Sample.file("lab-core-1-0.conda")
        let finding = try #require(try Sample.policy(Self.pins).findings(on: file, now: Sample.now).first)
        #expect(
            finding.reason
                == "your policy pins `lab-core` to `https://conda.example.org/lab`, and this is `\(Sample.channel)`"
        )
    }
}

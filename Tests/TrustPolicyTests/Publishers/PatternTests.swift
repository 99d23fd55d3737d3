// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

@Suite("Patterns of packages and refs")
struct PatternTests {
    @Test(
        "A pattern fits the names that it says, up to a boundary",
        arguments: [
            ("lab-*", "lab-core", true), ("lab-*", "lab", false), ("lab-*", "labs-core", false),
            ("lab-*", "lab_core", false), ("lab_*", "lab_core", true), ("lab.*", "lab.core", true),
            ("LAB-*", "lab-core", true), ("lab-*", "LAB-core", true), ("lab", "lab", true),
            ("lab", "Lab", true),
            ("lab", "lab-core", false), ("*", "anything", true),
        ]
    )
    func packages(pattern: String, name: String, fits: Bool) throws {
        #expect(try #require(PackagePattern(pattern)).matches(try PackageName(name)) == fits)
    }

    @Test(
        "What ends at no boundary is no pattern",
        arguments: [
            "lab*", "*-core", "lab-*-x", "lab-**", "", "lab--*", "-*", "__*", "__cuda", "l\u{e4}b-*",
            "lab core", "**",
        ]
    )
    func badPackages(pattern: String) { #expect(PackagePattern(pattern) == nil) }

    @Test("Of several patterns that fit, the longest counts, and a whole name before all")
    func longestWins() throws {
        let publisher = try AttestationSamples.publisher()
        let patterns = ["*", "lab-core-*", "lab-*", "lab-core-x"]
        let policy = try PublisherPolicy(
            channel: try ChannelURL(AttestationSamples.channel),
            entries: try patterns.map { text in
                try PublisherEntry(try #require(PackagePattern(text)), publishers: [publisher])
            }
        )
        for (name, pattern) in [
            ("zlib", "*"), ("lab-a", "lab-*"), ("lab-core-a", "lab-core-*"), ("lab-core-x", "lab-core-x"),
            ("lab-core", "lab-*"),
        ] {
            #expect(policy.entry(for: try PackageName(name))?.pattern.description == pattern)
        }
    }

    @Test(
        "A ref fits whole, or at a slash",
        arguments: [
            ("refs/heads/main", "refs/heads/main", true), ("refs/heads/main", "refs/heads/main2", false),
            ("refs/heads/main", "refs/heads/Main", false), ("refs/tags/", "refs/tags/v1", true),
            ("refs/tags/", "refs/tags/a/b", true), ("refs/tags/", "refs/tags/", false),
            ("refs/tags/", "refs/tagsx", false), ("refs/tags/*", "refs/tags/v1", true),
            ("refs/tags/*", "refs/tags/a/b", false), ("refs/tags/*", "refs/tags/", false),
            ("refs/heads/release/", "refs/heads/release/1", true),
            ("refs/heads/release/", "refs/heads/release", false),
        ]
    )
    func refs(pattern: String, ref: String, fits: Bool) throws {
        let parsed = try #require(RefPattern(pattern))
        #expect(parsed.matches(ref) == fits)
        #expect(parsed.description == pattern)
    }

    @Test(
        "Nothing else is a pattern for refs",
        arguments: [
            "main", "v*", "refs/tags/v*", "refs/", "refs/*", "*", "refs/*/main", "refs//x", "refs/heads/a b",
            "",
            "heads/main", "refs/tags/**",
        ]
    )
    func badRefs(pattern: String) { #expect(RefPattern(pattern) == nil) }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing

@testable import TrustPolicy

@Suite("The entry that counts, of many")
struct PatternIndexTests {
    private typealias Sample = AttestationSamples

    private static let patterns = [
        "*", "lab-*", "lab-core", "lab-core-*", "lab_*", "lab.x-*", "a-*", "lab-core-y", "b", "lab--*", "-*",
    ]
    private static let names = [
        "lab", "lab-", "lab-core", "Lab-Core", "lab-core-", "lab-core-y", "lab-core-z", "labs-x", "lab_x",
        "lab.x-1",
        "lab.x", "a-b", "a", "b", "b-c", "lab--", "lab--z", "z", "-x", "_x",
    ].filter { (try? PackageName($0)) != nil }

    @Test("The names are many")
    func many() { #expect(Self.names.count >= 15) }

    @Test("It is the one that comparing with each pattern finds", arguments: names)
    func agrees(text: String) throws {
        let name = try PackageName(text)
        let all = Self.patterns.compactMap(PackagePattern.init)
        #expect(all.count >= 9)
        for skipped in -1..<all.count {
            let patterns = all.indices.filter { $0 != skipped }.map { all[$0] }
            let expected = patterns.filter { $0.matches(name) }.max { $0.closeness < $1.closeness }
            #expect(PatternIndex(patterns).closest(to: name).map { patterns[$0] } == expected)
        }
        #expect(PatternIndex([]).closest(to: name) == nil)
    }
}

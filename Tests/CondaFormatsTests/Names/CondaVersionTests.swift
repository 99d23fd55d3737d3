// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("Versions in conda's order")
struct CondaVersionTests {
    /// Lines of equal versions, in ascending order.
    private static func vectors() throws -> [[CondaVersion]] {
        let path = SharedData.checkout + "/Tests/Vectors/versions.txt"
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
            .map { try $0.split(separator: " ").map { try CondaVersion($0) } }
    }

    @Test("All pairs of the vectors compare as their lines do")
    func allPairs() throws {
        let lines = try Self.vectors()
        #expect(lines.count > 300)
        let all = lines.enumerated().flatMap { at, line in line.map { (at, $0) } }
        for (a, x) in all {
            for (b, y) in all {
                guard (x < y) == (a < b), (x == y) == (a == b), a != b || x.hashValue == y.hashValue else {
                    Issue.record("\(x) and \(y) compare wrongly")
                    return
                }
            }
        }
    }

    @Test("Shuffled versions are sorted into the order of the vectors")
    func sorting() throws {
        let lines = try Self.vectors()
        let sorted = lines.compactMap(\.first).shuffled().sorted()
        #expect(sorted.map(\.text) == lines.compactMap { $0.first?.text })
    }

    @Test(
        "The relations that conda's documentation states hold",
        arguments: [
            ("0.4", "==", "0.4.0"), ("0.4.0", "<", "0.4.1.rc"), ("0.4.1.rc", "==", "0.4.1.RC"),
            ("0.4.1.RC", "<", "0.4.1"),
            ("0.5C1", "<", "0.5"), ("0.960923", "<", "1.0"), ("1.0", "<", "1.1dev1"),
            ("1.1dev1", "<", "1.1_"),
            ("1.1_", "<", "1.1a1"), ("1.1a1", "<", "1.1.0dev1"), ("1.1.0dev1", "==", "1.1.dev1"),
            ("1.1.dev1", "<", "1.1.a1"),
            ("1.1.a1", "<", "1.1.0rc1"), ("1.1.0rc1", "<", "1.1.0"), ("1.1.0", "==", "1.1"),
            ("1.1", "<", "1.1.0post1"),
            ("1.1.0post1", "==", "1.1.post1"), ("1.1.post1", "<", "1.1post1"), ("1996.07.12", "<", "1!0.4.1"),
            ("1!3.1.1.6", "<", "2!0.4.1"), ("1.0.1_", "<", "1.0.1a"), ("1.0.1a", "<", "1.0.1"),
            ("1-2", "==", "1_2"),
            ("1.2", "==", "0!01.02+0"), ("18446744073709551615", "<", "18446744073709551616"),
            ("99999999999999999999", "<", "100000000000000000000"),
        ]
    )
    func documented(_ a: String, _ relation: String, _ b: String) throws {
        let (x, y) = (try CondaVersion(a), try CondaVersion(b))
        #expect(relation == "==" ? x == y : x < y)
        #expect(relation == "==" ? y == x : !(y <= x))
    }

    @Test(
        "What is no version is refused",
        arguments: [
            "", " ", " 1", "1 ", "1..2", "1.", ".1", "_1", "1_.2", "1._2", "!1", "1!", "a!1", "1!2!3", "+1",
            "1+", "1+2+3",
            "1+_2", "1+2_", "1.0*", "1~2", "1/2", "1_2-3", "1\0", "\u{661}", "1.\u{E9}", "\u{212A}", "1!+2",
        ]
    )
    func refused(_ text: String) {
        #expect(refusalCode { try CondaVersion(text) } == "version.invalid")
    }

    @Test("A version may have 64 bytes and no more")
    func length() throws {
        _ = try CondaVersion(String(repeating: "9", count: 64))
        #expect(refusalCode { try CondaVersion(String(repeating: "9", count: 65)) } == "version.invalid")
    }

    @Test(
        "A version starts with another if it continues it",
        arguments: [
            ("1.2.3", "1.2", true), ("1.2", "1.2", true), ("1.20", "1.2", false), ("1.2", "1.2.0", true),
            ("1.2.5", "1.2.0", false),
            ("1", "1.0.0", true), ("1.2rc1", "1.2", true), ("1.2rc1", "1.2r", true),
            ("1.2rc1", "1.2rc", true),
            ("1.2rc1", "1.2rc2", false), ("1.2rc1", "1.2.0", false), ("1!1.2", "1.2", false),
            ("1.2+3.4", "1.2", true),
            ("1.2+3.4", "1.2+3", true), ("1.2.0+3.4", "1.2+3", true), ("1.2+3.4", "1.2+4", false),
            ("1.2", "1.2+3", false),
            ("1.2.dev1", "1.2.dev", true), ("1.2.dev1", "1.2.d", false), ("1.2.post1", "1.2.post", true),
            ("1", "a", false),
        ]
    )
    func startsWith(_ version: String, _ beginning: String, _ expected: Bool) throws {
        #expect(try CondaVersion(version).starts(with: CondaVersion(beginning)) == expected)
    }

    @Test(
        "A version is compatible with an earlier one of its series",
        arguments: [
            ("1.4.5", "1.4.2", true), ("1.4.2", "1.4.2", true), ("1.4.1", "1.4.2", false),
            ("1.5.0", "1.4.2", false),
            ("1.5", "1.4", true), ("2.0", "1.4", false), ("2.0", "1", false), ("1.4.2rc1", "1.4.2", false),
        ]
    )
    func compatible(_ version: String, _ other: String, _ expected: Bool) throws {
        #expect(try CondaVersion(version).isCompatible(with: CondaVersion(other)) == expected)
    }
}

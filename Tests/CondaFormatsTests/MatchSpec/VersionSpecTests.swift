// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("Conditions on versions")
struct VersionSpecTests {
    @Test(
        "Conditions hold for some versions and not for others",
        arguments: [
            ("*", ["0", "1.2", "2!1dev"], []),
            ("1.2", ["1.2", "1.2.0", "1.2+0"], ["1.2.1", "1.20", "1.2rc1"]),
            ("==1.2", ["1.2", "1.2.0"], ["1.2.1"]), ("=1.2", ["1.2", "1.2.3", "1.2rc1"], ["1.20", "1.3"]),
            ("1.2.*", ["1.2", "1.2.3"], ["1.20", "1.3"]), ("1.2*", ["1.2", "1.2.3"], ["1.20"]),
            ("=1.2.*", ["1.2", "1.2.3"], ["1.20"]), ("==1.2.*", ["1.2", "1.2.3"], ["1.20"]),
            ("=*", ["1"], []),
            ("==*", ["1"], []), ("!=1.2", ["1.2.1", "1"], ["1.2", "1.2.0"]),
            ("!=1.2.*", ["1.3", "1.20"], ["1.2", "1.2.5"]),
            ("<2", ["1.9", "2rc1"], ["2", "2.0.0"]), ("<=2", ["2", "2.0"], ["2.0.1"]),
            (">2", ["2.0.1", "2post"], ["2", "2dev"]),
            (">=2", ["2", "3"], ["1.9", "2rc1"]), (">=2.*", ["2", "3"], ["1.9"]),
            ("~=1.4.2", ["1.4.2", "1.4.9"], ["1.4.1", "1.5"]),
            (">=1,<2", ["1", "1.9"], ["0.9", "2"]), (">=1,<2|3.*", ["1.5", "3", "3.1"], ["2", "4"]),
            ("1|2,>1", ["1", "2"], ["3"]), ("(1|2),>1", ["2"], ["1", "3"]),
            ("((1.5|((1.6|1.7),>1.6)))", ["1.5", "1.7"], ["1.6"]),
            (" >= 1 , < 2 ", ["1"], ["2"]), ("1.*.3", ["1.2.3", "1.0.0.3"], ["1.3", "1.2.4", "11.2.3"]),
            ("*.3", ["1.3"], ["1.4"]), ("1!2.*", ["1!2.1"], ["2.1"]), ("!=1!2", ["2"], ["1!2"]),
            (">=1.0.1_", ["1.0.1a"], ["1.0.0"]),
        ] as [(String, [String], [String])]
    )
    func matching(_ text: String, _ matching: [String], _ others: [String]) throws {
        let spec = try VersionSpec(text)
        for version in matching { #expect(spec.matches(try CondaVersion(version)), "\(version)") }
        for version in others { #expect(!spec.matches(try CondaVersion(version)), "\(version)") }
        #expect(try VersionSpec(spec.description) == spec)
    }

    @Test(
        "What is no condition is refused",
        arguments: [
            "", " ", ",", "1,", ",1", "1|", "|1", "1,,2", "1||2", "(", ")", "(1", "1)", "()", "1 2", "=", ">",
            ">=", "===1", "=>1",
            "=<1", "<>1", "!1", "!==1", "~1", "~=1", "~=1.2.*", ">=*", "!=*", "<*", ">1.*.2", "!=1.*.2",
            "1 (2)", "(1)(2)", ">=1<2",
        ]
    )
    func refused(_ text: String) {
        #expect(refusalCode { try VersionSpec(text) } == "version.spec")
    }

    @Test(
        "A condition on what is no version is refused",
        arguments: [">=1..2", "=1~2", "a b!", "==1!", "1.é"]
    )
    func wrongVersions(_ text: String) {
        #expect(["version.invalid", "version.spec"].contains(refusalCode { try VersionSpec(text) } ?? ""))
    }

    @Test("Regular expressions are refused", arguments: ["^1.*$", "^1", "1$", ">=1,^(a+)+$"])
    func regularExpressions(_ text: String) {
        let code = refusalCode { try VersionSpec(text) }
        #expect(code == "matchspec.pattern" || code == "version.spec")
    }

    @Test("Conditions and parentheses are limited")
    func limits() throws {
        _ = try VersionSpec(Array(repeating: "!=1", count: 256).joined(separator: ","))
        #expect(
            refusalCode { try VersionSpec(Array(repeating: "!=1", count: 257).joined(separator: ",")) }
                == "version.spec"
        )
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "1" + String(repeating: ")", count: depth)
        }
        _ = try VersionSpec(nested(16))
        #expect(refusalCode { try VersionSpec(nested(17)) } == "version.spec")
        #expect(refusalCode { try VersionSpec(nested(100_000)) } == "version.spec")
    }

    @Test(
        "A pattern's stars stand for any text, and case does not count",
        arguments: [
            ("", "", true), ("", "a", false), ("*", "", true), ("*", "abc", true), ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "abc", true), ("a*c", "abcd", false), ("a*b*c", "axbxc", true), ("a*b*c", "acb", false),
            ("**", "a", true),
            ("A*", "abc", true), ("a*", "ABC", true), ("a.c", "abc", false), ("*a*a*a", "aaaa", true),
            ("é*", "É", false),
        ]
    )
    func patterns(_ pattern: String, _ text: String, _ expected: Bool) {
        #expect(TextPattern(pattern).matches(text) == expected)
    }

    @Test("A pattern of many stars takes no exponential time", .timeLimit(.minutes(1)))
    func manyStars() {
        let pattern = TextPattern(String(repeating: "a*", count: 100) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 2_000)))
    }
}

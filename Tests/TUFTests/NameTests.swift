// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@testable import TUF

@Suite("Names, paths and patterns")
struct NameTests {
    @Test(
        "A pattern matches within path components, by bytes, and nothing else",
        arguments: [
            ("*", "a", true), ("*", "", false), ("a*c", "abbc", true), ("a*c", "abcb", false),
            ("*a*b*", "xaybz", true),
            ("*.json", "repodata.json", true), ("*.json", "repodata.json.zst", false), ("**", "a", true),
            ("a/*/c", "a/b/c", true), ("a/*/c", "a/b/b/c", false), ("*/*", "a/b", true), ("a?c", "abc", true),
            ("a?c", "ac", false), ("?", "é", true), ("??", "é", false), ("*?", "é", true),
            ("*??", "é", false),
            ("[ab]", "a", false), ("[ab]", "[ab]", true), ("a", "A", false), ("", "a", false),
            ("caf\u{E9}", "cafe\u{301}", false), ("*/NAME-*", "linux-64/NAME-1.0-0.conda", true),
            ("aaaa*aaaa*aaaa*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ]
    )
    func patterns(_ pattern: String, _ path: String, _ matches: Bool) {
        #expect((TargetPath(path).map { PathPattern(pattern).matches($0) } ?? false) == matches)
    }

    @Test(
        "A target path that could leave its folder is none",
        arguments: [
            "", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a\\b", "a\u{0}b", "a\nb",
            String(repeating: "a", count: 4097),
        ]
    )
    func unsafePaths(_ text: String) { #expect(TargetPath(text) == nil) }

    @Test(
        "Other target paths are kept as they are",
        arguments: ["a", "a/b", "...", "a b", "ü/é", "linux-64/1!2_b+c.conda"]
    )
    func safePaths(_ text: String) { #expect(TargetPath(text)?.text == text) }

    @Test("A digest goes before the last component")
    func prefixedPath() throws {
        let digest = try #require(Digest(.sha256, hex: String(repeating: "ab", count: 32)))
        #expect(TargetPath("x/y/z.json").prefixed(by: digest) == "x/y/\(digest.hex).z.json")
        #expect(TargetPath("z").prefixed(by: digest) == "\(digest.hex).z")
    }

    @Test("A role name is compared by bytes, and bounded by what a file name holds")
    func roleNames() {
        #expect(RoleName("caf\u{E9}") != RoleName("cafe\u{301}"))
        #expect(RoleName("" as Substring) == nil)
        #expect(RoleName(String(repeating: "a", count: 224)) != nil)
        #expect(RoleName(String(repeating: "a", count: 225)) == nil)
        #expect(RoleName(String(repeating: "/", count: 75)) == nil)
        #expect(RoleName("root").topLevelKind == .root)
        #expect(RoleName("Root").topLevelKind == nil)
    }
}

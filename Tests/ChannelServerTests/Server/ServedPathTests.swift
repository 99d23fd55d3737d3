// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

@testable import ChannelServer

@Suite("Paths of requests")
struct ServedPathTests {
    @Test(
        "A plain path has its parts, decoded once and without its query",
        arguments: [
            ("/a/b", ["a", "b"]), ("/a", ["a"]), ("/a/b?x=/../", ["a", "b"]), ("/a/b%2Bc", ["a", "b+c"]),
            ("/a/1%212.0", ["a", "1!2.0"]), ("/a/%2525", ["a", "%25"]), ("/a/...", ["a", "..."]),
            ("/%74/x", ["t", "x"]), ("/a/.b", ["a", ".b"]),
        ] as [(String, [String])]
    )
    func plain(_ target: String, _ parts: [String]) {
        #expect(ServedPath.read(target) == .parts(ServedPath(parts: parts)))
    }

    @Test(
        "An empty part, or a slash at the end, is no file",
        arguments: ["/", "//a/b", "/a//b", "/a/", "/?x"]
    )
    func other(_ target: String) { #expect(ServedPath.read(target) == .other) }

    @Test(
        "What could mean two things is no path",
        arguments: [
            "", "a/b", "http://h/a/b", "*", "/a/..", "/../a", "/a/%2e%2e/b", "/a/.%2E/b", "/a/.", "/a/%00",
            "/a%00.conda",
            "/a/b%2fc", "/a/b%2Fc", "/a/b\\c", "/a/b%5cc", "/a/%", "/a/%2", "/a/%zz", "/a/%c0%ae%c0%ae",
            "/a/%c0%af",
            "/a/\u{c4}", "/a/%ff", "/a/b c", "/a/b%20c", "/a/%0d%0a", "/a/%7f", "/a/b\tc",
            "/" + String(repeating: "a", count: 2048),
        ]
    )
    func malformed(_ target: String) { #expect(ServedPath.read(target) == .malformed) }
}

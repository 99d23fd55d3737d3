// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing

@testable import CondaFormats

@Suite("Where an index says its packages are")
struct PackageLocationTests {
    private static func url(_ channel: String, _ base: String?) throws -> (url: String, isInside: Bool) {
        let location = try PackageLocation(
            channel: ChannelURL(channel),
            subdir: Subdir("linux-64"),
            baseURL: base
        )
        return (location.url(of: try ArchiveFileName("a-1!2+x-0.conda")), location.isInsideChannel)
    }

    @Test(
        "Absolute and relative base URLs are resolved against the index (CEP 15)",
        arguments: [
            (nil, "https://h/c/linux-64/", true), ("", "https://h/c/linux-64/", true),
            ("./", "https://h/c/linux-64/", true), ("./pkgs/", "https://h/c/linux-64/pkgs/", true),
            ("pkgs", "https://h/c/linux-64/pkgs/", true), ("../noarch", "https://h/c/noarch/", true),
            ("../../d/linux-64", "https://h/d/linux-64/", false), ("/e/", "https://h/e/", false),
            ("../../..//x", nil, false), ("https://other/x/", "https://other/x/", false),
            ("https://other/x", "https://other/x/", false), ("HTTPS://h/c/z", "https://h/c/z/", true),
            ("../linux-64", "https://h/c/linux-64/", true), ("https://h/cc/", "https://h/cc/", false),
        ] as [(String?, String?, Bool)]
    )
    func resolve(base: String?, expected: String?, isInside: Bool) throws {
        guard let expected else {
            #expect(refusalCode { try Self.url("https://h/c", base) } != nil)
            return
        }
        let found = try Self.url("https://h/c", base)
        #expect(found.url == expected + "a-1!2+x-0.conda")
        #expect(found.isInside == isInside)
    }

    @Test(
        "Base URLs that two programs could read in two ways are refused",
        arguments: [
            ("//other/x", "repodata.base-url"), ("x?y", "repodata.base-url"), ("x#y", "repodata.base-url"),
            ("x\\y", "repodata.base-url"), ("x y", "repodata.base-url"), ("x\u{E9}", "repodata.base-url"),
            ("%2e%2e/x", "repodata.base-url"), ("a%2fb", "repodata.base-url"), ("a%zz", "repodata.base-url"),
            ("a//b", "repodata.base-url"), ("https://user:pass@other/", "repodata.base-url"),
            ("https://", "repodata.base-url"), ("http://h/c/", "repodata.base-url-scheme"),
            ("file:///etc/", "repodata.base-url-scheme"), ("javascript:x", "repodata.base-url-scheme"),
            ("s3://bucket/", "repodata.base-url-scheme"), ("../../../x", "repodata.base-url-escape"),
        ]
    )
    func refused(base: String, code: String) {
        #expect(refusalCode { try Self.url("https://h/c", base) } == code)
    }

    @Test(
        "A channel on the local disk cannot lead out of its folder",
        arguments: [
            ("../noarch", nil), ("../../other", "repodata.base-url-escape"),
            ("/etc", "repodata.base-url-escape"),
            ("file:///srv/channel/x", nil), ("file:///etc", "repodata.base-url-escape"), ("https://h/x", nil),
        ] as [(String, String?)]
    )
    func local(base: String, code: String?) {
        #expect(refusalCode { try Self.url("file:///srv/channel", base) } == code)
    }

    @Test("Credentials stay with relative URLs and go to no other place")
    func credentials() throws {
        let channel = "https://u:p@h/t/TOKEN/c"
        #expect(try Self.url(channel, "./x").url.hasPrefix("https://u:p@h/t/TOKEN/c/linux-64/x/"))
        #expect(try Self.url(channel, "https://other/y").url.hasPrefix("https://other/y/"))
        #expect(try Self.url(channel, "https://h/y").url.hasPrefix("https://h/y/"))
    }
}

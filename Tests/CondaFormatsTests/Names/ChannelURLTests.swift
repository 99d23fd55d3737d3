// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("URLs of channels and packages")
struct ChannelURLTests {
    @Test(
        "One place has one spelling",
        arguments: [
            ("https://conda.example.org/main", "https://conda.example.org/main"),
            ("https://conda.example.org/main///", "https://conda.example.org/main"),
            ("HTTPS://Conda.Example.ORG:443/Main/", "https://conda.example.org/Main"),
            ("http://h:80", "http://h"), ("http://h:8080/", "http://h:8080"),
            ("https://h:80/a", "https://h:80/a"),
            ("file:///a/b/", "file:///a/b"), ("file://localhost/a", "file:///a"),
            ("http://[::1]:8000/c", "http://[::1]:8000/c"),
            ("https://h/%61%2db/c%c3%a9", "https://h/a-b/c%C3%A9"), ("https://h/a+b~c", "https://h/a+b~c"),
        ]
    )
    func spelling(_ text: String, _ identity: String) throws {
        let channel = try ChannelURL(text)
        #expect(channel.identity == identity)
        #expect(channel.description == identity && channel.textWithCredentials == identity)
        #expect(try ChannelURL(channel.identity) == channel)
    }

    @Test(
        "What is no channel's URL is refused",
        arguments: [
            "", "conda-forge", "/a", "//h/a", "https:/h", "https://", "https:///a", "ftp://h/a", "s3://b/c",
            "javascript:a",
            "https://h/a?b", "https://h/a#b", "https://h/a b", " https://h/a", "https://h/a\n",
            "https://h/../a", "https://h/a/./b",
            "https://h/a//b", "https://h/%2e%2e/a", "https://h/%2E/a", "https://h/a%2fb", "https://h/a%5cb",
            "https://h/a\\b",
            "https://h/a%00", "https://h/a%", "https://h/a%zz", "https://h:x/a", "https://h:99999/a",
            "https://h:/a",
            "https://h:+80/a", "https://\u{E9}/a", "https://h/\u{E9}", "https://[::1/a", "https://[a]/a",
            "https://a@/b",
            "file://host/a", "file://u@/a", "https://h^/a", "https://h/<a>", "https://h,i/a",
            // Without its first token, this would be a place with a token.
            "https://h/t/one/t/two/a", "https://h/t/one/t/two", "https://h/t/one/x/t/two",
        ]
    )
    func refused(_ text: String) {
        #expect(refusalCode { try ChannelURL(text) } == "name.channel-url")
    }

    @Test("A URL longer than the limit is refused")
    func length() {
        #expect(
            refusalCode { try ChannelURL("https://h/" + String(repeating: "a", count: 2048)) }
                == "name.channel-url"
        )
    }

    @Test(
        "Credentials are kept for fetching, and shown nowhere",
        arguments: [
            ("https://user:pass@h/c", "https://***@h/c", "https://h/c"),
            ("https://pass@h/c", "https://***@h/c", "https://h/c"),
            ("https://user:p@ss@h/c", "https://***@h/c", "https://h/c"),
            ("https://h/t/pass-1/c", "https://h/t/***/c", "https://h/c"),
            ("https://h/x/t/pass/c/d", "https://h/x/t/***/c/d", "https://h/x/c/d"),
            ("https://u:pass@h/t/pass/c", "https://***@h/t/***/c", "https://h/c"),
        ]
    )
    func credentials(_ text: String, _ shown: String, _ identity: String) throws {
        let channel = try ChannelURL(text)
        #expect(channel.textWithCredentials == text)
        #expect(channel.description == shown && channel.identity == identity)
        #expect(try channel == ChannelURL(identity) && channel.hashValue == ChannelURL(identity).hashValue)
        var dumped = ""
        dump(channel, to: &dumped)
        for rendering in ["\(channel)", String(reflecting: channel), dumped, "\(["k": channel])"] {
            #expect(!rendering.contains("pass") && !rendering.contains("ss@"), "\(rendering)")
        }
    }

    @Test("A refused URL is not repeated in the message, since it may hold a password")
    func refusedCredentials() {
        do {
            _ = try ChannelURL("https://user:secret@h/a?b")
            Issue.record("not refused")
        } catch {
            #expect(!"\(error)".contains("secret"))
        }
    }

    @Test("A package's URL is the channel's, the subdirectory and the file, and reads back")
    func packageURL() throws {
        let url = try PackageURL("https://u:p@h/t/tok/c/linux-64/a-1%212.0%2Bx-0.conda")
        #expect(url.fileName.text == "a-1!2.0+x-0.conda" && url.subdir.text == "linux-64")
        #expect(url.channel.textWithCredentials == "https://u:p@h/t/tok/c" && url.channel.name == "c")
        #expect(url.textWithCredentials == "https://u:p@h/t/tok/c/linux-64/a-1%212.0%2Bx-0.conda")
        #expect(url.identity == "https://h/c/linux-64/a-1%212.0%2Bx-0.conda")
        #expect(url.description == "https://***@h/t/***/c/linux-64/a-1!2.0+x-0.conda")
        #expect(try PackageURL("https://h/c/linux-64/a-1!2.0+x-0.conda") == url)
        #expect(try PackageURL(url.textWithCredentials) == url)
    }

    @Test(
        "A URL that does not end in CHANNEL/SUBDIR/FILE is refused, for the part that is wrong",
        arguments: [
            ("a-1-0.conda", .packageURL), ("https://h/a-1-0.conda", .packageURL), ("https://h", .packageURL),
            ("https://h/c/x/a-1-0.conda", .subdir), ("https://h/c/noarch/a-1.conda", .fileName),
            ("https://h/c/noarch/a-1-0.whl", .fileFormat), ("https://h/c/noarch/a-1-0.conda?x", .packageURL),
            ("https://h/c/noarch/..%2Fa-1-0.conda", .packageURL),
            ("https://h/c/noarch/a-1-0.conda#0", .packageURL),
        ] as [(String, NameCode)]
    )
    func wrongPackageURLs(_ text: String, _ code: NameCode) {
        #expect(refusalCode { try PackageURL(text) } == code.rawValue)
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("Web addresses and redirects")
struct WebAddressTests {
    @Test(
        "A relative redirect is resolved as RFC 3986 says",
        arguments: [
            ("http://a/b/c/d?q", "g", "http://a/b/c/g"),
            ("http://a/b/c/d?q", "./g", "http://a/b/c/g"),
            ("http://a/b/c/d?q", "g/", "http://a/b/c/g/"),
            ("http://a/b/c/d?q", "/g", "http://a/g"),
            ("http://a/b/c/d?q", "//g", "http://g/"),
            ("http://a/b/c/d?q", "?y", "http://a/b/c/d?y"),
            ("http://a/b/c/d?q", "g?y#s", "http://a/b/c/g?y"),
            ("http://a/b/c/d?q", "..", "http://a/b/"),
            ("http://a/b/c/d?q", "../../g", "http://a/g"),
            ("http://a/b/c/d?q", "../../../../g", "http://a/g"),
            ("http://a/b/c/d?q", "https://G:8/h", "https://g:8/h"),
            ("http://a/b/c/d?q", "", "http://a/b/c/d"),
            ("http://a", "g", "http://a/g"),
            ("https://a/b", "HTTPS://c/d", "https://c/d"),
            ("http://a", "http://[::1]/g", "http://[::1]/g"),
            ("http://a", "http://[::1]:65535/g", "http://[::1]:65535/g"),
            ("http://a", "http://127.0.0.1:1/g", "http://127.0.0.1:1/g"),
            ("http://a", "http://b:/g", "http://b:/g"),
        ]
    )
    func resolution(base: String, location: String, result: String) throws {
        #expect(try #require(WebAddress(base)).redirected(to: location).url == result)
    }

    @Test(
        "A redirect off https, or off the web, is refused",
        arguments: [
            ("https://a/", "http://a/"), ("https://a/", "HTTP://a/"), ("https://a/", "file:///etc/passwd"),
            ("http://a/", "file:///etc/passwd"), ("http://a/", "http+unix://x/y"), ("http://a/", "data:,x"),
            ("https://a/", "javascript:x"),
        ]
    )
    func refusedRedirects(base: String, location: String) throws {
        let address = try #require(WebAddress(base))
        #expect(refusalCode { try address.redirected(to: location) } == "fetch.insecure-redirect")
    }

    @Test(
        "A redirect to garbage is a failure, not a crash",
        arguments: [
            "http:", "http://", "/a b", "/\u{7F}", "//", "/\\x", "http://127.0.0.1:65536/",
            "http://[::1]:70000/", "//127.0.0.1:65536", "http://a:0/", "http://a:+1/", "http://a:1x/",
            "http://a:99999999999999999999/", "http://user:1@[::1]:65536/",
        ]
    )
    func garbage(location: String) throws {
        let address = try #require(WebAddress("http://a/b"))
        #expect(throws: Failure.self) { try address.redirected(to: location) }
    }

    @Test(
        "Credentials go to the origin they were given for only",
        arguments: [
            ("/x", true), ("http://a/x", true), ("//a/x", true), ("http://b/x", false),
            ("https://a/x", false),
            ("http://a:81/x", false), ("http://a.b/x", false),
        ]
    )
    func credentials(location: String, kept: Bool) throws {
        let address = try #require(WebAddress("http://us%40er:pa%3Ass@a/"))
        #expect(address.url == "http://a/")
        #expect(address.credentials?.user == "us@er")
        #expect(address.credentials?.password == "pa:ss")
        let next = try address.redirected(to: location)
        #expect((next.credentials != nil) == kept)
        #expect(!next.url.contains("@"))
    }

    @Test(
        "Only absolute http and https URLs are web addresses",
        arguments: [
            "", "a", "http", "http:", "http:/a", "http://", "http:///a", "file:///a", "ftp://a", "://a",
            "http://a b/", "http://127.0.0.1:65536/", "http://[::1]:70000/", "http://a:0/",
        ]
    )
    func notWebAddresses(url: String) {
        #expect(WebAddress(url) == nil)
    }
}

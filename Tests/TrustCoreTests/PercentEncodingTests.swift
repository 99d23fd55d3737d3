// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test(
        "Everything but unreserved characters is escaped",
        arguments: [
            ("", ""), ("aZ09-._~", "aZ09-._~"), ("../x", "..%2Fx"), ("a b", "a%20b"), ("a+b!", "a%2Bb%21"),
            ("%", "%25"),
            ("é", "%C3%A9"), ("😀", "%F0%9F%98%80"), ("\0\n", "%00%0A"), ("a/b\\c", "a%2Fb%5Cc"),
            ("?#[]@", "%3F%23%5B%5D%40"),
        ]
    )
    func segment(_ text: String, _ expected: String) {
        #expect(PercentEncoding.segment(text) == expected)
        #expect(PercentEncoding.decode(expected).map(ByteKey.init) == ByteKey(text))
    }

    @Test("A path keeps its slashes, empty segments too")
    func path() {
        #expect(PercentEncoding.path("/a b//c+d/") == "/a%20b//c%2Bd/")
        #expect(PercentEncoding.path("") == "")
    }

    @Test("Escapes are read in either case, and what is no escape stays")
    func decoding() {
        #expect(PercentEncoding.decode("%2f%2F+a") == "//+a")
        #expect(PercentEncoding.decode("%2525") == "%25")
    }

    @Test(
        "Broken escapes and bytes that are not UTF-8 are refused",
        arguments: ["%", "%2", "a%", "%zz", "%+1", "% 1", "%%", "%FF", "%C3", "%C0%AF", "%ED%A0%80"]
    )
    func refused(_ text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@Suite("Base64url without padding (RFC 7515, 2)")
struct Base64URLTests {
    @Test(
        "Bytes and their one spelling",
        arguments: [
            ([], ""), ([0], "AA"), ([0, 0], "AAA"), ([0, 0, 0], "AAAA"), ([0xFB, 0xEF, 0xBE], "----"),
            ([0xFF, 0xFF, 0xFF], "____"), ([3, 236, 255, 224, 193], "A-z_4ME"),
        ] as [([UInt8], String)]
    )
    func spelling(bytes: [UInt8], text: String) {
        #expect(Base64URL.text(bytes) == text)
        #expect(Base64URL.decode(text.utf8) == bytes)
    }

    @Test(
        "Any other spelling is refused",
        arguments: ["A", "AA==", "AB", "AAB", "AA+A", "AA/A", "AA A", "AAAA\n", "AAAé", "=", "AAAAA"]
    )
    func spellings(text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }
}

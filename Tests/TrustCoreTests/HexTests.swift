// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@Suite("Hexadecimal text")
struct HexTests {
    @Test("Every byte is written as two lower-case digits and reads back")
    func allBytes() {
        let bytes = Array(UInt8.min...UInt8.max)
        let text = Hex.encode(bytes)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff") && text.utf8.count == 512)
        #expect(Hex.decode(text) == bytes)
        #expect(Hex.decode(text.uppercased()) == bytes)
    }

    @Test("No bytes are no digits")
    func empty() {
        #expect(Hex.encode([]) == "")
        #expect(Hex.decode("") == [])
    }

    @Test(
        "Anything but an even number of digits is refused",
        arguments: [
            "0", "000", "0g", "g0", "0x00", " 00", "00 ", "+1", "-1", "00\n", "٠٠", "ａａ", "/0", ":0", "@0",
            "`0", "G0",
        ]
    )
    func refused(_ text: String) {
        #expect(Hex.decode(text) == nil)
    }
}

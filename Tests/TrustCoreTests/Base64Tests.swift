// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Testing
import TrustCore

@Suite("Base64")
struct Base64Tests {
    @Test("What is written is what the standard has, and is read again", arguments: 0..<70)
    func roundTrip(count: Int) {
        for _ in 0..<10 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255) }
            let text = Base64.encode(bytes)
            #expect(text == Array(Data(bytes).base64EncodedData()))
            #expect(Base64.decode(text) == bytes)
            #expect(Base64.decode(String(decoding: text, as: UTF8.self)) == bytes)
        }
    }

    @Test(
        "Any other spelling is refused",
        arguments: [
            "A", "AA", "AAA", "=", "==", "====", "A===", "AAA=AAAA", "AA==AAAA", "AB==", "AAB=", "AA=A",
            "A=AA", "AAAA=",
            "AAAAA===", "AAA\n", "AA A", "AAA-", "AAA_", "AAAA\n", "\u{FF}AA=", "AAAé",
        ]
    )
    func spellings(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("Every byte that is no digit is refused at every place, and no other is")
    func digits() {
        let digits = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for place in 0..<8 {
            for byte in UInt8.min...UInt8.max {
                var text = Array("AAAAAAAA".utf8)
                text[place] = byte
                let isRead = Base64.decode(text) != nil
                #expect(isRead == (digits.contains(byte) || byte == UInt8(ascii: "=") && place == 7))
            }
        }
    }
}

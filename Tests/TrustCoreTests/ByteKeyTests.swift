// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@Suite("Text compared as bytes")
struct ByteKeyTests {
    @Test("Texts that Unicode calls equivalent are two keys")
    func equivalence() {
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        #expect(composed == decomposed)
        #expect(ByteKey(composed) != ByteKey(decomposed))
        #expect(Set([ByteKey(composed), ByteKey(decomposed), ByteKey("\u{E9}")]).count == 2)
    }

    @Test("The order is that of code points")
    func order() {
        let sorted = ["", "A", "a", "aa", "b", "\u{E9}", "\u{FB33}", "😀"]
        #expect(sorted.reversed().map { ByteKey($0) }.sorted().map(\.text) == sorted)
        #expect(ByteKey("e\u{301}") < ByteKey("f"))
        #expect(ByteKey("f") < ByteKey("\u{E9}"))
    }

    @Test("A part of a text is the same key as a text of its own")
    func substring() {
        #expect(ByteKey("xabc".dropFirst()) == ByteKey("abc"))
        #expect(ByteKey("xabc".dropFirst()).hashValue == ByteKey("abc").hashValue)
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@Suite("Text of strangers")
struct ForeignTextTests {
    @Test(
        "Names are plain ASCII, all else spelt out",
        arguments: [
            ("example/widget", "example/widget"), ("ex\u{430}mple", "ex\\u{430}mple"),
            ("a\u{1B}[2J", "a\\u{1B}[2J"),
            ("\u{202E}a", "\\u{202E}a"), ("a\nb", "a\\u{A}b"), ("", ""),
        ]
    )
    func names(text: String, shown: String) {
        #expect(ForeignText.shown(text) == shown)
    }

    @Test(
        "Sentences keep their letters, in one line; what cannot be seen or turns letters round is spelt out",
        arguments: [
            ("Grüße, мир, 世界", "Grüße, мир, 世界"), ("  a \r\n\t b\u{2028}c  ", "a b c"),
            ("a\u{0}b", "a\\u{0}b"),
            ("\u{202E}evil\u{2066}", "\\u{202E}evil\\u{2066}"),
            ("a\u{200B}\u{FEFF}\u{AD}b", "a\\u{200B}\\u{FEFF}\\u{AD}b"),
            ("\u{E0041}\u{E000}\u{FFFE}", "\\u{E0041}\\u{E000}\\u{FFFE}"), ("\u{2764}\u{FE0F}", "\u{2764}"),
            ("\u{3164}\u{115F}", "\\u{3164}\\u{115F}"),
        ]
    )
    func sentences(text: String, readable: String) {
        #expect(ForeignText.readable(text) == readable)
    }

    @Test("Both are cut, and letters have no towers of marks")
    func bounds() {
        let long = String(repeating: "x", count: 100_000)
        #expect(ForeignText.shown(long) == long.prefix(1000) + "…")
        #expect(ForeignText.readable(long, maximumLength: 7) == "xxxxxxx…")
        let tower = "e" + String(repeating: "\u{0301}", count: 1000) + "f"
        #expect(ForeignText.readable(tower).unicodeScalars.count == 6)
    }

    @Test("Numbers of bytes are told in the largest unit that fits")
    func bytes() {
        let cases: [(UInt64, String)] = [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_572_864, "1.5 MiB"), (3 << 30, "3.0 GiB"),
        ]
        for (count, text) in cases { #expect("\(ByteCount(count))" == text) }
    }
}

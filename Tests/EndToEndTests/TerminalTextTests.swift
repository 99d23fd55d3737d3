// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore

@testable import kingsnake

@Suite("Text for a terminal")
struct TerminalTextTests {
    private static let hostile: [(text: String, shown: String)] = [
        ("plain text, ünïcödé ✓", "plain text, ünïcödé ✓"), ("\u{1B}[2J", #"\u{1B}[2J"#),
        ("a\nb\r\tc", #"a\u{A}b\u{D}\u{9}c"#),
        ("\r\n", #"\u{D}\u{A}"#), ("\u{9B}31m", #"\u{9B}31m"#), ("\u{7F}", #"\u{7F}"#),
        ("\u{202E}dnammoc", #"\u{202E}dnammoc"#),
        ("\u{2066}\u{2028}\u{E0041}", #"\u{2066}\u{2028}\u{E0041}"#),
        ("\u{200B}", #"\u{200B}"#),
    ]

    @Test("Whatever a terminal would obey is spelt out instead", arguments: hostile)
    func isVisible(_ text: String, _ shown: String) {
        #expect(Visible.text(text) == shown)
        #expect((("found \(text)" as TerminalText).text) == "found \(shown)")
        #expect(Styled(text, code: nil).text == shown)
        #expect(Styled(text, code: "1").text == "\u{1B}[1m\(shown)\u{1B}[0m")
    }

    @Test("Every part of a refusal and of a failure that others wrote is made visible")
    func showsErrorsVisibly() {
        let esc = "\u{1B}[2J\n"
        let refusal = Refusal(
            CoreCode.digestMismatch,
            esc,
            at: esc,
            expected: esc,
            found: esc,
            remedy: esc,
            cause: Failure(.network, esc, at: esc)
        )
        let failure = Failure(.network, esc, at: esc, remedy: esc, cause: refusal)
        for error in [refusal as any Error, failure] {
            let text = ErrorReport(error: error).text
            #expect(!text.contains("\u{1B}"))
            #expect(text.split(separator: "\n").allSatisfy { !$0.isEmpty && $0 != "[2J" })
        }
    }

    @Test("JSON with such characters escaped says the same")
    func escapesJSON() throws {
        let text = Self.hostile.map(\.text).joined()
        let document: JSONValue = ["text": .string(text)]
        let shown = Visible.json(JSONWriter.encode(document, .indented))
        #expect(
            !shown.unicodeScalars.contains {
                [.control, .format].contains($0.properties.generalCategory) && $0 != "\n"
            }
        )
        #expect(try JSONReader.read(Array(shown.utf8), of: "document").object?["text"]?.string == text)
    }

    @Test(
        "Things are counted in words",
        arguments: [(0, "entry", "0 entries"), (1, "entry", "1 entry"), (2, "file", "2 files")]
    )
    func counts(_ count: Int, _ noun: String, _ words: String) { #expect("\(Counted(count, noun))" == words) }
}

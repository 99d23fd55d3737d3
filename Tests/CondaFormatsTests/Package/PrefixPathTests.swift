// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing

@Suite("A path inside a prefix")
struct PrefixPathTests {
    @Test(
        "A slash divides whatever follows it, as it does for the system",
        arguments: [
            ("a", ["a"]), ("a/b/c", ["a", "b", "c"]), ("a/\u{301}b", ["a", "\u{301}b"]),
            ("\u{301}/\u{200D}/e\u{301}", ["\u{301}", "\u{200D}", "e\u{301}"]),
        ]
    )
    func dividesByBytes(text: String, components: [String]) throws {
        let path = try #require(PrefixPath(text))
        #expect(path.components.map { Array($0.utf8) } == components.map { Array($0.utf8) })
        #expect(path.name.utf8.elementsEqual(components.last?.utf8 ?? "".utf8))
        #expect(path.parent?.components.count ?? 0 == components.count - 1)
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

@testable import ChannelServer

@Suite("Entity tags")
struct EntityTagsTests {
    @Test(
        "A list holds the tag, strongly or weakly, or does not",
        arguments: [
            ("\"a\"", true, true), ("W/\"a\"", false, true), ("\"b\"", false, false),
            ("\"b\", W/\"a\"", false, true), ("\"b\",\"a\"", true, true), (" ,\"a\", ", true, true),
            ("*", true, true), (" * ", true, true), ("\"A\"", false, false), ("\"a,b\"", false, false),
            ("\"a,b\", \"a\"", true, true), ("\"\"", false, false),
        ] as [(String, Bool, Bool)]
    )
    func lists(_ field: String, _ strongly: Bool, _ weakly: Bool) throws {
        let tags = try #require(EntityTags.read(field))
        #expect(tags.contains("\"a\"", weakly: false) == strongly)
        #expect(tags.contains("\"a\"", weakly: true) == weakly)
    }

    @Test(
        "What is no list of tags is none",
        arguments: [
            "", ",", "a", "\"a", "w/\"a\"", "W/a", "\"a\" \"b\"", "\"a\"x", "*, \"a\"", "**", "\"a b\"",
            "\"a\u{7f}\"",
        ]
    )
    func refused(_ field: String) { #expect(EntityTags.read(field) == nil) }
}

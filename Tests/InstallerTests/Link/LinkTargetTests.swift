// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

@testable import Installer

@Suite("A link's target in a prefix")
struct LinkTargetTests {
    @Test(
        "A target that leaves the prefix is told from one that stays, by bytes",
        arguments: [
            ("b", 0, true), ("../b", 1, true), ("..", 0, false), ("/etc", 3, false), ("", 1, false),
            ("../\u{301}x", 0, false), ("../\u{301}x", 1, true), ("../\u{301}/../..", 1, false),
            ("/\u{301}etc", 3, false),
        ]
    )
    func staysInside(target: String, depth: Int, expected: Bool) {
        #expect(FileStager.staysInside(target, depth: depth) == expected)
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing

@testable import CondaFormats

@Suite("Where a symbolic link in an archive leads")
struct LinkDestinationTests {
    @Test(
        "A link that leaves the package is refused, whatever follows its slashes",
        arguments: [
            ("l", ".."), ("l", "../\u{301}x"), ("l", "../\u{200D}"), ("a/b/l", "../../.."),
            // Each `../` with a part that begins with a combining mark was one part, and a step down.
            ("a/b/l", "../\u{301}/../../.."), ("a/b/l", "../\u{301}/../\u{301}/../../../etc"),
        ]
    )
    func refusesLinksOut(link: String, target: String) throws {
        let path = try #require(PrefixPath(link))
        #expect(
            refusalCode {
                _ = try EntryName.destination(of: Array(target.utf8), from: path, subject: "package")
            }
                == "archive.link-escape"
        )
    }

    @Test(
        "A link that stays inside leads where the system says",
        arguments: [("a/l", "b", "a/b"), ("a/l", "../\u{301}x", "\u{301}x"), ("a/b/l", "./../c//d", "a/c/d")]
    )
    func followsLinksInside(link: String, target: String, destination: String) throws {
        let path = try #require(PrefixPath(link))
        let found = try EntryName.destination(of: Array(target.utf8), from: path, subject: "package")
        #expect(found == PrefixPath(destination))
    }

    @Test("A climb through a link is seen, whatever follows the slash behind it")
    func seesLateClimbs() throws {
        let link = try #require(PrefixPath("d/l"))
        let check = LinkCheck(subject: "package") { _ in false }
        for target in ["x/..", "x/../\u{301}"] {
            #expect(EntryName.climbsLate(target))
            #expect(refusalCode { try check.run(link, to: target) } == "archive.link-escape")
        }
        #expect(!EntryName.climbsLate("../x/\u{301}"))
    }
}

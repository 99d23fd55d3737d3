// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

@testable import Installer

@Suite("Replacing the placeholder")
struct ReplacementTests {
    private static let old = "/opt/placeholder_placeholder"

    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test(
        "In a binary each C string is padded to its old length",
        arguments: [
            ("x\0\(old)/lib\0y", "x\0/p/lib\(nul(26))\0y"), ("\(old):\(old)\0", "/p:/p\(nul(52))\0"),
            ("a\(old)", "a/p\(nul(26))"), ("nothing\0", "nothing\0"), ("", ""),
            ("\(old)\0\(old)\0", "/p\(nul(26))\0/p\(nul(26))\0"),
        ]
    )
    func replacesInBinaries(before: String, after: String) {
        let result = Replacement.binary(Array(before.utf8), Array(Self.old.utf8), Array("/p".utf8))
        #expect(text(result) == after)
        #expect(result?.count == before.utf8.count)
    }

    private static func nul(_ count: Int) -> String { String(repeating: "\0", count: count) }

    @Test("A prefix longer than the placeholder fits no binary that has it")
    func refusesLongPrefix() {
        #expect(Replacement.binary(Array("/opt\0".utf8), Array("/opt".utf8), Array("/longer".utf8)) == nil)
        #expect(Replacement.binary(Array("none\0".utf8), Array("/opt".utf8), Array("/longer".utf8)) != nil)
    }

    @Test(
        "In text every occurrence is replaced",
        arguments: [("/b/b", "/p/p"), ("x", "x"), ("/b", "/p"), ("//b/", "//p/")]
    )
    func replacesInText(before: String, after: String) {
        #expect(text(Replacement.text(Array(before.utf8), Array("/b".utf8), Array("/p".utf8))) == after)
    }

    @Test(
        "The first line of a script stays one that the kernel can read",
        arguments: [
            ("#!/opt/b/bin/sh -e\n/opt/b", "/p", "#!/p/bin/sh -e\n/p"),
            (
                "#!/opt/b/bin/python3.12 -I\n", long,
                "#!/bin/sh\n'''exec' \"\(long)/bin/python3.12\" -I \"$0\" \"$@\" #'''\n"
            ),
            ("#!/opt/b/bin/perl -w\n", long, "#!/usr/bin/env perl -w\n"),
            ("#!/opt/b/bin/python\n", "/a b", "#!/bin/sh\n'''exec' \"/a b/bin/python\" \"$0\" \"$@\" #'''\n"),
            ("#!/opt/b/bin/perl", "/a b", "#!/usr/bin/env perl"),
            ("#!/bin/sh\n/opt/b", "/a b", "#!/bin/sh\n/a b"),
            ("no script\n#!/opt/b/bin/sh", long, "no script\n#!\(long)/bin/sh"),
        ]
    )
    func keepsShebangs(before: String, prefix: String, after: String) {
        #expect(
            text(Replacement.script(Array(before.utf8), Array("/opt/b".utf8), Array(prefix.utf8))) == after
        )
    }

    private static let long = "/" + String(repeating: "l", count: 130)
}

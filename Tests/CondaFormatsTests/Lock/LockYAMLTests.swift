// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("The YAML of lock files")
struct LockYAMLTests {
    private func read(_ text: String, _ name: String = "pixi.lock") throws -> LockFile {
        try LockFile.read(Array(text.utf8), fileName: name)
    }

    private static let head = "version: 6\nenvironments: {}\npackages: []\n"

    @Test(
        "Anchors and aliases are refused wherever YAML allows them",
        arguments: [
            "x: &a 1", "x: &a\n  y: 1", "x: *a", "x: [*a]", "x: [1, *a]", "x: [1,*a]", "x: {y: *a}",
            "x: {*a : 1}", "x:\n- *a",
            "x:\n- &a 1", "x:\n- - *a", "*a : 1", "&a x: 1", "? &a x\n: 1", "? *a\n: 1", "x: {&a y: 1}",
            "x:\n  *a", "x: {\"y\":*a}",
            "x: !!str &a y", "<<: *a", "x:\t*a", "x: [\n*a]", "x: {?*a : 1}", "x: {? *a : 1}", "x: \u{85}*a",
        ]
    )
    func references(_ text: String) {
        let code = refusalCode { try read(Self.head + text + "\n") }
        #expect(code == "lock.alias")
    }

    @Test("An alias bomb is refused before it is composed", .timeLimit(.minutes(1)))
    func bomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for at in 1...30 {
            text += "a\(at): &a\(at) [\(Array(repeating: "*a\(at - 1)", count: 9).joined(separator: ", "))]\n"
        }
        #expect(refusalCode { try read(text) } == "lock.alias")
    }

    @Test(
        "Stars and ampersands inside text are no references",
        arguments: [
            "x: python_abi 3.11.* *_cp311", "x:\n- libblas * *_mkl", "x: '*'", "x: \"&a\"", "x: a & b",
            "x: R&D", "x: 1.* *",
        ]
    )
    func textWithStars(_ text: String) throws {
        _ = try read(Self.head + text + "\n")
    }

    @Test(
        "A key that is there twice is refused, at any depth and however it is written",
        arguments: [
            "version: 6", "x: {a: 1, a: 2}", "x: {a: 1, 'a': 2}", "x: {1: a, '1': b}",
            "x:\n- a: 1\n  b: 1\n  a: 1", "x: {a: 1, \"\\x61\": 2}",
            "x: {~: 1, '~': 2}",
        ]
    )
    func duplicates(_ text: String) {
        #expect(refusalCode { try read(Self.head + text + "\n") } == "lock.duplicate-key")
    }

    @Test(
        "Keys that Unicode calls equivalent are refused too: whether they are one key depends on the reader"
    )
    func equivalentKeys() {
        let text = Self.head + "x: {\"\u{E9}\": 1, \"e\u{301}\": 1}\n"
        #expect(refusalCode { try read(text) } == "lock.duplicate-key")
    }

    @Test(
        "YAML that is broken or more than one document is refused",
        arguments: [
            "x: [", "x: ]", "x: 'a", "x: {a", "\tx: 1", "x: a: b", "---\na: 1\n---\nb: 1", "x: {[a]: 1}",
            "? [a]\n: 1", "x: @a", "x: `a`",
            "x: \u{1}",
        ]
    )
    func syntax(_ text: String) {
        #expect(refusalCode { try read(Self.head + text + "\n") } == "lock.syntax")
    }

    @Test("An empty file is refused", arguments: ["", "\n", "# comment\n"])
    func empty(_ text: String) {
        #expect(refusalCode { try read(text) } == "lock.syntax")
    }

    @Test(
        "Nesting beyond the limit is refused and does not exhaust the stack",
        arguments: [40, 900, 5_000, 100_000]
    )
    func depth(_ count: Int) {
        let codes = ["lock.too-deep", "lock.syntax"]
        for text in [
            "x: " + String(repeating: "[", count: count) + String(repeating: "]", count: count),
            "x: " + String(repeating: "{a: ", count: count) + String(repeating: "}", count: count),
            "x:\n" + String(repeating: "- ", count: count) + "a", String(repeating: "? ", count: count),
        ] {
            let code = refusalCode { try read(Self.head + text + "\n") } ?? "nothing"
            #expect(count == 40 ? code == "lock.too-deep" || text.hasPrefix("?") : codes.contains(code))
        }
    }

    @Test("A file beyond the limit is refused before it is looked at")
    func size() {
        let bytes = [UInt8](repeating: 0xFF, count: LockFile.maximumLength + 1)
        #expect(refusalCode { try LockFile.read(bytes, fileName: "pixi.lock") } == "limit.too-large")
    }

    @Test(
        "What is no lock file is told apart",
        arguments: [
            ("name: env\nchannels: [c]\ndependencies:\n- numpy\n", "environment.yml", .notALock),
            ("numpy\n", "specs.txt", .notALock),
            ("[project]\nname = \"a\"\n", "pixi.toml", .notALock), ("{}", "a.json", .unknownFormat),
            ("[]", "a.yml", .unknownFormat),
            ("\u{7F}ELF\u{1}", "program", .unknownFormat), ("a: 1", "a.yml", .unknownFormat),
            ("<html>", "a", .unknownFormat),
            ("# @EXPLICIT\n", "a.txt", .notALock),
        ] as [(String, String, LockCode)]
    )
    func others(_ text: String, _ name: String, _ code: LockCode) {
        #expect(refusalCode { try read(text, name) } == code.rawValue)
    }

    @Test("Messages name the file, without its folder, and the line")
    func messages() {
        do {
            _ = try read(Self.head + "x:\n- a: 1\n- &b 2\n", "/home/someone/pixi.lock")
            Issue.record("not refused")
        } catch {
            #expect((error as? Refusal)?.subject == "pixi.lock")
            #expect((error as? Refusal)?.location == "line 6")
        }
    }
}

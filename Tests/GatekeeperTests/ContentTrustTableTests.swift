// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing

/// docs/content-trust.md is kept true: a row whose test was renamed or removed fails here.
@Suite("The tables of content trust")
struct ContentTrustTableTests {
    struct Row: Sendable {
        let path: String
        let claim: String
    }

    private static var page: String {
        get throws {
            try String(contentsOfFile: SharedData.checkout + "/docs/content-trust.md", encoding: .utf8)
        }
    }

    private static func rows() throws -> [Row] {
        try page.matches(of: /(?m)^\| .*`([A-Za-z]+Tests\/[A-Za-z]+\.swift)`: "(.+)" \|$/).map {
            Row(path: String($0.1), claim: String($0.2))
        }
    }

    @Test("Every row names a test that exists, by its claim")
    func testsExist() throws {
        for row in try Self.rows() {
            let path = "\(SharedData.checkout)/Tests/\(row.path)"
            let source = try String(contentsOfFile: path, encoding: .utf8)
            #expect(
                source.contains("@Test(\"\(row.claim)\"")
                    || source.contains("@Test(\n        \"\(row.claim)\""),
                "\(row.path): \(row.claim)"
            )
        }
    }

    @Test("Every line of the tables is a row, and no case that was measured is left out")
    func isComplete() throws {
        let page = try Self.page
        let start = try #require(page.range(of: "## What the other clients do")).upperBound
        let lines = page[start...].split(separator: "\n").filter { $0.hasPrefix("| ") }
        let headings = lines.filter { $0.hasSuffix("| test |") }
        #expect(headings.count == 3)
        #expect(try Self.rows().count == lines.count - 3)
        let cases = Set(lines.map { String($0.dropFirst(2).prefix { $0 != "|" }.dropLast()) })
        for name in Self.measured { #expect(cases.contains(name), "\(name)") }
    }

    @Test("Every test of the three suites has a row")
    func isUsed() throws {
        let claims = Set(try Self.rows().map(\.claim))
        for name in ["CondaBehaviourTests", "MambaBehaviourTests", "ContentTrustAttackTests"] {
            let path = "\(SharedData.checkout)/Tests/GatekeeperTests/\(name).swift"
            let source = try String(contentsOfFile: path, encoding: .utf8)
            for match in source.matches(of: /@Test\(\s*"(.+)"/) {
                #expect(claims.contains(String(match.1)), "\(name): \(match.1)")
            }
        }
    }

    /// What was measured of conda and mamba, and the attacks that were thought of.
    private static let measured = [
        "valid", "record changed after signing", "no `signatures`", "no signatures for the file",
        "`key_mgr.json` expired", "`key_mgr.json` signed by a wrong key",
        "`key_mgr.json` not there, no local copy",
        "`key_mgr.json` not there, a forged and unsigned local copy",
        "`key_mgr.json` version 5, then version 1", "no trust root", "bad or non-JSON next root",
        "metadata host unreachable", "explicit URL or lock file",
        "signed record listed under another file name", "package bytes changed", "`--json`",
        "root expired", "no `pkg_mgr.json`", "threshold of two, one signature",
        "no `key_mgr.json`, an expired copy", "root version 3 present, version 2 missing",
        "fields added beside the dozen that it verifies", "duplicate JSON keys",
        "index of a first run without verification", "trust metadata", "record under another file name",
        "freeze, replay of an old index", "hiding records", "mix and match of records",
        "rollback of `key_mgr.json`", "dependency confusion", "signatures stripped", "stolen package key",
        "host without keys", "root keys lost", "repodata patch after signing", "forms of the index",
        "SHA-256 absent", "jlap", "next root as `2.sv0.6.root.json`", "its own `1.sv0.6.root.json`",
    ]
}

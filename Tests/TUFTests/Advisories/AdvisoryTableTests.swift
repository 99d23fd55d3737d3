// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing

/// docs/advisories.md is kept true: a row whose test was renamed or removed fails here.
@Suite("The table of advisories")
struct AdvisoryTableTests {
    struct Row: Sendable {
        let number: Int?
        let path: String
        let claim: String
    }

    private static func rows() throws -> [Row] {
        let page = try String(contentsOfFile: SharedData.checkout + "/docs/advisories.md", encoding: .utf8)
        return page.matches(
            of: /(?m)^\|(?: *(\d*) *\|)?.*`([A-Za-z]+Tests\/[A-Za-z+\/]+\.swift)`: "(.+)" \|$/
        ).map {
            Row(number: $0.1.flatMap { Int($0) }, path: String($0.2), claim: String($0.3))
        }
    }

    @Test("Every row names a test that exists, by its claim")
    func testsExist() throws {
        var sources: [String: String] = [:]
        for row in try Self.rows() {
            let path = "\(SharedData.checkout)/Tests/\(row.path)"
            let source = try sources[row.path] ?? String(contentsOfFile: path, encoding: .utf8)
            sources[row.path] = source
            #expect(
                source.contains("@Test(\"\(row.claim)\"")
                    || source.contains("@Test(\n        \"\(row.claim)\""),
                "\(row.path): \(row.claim)"
            )
        }
    }

    @Test("Every line of the tables is a row, and no advisory is left out")
    func isComplete() throws {
        let page = try String(contentsOfFile: SharedData.checkout + "/docs/advisories.md", encoding: .utf8)
        let lines = page.split(separator: "\n").filter { $0.hasPrefix("| ") && $0.hasSuffix("|") }
        let headings = lines.filter { $0.hasSuffix("| test |") }
        let rows = try Self.rows()
        #expect(headings.count == 2 && rows.count == lines.count - 2)
        #expect(rows.compactMap(\.number) == Array(1...37))
    }

    /// What is known not to be in the public conformance suite, in the order of the second table. The table may
    /// have more.
    private static let leftOut = [
        "succinct hash bins (TAP 15)", "`path_hash_prefixes`", "several repositories that must agree (TAP 4)",
        "length limits", "endless data", "slow retrieval", "root rotations in one update",
        "delegations in one search", "threshold 0 or negative", "one key under two key ids",
        "oversize integers", "no consistent snapshots", "targets without a hash in their name",
        "many users of one store, and locking", "a client that is killed", "symbolic links in the store",
        "symbolic links in the cache of targets", "offline mode", "ML-DSA (TAP 21, draft)",
    ]

    @Test("Everything that the conformance suite leaves out has a test")
    func secondTable() throws {
        let page = try String(contentsOfFile: SharedData.checkout + "/docs/advisories.md", encoding: .utf8)
        let table = try #require(page.range(of: "| what | test |\n|---|---|\n"))
        let lines = page[table.upperBound...].split(separator: "\n")
        let rows = lines.map { line in
            line.wholeMatch(of: /\| *(.*?) *\| `[A-Za-z]+Tests\/[A-Za-z+\/]+\.swift`: "(.+)" \|/)
        }
        #expect(rows.allSatisfy { $0 != nil }, "a line is no row of two columns")
        let items = rows.compactMap { $0.map { String($0.1) } }.filter { !$0.isEmpty }
        #expect(rows.first??.1.isEmpty == false, "the first row names no item")
        #expect(Set(items).count == items.count, "an item is there twice")
        #expect(Array(items.prefix(Self.leftOut.count)) == Self.leftOut)
    }

    @Test("Every test of an advisory has a row")
    func isUsed() throws {
        let folder = "\(SharedData.checkout)/Tests/TUFTests/Advisories"
        let claims = Set(try Self.rows().map(\.claim))
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where !name.hasPrefix("AdvisoryTable") {
            let source = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            for match in source.matches(of: /@Test\(\s*"(.+)"/) {
                #expect(claims.contains(String(match.1)), "\(name): \(match.1)")
            }
        }
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@testable import kingsnake

/// docs/sigstore-checks.md is kept true: a row whose test or code was renamed or removed fails here.
@Suite("The list of what must fail")
struct SigstoreChecksTests {
    /// A line of one of the tables.
    struct Row: Sendable, CustomTestStringConvertible {
        /// The number on the list; nil where the line goes on with the number above.
        let number: Int?
        let code: String
        let path: String
        let claim: String
        var testDescription: String { "\(code), \(path): \(claim)" }

        /// A test that goes through all inputs of a table for one code.
        var isCoverage: Bool { claim == "Exactly this code" }
    }

    private static let count = 77

    private static let page =
        (try? String(contentsOfFile: SharedData.checkout + "/docs/sigstore-checks.md", encoding: .utf8)) ?? ""

    static let rows: [Row] = page.matches(
        of: /(?m)^\| (\d*) ?\| .*\| `([a-z0-9.-]+)` \| `([A-Za-z\/+]+\.swift)`: "(.+)" \|$/
    ).map {
        Row(number: Int($0.1), code: String($0.2), path: String($0.3), claim: String($0.4))
    }

    @Test("All 77 numbers are there, once and in order, and each line is read")
    func isComplete() {
        let lines = Self.page.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| |") }
        let numbers = lines.compactMap { Int($0.dropFirst(2).prefix { $0 != " " }) }
        #expect(numbers == Array(1...Self.count))
        #expect(Set(Self.rows.compactMap(\.number)) == Set(1...Self.count))
        let all = Self.page.split(separator: "\n").filter { $0.hasPrefix("| ") }
        // Each table has a line of headings.
        let headings = all.filter { $0.hasSuffix("| test |") }
        #expect(headings.count == 9 && Self.rows.count == all.count - headings.count)
    }

    @Test("Every code is one of the program's", arguments: rows)
    func codeExists(_ row: Row) {
        #expect(RefusalCatalog.code(named: row.code) != nil)
    }

    @Test("Every test is there under its name, and asks for the code", arguments: rows)
    func testExists(_ row: Row) throws {
        let path = "\(SharedData.checkout)/Tests/\(row.path)"
        let source = try String(contentsOfFile: path, encoding: .utf8)
        let code = try #require(RefusalCatalog.code(named: row.code))
        let name = String(describing: code)
        let start = try #require(source.range(of: "\"\(row.claim)\""), "no such test or case").lowerBound
        if row.isCoverage {
            // The tables name codes by their cases; that none is left out, and none provokes another code, the test shows.
            #expect(source[..<start].hasSuffix("@Test("))
            #expect(source.contains("\n        .\(name): ["), "the table has no inputs for it")
            return
        }
        let rest = source[start...]
        if source[..<start].suffix(20).contains("@Test(") {
            let body = rest[..<(rest.dropFirst().range(of: "@Test(")?.lowerBound ?? source.endIndex)]
            #expect(body.contains("\"\(row.code)\"") || body.contains(".\(name)"), "it asks for another code")
            return
        }
        // In a table of cases: the code behind the case, or where codes stand in front, the last before it. Cases of logs
        // may share one code, which is the first behind them.
        if row.path.hasPrefix("SigstoreTests/Log/") {
            let first = rest.firstMatch(of: /"((?:log|merkle|note)\.[a-z0-9-]+)"/).map { String($0.1) }
            #expect(first == row.code, "it asks for another code")
            return
        }
        let before = source[..<start].suffix(80).matches(of: /\.([a-z][A-Za-z]+),/).last.map { String($0.1) }
        let behind = rest.prefix(420).matches(of: /\.([a-z][A-Za-z]+)\n? *\)/).map { String($0.1) }
        #expect(
            rest.prefix(160).contains("\"\(row.code)\"") || before == name || behind.contains(name),
            "it asks for another code"
        )
    }

    @Test("Every number that a test of Sigstore bears in its name is on the list with that test")
    func numbersAgree() throws {
        for row in Self.rows {
            guard let marked = row.claim.prefixMatch(of: /\[(\d+)\]/) else { continue }
            let at = try #require(Self.rows.firstIndex { $0.claim == row.claim && $0.code == row.code })
            let own = Self.rows[...at].last { $0.number != nil }?.number
            #expect(own == Int(marked.1), "\(row)")
        }
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@Suite("Every refusal of TrustCore")
struct CoreCodeCoverageTests {
    /// The smallest input that breaks each rule.
    static let provocations: [CoreCode: @Sendable () throws -> Void] = [
        .jsonSyntax: { try read("x") },
        .jsonEncoding: { _ = try JSONReader.read([0x22, 0xFF, 0x22], of: "test") },
        .jsonDuplicateKey: { try read(#"{"a":1,"a":1}"#) },
        .jsonTooDeep: { _ = try JSONReader.read(Array("[]".utf8), of: "test", limits: JSONLimits(depth: 0)) },
        .jsonNumber: { try read(String(repeating: "1", count: 65)) },
        .jsonTrailing: { try read("1 1") },
        .jsonShape: { _ = try JSONFields([], of: "test") },
        .tooLarge: { _ = try JSONReader.read([0x31, 0x31], of: "test", limits: JSONLimits(bytes: 1)) },
        .digestMismatch: { try Digest.of([]).check([0], of: "test") },
    ]

    private static func read(_ text: String) throws { _ = try JSONReader.read(Array(text.utf8), of: "test") }

    @Test("Each code is provoked by its own smallest input", arguments: CoreCode.allCases)
    func provoked(_ code: CoreCode) throws {
        let provocation = try #require(Self.provocations[code])
        #expect(refusalCode { try provocation() } == code.rawValue)
    }

    @Test("Each code explains itself by the rules of messages", arguments: CoreCode.allCases)
    func explained(_ code: CoreCode) {
        let entry = code.entry
        #expect(!entry.summary.isEmpty && !entry.summary.hasSuffix("."))
        #expect(entry.explanation.hasSuffix("."))
        #expect(!entry.remedy.isEmpty && !entry.remedy.hasSuffix("."))
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("Every refusal of lock files")
struct LockCodeCoverageTests {
    private static let package = "https://h/c/linux-64/a-1-0.conda"

    private static func read(_ text: String) throws -> LockFile {
        try LockFile.read(Array(text.utf8), fileName: "pixi.lock")
    }

    private static func select(_ text: String, _ environment: String? = nil) throws -> LockSelection {
        try read(text).packages(platform: Subdir("linux-64"), environment: environment)
    }

    /// The smallest input that breaks each rule.
    static let provocations: [LockCode: @Sendable () throws -> Void] = [
        .encoding: { _ = try LockFile.read([0xFF], fileName: "a") },
        .syntax: { _ = try read("{") },
        .alias: { _ = try read("&a b") },
        .duplicateKey: { _ = try read("{a: 1, a: 1}") },
        .tooDeep: { _ = try read(String(repeating: "[", count: 40) + String(repeating: "]", count: 40)) },
        .shape: { _ = try read("{environments: {}, packages: []}") },
        .unknownFormat: { _ = try read("a") },
        .notALock: { _ = try read("dependencies: []") },
        .unsupportedVersion: { _ = try read("{version: 3, environments: {}, packages: []}") },
        .badURL: { _ = try read("@EXPLICIT\na") },
        .badDigest: { _ = try read("@EXPLICIT\n\(package)#0") },
        .missingDigest: {
            if let refusal = try select("@EXPLICIT\n\(package)").packages[0].missingDigest { throw refusal }
        },
        .conflictingEntries: { _ = try select("@EXPLICIT\n\(package)\nhttps://h/c/linux-64/a-2-0.conda") },
        .entryMismatch: {
            _ = try read("{version: 6, environments: {}, packages: [{conda: '\(package)', version: 2}]}")
        },
        .danglingEntry: {
            _ = try read(
                "{version: 6, environments: {d: {packages: {linux-64: [{conda: '\(package)'}]}}}, "
                    + "packages: []}"
            )
        },
        .wrongPlatform: { _ = try select("@EXPLICIT\nhttps://h/c/win-64/a-1-0.conda") },
        .platformMissing: { _ = try select("# platform: win-64\n@EXPLICIT") },
        .environmentMissing: { _ = try select("@EXPLICIT", "a") },
    ]

    @Test("Each code is provoked by its own smallest input", arguments: LockCode.allCases)
    func provoked(_ code: LockCode) throws {
        let provocation = try #require(Self.provocations[code])
        #expect(refusalCode { try provocation() } == code.rawValue)
    }

    @Test("Each code explains itself by the rules of messages", arguments: LockCode.allCases)
    func explained(_ code: LockCode) {
        let entry = code.entry
        #expect(!entry.summary.isEmpty && !entry.summary.hasSuffix("."))
        #expect(entry.explanation.hasSuffix("."))
        #expect(!entry.remedy.isEmpty && !entry.remedy.hasSuffix("."))
    }

    @Test("No two codes say the same")
    func distinct() {
        #expect(Set(LockCode.allCases.map(\.entry.summary)).count == LockCode.allCases.count)
    }
}

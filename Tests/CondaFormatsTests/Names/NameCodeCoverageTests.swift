// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("Every refusal of names, versions and match specifications")
struct NameCodeCoverageTests {
    /// The smallest input that breaks each rule.
    static let provocations: [NameCode: @Sendable () throws -> Void] = [
        .packageName: { _ = try PackageName("") },
        .virtualPackage: { _ = try ArchiveFileName("__a-1-0.conda") },
        .fileName: { _ = try ArchiveFileName("a-1.conda") },
        .fileFormat: { _ = try ArchiveFileName("a-1-0.zip") },
        .versionText: { _ = try ArchiveFileName("a-1~-0.conda") },
        .buildText: { _ = try ArchiveFileName("a-1-~.conda") },
        .subdir: { _ = try Subdir("") },
        .channelURL: { _ = try ChannelURL("a") },
        .packageURL: { _ = try PackageURL("https://h/a-1-0.conda") },
        .version: { _ = try CondaVersion("") },
        .versionSpec: { _ = try VersionSpec("") },
        .matchSpecSyntax: { _ = try MatchSpec("") },
        .matchSpecKey: { _ = try MatchSpec("a[b=c]") },
        .matchSpecValue: { _ = try MatchSpec("a[md5=0]") },
        .matchSpecPattern: { _ = try MatchSpec("a[build='^b$']") },
    ]

    @Test("Each code is provoked by its own smallest input", arguments: NameCode.allCases)
    func provoked(_ code: NameCode) throws {
        let provocation = try #require(Self.provocations[code])
        #expect(refusalCode { try provocation() } == code.rawValue)
    }

    @Test("Each code explains itself by the rules of messages", arguments: NameCode.allCases)
    func explained(_ code: NameCode) {
        let entry = code.entry
        #expect(!entry.summary.isEmpty && !entry.summary.hasSuffix("."))
        #expect(entry.explanation.hasSuffix("."))
        #expect(!entry.remedy.isEmpty && !entry.remedy.hasSuffix("."))
    }

    @Test("No two codes say the same")
    func distinct() {
        #expect(Set(NameCode.allCases.map(\.entry.summary)).count == NameCode.allCases.count)
    }
}

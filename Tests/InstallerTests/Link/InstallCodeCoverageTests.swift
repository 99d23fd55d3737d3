// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import Installer

/// Each code of `InstallCode` with the smallest transaction that breaks its rule.
private let provocations: [InstallCode: @Sendable () throws -> Void] = [
    .recordMismatch: {
        try attempt([FakePackage(contents: ["a": .file("x")])]) { $0[0].record["version"] = "2.0" }
    },
    .duplicatePackage: {
        try attempt([FakePackage(contents: [:]), FakePackage(version: "2.0", contents: [:])])
    },
    .notInstalled: {
        let folder = try TemporaryFolder()
        try folder.write([], to: "env/x")
        _ = try PrefixTransaction(prefix: folder.path + "/env").install([], removing: ["pkg"], options: .test)
    },
    .pythonMissing: { try attempt([FakePackage(noarch: "python")]) },
    .pythonChanged: {
        let folder = try TemporaryFolder()
        let noarch = FakePackage(name: "mod", noarch: "python", contents: ["site-packages/m.py": .file("")])
        _ = try install([FakePackage(name: "python", version: "3.12.1"), noarch], in: folder)
        _ = try install([FakePackage(name: "python", version: "3.13.0")], in: folder)
    },
    .clobberPackage: {
        try attempt([
            FakePackage(contents: ["a": .file("1")]), FakePackage(name: "other", contents: ["a": .file("2")]),
        ])
    },
    .clobberForeign: {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "env/a")
        _ = try install([FakePackage(contents: ["a": .file("1")])], in: folder)
    },
    .fileIsFolder: {
        try attempt([
            FakePackage(contents: ["a": .file("1")]), FakePackage(name: "b", contents: ["a/b": .file("2")]),
        ])
    },
    .throughLink: {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "env/x")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/env/lib",
            withDestinationPath: folder.path
        )
        _ = try install([FakePackage(contents: ["lib/a": .file("1")])], in: folder)
    },
    .linkEscapes: { try attempt([FakePackage(contents: ["lib/a": .link("../../b")])]) },
    .caseCollision: {
        let folder = try TemporaryFolder()
        let request = try FakePackage(contents: ["Lib/a": .file("1"), "lib/A": .file("2")]).request(
            in: folder
        )
        let plan = try LinkPlan.make(
            prefix: folder.path + "/env",
            root: nil,
            installed: InstalledPackages(records: [], corrupt: []),
            requests: [request],
            removing: []
        )
        try CaseCheck(plan).refuseCollisions()
    },
    .prefixTooLong: {
        let placeholder = PathEntry.Placeholder(text: "/opt/x", mode: .binary)
        try attempt([FakePackage(contents: ["a": .file("/opt/x\0", placeholder: placeholder)])])
    },
    .sourceAltered: {
        let folder = try TemporaryFolder()
        let request = try FakePackage(contents: ["a": .file("1")]).request(in: folder)
        try Data("22".utf8).write(to: URL(fileURLWithPath: request.extracted.directory + "/a"))
        _ = try PrefixTransaction(prefix: folder.path + "/env").install([request], options: .test)
    },
    .journal: {
        let folder = try TemporaryFolder()
        try folder.write(
            Array(#"{"version": 1, "remove": ["../x"]}"#.utf8),
            to: "env/.kingsnake/journal.json"
        )
        try PrefixTransaction.recover(prefix: folder.path + "/env")
    },
]

private func attempt(
    _ packages: [FakePackage],
    _ change: (inout [LinkRequest]) -> Void = { _ in }
) throws {
    let folder = try TemporaryFolder()
    var requests = try packages.map { try $0.request(in: folder) }
    change(&requests)
    defer {
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/env"), "the prefix is not there")
    }
    _ = try PrefixTransaction(prefix: folder.path + "/env").install(requests, options: .test)
}

private func install(_ packages: [FakePackage], in folder: TemporaryFolder) throws -> InstallResult {
    try PrefixTransaction(prefix: folder.path + "/env")
        .install(packages.map { try $0.request(in: folder) }, options: .test)
}

extension LinkOptions {
    static let test = LinkOptions(now: Timestamp(seconds: 1_700_000_000), command: ["kingsnake", "install"])
}

@Test("Every refusal of installing is provoked", arguments: InstallCode.allCases)
func everyInstallCodeIsProvoked(_ code: InstallCode) throws {
    let provocation = try #require(provocations[code], "no test provokes \(code.rawValue)")
    #expect(refusalCode { try provocation() } == code.rawValue)
}

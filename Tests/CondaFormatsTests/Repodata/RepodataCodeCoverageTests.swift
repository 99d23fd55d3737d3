// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("Every repodata code")
struct RepodataCodeCoverageTests {
    private static func location(_ base: String) throws {
        _ = try PackageLocation(channel: ChannelURL("https://h/c"), subdir: .noarch, baseURL: base)
    }

    private static let provocations: [RepodataCode: @Sendable () throws -> Void] = [
        .version: { _ = try RepodataSamples.open("{\"repodata_version\":3}") },
        .wrongSubdir: { _ = try RepodataIndex(Array(RepodataSamples.index().utf8), subdir: .noarch) },
        .tooManyKeys: {
            _ = try RepodataSamples.open("{" + (0...256).map { "\"\($0)\":0" }.joined(separator: ",") + "}")
        },
        .fileName: { _ = try RepodataSamples.open(RepodataSamples.index(file: "../a-1-0.conda")) },
        .wrongSection: { try RepodataSamples.read([:], file: "zlib-1.2.11-h0_3.tar.bz2") },
        .duplicateFile: {
            _ = try RepodataSamples.open("{\"packages.conda\":{\"a-1-0.conda\":{},\"a-1-0.conda\":{}}}")
        },
        .recordName: { try RepodataSamples.read(["name": "\"zlib2\""]) },
        .recordVersion: { try RepodataSamples.read(["version": "\"1.2.12\""]) },
        .recordBuild: { try RepodataSamples.read(["build": "\"h0_4\""]) },
        .recordSubdir: { try RepodataSamples.read(["subdir": "\"noarch\""]) },
        .recordDigest: { try RepodataSamples.read(["sha256": "\"ab\""]) },
        .recordAttestations: { try RepodataSamples.read(["attestations_sha256": "\"ab\""]) },
        .recordNumber: { try RepodataSamples.read(["size": "-1"]) },
        .recordNoarch: { try RepodataSamples.read(["noarch": "\"ruby\""]) },
        .sitePackages: { try RepodataSamples.read(["python_site_packages_path": "\"../x\""]) },
        .baseURL: { try location("a?b") },
        .baseURLScheme: { try location("http://h/c") },
        .baseURLEscape: { try location("../../..") },
    ]

    @Test(
        "The smallest input that breaks a rule is refused with that rule's code",
        arguments: RepodataCode.allCases
    )
    func provoked(code: RepodataCode) throws {
        let provocation = try #require(Self.provocations[code])
        #expect(refusalCode { try provocation() } == code.rawValue)
    }
}

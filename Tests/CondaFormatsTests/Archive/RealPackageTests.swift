// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("Real packages", .enabled(if: SharedData.isPresent, "\(SharedData.absence)"))
struct RealPackageTests {
    @Test(
        "Every package is accepted, or refused with the code that names its defect",
        arguments: SharedPackage.all
    )
    func read(_ package: SharedPackage) throws {
        #expect(refusalCode { try package.check() } == SharedPackage.malformed[package.path])
    }

    @Test("Every package that an index beside it lists has the digest and the length it says")
    func records() throws {
        var count = 0
        for package in SharedPackage.good {
            for record in try package.records() {
                let summary = try package.check()
                #expect(record["sha256"] == nil || record["sha256"] == .string(summary.sha256.hex))
                #expect(record["md5"] == nil || summary.md5.map { .string($0.hex) } == record["md5"])
                #expect(record["size"]?.integer == Int64(summary.size), "\(package)")
                count += 1
            }
        }
        #expect(count >= 56)
    }

    @Test("The list of malformed packages names packages that are there")
    func listed() {
        #expect(Set(SharedPackage.malformed.keys).isSubset(of: SharedPackage.all.map(\.path)))
    }
}

extension SharedPackage {
    fileprivate func check() throws -> ArchiveSummary {
        try PackageArchiveReader.check(archivePath: absolutePath, fileName: ArchiveFileName(fileName))
    }

    /// What the indexes in the same folder say of it.
    fileprivate func records() throws -> [JSONObject] {
        let folder = (absolutePath as NSString).deletingLastPathComponent
        let indexes = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix("repodata") && $0.hasSuffix(".json") }
        return try indexes.flatMap { name -> [JSONObject] in
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
            guard let index = try? JSONFields(JSONReader.read(bytes, of: name), of: name) else { return [] }
            return try ["packages", "packages.conda"].compactMap { section in
                try index.optionalFields(section)?.optionalFields(fileName)?.object
            }
        }
    }
}

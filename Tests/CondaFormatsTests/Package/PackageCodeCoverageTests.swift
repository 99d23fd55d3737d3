// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

/// Each code of `PackageCode` with the smallest input that breaks its rule.
private let provocations: [PackageCode: @Sendable () throws -> Void] = [
    .manifestMissing: { _ = try PathsManifest.read(infoFiles: [:]) },
    .pathsVersion: { try paths(#"{"paths_version": 2, "paths": []}"#) },
    .pathUnsafe: { try entry(#""_path": "../a", "path_type": "hardlink""#) },
    .reservedPath: { try #require(PrefixPath("conda-meta/history")).checkUnreserved(in: "a-1-0") },
    .pathDuplicate: {
        try paths(
            #"{"paths_version": 1, "paths": [{"_path": "a", "path_type": "hardlink"}, {"_path": "a", "path_type": "softlink"}]}"#
        )
    },
    .pathType: { try entry(#""_path": "a", "path_type": "hard""#) },
    .tooManyPaths: {
        let count = PathsManifest.maximumEntries + 1
        try paths(
            #"{"paths_version": 1, "paths": [0"# + String(repeating: ",0", count: count - 1) + "]}"
        )
    },
    .digestShape: { try entry(#""_path": "a", "path_type": "hardlink", "sha256": "00""#) },
    .sizeRange: { try entry(#""_path": "a", "path_type": "hardlink", "size_in_bytes": -1"#) },
    .fileMode: { try entry(#""_path": "a", "path_type": "hardlink", "prefix_placeholder": "/opt/build""#) },
    .placeholder: {
        try entry(#""_path": "a", "path_type": "hardlink", "file_mode": "text", "prefix_placeholder": "o""#)
    },
    .prefixLine: { try legacy("a", hasPrefix: "b") },
    .textEncoding: { _ = try PathsManifest.read(infoFiles: ["info/files": [0xFF]]) },
    .identity: { try index(#""name": "a/b", "version": "1", "build": "0", "build_number": 0"#) },
    .noarchKind: {
        try index(#""name": "a", "version": "1", "build": "0", "build_number": 0, "noarch": "ruby""#)
    },
    .linkVersion: { _ = try LinkInfo.read(Array(#"{"package_metadata_version": 2}"#.utf8)) },
    .entryPoint: { _ = try EntryPoint.parse("../a = b:c") },
    .recordName: {
        let text = #"{"name": "a", "version": "1", "build": "0", "build_number": 0}"#
        _ = try PrefixRecord.read(Array(text.utf8), named: "b-1-0.json")
    },
]

private func paths(_ json: String) throws {
    _ = try PathsManifest.read(infoFiles: ["info/paths.json": Array(json.utf8)])
}
private func entry(_ fields: String) throws { try paths("{\"paths_version\": 1, \"paths\": [{\(fields)}]}") }
private func legacy(_ files: String, hasPrefix: String) throws {
    _ = try PathsManifest.read(infoFiles: [
        "info/files": Array(files.utf8), "info/has_prefix": Array(hasPrefix.utf8),
    ])
}
private func index(_ fields: String) throws { _ = try PackageIndex.read(Array("{\(fields)}".utf8)) }

@Test("Every refusal about a package is provoked", arguments: PackageCode.allCases)
func everyPackageCodeIsProvoked(_ code: PackageCode) throws {
    let provocation = try #require(provocations[code], "no test provokes \(code.rawValue)")
    #expect(refusalCode { try provocation() } == code.rawValue)
}

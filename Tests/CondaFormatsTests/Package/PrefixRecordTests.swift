// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("Records in conda-meta")
struct PrefixRecordTests {
    private static func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(SharedData.root)/conda/\(folder)")) ?? [])
            .filter { $0.hasSuffix(".json") }.sorted()
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(SharedData.root)/conda/\(path)")))
    }

    @Test(
        "A record that another installer wrote is read, and is the same after being written",
        .enabled(if: SharedData.isPresent, "\(SharedData.absence)"),
        arguments: Self.names("rattler/test-data/conda-meta")
    )
    func readsRealRecords(name: String) throws {
        let record = try PrefixRecord.read(try bytes("rattler/test-data/conda-meta/\(name)"), named: name)
        #expect(record.sha256 != nil && record.md5 != nil && record.url != nil && record.link != nil)
        #expect(record.entries.count >= (record.object["files"]?.array?.count ?? 0))
        let again = try PrefixRecord.read(record.encode(), named: name)
        #expect(again.object == record.object)
        #expect(again.entries == record.entries)
    }

    @Test(
        "A record that is no JSON is refused",
        .enabled(if: SharedData.isPresent, "\(SharedData.absence)"),
        arguments: [
            ("json", "corrupt-1.2.3-hashhash.json"), ("unicode", "corrupt-1.2.3-hashhash.json"),
            ("dot_underscore", "._valid-1.0-0.json"),
        ]
    )
    func refusesCorruptRecords(folder: String, name: String) throws {
        let bytes = try bytes("conda-conda/tests/data/corrupt/\(folder)/conda-meta/\(name)")
        #expect(refusalCode { try PrefixRecord.read(bytes, named: name) } == "json.syntax")
    }

    @Test(
        "A record with little in it is read",
        .enabled(if: SharedData.isPresent, "\(SharedData.absence)")
    )
    func readsMinimalRecord() throws {
        let name = "valid-1.0-0.json"
        let bytes = try bytes("conda-conda/tests/data/corrupt/dot_underscore/conda-meta/\(name)")
        let record = try PrefixRecord.read(bytes, named: name)
        #expect(record.name == "valid" && record.entries.isEmpty && record.channel == "defaults")
    }

    @Test("A record with names only has its files as entries")
    func readsFiles() throws {
        let text =
            #"{"name": "a", "version": "1", "build": "0", "files": ["bin/x", "Lib\\y"], "requested_spec": "None"}"#
        let record = try PrefixRecord.read(Array(text.utf8), named: "a-1-0.json")
        #expect(record.entries.map(\.path.text) == ["bin/x", "Lib/y"])
        #expect(record.requestedSpecs.isEmpty)
    }
}

@Suite("What a package says it is")
struct PackageIndexTests {
    @Test("The index of a package is read, whichever way it says noarch")
    func readsIndex() throws {
        let cases: [(String, NoarchKind?)] = [
            ("\"python\"", .python), ("\"generic\"", .generic), ("true", .generic), ("false", nil),
            ("null", nil),
        ]
        for (text, kind) in cases {
            let json = """
                {"name": "a", "version": "1.0", "build": "py_0", "build_number": 3, "noarch": \(text),
                 "depends": ["b >=1"], "python_site_packages_path": "lib/python3.13t/site-packages"}
                """
            let index = try PackageIndex.read(Array(json.utf8))
            #expect(index.noarch == kind)
            #expect(index.buildNumber == 3 && index.depends == ["b >=1"])
            #expect(index.pythonSitePackagesPath?.text == "lib/python3.13t/site-packages")
        }
    }

    @Test(
        "A name that is no part of a file name is refused",
        arguments: [
            "", ".", "..", "a/b", "a\\b", ".a", "a b", "a\n", "\u{e9}", String(repeating: "a", count: 129),
        ]
    )
    func refusesNames(name: String) throws {
        let json: JSONValue = ["name": .string(name), "version": "1", "build": "0", "build_number": 0]
        #expect(refusalCode { try PackageIndex.read(JSONWriter.encode(json)) } == "package.identity")
    }

    @Test("Link information is read, and its entry points with it")
    func readsLink() throws {
        let json = """
            {"noarch": {"type": "python", "entry_points": ["a = b:c"]}, "package_metadata_version": 1,
             "preferred_env": {"name": "_env_"}}
            """
        let link = try LinkInfo.read(Array(json.utf8))
        #expect(link.noarch == .python && link.entryPoints.map(\.name) == ["a"])
        #expect(link.preferredEnvironment == "_env_")
    }
}

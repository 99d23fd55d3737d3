// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("Records in conda-meta")
struct PrefixRecordTests {
    static func names(_ folder: String) -> [String] {
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

    @Test(
        "Where conda says only in `files` where a noarch Python package's file went, the entry is there",
        arguments: [
            // In the package, the record's files, in the prefix.
            (
                "site-packages/a.py", ["lib/python3.13/site-packages/a.py"],
                "lib/python3.13/site-packages/a.py"
            ),
            ("site-packages/a.py", ["Lib\\site-packages\\a.py"], "Lib/site-packages/a.py"),
            (
                "site-packages/a.py",
                ["lib/x/site-packages/b/site-packages/a.py", "lib/x/site-packages/a.py"],
                "lib/x/site-packages/a.py"
            ),
            ("python-scripts/a", ["bin/a"], "bin/a"),
            ("python-scripts/a", ["Scripts/a"], "Scripts/a"),
            // Nothing to go by.
            ("site-packages/a.py", [], "site-packages/a.py"),
            ("site-packages/a.py", ["site-packages/a.py", "lib/x/site-packages/a.py"], "site-packages/a.py"),
            (
                "site-packages/a.py", ["lib/x/site-packages/a.py", "lib/y/site-packages/a.py"],
                "site-packages/a.py"
            ),
            ("share/a", ["lib/x/site-packages/a"], "share/a"),
        ],
        [PrefixRecord.Detail.everything, .withoutArrays]
    )
    func readsCondasNoarchPython(
        record: (path: String, files: [String], place: String),
        detail: PrefixRecord.Detail
    ) throws {
        var object = JSONObject()
        for key in ["name", "version", "build"] { object[key] = "1" }
        object["build_number"] = 0
        object["noarch"] = "python"
        object["files"] = .array(record.files.map { .string($0) })
        object["paths_data"] = [
            "paths_version": 1, "paths": [["_path": .string(record.path), "path_type": "hardlink"]],
        ]
        let bytes = JSONWriter.encode(.object(object))
        let read = try PrefixRecord.read(bytes, named: "1-1-1.json", detail: detail)
        #expect(read.entries.map(\.path.text) == [record.place])
        // Other packages have such folders, too.
        object["noarch"] = "generic"
        let generic = try PrefixRecord.read(
            JSONWriter.encode(.object(object)),
            named: "1-1-1.json",
            detail: detail
        )
        #expect(generic.entries.map(\.path.text) == [record.path])
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

@Suite("The quick reader of long arrays")
struct PlainArraysTests {
    @Test(
        "It reads a record as the strict reader does",
        .enabled(if: SharedData.isPresent, "\(SharedData.absence)"),
        arguments: PrefixRecordTests.names("rattler/test-data/conda-meta")
    )
    func agrees(name: String) throws {
        let path = "\(SharedData.root)/conda/rattler/test-data/conda-meta/\(name)"
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let strict = try PrefixRecord.read(bytes, named: name)
        let quick = try PrefixRecord.read(bytes, named: name, detail: .withoutArrays)
        #expect(quick.entries == strict.entries)
        #expect(
            quick.object.keys == strict.object.keys && quick.sha256 == strict.sha256
                && quick.link == strict.link
        )
    }

    private static let good = #"{"_path": "a", "path_type": "hardlink"}"#

    /// Each is either refused by the strict reader or unusual, and must come out as it says.
    @Test(
        "What is not plain is left to the strict reader",
        arguments: [
            (#"{"paths": [\#(good)], "paths_version": 1}"#, nil),
            (#"{"paths_version": 1, "paths": [ ]}"#, nil),
            (#"{"paths_version": 1, "paths": [{"_path": "\u0061", "path_type": "hardlink"}]}"#, nil),
            (
                #"{"paths_version": 1, "paths": [{"_path": "caf\#u{00e9}", "path_type": "hardlink", "x": [1]}]}"#,
                nil
            ),
            (#"{"paths_version": 1, "paths": [\#(good), \#(good)]}"#, "package.path-duplicate"),
            (#"{"paths_version": 1, "paths": [\#(good)], "paths": []}"#, "json.duplicate-key"),
            (#"{"paths_version": 1, "paths": [\#(good)], "p\u0061ths": []}"#, "json.duplicate-key"),
            (
                #"{"paths_version": 1, "paths": [{"_path": "a", "_path": "b", "path_type": "hardlink"}]}"#,
                "json.duplicate-key"
            ),
            (#"{"paths_version": 1, "paths": [\#(good),]}"#, "json.syntax"),
            (#"{"paths_version": 1, "paths": [\#(good)]} x"#, "json.trailing-data"),
            (#"{"paths_version": 1, "paths": [\#(good)]"#, "json.syntax"),
            (#"{"paths_version": 1, "x": [}, "paths": [\#(good)]}"#, "json.syntax"),
            (#"{"paths_version": 1, "x": ", "paths": [\#(good)]}"#, "json.syntax"),
            (#"{"paths_version": 2, "paths": [\#(good)]}"#, "package.paths-version"),
            (#"{"paths": [\#(good)]}"#, "json.shape"), ("", "json.syntax"), ("[]", "json.shape"),
            (#"{"paths_version": 1, "paths": [{"path_type": "hardlink"}]}"#, "json.shape"),
            (
                #"{"paths_version": 1, "paths": [{"_path": "a", "path_type": "hardlink", "size_in_bytes": 01}]}"#,
                "json.syntax"
            ),
            (
                #"{"paths_version": 1, "paths": [{"_path": "a", "path_type": "hardlink", "size_in_bytes": 1.5}]}"#,
                "json.shape"
            ),
            (
                #"{"paths_version": 1, "paths": [{"_path": "a", "path_type": "hardlink", "no_link": 1}]}"#,
                "json.shape"
            ),
            (
                #"{"paths_version": 1, "paths": [{"_path": "/a", "path_type": "hardlink"}]}"#,
                "package.path-unsafe"
            ),
        ] as [(String, String?)]
    )
    func fallsBack(json: String, code: String?) {
        #expect(
            refusalCode { try PathsManifest.read(infoFiles: ["info/paths.json": Array(json.utf8)]) } == code
        )
    }
}

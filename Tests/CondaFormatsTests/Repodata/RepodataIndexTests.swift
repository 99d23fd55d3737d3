// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("An index of packages")
struct RepodataIndexTests {
    @Test("A record is found by its file name and by its package, with every field")
    func lookup() throws {
        let index = try RepodataSamples.open(RepodataSamples.index())
        let record = try #require(try index.record(fileName: "zlib-1.2.11-h0_3.conda"))
        #expect(index.count == 1)
        #expect(index.fileNames == ["zlib-1.2.11-h0_3.conda"])
        #expect(index.packageNames == ["zlib"])
        #expect(try index.records(named: PackageName("zlib")).map(\.fileName) == [record.fileName])
        #expect(record.name.raw == "zlib" && record.version == "1.2.11" && record.build == "h0_3")
        #expect(record.buildNumber == 3 && record.size == 105_917 && record.license == "zlib")
        #expect(record.subdir?.text == "linux-64" && record.depends == ["libgcc-ng >=7.3.0"])
        #expect(record.sha256?.hex == RepodataSamples.sha256 && record.md5?.hex == RepodataSamples.md5)
        #expect(record.timestamp == 1_542_814_864_621)
        #expect(record.builtAt?.description == "2018-11-21T15:41:04Z")
        #expect(record.description == "linux-64/zlib-1.2.11-h0_3.conda")
    }

    @Test("What is not listed is nil, not an error")
    func absent() throws {
        let index = try RepodataSamples.open(RepodataSamples.index())
        for name in ["", "zlib", "zlib-1.2.11-h0_3.tar.bz2", "zlib-1.2.11-h0_3.cond", "a.conda", "zzz.conda"]
        {
            #expect(try index.record(fileName: name) == nil)
            #expect(index.recordText(fileName: name) == nil)
        }
        #expect(try index.records(named: PackageName("zli")).isEmpty)
        #expect(try index.records(named: PackageName("zlibb")).isEmpty)
    }

    @Test("The files of a package in two spellings are in byte order too")
    func spellingsInOrder() throws {
        let records = ["a", "A"].map {
            "\"\($0)-1-0.conda\":" + RepodataSamples.record(name: $0, version: "1", build: "0")
        }
        let index = try RepodataSamples.open("{\"packages.conda\":{\(records.joined(separator: ","))}}")
        #expect(try index.fileNames(named: PackageName("A")) == ["A-1-0.conda", "a-1-0.conda"])
        #expect(try index.fileNames(named: PackageName("a")) == ["a-1-0.conda"])
    }

    @Test("A package whose name starts with another's is not mistaken for it")
    func prefixes() throws {
        let files = ["a-1-0", "a-b-1-0", "a-b-c-1-0", "a-2-0", "ab-1-0", "a_-1-0", "a.b-1-0"]
        let records = files.map { file in
            let parts = file.split(separator: "-")
            let name = parts.dropLast(2).joined(separator: "-")
            return "\"\(file).conda\":"
                + RepodataSamples.record(name: name, version: String(parts[parts.count - 2]), build: "0")
        }
        // In the order of the file, not of the names: the index sorts.
        let index = try RepodataSamples.open("{\"packages.conda\":{\(records.joined(separator: ","))}}")
        #expect(
            try index.records(named: PackageName("a")).map(\.fileName.text) == ["a-1-0.conda", "a-2-0.conda"]
        )
        #expect(try index.records(named: PackageName("a-b")).map(\.fileName.text) == ["a-b-1-0.conda"])
        #expect(try index.records(named: PackageName("A-B-c")).map(\.fileName.text) == ["a-b-c-1-0.conda"])
        #expect(index.packageNames == ["a", "a-b", "a-b-c", "a.b", "a_", "ab"])
        #expect(index.fileNames == index.fileNames.sorted())
    }

    @Test(
        "Names that share long beginnings are sorted as bytes",
        arguments: [0, 1, 7, 8, 15, 16, 17, 24, 40]
    )
    func sorting(shared: Int) throws {
        var generator = SeededGenerator(seed: UInt64(shared) + 1)
        let stem = String(repeating: "x", count: shared)
        let names = (0..<200).map { "\(stem)\($0)-1-0.conda" }.shuffled(using: &generator)
        let members = names.map { "\"\($0)\":{}" }.joined(separator: ",")
        let index = try RepodataSamples.open("{\"packages.conda\":{\(members)}}")
        #expect(index.fileNames == names.sorted { ByteKey($0) < ByteKey($1) })
        for name in names { #expect(index.recordText(fileName: name) != nil) }
        let texts = Array(index.recordTexts)
        #expect(texts.map(\.fileName) == index.fileNames)
        for (name, text) in texts { #expect(index.recordText(fileName: name) == text) }
        let twice = "{\"packages.conda\":{\(members),\"\(names[57])\":{}}}"
        #expect(refusalCode { try RepodataSamples.open(twice) } == "repodata.duplicate-file")
    }

    @Test("An empty text and an empty object are indexes without packages (CEP 36)")
    func empty() throws {
        for text in ["", "{}", " { } \n", "{\"packages\":{}}"] {
            let index = try RepodataSamples.open(text)
            #expect(
                index.isEmpty && index.fileNames.isEmpty && index.removed.isEmpty && index.info.subdir == nil
            )
        }
    }

    @Test("What an index says about itself is read, and unknown keys are kept apart")
    func about() throws {
        let index = try RepodataSamples.open(
            """
            {"info": {"subdir": "noarch", "base_url": "../x", "other": 1}, "repodata_version": 2, "zz": [1, {}],
             "removed": ["a-1-0.conda"], "signatures": {"a-1-0.conda": {}}, "_etag": "x"}
            """
        )
        #expect(index.info.subdir == .noarch && index.info.baseURL == "../x" && index.info.version == 2)
        #expect(index.info.raw["other"] == 1)
        #expect(index.removed == ["a-1-0.conda"])
        #expect(index.signatures.map { String(decoding: $0, as: UTF8.self) } == "{\"a-1-0.conda\": {}}")
        #expect(index.unknownKeys == ["_etag", "zz"])
    }

    @Test(
        "An index of the wrong subdirectory is refused; one that does not say is taken to be of the right one"
    )
    func subdir() throws {
        let linux = try Subdir("linux-64")
        let text = Array(RepodataSamples.index().utf8)
        #expect(try RepodataIndex(text, subdir: linux).info.subdir == linux)
        #expect(refusalCode { try RepodataIndex(text, subdir: .noarch) } == "repodata.wrong-subdir")
        let silent = try RepodataIndex(
            Array("{\"packages.conda\":{\"zlib-1.2.11-h0_3.conda\":\(RepodataSamples.record())}}".utf8),
            subdir: .noarch
        )
        #expect(
            refusalCode { try silent.record(fileName: "zlib-1.2.11-h0_3.conda") } == "repodata.record-subdir"
        )
    }

    @Test(
        "Text that is not strict JSON is refused at opening, wherever it is",
        arguments: [
            ("{", "json.syntax"), ("{]", "json.syntax"), ("{\"name\":}", "json.syntax"),
            ("{\"name\" 1}", "json.syntax"), ("{\"name\":01}", "json.syntax"),
            ("{\"name\":1.}", "json.syntax"),
            ("{\"name\":+1}", "json.syntax"), ("{\"name\":tru}", "json.syntax"),
            ("{\"name\":NaN}", "json.syntax"),
            ("{\"name\":1,}", "json.syntax"), ("{\"name\":[1,]}", "json.syntax"),
            ("{\"name\":[1}", "json.syntax"),
            ("{\"a\":\"\u{1}\"}", "json.syntax"), ("{\"a\":\"\\x\"}", "json.syntax"),
            ("{\"a\":\"\\u12G4\"}", "json.syntax"), ("{\"a\":\"\\ud800\"}", "json.encoding"),
            ("{\"a\":\"\\udc00\\ud800\"}", "json.encoding"), ("{name:1}", "json.syntax"),
            ("{\"a\":" + String(repeating: "1", count: 65) + "}", "json.number"),
            (
                "{\"a\":" + String(repeating: "[", count: 70) + String(repeating: "]", count: 70) + "}",
                "json.too-deep"
            ),
        ]
    )
    func strict(record: String, code: String) {
        let asRecord = "{\"packages.conda\":{\"a-1-0.conda\":\(record)}}"
        #expect(refusalCode { try RepodataSamples.open(asRecord) } == code)
        #expect(refusalCode { try RepodataSamples.open("{\"info\":{\"x\":\(record)}}") } == code)
        #expect(refusalCode { try RepodataSamples.open("{\"other\":\(record)}") } == code)
    }

    @Test(
        "Bytes that are not UTF-8 are refused, in every broken form",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xEF, 0xBF],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
            [0xE2, 0x28, 0xA1],
        ] as [[UInt8]]
    )
    func encoding(broken: [UInt8]) {
        let text =
            Array("{\"packages.conda\":{\"a-1-0.conda\":{\"license\":\"xxxxxxxxxx".utf8) + broken
            + Array("\"}}}".utf8)
        #expect(refusalCode { try RepodataIndex(text) } == "json.encoding")
    }

    @Test("A bad record spoils nothing but itself")
    func isolation() throws {
        let index = try RepodataSamples.open(
            "{\"packages.conda\":{\"a-1-0.conda\":{\"name\":1},\"b-1-0.conda\":"
                + RepodataSamples.record(name: "b", version: "1", build: "0") + ",\"odd.conda\":{}}}"
        )
        #expect(refusalCode { try index.record(fileName: "a-1-0.conda") } == "json.shape")
        #expect(refusalCode { try index.record(fileName: "odd.conda") } == "name.file-name")
        #expect(try index.records(named: PackageName("b")).count == 1)
        #expect(try index.records(named: PackageName("odd")).isEmpty)
    }

    @Test("Duplicate keys inside a record are refused when it is read")
    func duplicateInRecord() throws {
        let index = try RepodataSamples.open(
            "{\"packages.conda\":{\"a-1-0.conda\":{\"name\":\"a\",\"n\\u0061me\":\"b\"}}}"
        )
        #expect(refusalCode { try index.record(fileName: "a-1-0.conda") } == "json.duplicate-key")
    }

    @Test("A record longer than any honest one is refused when it is read")
    func longRecord() throws {
        let padding = String(repeating: "x", count: RepodataIndex.maximumRecordLength)
        let index = try RepodataSamples.open(
            "{\"packages.conda\":{\"a-1-0.conda\":{\"license\":\"\(padding)\"}}}"
        )
        #expect(refusalCode { try index.record(fileName: "a-1-0.conda") } == "limit.too-large")
    }

    @Test("A record deeper, or of more values, than any honest one is refused when it is read")
    func deepRecord() throws {
        let deep = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
        let many = "[" + String(repeating: "0,", count: 50_000) + "0]"
        for (value, code) in [(deep, "json.too-deep"), (many, "limit.too-large")] {
            let index = try RepodataSamples.open("{\"packages.conda\":{\"a-1-0.conda\":{\"x\":\(value)}}}")
            #expect(refusalCode { try index.record(fileName: "a-1-0.conda") } == code)
        }
    }

    @Test("A file in the other format's section is found and refused, and may not be in both")
    func misplaced() throws {
        let record = RepodataSamples.record(name: "a", version: "1", build: "0")
        let index = try RepodataSamples.open("{\"packages\":{\"a-1-0.conda\":\(record),\"b-1-0.whl\":{}}}")
        #expect(index.fileNames == ["a-1-0.conda", "b-1-0.whl"])
        #expect(refusalCode { try index.record(fileName: "a-1-0.conda") } == "repodata.wrong-section")
        #expect(refusalCode { try index.records(named: PackageName("a")) } == "repodata.wrong-section")
        #expect(refusalCode { try index.record(fileName: "b-1-0.whl") } == "name.file-format")
        let both = "{\"packages\":{\"a-1-0.conda\":{}},\"packages.conda\":{\"a-1-0.conda\":{}}}"
        #expect(refusalCode { try RepodataSamples.open(both) } == "repodata.duplicate-file")
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("Writing an index")
struct RepodataWriterTests {
    private static func record(_ file: String) throws -> PackageRecord {
        let name = try ArchiveFileName(file)
        let text = RepodataSamples.record(name: name.name.raw, version: name.version, build: name.build)
        return try PackageRecord(JSONReader.read(Array(text.utf8), of: file), fileName: file, subdir: nil)
    }

    @Test("The layout is conda's: keys in order, names in order, one section for each format")
    func layout() throws {
        let records = try ["b-1-0.conda", "a-1-0.tar.bz2", "a-1-0.conda"].map(Self.record)
        let info = try RepodataInfo(subdir: Subdir("linux-64"), baseURL: "../x")
        let text = try RepodataWriter.encode(
            info,
            records: records,
            removed: ["z-1-0.conda", "c-1-0.conda", "z-1-0.conda"]
        )
        let a = RepodataSamples.record(name: "a", version: "1", build: "0")
        let b = RepodataSamples.record(name: "b", version: "1", build: "0")
        #expect(
            String(decoding: text, as: UTF8.self)
                == "{\"info\":{\"base_url\":\"../x\",\"subdir\":\"linux-64\"},\"packages\":{\"a-1-0.tar.bz2\":\(a)},"
                + "\"packages.conda\":{\"a-1-0.conda\":\(a),\"b-1-0.conda\":\(b)},"
                + "\"removed\":[\"c-1-0.conda\",\"z-1-0.conda\"],\"repodata_version\":2}\n"
        )
    }

    @Test("An index without records is whole")
    func empty() throws {
        let text = try RepodataWriter.encode(RepodataInfo(subdir: .noarch), records: [])
        let index = try RepodataIndex(text, subdir: .noarch)
        #expect(index.isEmpty && index.info.baseURL == nil)
    }

    @Test("Pieces put together are the whole, and records are asked for once each, in order")
    func streaming() throws {
        let names = try (0..<3_000).map { try ArchiveFileName("p\($0)-1-0.conda") }
        var asked: [ArchiveFileName] = []
        var pieces: [[UInt8]] = []
        try RepodataWriter.write(
            RepodataInfo(subdir: .noarch),
            fileNames: names.reversed(),
            record: { name in
                asked.append(name)
                return ["name": .string(name.name.raw), "pad": .string(String(repeating: "x", count: 200))]
            },
            to: { pieces.append($0) }
        )
        #expect(pieces.count > 2)
        #expect(asked == names.sorted())
        #expect(try RepodataIndex(Array(pieces.joined())).count == 3_000)
    }

    @Test("A file name that is given twice and a record that is no object are not written")
    func refused() throws {
        let name = try ArchiveFileName("a-1-0.conda")
        func write(_ names: [ArchiveFileName], _ value: JSONValue) throws {
            try RepodataWriter.write(
                RepodataInfo(subdir: .noarch),
                fileNames: names,
                record: { _ in value },
                to: { _ in }
            )
        }
        #expect(refusalCode { try write([name, name], [:]) } == "repodata.duplicate-file")
        #expect(refusalCode { try write([name], 1) } == "json.shape")
    }
}

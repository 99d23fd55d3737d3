// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("Records that are known to be as they should be")
struct PlainRecordTests {
    private static let usual = "zlib-1.2.11-h0_3.conda"

    /// Whether the only record of an index is plain; nil if the index is refused.
    private static func isPlain(
        _ record: String,
        file: String = usual,
        subdir: String? = "linux-64",
        window: Int = 1 << 20
    ) throws -> Bool? {
        let text = Array(RepodataSamples.index(file: file, record: record).utf8)
        let subdir = try subdir.map { try Subdir($0) }
        guard let index = try? RepodataFile(StoredBytes(text), of: "index", subdir: subdir, window: window)
        else { return nil }
        try #require(index.count == 1)
        if index.isPlain(at: 0) { try demandSound(index) }
        return index.isPlain(at: 0)
    }

    /// What is plain is read without a refusal, shards can hold it, and its facts are those of the record.
    private static func demandSound(_ index: RepodataFile) throws {
        for stored in try index.records(at: Array(0..<index.count)) {
            guard let facts = stored.facts(in: index) else { continue }
            let record = try stored.read(in: index)
            try record.checkShardForm()
            #expect(facts.sha256 == record.sha256 && facts.md5 == record.md5 && facts.size == record.size)
            #expect(facts.builtAt == record.builtAt && facts.indexedAt == record.indexedAt)
            #expect(index.packageNameBytes(at: stored.position).elementsEqual(record.name.raw.utf8))
        }
    }

    @Test(
        "Records as programs write them are plain",
        arguments: [
            [:], ["depends": "[]"], ["constrains": "[\"a <1\", \"b\"]"], ["md5": nil], ["sha256": nil],
            ["noarch": "\"python\""], ["noarch": "\"generic\""], ["track_features": "\"\""],
            ["track_features": "[\"a\"]"], ["arch": "null", "platform": "null"],
            ["license": "\"caf\\u00e9 \u{E9}\""],
            ["license_family": "\"BSD\""], ["size": "0"], ["timestamp": "999999999999999999"],
            ["attestations_sha256": "\"\(RepodataSamples.sha256)\""], ["indexed_timestamp": "1"],
            ["legacy_bz2_md5": "\"x\""], ["purls": "[\"pkg:a\"]"], ["is_good": "true"], ["subdir": nil],
        ] as [[String: String?]]
    )
    func plain(_ changes: [String: String?]) throws {
        let record = RepodataSamples.record(changes)
        for window in [1, 7, 64, 1 << 20] { #expect(try Self.isPlain(record, window: window) == true) }
        // Of which subdirectory it is was not said.
        #expect(try Self.isPlain(record, subdir: nil) == false)
        let spaced = record.replacing(",", with: " ,\n\t").replacing("\":", with: "\" :\r ")
        #expect(try Self.isPlain(spaced) == true)
    }

    @Test(
        "What a reader refuses, or understands otherwise, is not plain",
        arguments: [
            ["name": "\"zlib2\""], ["version": "\"1.2.12\""], ["build": "\"h0_4\""],
            ["name": "\"z\\u006cib\""],
            ["name": "null"], ["name": nil], ["version": nil], ["build": nil], ["subdir": "\"noarch\""],
            ["subdir": "null"], ["subdir": "\"linux-64 \""], ["subdir": "\"LINUX-64\""],
            ["build_number": "-1"], ["build_number": "1.0"], ["build_number": "1e3"],
            ["build_number": "\"1\""],
            ["size": "01"], ["size": "1000000000000000000"], ["size": "null"], ["timestamp": "true"],
            ["sha256": "\"\(RepodataSamples.md5)\""],
            ["sha256": "\"\(RepodataSamples.sha256.uppercased())\""],
            ["sha256": "\"\(String(repeating: "g", count: 64))\""], ["sha256": "null"], ["md5": "7"],
            ["md5": "\"\(RepodataSamples.md5)0\""], ["attestations_sha256": "\"\(RepodataSamples.md5)\""],
            ["depends": "\"a\""], ["depends": "[1]"], ["depends": "[[\"a\"]]"], ["depends": "null"],
            ["constrains": "{}"], ["license": "[\"MIT\"]"], ["license": "1"], ["noarch": "\"other\""],
            ["noarch": "true"], ["noarch": "1"], ["features": "1"], ["track_features": "true"],
            ["track_features": "[1]"], ["python_site_packages_path": "\"../x\""], ["other": "{\"a\":1}"],
            ["other": "[{}]"], ["other": "-1"], ["other": "1.5"], ["other\\u0020": "1"], ["": "1"],
            ["other": "[" + Array(repeating: "\"\"", count: 2001).joined(separator: ",") + "]"],
        ] as [[String: String?]]
    )
    func notPlain(_ changes: [String: String?]) throws {
        for window in [1, 1 << 20] {
            // Some are no JSON, and so no index.
            #expect(try Self.isPlain(RepodataSamples.record(changes), window: window) != true)
        }
    }

    @Test("Keys that are there twice, or in another order than that of bytes, are not plain")
    func order() throws {
        let record = RepodataSamples.record()
        for text in [
            record.replacing("\"size\":105917", with: "\"size\":105917,\"size\":105917"),
            record.replacing("{\"build\"", with: "{\"zzz\":1,\"build\""), "{}", "{ }",
        ] {
            #expect(try Self.isPlain(text) == false)
        }
    }

    @Test(
        "A file name that is refused makes no plain record",
        arguments: [
            "__zlib-1-0.conda", "z__b-1-0.conda", ".z-1-0.conda", "-1-0.conda", "zlib--0.conda",
            "zlib-1-.conda",
            "zlib-1!-a!.conda", "zlib-1 -0.conda", "zlib-1-0.zip", "zlib-1-0.tar.bz2", "zlib-1.conda",
            "\(String(repeating: "z", count: 65))-1-0.conda",
            "z-\(String(repeating: "1", count: 65))-0.conda",
            "z-1-\(String(repeating: "1", count: 65)).conda", "z,-1-0.conda",
        ]
    )
    func fileNames(_ file: String) throws {
        let parts = file.split(separator: ".conda")[0].split(separator: "-", omittingEmptySubsequences: false)
        let name = parts.dropLast(2).joined(separator: "-")
        let record = RepodataSamples.record(
            name: name,
            version: String(parts.dropLast().last ?? ""),
            build: String(parts.last ?? "")
        )
        #expect(try Self.isPlain(record, file: file) != true)
    }

    @Test(
        "However a text is damaged, what is plain in it is read without a refusal",
        arguments: 0..<4 as Range<UInt64>
    )
    func damage(seed: UInt64) throws {
        let records = (0..<6).map { number in
            let record = RepodataSamples.record(
                build: "h0_\(number)",
                ["constrains": "[\"b\"]", "noarch": "\"python\""]
            )
            return "\"zlib-1.2.11-h0_\(number).conda\":\(record)"
        }
        let text = Array(
            "{\"info\":{\"subdir\":\"linux-64\"},\"packages.conda\":{\(records.joined(separator: ","))}}".utf8
        )
        let subdir = try Subdir("linux-64")
        var generator = SeededGenerator(seed: seed)
        var plain = 0
        for _ in 0..<2_000 {
            let damaged = generator.mutate(text)
            guard let index = try? RepodataFile(StoredBytes(damaged), of: "index", subdir: subdir) else {
                continue
            }
            try Self.demandSound(index)
            plain += (0..<index.count).filter { index.isPlain(at: $0) }.count
        }
        #expect(plain > 100)
    }

    @Test(
        "Most of what real channels list is plain",
        .enabled(if: SharedData.isPresent, "\(SharedData.absence)")
    )
    func real() throws {
        var (all, plain) = (0, 0)
        for path in RepodataSamples.sharedIndexes() {
            let text = try RepodataSamples.shared(path)
            guard let own = try? RepodataFile(StoredBytes(text)).info.subdir,
                let index = try? RepodataFile(StoredBytes(text), of: path, subdir: own)
            else { continue }
            try Self.demandSound(index)
            all += index.count
            plain += (0..<index.count).filter { index.isPlain(at: $0) }.count
        }
        #expect(all > 1000 && plain * 10 > all * 8, "\(plain) of \(all)")
    }
}

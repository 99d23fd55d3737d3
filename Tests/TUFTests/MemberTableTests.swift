// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@testable import TUF

@Suite("Tables of metadata members")
struct MemberTableTests {
    private static func path(_ number: Int) throws -> TargetPath {
        try #require(TargetPath("linux-64/package-\(number * 7919 % 1000)-1.0-0.conda"))
    }

    private static func text(_ table: MemberTable<TargetFile>) throws -> [UInt8] {
        var out: [UInt8] = []
        try table.write(to: &out, of: "test")
        return out
    }

    /// A table that looks things up in bytes, as one that was read.
    private static func scanned(_ table: MemberTable<TargetFile>) throws -> MemberTable<TargetFile> {
        let text = try text(table)
        let scan = try #require(
            MemberTable<TargetFile>.scan(canonical: text, from: 0, limits: JSONLimits(depth: 60))
        )
        #expect(scan.end == text.count && scan.table.edits.isEmpty)
        return scan.table
    }

    @Test("A table in bytes that is edited is what a dictionary is that is edited alike")
    func edits() throws {
        var dictionary: [TargetPath: TargetFile] = [:]
        for number in 0..<40 { dictionary[try Self.path(number)] = TargetFile(of: [UInt8(number)]) }
        var table = try Self.scanned(MemberTable(dictionary))
        // In the middle, before all, after all, there already, not there, and back to what it was.
        for step in 0..<200 {
            let path = try Self.path(step * 31 % 60)
            let value = step % 3 == 0 ? nil : TargetFile(of: [UInt8(step % 5)])
            table[path] = value
            dictionary[path] = value
            #expect(table.count == dictionary.count && table[path] == value)
            #expect(table.contains(path) == (value != nil))
        }
        #expect(table == MemberTable(dictionary))
        #expect(Dictionary(uniqueKeysWithValues: table.map { ($0.key, $0.value) }) == dictionary)
        #expect(table.keys == dictionary.keys.sorted())
        #expect(try Self.text(table) == Self.text(MemberTable(dictionary)))
        #expect(try Self.scanned(table) == table)
    }

    @Test("A table is written in canonical form, whatever its values hold")
    func canonical() throws {
        let custom: JSONValue = ["b": [1, "é\n\"\\"], "a": .null]
        let file = TargetFile(
            length: 7,
            hashes: FileHashes(of: [1], by: [.sha256, .sha512]),
            custom: custom.object
        )
        var metadata = TargetsMetadata(
            header: SimulatedRepository.header(1),
            targets: ["a/é \"x\"": file, "b": file]
        )
        #expect(try metadata.canonical(of: "test") == CanonicalJSON.encode(.object(metadata.encoded())))
        metadata.targets["c"] = TargetFile(of: [])
        #expect(try metadata.canonical(of: "test") == CanonicalJSON.encode(.object(metadata.encoded())))
    }

    @Test("An empty table has no member and is written as an empty object")
    func empty() throws {
        let table: MemberTable<TargetFile> = [:]
        #expect(table.isEmpty && table.values.isEmpty && table["a"] == nil)
        #expect(try Self.text(table) == Array("{}".utf8))
        #expect(try Self.scanned(table).isEmpty)
    }

    @Test(
        "Differences are what another version has lost or changed, in bytes and in edits",
        arguments: [true, false]
    )
    func differences(_ isScanned: Bool) throws {
        let old: MemberTable<TargetFile> = [
            "a": TargetFile(of: [1]), "b": TargetFile(of: [2]), "c": TargetFile(of: [3]),
        ]
        let new: MemberTable<TargetFile> = [
            "a": TargetFile(of: [1]), "aa": TargetFile(of: [9]), "c": TargetFile(of: [4]),
        ]
        let found =
            isScanned
            ? try Self.scanned(new).differences(since: Self.scanned(old)) : new.differences(since: old)
        #expect(found.map(\.name) == ["b", "c"])
        #expect(found.map(\.now) == [nil, TargetFile(of: [4])])
        #expect(found.map(\.before) == [TargetFile(of: [2]), TargetFile(of: [3])])
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

@testable import CondaFormats

extension Fuzzer {
    /// The index scanner, against the JSON reader's view of the same text.
    static let repodata = Fuzzer("repodata") { bytes in
        let whole = Result { try JSONReader.read(bytes, of: "input") }
        let index: RepodataIndex
        do {
            index = try RepodataIndex(bytes)
        } catch let refusal as Refusal {
            if case .success(.object) = whole { checkReason(refusal) }
            throw refusal
        }
        try checkPlain(bytes, in: index.info.subdir ?? .noarch)
        switch whole {
        case .success(let value): try RepodataComparison(index, value).check()
        // Duplicates inside what is stepped over show when that part is read, and nothing is no JSON.
        case .failure(let refusal as Refusal) where refusal.is(CoreCode.jsonDuplicateKey) || bytes.isEmpty:
            for name in index.fileNames { _ = try Finding.accepted { try index.record(fileName: name) } }
        case .failure(let error): Finding.report("opened, but the JSON reader says \(error)")
        }
    }

    /// What is said to be as it should be is read without a refusal, and shards can hold it.
    private static func checkPlain(_ bytes: [UInt8], in subdir: Subdir) throws {
        let file = Finding.ifRefused("only the scanner of files refuses") {
            try RepodataFile(StoredBytes(bytes), subdir: subdir)
        }
        for record in try file.records(at: (0..<file.count).filter { file.isPlain(at: $0) }) {
            Finding.ifRefused("a plain record is refused") { try record.read(in: file).checkShardForm() }
        }
    }

    /// What the JSON reader takes, the scanner may refuse for its own reasons only.
    private static func checkReason(_ refusal: Refusal) {
        let shared: [CoreCode] = [.jsonSyntax, .jsonEncoding, .jsonTrailing, .jsonNumber, .jsonDuplicateKey]
        Finding.unless(!shared.contains { refusal.is($0) }, "only the scanner says \(refusal)")
    }
}

/// An index, and the value that the JSON reader makes of the same text.
struct RepodataComparison {
    private let index: RepodataIndex
    private let top: JSONObject
    private let sections: [[JSONObject.Member]]

    init(_ index: RepodataIndex, _ value: JSONValue) {
        self.index = index
        top = value.object ?? JSONObject()
        let top = top
        sections = ["packages", "packages.conda"].map { key in
            (top[key]?.object?.members ?? []).sorted { ByteKey($0.key) < ByteKey($1.key) }
        }
    }

    func check() throws {
        let members = sections.flatMap { $0 }
        Finding.unlessEqual(index.count, members.count, "how many records there are")
        Finding.unlessEqual(
            index.fileNames.map { ByteKey($0) },
            members.map { ByteKey($0.key) },
            "file names"
        )
        Finding.unless(index.info.raw == top["info"]?.object ?? JSONObject(), "`info` differs")
        Finding.unlessEqual(index.removed, (top["removed"]?.array ?? []).compactMap(\.string), "`removed`")
        let known: Set<String> = [
            "info", "packages", "packages.conda", "removed", "repodata_version", "signatures",
        ]
        Finding.unlessEqual(
            index.unknownKeys.map { ByteKey($0) },
            top.keys.filter { !known.contains($0) }.map { ByteKey($0) }.sorted(),
            "unknown keys"
        )
        if let signatures = top["signatures"] {
            Finding.unless(
                try JSONReader.read(Array(index.signatures ?? []), of: "signatures") == signatures,
                "`signatures`"
            )
        }
        var records: [PackageRecord] = []
        for member in members { try checkRecord(member).map { records.append($0) } }
        checkNames(members)
        if records.count == members.count { try checkWriting(records) }
    }

    private func checkRecord(_ member: JSONObject.Member) throws -> PackageRecord? {
        guard let text = index.recordText(fileName: member.key) else {
            Finding.report("`\(member.key)` is listed and not found")
        }
        Finding.unless(
            try JSONReader.read(Array(text), of: "record") == member.value,
            "the record of `\(member.key)` differs"
        )
        for other in [member.key + "a", "a" + member.key, String(member.key.dropLast())]
        where !sections.joined().contains(where: { ByteKey($0.key) == ByteKey(other) }) {
            Finding.unless(index.recordText(fileName: other) == nil, "`\(other)` is found and not listed")
        }
        let section: ArchiveFormat = sections[0].contains { $0.key == member.key } ? .tarBz2 : .conda
        var direct = try Finding.accepted {
            try PackageRecord(member.value, fileName: member.key, subdir: index.info.subdir)
        }
        if direct?.fileName.format != section { direct = nil }
        let found = try Finding.accepted { try index.record(fileName: member.key) } ?? nil
        Finding.unless((direct == nil) == (found == nil), "`\(member.key)` is a record in one way only")
        Finding.unless(direct?.raw == found?.raw, "the record of `\(member.key)` is two records")
        if let found {
            Finding.unless(PlainRules.isName(found.fileName.text), "`\(found.fileName)` is no file")
        }
        return found
    }

    private func checkNames(_ members: [JSONObject.Member]) {
        let named = members.map { (name: Self.packageName($0.key), file: ByteKey($0.key)) }
        let names = Set(named.compactMap(\.name))
        Finding.unlessEqual(index.packageNames.map { ByteKey($0) }, names.sorted(), "package names")
        for name in names {
            guard let package = try? PackageName(name.text) else { continue }
            let wanted = [ByteKey(package.raw), ByteKey(package.normalized)]
            let expected = named.filter { $0.name.map(wanted.contains) ?? false }.map(\.file)
            Finding.unlessEqual(
                index.fileNames(named: package).map { ByteKey($0) },
                expected,
                "the files of `\(package)`"
            )
        }
    }

    /// NAME of NAME-VERSION-BUILD, whatever the ending, if no part is missing or empty.
    private static func packageName(_ file: String) -> ByteKey? {
        let ending = [".tar.bz2", ".conda"].first {
            file.utf8.count > $0.utf8.count && file.utf8.suffix($0.utf8.count).elementsEqual($0.utf8)
        }
        let parts = file.utf8.dropLast(ending?.utf8.count ?? 0).split(
            separator: UInt8(ascii: "-"),
            omittingEmptySubsequences: false
        )
        let name = parts.dropLast(2).map { String(Substring($0)) }.joined(separator: "-")
        guard parts.count >= 3, !name.isEmpty, parts.suffix(2).allSatisfy({ !$0.isEmpty }) else { return nil }
        return ByteKey(name)
    }

    private func checkWriting(_ records: [PackageRecord]) throws {
        let text = try RepodataWriter.encode(index.info, records: records, removed: index.removed)
        let again = Finding.ifRefused("the index that we write is refused") { try RepodataIndex(text) }
        Finding.unlessEqual(again.fileNames, index.fileNames, "the file names that were written")
        for record in records {
            let copy = Finding.ifRefused("the record that we write is refused") {
                try again.record(fileName: record.fileName)
            }
            Finding.unless(copy?.raw == record.raw, "the record that we write of `\(record)` differs")
        }
    }
}

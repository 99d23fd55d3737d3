// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("An index that stays in its file")
struct RepodataFileTests {
    private static func file(_ text: [UInt8], window: Int, _ subdir: Subdir? = nil) throws -> RepodataFile {
        try RepodataFile(StoredBytes(text), of: "index", subdir: subdir, window: window)
    }

    /// Why a body refuses, in all words but for the position of a name that is there twice.
    private static func refusal(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch let refusal as Refusal {
            return refusal.codeName == "repodata.duplicate-file" ? refusal.codeName : "\(refusal)"
        } catch {
            return "\(error)"
        }
    }

    /// Demands that a text is to the one what it is to the other: the same entries, or the same refusal.
    private static func compare(_ text: [UInt8], windows: [Int], _ subdir: Subdir? = nil) {
        var index: RepodataIndex?
        let expected = refusal { index = try RepodataIndex(text, of: "index", subdir: subdir) }
        for window in windows {
            let shown = "window \(window): \(String(decoding: text, as: UTF8.self))"
            let found = refusal {
                let file = try Self.file(text, window: window, subdir)
                guard let index else { return }
                try expectSame(file, index, shown)
            }
            #expect(found == expected, "\(shown)")
        }
    }

    private static func expectSame(_ file: RepodataFile, _ index: RepodataIndex, _ shown: String) throws {
        #expect(file.info == index.info && file.removed == index.removed, "\(shown)")
        #expect(file.unknownKeys == index.unknownKeys && file.endOfMembers == index.endOfMembers, "\(shown)")
        #expect(file.signatures == index.signatures.map { $0.startIndex..<$0.endIndex }, "\(shown)")
        #expect(file.digest == Digest.of(index.text), "\(shown)")
        #expect((0..<file.count).map { file.fileName(at: $0) } == index.fileNames, "\(shown)")
        let table = (try? SignatureTable(index)) ?? nil
        #expect(file.signatureCount == table?.count ?? 0, "\(shown)")
        let unlisted = (table?.fileNames ?? []).filter { index.recordText(fileName: $0) == nil }
        #expect(Array(file.unlistedSignatures) == unlisted, "\(shown)")
        for name in index.packageNames {
            guard let name = try? PackageName(name) else { continue }
            #expect(file.lists(name), "\(shown)")
        }
        for record in try file.records(at: Array(0..<file.count))
            + file.records(at: (0..<file.count).reversed())
        {
            let place = index.place(at: record.position)
            #expect(record.text == index.text[place.record], "\(shown)")
            #expect(record.signatures == table?.signatures(of: record.fileName.utf8), "\(shown)")
            #expect(file.position(of: record.fileName.utf8) == record.position, "\(shown)")
            let expected = refusal { _ = try index.record(at: record.position) }
            #expect(refusal { _ = try record.read(in: file) } == expected, "\(shown)")
        }
    }

    @Test(
        "Odd indexes are the same in a file, however little of it is looked at at a time",
        arguments: [
            "", " ", "{}", " {\n } ", "{", "[]", "null", "{} x", "{\"a\":1,}", "{\"a\":1 \"b\":2}",
            "{\"packages\":{}}", "{\"packages\":[]}", "{\"packages\":", "{\"packages\":{\"a-1-0.conda\":{}",
            "{\"packages\":{\"a-1-0.conda\":7}}", "{\"packages\":{\"a-1-0.conda\":{}}}",
            "{\"packages\":{\"a/1-0.conda\":{}}}", "{\"packages\":{\"a-1-0.conda",
            "{\"packages\":{\"a-1-0.conda\"",
            "{\"packages\":{\"a-1-0.conda\":{},\"a-1-0.conda\":{}}}",
            "{\"packages\":{\"b\":{},\"a\":{} , \"b\":{}}}",
            "{\"packages\":{\"a-1-0.conda\":{}},\"packages.conda\":{\"a-1-0.conda\":{}}}",
            "{\"packages\":{},\"packages\":{}}", "{\"p\\u0061ckages\":{\"a-1-0.conda\":{}}}",
            "{\"info\":{\"subdir\":\"linux-64\"},\"removed\":[\"a\",\"b\"],\"repodata_version\":1,\"x\":[{}]}",
            "{\"info\":{\"subdir\":\"osx-64\"}}", "{\"info\":7}", "{\"repodata_version\":3}",
            "{\"removed\":{}}",
            "{\"signatures\":{}}", "{\"signatures\":null}", "{\"signatures\":[1,{}],\"packages\":{}}",
            "{\"signatures\":{\"a-1-0.conda\":{\"k\":{}},\"z\":{}},\"packages.conda\":{\"a-1-0.conda\":{\"x\":1}}}",
            "{\"packages.conda\":{\"a-1-0.conda\":{},\"b-1-0.conda\":{}},\"signatures\":{\"b-1-0.conda\":{}}}",
            "{\"signatures\":{\"a\":{},\"a\":{}},\"packages\":{\"a\":{}}}",
            "{\"signatures\":{\"a\":{},\"b\":7},\"packages\":{\"a\":{}}}",
            "{\"signatures\":{\"a\":{},\"b\":},\"packages\":{\"a\":{}}}",
            "{\"a\":\"\\ud83d\\ude00\\ud83d\"}", "{\"a\":12345678901234567890123456789012345678901234567890}",
            "{\"a\":1234567890123456789012345678901234567890123456789012345678901234567890}", "{\"a\":-}",
            "{\"a\":tru}", "{\"a\":\"\u{1}\"}", "{\"a\":\"é😀\"}", "{\"a\":1}}",
        ]
    )
    func odd(text: String) throws {
        let bytes = Array(text.utf8)
        Self.compare(bytes, windows: [1, 2, 3, 7, 16, 64, 1 << 20])
        Self.compare(bytes, windows: [5, 1 << 20], try Subdir("linux-64"))
    }

    @Test("Bytes that are no text, and values too deep or names too long, are refused alike")
    func bad() {
        let deep = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
        let texts = [
            Array("{\"a\":\(deep)}".utf8),
            Array("{\"packages\":{\"\(String(repeating: "a", count: 256))\":{}}}".utf8),
            Array("{\"packages\":{\"\(String(repeating: "a", count: 255))\":{}}}".utf8),
            Array("{".utf8) + Array((0..<300).map { "\"k\($0)\":1" }.joined(separator: ",").utf8)
                + Array("}".utf8),
            Array("{\"a\":\"".utf8) + [0xC3] + Array("\"}".utf8), Array("{\"a\":\"".utf8) + [0xF0, 0x9F],
        ]
        for text in texts { Self.compare(text, windows: [1, 10, 100, 1000]) }
    }

    @Test("Random indexes, whole and damaged, are the same in a file", arguments: 0..<6 as Range<UInt64>)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<120 {
            let text = Self.randomIndex(&generator)
            Self.compare(text, windows: [1 + Int(generator.next() % 40), 1 + Int(generator.next() % 400)])
            Self.compare(generator.mutate(text), windows: [1 + Int(generator.next() % 60)])
        }
    }

    private static func randomIndex(_ generator: inout SeededGenerator) -> [UInt8] {
        func pick(_ count: Int) -> Int { Int(generator.next() % UInt64(count)) }
        func gap() -> String { ["", "", " ", "\n", "\t\r\n  "][pick(5)] }
        func value() -> String {
            [
                "1", "-0.5e3", "\"é\\n\"", "[1, {\"a\":[]}]", "{}", "true", "\"\\ud83d\\ude00\"",
                "\"\(String(repeating: "long ", count: pick(30)))\"",
            ][pick(8)]
        }
        func section(_ count: Int, _ suffix: String) -> String {
            let entries = (0..<count).map { _ -> String in
                let name = ["a", "b", "pip", "Zlib", "x-y"][pick(5)] + "-\(pick(9))-0\(suffix)"
                return
                    "\"\(name)\"\(gap()):\(gap()){\(gap())\"name\":\(value()),\(gap())\"v\":\(value())\(gap())}"
            }
            return "{\(gap())\(entries.joined(separator: gap() + "," + gap()))\(gap())}"
        }
        var members = [
            "\"info\":\(gap()){\"subdir\":\"linux-64\"}", "\"removed\":[\(gap())\"r-1-0.conda\"]",
            "\"packages\"\(gap()):\(section(pick(4), ".tar.bz2"))",
            "\"packages.conda\":\(section(pick(4), pick(8) == 0 ? ".tar.bz2" : ".conda"))",
        ]
        if pick(2) == 0 { members.append("\"signatures\":\(gap())\(section(pick(5), ".conda"))") }
        if pick(3) == 0 { members.append("\"more\":\(value())") }
        members.shuffle(using: &generator)
        let text = gap() + "{" + gap() + members.joined(separator: gap() + "," + gap()) + gap() + "}" + gap()
        return Array(text.utf8)
    }

    @Test("Signatures are looked at as they pass by, and the first bad ones refuse the index")
    func readsSignatures() throws {
        let text = Array("{\"signatures\":{\"b\":{\"k\":1},\"a\": {}},\"packages\":{\"a\":{}}}".utf8)
        var seen: [String] = []
        _ = try RepodataFile(StoredBytes(text), window: 4) { name, text in
            seen.append("\(name) \(String(decoding: text, as: UTF8.self))")
        }
        #expect(seen == ["b {\"k\":1}", "a {}"])
        #expect(
            refusalCode {
                try RepodataFile(StoredBytes(text)) { name, _ in
                    if name == "a" { throw Refusal(CoreCode.jsonShape, name) }
                }
            } == "json.shape"
        )
        for (bad, code) in [
            ("[]", "json.shape"), ("{\"a\":{},\"a\":{}}", "repodata.duplicate-file"),
            ("{\"a\":7}", "json.shape"),
            ("{\"\\u0061\":{}}", "repodata.file-name"),
        ] {
            let text = StoredBytes(Array("{\"signatures\":\(bad)}".utf8))
            #expect(refusalCode { try RepodataFile(text) { _, _ in } } == code)
        }
    }

    @Test("A file that is cut short or fails meanwhile is a failure, and one with other bytes is no trap")
    func changes() throws {
        let text = Array(RepodataSamples.index().utf8)
        let state = Mutex(text)
        let source = StoredBytes("index", length: text.count) { part in
            state.withLock { Array($0[min(part.lowerBound, $0.count)..<min(part.upperBound, $0.count)]) }
        }
        let file = try RepodataFile(source, window: 16)
        #expect(try file.records(at: [0])[0].read(in: file).version == "1.2.11")
        #expect(try file.source.digest() == file.digest)
        state.withLock { $0 = Array(repeating: UInt8(ascii: "}"), count: text.count) }
        #expect(refusalCode { try file.records(at: [0])[0].read(in: file) } == "json.syntax")
        #expect(try file.source.digest() != file.digest)
        state.withLock { $0 = Array(text.prefix(80)) }
        #expect(throws: Failure.self) { try file.records(at: [0]) }
        #expect(throws: Failure.self) { try file.source.digest() }
        #expect(throws: Failure.self) { try RepodataFile(source) }
    }
}

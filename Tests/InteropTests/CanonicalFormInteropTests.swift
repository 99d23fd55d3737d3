// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@testable import ContentTrust

@Suite(
    "The form that conda content trust signs, and Python's own encoder",
    .enabled(if: Peers.arePresent, "\(Peers.absence)")
)
struct CanonicalFormInteropTests {
    @Test("They write the same of 450,000 records of every spelling")
    func records() async throws {
        let total = 450_000
        let parts = 6
        try await withThrowingTaskGroup(of: Int.self) { group in
            // Two at a time: Python writes, and we read.
            for part in 0..<parts {
                if part >= 2 { _ = try await group.next() }
                group.addTask { try await Self.compare(part: part, count: total / parts) }
            }
            try await group.waitForAll()
        }
    }

    private static func compare(part: Int, count: Int) async throws -> Int {
        let folder = try TemporaryFolder()
        let answer = try await Peers.run(
            "content_trust_canonical",
            ["records", "kingsnake-\(part)", "\(count)", folder.path]
        )
        let expected = try #require(answer["digests"]?.strings)
        #expect(expected.count == count / 1000)
        var records = 0
        for (number, digest) in expected.enumerated() {
            let text = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(number).jsonl")))
            let (found, lines) = try digests(text, both: number == 0)
            #expect(found == digest, "part \(part), file \(number)")
            records += lines
        }
        #expect(records == count)
        return records
    }

    /// The digest that Python made, over what we make of each line.
    private static func digests(_ text: [UInt8], both: Bool) throws -> (digest: String, lines: Int) {
        var digest = StreamingDigest()
        var buffer: [UInt8] = []
        let lines = text.split(separator: 0x0A)
        for line in lines {
            buffer.removeAll(keepingCapacity: true)
            try PythonJSON.appendCanonical(of: line, subject: "record", to: &buffer)
            if both {
                let value = try JSONReader.read(Array(line), of: "record")
                #expect(try PythonJSON.encode(value, of: "record") == buffer)
            }
            let length = UInt64(buffer.count)
            digest.update((0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) })
            digest.update(buffer)
        }
        return (digest.finish().hex, lines.count)
    }

    @Test("They write the same of 200,000 doubles")
    func doubles() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/doubles.txt"
        _ = try await Peers.run("content_trust_canonical", ["doubles", "kingsnake", "200000", file])
        let lines = try String(contentsOf: URL(fileURLWithPath: file), encoding: .ascii).split(
            separator: "\n"
        )
        #expect(lines.count > 190_000)
        var wrong: [Substring] = []
        for line in lines {
            let bits = try #require(UInt64(line.prefix(16), radix: 16))
            if PythonNumber.repr(Double(bitPattern: bits)) != String(line.dropFirst(17)) {
                wrong.append(line)
            }
        }
        #expect(wrong.prefix(5).isEmpty)
    }
}

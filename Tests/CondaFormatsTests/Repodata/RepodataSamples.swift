// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import TrustCore

@testable import CondaFormats

/// Small indexes and records for tests.
enum RepodataSamples {
    static let sha256 = String(repeating: "ab", count: 32)
    static let md5 = String(repeating: "cd", count: 16)

    /// A whole and honest record as JSON text, with some members changed, added or (with nil) left out.
    static func record(
        name: String = "zlib",
        version: String = "1.2.11",
        build: String = "h0_3",
        _ changes: [String: String?] = [:]
    ) -> String {
        var members: [String: String] = [
            "build": "\"\(build)\"", "build_number": "3", "depends": "[\"libgcc-ng >=7.3.0\"]",
            "license": "\"zlib\"", "md5": "\"\(md5)\"", "name": "\"\(name)\"", "sha256": "\"\(sha256)\"",
            "size": "105917", "subdir": "\"linux-64\"", "timestamp": "1542814864621",
            "version": "\"\(version)\"",
        ]
        for (key, value) in changes { members[key] = value }
        return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    /// An index of one `.conda` file, whose record has some members changed.
    static func index(
        file: String = "zlib-1.2.11-h0_3.conda",
        record text: String = record()
    ) -> String {
        "{\"info\":{\"subdir\":\"linux-64\"},\"packages\":{},\"packages.conda\":{\"\(file)\":\(text)},"
            + "\"removed\":[],\"repodata_version\":1}"
    }

    static func open(_ text: String) throws -> RepodataIndex { try RepodataIndex(Array(text.utf8)) }

    /// Opens an index of one record and reads it.
    @discardableResult
    static func read(_ changes: [String: String?], file: String = "zlib-1.2.11-h0_3.conda") throws
        -> PackageRecord?
    {
        try open(index(file: file, record: record(changes))).record(fileName: file)
    }

    /// A file of the shared data.
    static func shared(_ path: String) throws -> [UInt8] {
        let file = SharedData.root + "/conda/" + path
        return Array(try Data(contentsOf: URL(fileURLWithPath: file)))
    }

    /// All indexes of the shared data, by their path.
    static func sharedIndexes() -> [String] {
        let files = FileManager.default.enumerator(atPath: SharedData.root + "/conda")?.compactMap {
            $0 as? String
        }
        return (files ?? []).filter { path in
            let name = path.split(separator: "/").last ?? ""
            return name.hasSuffix("repodata.json")
                || (path.contains("/data/repodata/") && name.hasSuffix(".json"))
        }.sorted()
    }
}

/// A small generator with a seed, so that a failing case can be made again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// The bytes with a few bits flipped, bytes changed, pieces repeated or the end cut off.
    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &self) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0: bytes.removeSubrange(at...)
            case 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 2: bytes[at] = UInt8.random(in: 0...255, using: &self)
            case 3: bytes.remove(at: at)
            case 4: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 9)], at: at)
            default: bytes[at] = Array("\"\\{}[]:,0u".utf8).randomElement(using: &self) ?? 0
            }
        }
        return bytes
    }
}

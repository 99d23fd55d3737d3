// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats

/// Writes a `.conda` file of the package `a-1-0`: a zip file of three stored members.
enum CondaZip {
    static func write(payload: [UInt8], info: [UInt8]) throws -> [UInt8] {
        let end = [UInt8](repeating: 0, count: 1024)
        let members: [(String, [UInt8])] = [
            ("metadata.json", Array(#"{"conda_pkg_format_version":2}"#.utf8)),
            ("pkg-a-1-0.tar.zst", try Zstd.compress(payload + end, level: 1)),
            ("info-a-1-0.tar.zst", try Zstd.compress(info + end, level: 1)),
        ]
        var out: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in members {
            let common =
                little(20, 2) + little(0, 8) + little(checksum(content), 4) + little(content.count, 4)
                + little(content.count, 4) + little(name.utf8.count, 2) + little(0, 2)
            directory +=
                little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 10) + little(out.count, 4)
            directory += name.utf8
            out += little(0x0403_4B50, 4) + common
            out += name.utf8
            out += content
        }
        let place = little(directory.count, 4) + little(out.count, 4)
        out += directory
        out += little(0x0605_4B50, 4) + little(0, 4) + little(3, 2) + little(3, 2) + place + little(0, 2)
        return out
    }

    private static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 < 8 ? number >> ($0 * 8) : 0) }
    }

    /// CRC-32 as zip has it, four bits at a time.
    private static func checksum(_ bytes: [UInt8]) -> Int {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<2 { sum = sum >> 4 ^ table[Int(sum & 15)] }
        }
        return Int(~sum)
    }

    private static let table: [UInt32] = (0..<16).map { start in
        (0..<4).reduce(UInt32(start)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
}

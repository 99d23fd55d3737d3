// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The checksum of zip (ISO 3309), sixteen bytes at a step. It finds accidents, not attacks.
struct CRC32 {
    private var state: UInt32 = 0xFFFF_FFFF

    /// The checksum of all bytes so far.
    var value: UInt32 { ~state }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        Self.tables.withUnsafeBufferPointer { tables in
            var crc = state
            var at = 0
            while at + 16 <= bytes.count {
                let head = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                let tail = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self))
                crc = Self.step(tables, head ^ UInt64(crc), 8 * 256) ^ Self.step(tables, tail, 0)
                at += 16
            }
            while at < bytes.count {
                crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[at])) & 255)]
                at += 1
            }
            state = crc
        }
    }

    /// What eight bytes come to, which so many tables' worth of bytes follow.
    @inline(__always)
    private static func step(_ tables: UnsafeBufferPointer<UInt32>, _ word: UInt64, _ base: Int) -> UInt32 {
        let first = tables[base + 1792 + Int(word & 255)] ^ tables[base + 1536 + Int(word >> 8 & 255)]
        let second = tables[base + 1280 + Int(word >> 16 & 255)] ^ tables[base + 1024 + Int(word >> 24 & 255)]
        let third = tables[base + 768 + Int(word >> 32 & 255)] ^ tables[base + 512 + Int(word >> 40 & 255)]
        let fourth = tables[base + 256 + Int(word >> 48 & 255)] ^ tables[base + Int(word >> 56)]
        return first ^ second ^ third ^ fourth
    }

    /// Sixteen tables of 256, the n-th for a byte that n others follow.
    private static let tables: [UInt32] = {
        var tables = (0..<UInt32(256)).map { byte in
            (0..<8).reduce(byte) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        for at in 256..<4096 {
            let shorter = tables[at - 256]
            tables.append(shorter >> 8 ^ tables[Int(shorter & 255)])
        }
        return tables
    }()
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The checksum of zip (ISO 3309), eight bytes at a step. It finds accidents, not attacks.
struct CRC32 {
    private var state: UInt32 = 0xFFFF_FFFF

    /// The checksum of all bytes so far.
    var value: UInt32 { ~state }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        Self.tables.withUnsafeBufferPointer { tables in
            var crc = state
            var at = 0
            while at + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                let low = UInt32(truncatingIfNeeded: word) ^ crc
                let high = UInt32(truncatingIfNeeded: word >> 32)
                let first = tables[1792 + Int(low & 255)] ^ tables[1536 + Int(low >> 8 & 255)]
                let second = tables[1280 + Int(low >> 16 & 255)] ^ tables[1024 + Int(low >> 24)]
                let third = tables[768 + Int(high & 255)] ^ tables[512 + Int(high >> 8 & 255)]
                let fourth = tables[256 + Int(high >> 16 & 255)] ^ tables[Int(high >> 24)]
                crc = first ^ second ^ third ^ fourth
                at += 8
            }
            while at < bytes.count {
                crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[at])) & 255)]
                at += 1
            }
            state = crc
        }
    }

    /// Eight tables of 256, the n-th for a byte that n others follow.
    private static let tables: [UInt32] = {
        var tables = (0..<UInt32(256)).map { byte in
            (0..<8).reduce(byte) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        for at in 256..<2048 {
            let shorter = tables[at - 256]
            tables.append(shorter >> 8 ^ tables[Int(shorter & 255)])
        }
        return tables
    }()
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Finds where the blocks of a bzip2 file begin, without decompressing anything.
///
/// A block begins with 48 bits that also may occur by chance inside another: a piece that ends at such a
/// place does not decompress, and is to be joined with the next one.
struct Bzip2Splitter {
    enum Mark: Equatable {
        /// A block begins.
        case block
        /// The end of a stream begins.
        case streamEnd
    }

    /// The bits in front of a block and of a stream's end: the digits of pi, and those of its square root.
    static let blockMagic: UInt64 = 0x3141_5926_5359
    static let endMagic: UInt64 = 0x1772_4538_5090
    static let magicLength = 48

    private static let mask: UInt64 = (1 << 48) - 1
    /// For each value of eight bits in the middle: whether a mark can be there, whatever its alignment.
    private static let isPossible: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for shift in UInt64(0)..<8 {
            table[Int(blockMagic >> (24 - shift) & 0xFF)] = true
            table[Int(endMagic >> (24 - shift) & 0xFF)] = true
        }
        return table
    }()

    private var window: UInt64 = 0
    /// How many bytes were looked at since the last start.
    private var at = 0

    /// Begins anew at a byte.
    mutating func restart(at byte: Int) {
        window = 0
        at = byte
    }

    /// Some bytes were removed from the front.
    mutating func drop(_ count: Int) { at -= count }

    /// The next mark that begins at or after a bit, and that bit; nil if the bytes end before.
    ///
    /// - Parameter start: the bit from which marks count.
    mutating func next(in bytes: [UInt8], from start: Int) -> (mark: Mark, bit: Int)? {
        bytes.withUnsafeBufferPointer { bytes in
            Self.isPossible.withUnsafeBufferPointer { isPossible in
                while at < bytes.count {
                    window = window << 8 | UInt64(bytes[at])
                    at += 1
                    guard isPossible[Int(window >> 24 & 0xFF)] else { continue }
                    if let found = match(from: start) { return found }
                }
                return nil
            }
        }
    }

    /// A mark among the last 55 bits, the earliest first. Two cannot overlap.
    private func match(from start: Int) -> (mark: Mark, bit: Int)? {
        for shift in (0..<8).reversed() {
            let bits = window >> UInt64(shift) & Self.mask
            guard bits == Self.blockMagic || bits == Self.endMagic else { continue }
            let bit = at * 8 - shift - Self.magicLength
            if bit >= start { return (bits == Self.blockMagic ? .block : .streamEnd, bit) }
        }
        return nil
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A text of bits, the first one in the highest bit of the first byte; what fills the last byte is 0.
struct Bzip2Bits: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    /// Copies a range of bits, which must lie in the bytes.
    init(_ source: [UInt8], _ range: Range<Int>) {
        let (first, shift) = (range.lowerBound >> 3, range.lowerBound & 7)
        let length = (range.count + 7) >> 3
        bytes.reserveCapacity(length + 16)
        if shift == 0 {
            bytes += source[first..<first + length]
        } else {
            for at in first..<first + length {
                let next = at + 1 < source.count ? source[at + 1] : 0
                bytes.append(source[at] << UInt8(shift) | next >> UInt8(8 - shift))
            }
        }
        count = range.count
        clearEnd()
    }

    /// Puts bits behind.
    mutating func append(_ other: Bzip2Bits) {
        let used = count & 7
        if used == 0 {
            bytes += other.bytes
        } else {
            bytes.reserveCapacity(bytes.count + other.bytes.count)
            for byte in other.bytes {
                bytes[bytes.count - 1] |= byte >> UInt8(used)
                bytes.append(byte << UInt8(8 - used))
            }
        }
        count += other.count
        bytes.removeLast(bytes.count - (count + 7) >> 3)
    }

    /// Puts the lowest bits of a number behind.
    mutating func append(_ number: UInt64, count: Int) {
        let text = withUnsafeBytes(of: (number << UInt64(64 - count)).bigEndian) { Array($0) }
        append(Bzip2Bits(text, 0..<count))
    }

    /// Up to 64 bits as a number; bits beyond the end are 0.
    func number(at bit: Int, count: Int) -> UInt64 { Self.number(bytes, at: bit, count: count) }

    /// Up to 64 bits of some bytes as a number; bits beyond the end are 0.
    static func number(_ bytes: [UInt8], at bit: Int, count: Int) -> UInt64 {
        var value: UInt64 = 0
        for offset in bit..<bit + count {
            let byte = offset >> 3 < bytes.count ? bytes[offset >> 3] : 0
            value = value << 1 | UInt64(byte >> UInt8(7 - offset & 7) & 1)
        }
        return value
    }

    private mutating func clearEnd() {
        guard count & 7 != 0, let last = bytes.indices.last else { return }
        bytes[last] &= 0xFF << UInt8(8 - count & 7)
    }
}

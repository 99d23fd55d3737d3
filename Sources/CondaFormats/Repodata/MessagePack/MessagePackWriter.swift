// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// MessagePack as we write it: every value in its shortest form, members in the order they are in the map.
public enum MessagePackWriter {
    /// Encodes a value.
    public static func encode(_ value: MessagePackValue) -> [UInt8] {
        var out: [UInt8] = []
        write(value, to: &out)
        return out
    }

    private static func write(_ value: MessagePackValue, to out: inout [UInt8]) {
        switch value {
        case .null: out.append(0xC0)
        case .bool(let flag): out.append(flag ? 0xC3 : 0xC2)
        case .integer(let number): write(number, to: &out)
        case .unsigned(let number): write(0xCF, number, 8, to: &out)
        case .double(let number): write(0xCB, number.bitPattern, 8, to: &out)
        case .string(let text): write(text, to: &out)
        case .binary(let bytes):
            writeLength(bytes.count, small: nil, one: 0xC4, two: 0xC5, four: 0xC6, to: &out)
            out += bytes
        case .array(let elements):
            writeLength(elements.count, small: (0x90, 15), one: nil, two: 0xDC, four: 0xDD, to: &out)
            for element in elements { write(element, to: &out) }
        case .map(let map):
            writeLength(map.count, small: (0x80, 15), one: nil, two: 0xDE, four: 0xDF, to: &out)
            for member in map.members {
                write(member.key, to: &out)
                write(member.value, to: &out)
            }
        }
    }

    private static func write(_ text: String, to out: inout [UInt8]) {
        writeLength(text.utf8.count, small: (0xA0, 31), one: 0xD9, two: 0xDA, four: 0xDB, to: &out)
        out += text.utf8
    }

    private static func write(_ number: Int64, to out: inout [UInt8]) {
        let bits = UInt64(bitPattern: number)
        switch number {
        case -32...127: out.append(UInt8(truncatingIfNeeded: bits))
        case 0...0xFF: write(0xCC, bits, 1, to: &out)
        case 0...0xFFFF: write(0xCD, bits, 2, to: &out)
        case 0...0xFFFF_FFFF: write(0xCE, bits, 4, to: &out)
        case 0...: write(0xCF, bits, 8, to: &out)
        case Int64(Int8.min)...: write(0xD0, bits, 1, to: &out)
        case Int64(Int16.min)...: write(0xD1, bits, 2, to: &out)
        case Int64(Int32.min)...: write(0xD2, bits, 4, to: &out)
        default: write(0xD3, bits, 8, to: &out)
        }
    }

    private static func writeLength(
        _ length: Int,
        small: (mark: UInt8, most: Int)?,
        one: UInt8?,
        two: UInt8,
        four: UInt8,
        to out: inout [UInt8]
    ) {
        precondition(length <= UInt32.max, "MessagePack has 32 bits for a length")
        let bits = UInt64(length)
        if let small, length <= small.most {
            out.append(small.mark | UInt8(truncatingIfNeeded: bits))
        } else if let one, length <= 0xFF {
            write(one, bits, 1, to: &out)
        } else if length <= 0xFFFF {
            write(two, bits, 2, to: &out)
        } else {
            write(four, bits, 4, to: &out)
        }
    }

    private static func write(_ mark: UInt8, _ bits: UInt64, _ width: Int, to out: inout [UInt8]) {
        out.append(mark)
        for byte in (0..<width).reversed() { out.append(UInt8(truncatingIfNeeded: bits >> (byte * 8))) }
    }
}

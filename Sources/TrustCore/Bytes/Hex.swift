// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Lower-case hexadecimal text, as digests and Ed25519 keys are written in every format we read.
public enum Hex {
    /// Writes two lower-case digits a byte.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            var end = 0
            for byte in bytes {
                buffer[end] = digit(byte >> 4)
                buffer[end + 1] = digit(byte & 15)
                end += 2
            }
            return end
        }
    }

    /// Reads an even number of digits, upper or lower case; nil for anything else.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        // Nearly all text lies in one piece; what does not is copied.
        text.utf8.withContiguousStorageIfAvailable { decode($0) } ?? decode(Array(text.utf8))
    }

    /// Reads an even number of ASCII digits, upper or lower case; nil for anything else: for who has half a million to read.
    public static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        text.withUnsafeBufferPointer { decode($0) }
    }

    /// Reads an even number of ASCII digits, upper or lower case; nil for anything else.
    public static func decode(_ text: some RandomAccessCollection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var areDigits = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 2) { buffer, count in
            var at = text.startIndex
            while at != text.endIndex {
                let next = text.index(after: at)
                guard let high = value(of: text[at]), let low = value(of: text[next]) else {
                    areDigits = false
                    return
                }
                buffer[count] = high << 4 | low
                count += 1
                at = text.index(after: next)
            }
        }
        return areDigits ? bytes : nil
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        case 0x41...0x46: digit - 0x41 + 10
        default: nil
        }
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Strict base64 (RFC 4648, section 4): padded, nothing foreign inside, no bits left over.
public enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
    /// What each byte stands for; 0xFF for what stands for nothing.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    /// Writes the text as ASCII bytes.
    public static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        var at = 0
        while at < bytes.count {
            let count = min(3, bytes.count - at)
            var value = UInt32(bytes[at]) << 16
            if count > 1 { value |= UInt32(bytes[at + 1]) << 8 }
            if count > 2 { value |= UInt32(bytes[at + 2]) }
            out.append(alphabet[Int(value >> 18)])
            out.append(alphabet[Int(value >> 12 & 63)])
            out.append(count > 1 ? alphabet[Int(value >> 6 & 63)] : UInt8(ascii: "="))
            out.append(count > 2 ? alphabet[Int(value & 63)] : UInt8(ascii: "="))
            at += 3
        }
        return out
    }

    /// Writes the text.
    public static func text(_ bytes: [UInt8]) -> String { String(decoding: encode(bytes), as: UTF8.self) }

    /// Decodes; nil for anything that is not exactly what ``encode(_:)`` writes.
    public static func decode(_ text: some RandomAccessCollection<UInt8>) -> [UInt8]? {
        text.withContiguousStorageIfAvailable { decode($0) }
            ?? Array(text).withUnsafeBufferPointer { decode($0) }
    }

    /// Decodes; nil for anything that is not exactly what ``encode(_:)`` writes.
    public static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { decode($0) }
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        var end = text.count
        while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        var out: [UInt8] = []
        out.reserveCapacity(text.count / 4 * 3)
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for at in 0..<end {
            let digit = values[Int(text[at])]
            guard digit != 0xFF else { return nil }
            pending = (pending << 6 | UInt32(digit)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: pending >> bits))
            }
        }
        // Bits that are left over are zeros in the one spelling that counts.
        guard pending & (1 << bits - 1) == 0 else { return nil }
        return out
    }
}

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
        // Looked up once, not once a byte.
        let alphabet = alphabet
        let length = (bytes.count + 2) / 3 * 4
        return [UInt8](unsafeUninitializedCapacity: length) { out, end in
            var at = 0
            while at < bytes.count {
                let count = min(3, bytes.count - at)
                var value = UInt32(bytes[at]) << 16
                if count > 1 { value |= UInt32(bytes[at + 1]) << 8 }
                if count > 2 { value |= UInt32(bytes[at + 2]) }
                out[end] = alphabet[Int(value >> 18)]
                out[end + 1] = alphabet[Int(value >> 12 & 63)]
                out[end + 2] = count > 1 ? alphabet[Int(value >> 6 & 63)] : UInt8(ascii: "=")
                out[end + 3] = count > 2 ? alphabet[Int(value & 63)] : UInt8(ascii: "=")
                at += 3
                end += 4
            }
        }
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
        let values = values
        // All marks of bytes that are no digits, and bits that are left over: zeros in the one spelling that
        // counts.
        var foreign: UInt32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { out, count in
            var at = 0
            while at < end {
                var group: UInt32 = 0
                for place in at..<at + 4 {
                    let digit = place < end ? values[Int(text[place])] : 0
                    foreign |= UInt32(digit & 0xC0)
                    group = group << 6 | UInt32(digit & 0x3F)
                }
                let length = min(3, (end - at) * 6 / 8)
                for place in 0..<3 {
                    let byte = UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * place))
                    if place < length {
                        out[count] = byte
                        count += 1
                    } else {
                        foreign |= UInt32(byte)
                    }
                }
                at += 4
            }
        }
        return foreign == 0 ? bytes : nil
    }
}

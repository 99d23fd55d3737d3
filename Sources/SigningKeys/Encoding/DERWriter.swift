// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The DER that keys and signatures need.
package enum DERWriter {
    /// An element with a tag of one byte, and the one form that DER has of its length.
    package static func element(_ tag: UInt8, _ contents: some Collection<UInt8>) -> [UInt8] {
        var out = [tag]
        if contents.count < 0x80 {
            out.append(UInt8(truncatingIfNeeded: contents.count))
        } else {
            let digits = withUnsafeBytes(of: contents.count.bigEndian) { Array($0.drop { $0 == 0 }) }
            out.append(0x80 | UInt8(truncatingIfNeeded: digits.count))
            out += digits
        }
        return out + contents
    }

    static func sequence(_ contents: [UInt8]) -> [UInt8] { element(0x30, contents) }
    static func objectIdentifier(_ contents: [UInt8]) -> [UInt8] { element(0x06, contents) }
    static func octetString(_ contents: some Collection<UInt8>) -> [UInt8] { element(0x04, contents) }
    static func bitString(_ contents: some Collection<UInt8>) -> [UInt8] { element(0x03, [0] + contents) }
    static let null: [UInt8] = [0x05, 0x00]

    /// A big-endian number that is not negative, with or without leading zeros.
    static func integer(_ magnitude: ArraySlice<UInt8>) -> [UInt8] {
        let digits = magnitude.drop { $0 == 0 }
        guard let first = digits.first else { return element(0x02, [0]) }
        return element(0x02, (first >= 0x80 ? [0] : []) + digits)
    }
}

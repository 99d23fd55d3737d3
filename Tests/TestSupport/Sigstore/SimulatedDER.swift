// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SwiftASN1

/// DER for tests: well-formed lengths, and whatever content a test wants.
public enum SimulatedDER {
    /// An element with this tag byte.
    public static func element(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
        var digits: [UInt8] = []
        var rest = contents.count
        while rest > 0 {
            digits.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        let length = contents.count < 0x80 ? [UInt8(contents.count)] : [0x80 | UInt8(digits.count)] + digits
        return [tag] + length + contents
    }

    /// A `SEQUENCE` of elements.
    public static func sequence(_ elements: [UInt8]...) -> [UInt8] { element(0x30, elements.flatMap(\.self)) }
    /// A `SET` of elements in the order of DER.
    public static func set(_ elements: [UInt8]...) -> [UInt8] { set(tag: 0x31, elements) }

    /// A `SET` with another tag.
    public static func set(tag: UInt8, _ elements: [[UInt8]]) -> [UInt8] {
        element(tag, elements.sorted { $0.lexicographicallyPrecedes($1) }.flatMap(\.self))
    }

    /// An `INTEGER` that is not negative, of a magnitude without leading zeros.
    public static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        element(0x02, (magnitude.first ?? 0x80) >= 0x80 ? [0] + magnitude : magnitude)
    }

    /// An `OBJECT IDENTIFIER` in dotted form.
    public static func identifier(_ dotted: String) -> [UInt8] {
        let arcs = dotted.split(separator: ".").compactMap { UInt($0) }
        var contents: [UInt8] = [UInt8(arcs[0] * 40 + arcs[1])]
        for arc in arcs.dropFirst(2) {
            var digits: [UInt8] = [UInt8(arc & 0x7F)]
            var rest = arc >> 7
            while rest > 0 {
                digits.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
                rest >>= 7
            }
            contents += digits
        }
        return element(0x06, contents)
    }

    /// An `OCTET STRING`.
    public static func octets(_ contents: [UInt8]) -> [UInt8] { element(0x04, contents) }
    /// A `BIT STRING` of whole bytes.
    public static func bits(_ contents: [UInt8]) -> [UInt8] { element(0x03, [0] + contents) }
    /// A `UTF8String`.
    public static func utf8(_ text: String) -> [UInt8] { element(0x0C, Array(text.utf8)) }

    /// A `Name` with an organisation and a common name.
    public static func name(_ commonName: String, organisation: String = "kingsnake.example") -> [UInt8] {
        func part(_ identifier: String, _ text: String) -> [UInt8] {
            set(sequence(self.identifier(identifier), utf8(text)))
        }
        return sequence(part("2.5.4.10", organisation), part("2.5.4.3", commonName))
    }

    /// A `GeneralizedTime`: `YYYYMMDDHHMMSS`, a fraction if there is one, and `Z`.
    public static func time(_ moment: String, fraction: String = "") -> [UInt8] {
        let digits = moment.utf8.filter { (0x30...0x39).contains($0) }
        return element(0x18, digits + Array((fraction.isEmpty ? "Z" : ".\(fraction)Z").utf8))
    }

    /// A time of a certificate: a `UTCTime` until 2049 (RFC 5280, 4.1.2.5).
    public static func certificateTime(_ moment: String) -> [UInt8] {
        let digits = moment.utf8.filter { (0x30...0x39).contains($0) }
        guard digits.lexicographicallyPrecedes("2050".utf8), !digits.lexicographicallyPrecedes("1950".utf8)
        else {
            return time(moment)
        }
        return element(0x17, Array(digits.dropFirst(2)) + Array("Z".utf8))
    }

    /// The elements within an element.
    static func elements(_ der: [UInt8]) throws -> [[UInt8]] {
        guard case .constructed(let nodes) = try DER.parse(der).content else { return [] }
        return nodes.map { Array($0.encodedBytes) }
    }

    /// The contents of a primitive element.
    static func contents(_ der: [UInt8]) throws -> [UInt8] {
        guard case .primitive(let bytes) = try DER.parse(der).content else { return [] }
        return Array(bytes)
    }

    /// The bytes of a `BIT STRING` of whole bytes.
    static func bitContents(_ der: [UInt8]) throws -> [UInt8] { Array(try contents(der).dropFirst()) }
}

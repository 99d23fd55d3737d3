// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// One packet of an OpenPGP message, with a header in the old or the new format (RFC 4880, section 4.2).
///
/// Of a length that is not known beforehand, or that comes in parts, there are none: keys and signatures have
/// neither.
struct OpenPGPPacket {
    /// What kind of packet it is.
    enum Tag {
        static let signature: UInt8 = 2
        static let publicKey: UInt8 = 6
        static let publicSubkey: UInt8 = 14
    }

    let tag: UInt8
    let body: [UInt8]

    /// The longest sequence of packets that is read.
    static let maximumLength = 1 << 20

    /// Reads a sequence of whole packets.
    ///
    /// - Throws: a `Refusal` with `content-trust.openpgp-packet`, or `limit.too-large`.
    static func sequence(_ bytes: [UInt8], of subject: String) throws -> [OpenPGPPacket] {
        guard bytes.count <= maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \(maximumLength) bytes",
                found: "\(bytes.count)"
            )
        }
        var reader = OpenPGPReader(bytes, of: subject)
        var packets: [OpenPGPPacket] = []
        while !reader.isAtEnd { packets.append(try OpenPGPPacket(&reader)) }
        return packets
    }

    private init(_ reader: inout OpenPGPReader) throws {
        let first = try reader.byte()
        guard first & 0x80 != 0 else { throw reader.malformed("a packet's header") }
        let length: Int
        if first & 0x40 != 0 {
            tag = first & 0x3F
            length = try Self.newLength(&reader)
        } else {
            tag = first >> 2 & 0x0F
            guard first & 3 != 3 else { throw reader.malformed("a packet whose length is said") }
            length = try reader.number(1 << Int(first & 3))
        }
        body = Array(try reader.take(length))
    }

    private static func newLength(_ reader: inout OpenPGPReader) throws -> Int {
        let first = Int(try reader.byte())
        switch first {
        case 0..<192: return first
        case 192..<224: return (first - 192) << 8 + Int(try reader.byte()) + 192
        case 255: return try reader.number(4)
        default: throw reader.malformed("a packet in one part")
        }
    }
}

/// Takes the fields of a packet from its front; whatever is not there refuses the packet.
struct OpenPGPReader {
    private var rest: ArraySlice<UInt8>
    private let subject: String

    init(_ bytes: [UInt8], of subject: String) {
        rest = bytes[...]
        self.subject = subject
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() throws -> UInt8 {
        guard let byte = rest.popFirst() else { throw malformed("a whole packet") }
        return byte
    }

    /// A number of up to four bytes, most significant first.
    mutating func number(_ count: Int) throws -> Int { try take(count).reduce(0) { $0 << 8 | Int($1) } }

    mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw malformed("a whole packet") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// A multiprecision integer (RFC 4880, section 3.2), which has no leading zero bytes, at the length that
    /// a signature or a key has it.
    mutating func integer(paddedTo length: Int) throws -> [UInt8] {
        let bits = try number(2)
        guard bits <= length * 8 else { throw malformed("an integer of at most \(length) bytes") }
        let bytes = try take((bits + 7) / 8)
        return [UInt8](repeating: 0, count: length - bytes.count) + bytes
    }

    func malformed(_ expected: String) -> Refusal {
        Refusal(ContentTrustCode.openPGPPacket, subject, expected: expected)
    }
}

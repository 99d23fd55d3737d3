// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A detached signature as GnuPG makes it: version 4, of a binary document, by EdDSA (RFC 4880, section
/// 5.2.3, and the EdDSA draft that GnuPG follows). Unverified.
public struct OpenPGPSignaturePacket: Sendable {
    /// What is hashed behind the message.
    public let headers: OpenPGPHeaders
    /// The 64 bytes of the signature.
    ///
    /// GnuPG writes its two halves as integers and so without leading zero bytes, of which there are some in
    /// one signature of 128. Other programs put the halves together as they are, and refuse their own
    /// signature.
    public let value: [UInt8]

    /// Reads one packet, and nothing behind it.
    ///
    /// - Throws: a `Refusal` with `content-trust.openpgp-packet` or `content-trust.openpgp-headers`.
    public init(_ bytes: [UInt8], of subject: String = "OpenPGP signature") throws {
        let packets = try OpenPGPPacket.sequence(bytes, of: subject)
        guard let packet = packets.first, packets.count == 1, packet.tag == OpenPGPPacket.Tag.signature else {
            throw Refusal(
                ContentTrustCode.openPGPPacket,
                subject,
                expected: "one signature packet",
                found: packets.map { "tag \($0.tag)" }.joined(separator: ", ")
            )
        }
        var reader = OpenPGPReader(packet.body, of: subject)
        // Version, type and the two algorithms are looked at with the headers, which end in the hashed
        // subpackets.
        let start = try reader.take(4)
        let hashed = try reader.number(2)
        let subpackets = try reader.take(hashed)
        let length = [UInt8(truncatingIfNeeded: hashed >> 8), UInt8(truncatingIfNeeded: hashed)]
        headers = try OpenPGPHeaders(start + length + subpackets, of: subject)
        // Subpackets that are not hashed anybody can change; the left 16 bits of the digest are a hint.
        _ = try reader.take(reader.number(2))
        _ = try reader.take(2)
        value = try reader.integer(paddedTo: 32) + reader.integer(paddedTo: 32)
        guard reader.isAtEnd else { throw reader.malformed("two integers and no more") }
    }
}

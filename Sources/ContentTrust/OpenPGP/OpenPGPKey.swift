// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
import TrustCore

/// Ed25519 keys among the packets that GnuPG exports (RFC 4880, section 5.5.2, and the EdDSA draft that GnuPG
/// follows).
public enum OpenPGPKey {
    /// The key, or subkey, of a fingerprint.
    ///
    /// Who it belongs to, whether it has expired or was revoked is not looked at: conda content trust knows
    /// nothing of that, and GnuPG does not sign with such a key.
    /// - Throws: a `Refusal` with `content-trust.openpgp-packet` if it is not there, `content-trust.key-type`
    ///   if it is another kind of key, or a `key.…` code for bytes that are no safe key.
    public static func key(of fingerprint: [UInt8], in bytes: [UInt8]) throws -> PublicKey {
        let subject = "OpenPGP key \(Hex.encode(fingerprint))"
        let packet = try OpenPGPPacket.sequence(bytes, of: subject).first { packet in
            [OpenPGPPacket.Tag.publicKey, OpenPGPPacket.Tag.publicSubkey].contains(packet.tag)
                && packet.body.first == 4 && GnuPG.fingerprint(ofKeyPacket: packet.body) == fingerprint
        }
        guard let packet else {
            throw Refusal(
                ContentTrustCode.openPGPPacket,
                subject,
                expected: "a version 4 key of that fingerprint",
                found: "none"
            )
        }
        var reader = OpenPGPReader(packet.body, of: subject)
        // Version and time of creation.
        _ = try reader.take(5)
        let algorithm = try reader.byte()
        guard algorithm == 22, Array(try reader.take(reader.number(1))) == curve else {
            throw Refusal(
                ContentTrustCode.keyType,
                subject,
                expected: "an Ed25519 key (EdDSA, algorithm 22)",
                found: "algorithm \(algorithm)"
            )
        }
        let point = try reader.integer(paddedTo: 33)
        // 0x40 says that the point is as RFC 8032 writes it.
        guard point.first == 0x40, reader.isAtEnd else { throw reader.malformed("a point behind 0x40") }
        return try PublicKey(ed25519: Array(point.dropFirst()))
    }

    /// The object identifier of Ed25519, 1.3.6.1.4.1.11591.15.1.
    private static let curve: [UInt8] = [0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x0F, 0x01]
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The part of an OpenPGP signature that is hashed behind the message: what kind of signature it is, and what the
/// signer's program says of it (RFC 4880, section 5.2.3).
///
/// conda content trust wraps signatures in this form so that keys of GnuPG and of hardware tokens can sign. Other
/// clients never look inside. Here it must say what it is: version 4, over a binary document, by EdDSA, with SHA-256,
/// with the time at which it was made, and without an end of its own.
public struct OpenPGPHeaders: Sendable, Equatable {
    /// The bytes, `other_headers` in the file.
    public let bytes: [UInt8]
    /// When the signature says that it was made.
    public let createdAt: Timestamp
    /// The fingerprint of the key that the signature says made it, 20 bytes; nil if it does not say.
    public let issuer: [UInt8]?

    private static let prefix: [UInt8] = [4, 0x00, 22, 8]
    /// The longest header: the length of its subpackets has 16 bits.
    public static let maximumLength = 6 + 0xFFFF

    /// Reads headers.
    ///
    /// - Throws: a `Refusal` with `content-trust.openpgp-headers`.
    public init(_ bytes: [UInt8], of subject: String) throws {
        guard bytes.count >= 6, bytes.starts(with: Self.prefix) else {
            throw Self.refusal(subject, "a version 4 signature of a binary document by EdDSA with SHA-256")
        }
        guard Int(bytes[4]) << 8 | Int(bytes[5]) == bytes.count - 6 else {
            throw Self.refusal(subject, "as many bytes of subpackets as it says")
        }
        var created: Timestamp?
        var issuer: [UInt8]?
        var rest = bytes[6...]
        while !rest.isEmpty {
            let (type, body) = try Self.subpacket(&rest, subject)
            switch type & 0x7F {
            case 2 where body.count == 4 && created == nil:
                created = Timestamp(seconds: body.reduce(0) { $0 << 8 | Int64($1) })
            case 33 where body.count == 21 && body.first == 4 && issuer == nil:
                issuer = Array(body.dropFirst())
            case 2, 33: throw Self.refusal(subject, "one well-formed subpacket of type \(type & 0x7F)")
            // A signature that ends before its document does is for another purpose.
            case 3: throw Self.refusal(subject, "no expiration of the signature itself")
            // Whoever does not know a critical subpacket must refuse the signature (RFC 4880, 5.2.3.1).
            case _ where type & 0x80 != 0:
                throw Self.refusal(subject, "no critical subpacket of type \(type & 0x7F)")
            default: continue
            }
        }
        // RFC 4880, section 5.2.3.4: it must be there.
        guard let created else { throw Self.refusal(subject, "the time at which it was made") }
        self.bytes = bytes
        createdAt = created
        self.issuer = issuer
    }

    /// Makes headers for a signature by a key that GnuPG does not know: with the time, and no issuer.
    public init(createdAt: Timestamp) {
        let seconds = UInt32(clamping: createdAt.seconds)
        let time = (0..<4).map { UInt8(truncatingIfNeeded: seconds >> (24 - 8 * $0)) }
        bytes = Self.prefix + [0, 6, 5, 2] + time
        self.createdAt = Timestamp(seconds: Int64(seconds))
        issuer = nil
    }

    /// The 32 bytes that Ed25519 signs (RFC 4880, section 5.2.4, and the EdDSA draft that GnuPG follows).
    public func digest(of message: [UInt8]) -> [UInt8] { Self.digest(of: message, behind: bytes) }

    /// The same for headers that nobody has read, as other clients take them.
    static func digest(of message: [UInt8], behind bytes: [UInt8]) -> [UInt8] {
        var hash = StreamingDigest(.sha256)
        hash.update(message)
        hash.update(bytes)
        let length = UInt32(clamping: bytes.count)
        hash.update([4, 0xFF] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) })
        return hash.finish().bytes
    }

    /// RFC 4880, section 5.2.3.1: a length of one, two or five bytes, then the type, then the rest.
    private static func subpacket(_ rest: inout ArraySlice<UInt8>, _ subject: String) throws
        -> (type: UInt8, body: ArraySlice<UInt8>)
    {
        let malformed = refusal(subject, "whole subpackets")
        guard let first = rest.popFirst() else { throw malformed }
        var length = Int(first)
        if first == 255 {
            guard rest.count >= 4 else { throw malformed }
            length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
        } else if first >= 192 {
            guard let second = rest.popFirst() else { throw malformed }
            length = (Int(first) - 192) << 8 + Int(second) + 192
        }
        guard length >= 1, rest.count >= length, let type = rest.popFirst() else { throw malformed }
        let body = rest.prefix(length - 1)
        rest = rest.dropFirst(length - 1)
        return (type, body)
    }

    private static func refusal(_ subject: String, _ expected: String) -> Refusal {
        Refusal(ContentTrustCode.openPGPHeaders, subject, expected: expected)
    }
}

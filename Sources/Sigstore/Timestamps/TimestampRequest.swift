// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1
public import TrustCore

/// What is sent to a timestamp authority (RFC 3161, 2.4.1), as `application/timestamp-query`.
public struct TimestampRequest: Sendable, Hashable {
    /// The digest of what is to be stamped: for Sigstore, of the signature's bytes.
    public let imprint: Digest
    /// A number that the answer must repeat, without leading zeros.
    public let nonce: [UInt8]
    /// Whether the authority is asked to put its certificate into the answer.
    public let wantsCertificate: Bool

    /// Makes a request.
    ///
    /// - Parameter nonce: random bytes, which are passed in; eight are usual. Nil is answered for none, or
    ///   only zeros, for more than 32, and for a digest by a hash function that does not count.
    public init?(imprint: Digest, nonce: [UInt8], wantsCertificate: Bool = true) {
        let number = Array(nonce.drop { $0 == 0 })
        guard (1...32).contains(number.count), TimestampHash.identifier(imprint.algorithm) != nil else {
            return nil
        }
        self.imprint = imprint
        self.nonce = number
        self.wantsCertificate = wantsCertificate
    }

    /// The DER `TimeStampReq`.
    public func encoded() throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.appendConstructedNode(identifier: .sequence) { request in
            try request.serialize(1)
            try request.appendConstructedNode(identifier: .sequence) { imprint in
                try imprint.appendConstructedNode(identifier: .sequence) { algorithm in
                    if let name = TimestampHash.identifier(self.imprint.algorithm) {
                        try algorithm.serialize(name)
                    }
                    try algorithm.serialize(ASN1Null())
                }
                try imprint.serialize(ASN1OctetString(contentBytes: self.imprint.bytes[...]))
            }
            try request.serialize(nonce[...])
            if wantsCertificate { try request.serialize(true) }
        }
        return serializer.serializedBytes
    }
}

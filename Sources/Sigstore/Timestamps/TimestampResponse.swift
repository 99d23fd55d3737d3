// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1
import TrustCore

/// The answer of a timestamp authority, granted (RFC 3161, 2.4.2): a token that says when something was
/// there. Unverified.
public struct TimestampResponse: Sendable, Hashable {
    static let what = "the timestamp"
    /// The longest response that is read, in bytes. Honest ones have at most some thousands.
    public static let maximumLength = 65_536

    /// The response, as it was given.
    public let der: [UInt8]
    /// What it says.
    public let info: TimestampInfo
    let token: TimestampToken

    /// Reads a response in strict DER.
    ///
    /// - Throws: a `Refusal` with ``TimestampCode/size``, ``TimestampCode/malformed``,
    ///   ``TimestampCode/status`` or ``TimestampCode/hash``.
    public init(der: [UInt8]) throws {
        guard der.count <= Self.maximumLength else {
            throw Refusal(
                TimestampCode.size,
                Self.what,
                expected: "at most \(Self.maximumLength) bytes",
                found: "\(der.count)"
            )
        }
        do {
            let parts = try DERElement.elements(DER.parse(der), .sequence)
            guard let status = parts.first, parts.count <= 2 else {
                throw ASN1Error.invalidASN1Object(reason: "other parts")
            }
            try Self.check(status: status)
            guard parts.count == 2 else { throw ASN1Error.invalidASN1Object(reason: "no token") }
            token = try TimestampToken(parts[1], Self.what)
            info = try TimestampInfo(der: token.content, Self.what)
        } catch is ASN1Error {
            throw Refusal(TimestampCode.malformed, Self.what)
        }
        self.der = der
    }

    /// `PKIStatusInfo`: 0 is granted, 1 granted with modifications, which only mean that something else than
    /// the digest is not as it was asked for.
    private static func check(status node: ASN1Node) throws {
        var fields = DERFields(try DERElement.elements(node, .sequence))
        guard let field = fields.next(.integer) else {
            throw ASN1Error.invalidASN1Object(reason: "no status")
        }
        let status = try Int(derEncoded: field)
        guard status == 0 || status == 1 else {
            throw Refusal(TimestampCode.status, what, expected: "0 or 1", found: "\(status)")
        }
    }

    /// Refuses the answer to another request: another digest, another number, or none (RFC 3161, 2.4.2).
    ///
    /// Call it for an answer that comes from the network. What the answer is worth, ``TimestampVerifier``
    /// says.
    public func check(answers request: TimestampRequest) throws {
        guard info.imprint == request.imprint else {
            throw Refusal(
                TimestampCode.imprint,
                Self.what,
                expected: "\(request.imprint)",
                found: "\(info.imprint)"
            )
        }
        guard info.nonce == request.nonce else {
            throw Refusal(TimestampCode.answer, Self.what, expected: "the request's nonce")
        }
        guard !request.wantsCertificate || !token.certificates.isEmpty else {
            throw Refusal(TimestampCode.answer, Self.what, expected: "the authority's certificate")
        }
    }
}

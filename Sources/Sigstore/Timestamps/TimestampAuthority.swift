// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1
import TrustCore
import X509

/// One timestamp authority of a trusted root, whose certificates were found to hold together.
///
/// A token's certificate, chain and time are compared with this one authority's: nothing of another one
/// helps.
struct TimestampAuthority: Sendable {
    private let chain: AuthorityChain

    /// Takes an authority's certificates, of which the first signs the timestamps.
    init(_ chain: AuthorityChain) { self.chain = chain }

    /// Whether the response names this authority's certificate as its signer's.
    func isNamed(by response: TimestampResponse) -> Bool {
        switch response.token.signer {
        case .issuer(let issuer, let serialNumber):
            return issuer == chain.first.issuer && serialNumber == chain.first.serialNumber
        case .key(let identifier):
            guard let own = try? chain.first.extensions.subjectKeyIdentifier else { return false }
            return own.keyIdentifier.elementsEqual(identifier)
        }
    }

    /// Verifies a response that names this authority (RFC 3161, 2.3 and 2.4.2; RFC 5652, 5.6; Sigstore's
    /// client specification, 4.1).
    func verify(_ response: TimestampResponse) throws -> VerifiedTimestamp {
        let (token, signer, what) = (response.token, chain.first, TimestampResponse.what)
        guard isNamed(by: response) else { throw Refusal(TimestampCode.untrusted, what) }
        // A certificate that calls itself as the authority's does, but is another one.
        for der in token.certificates where der != signer.der {
            let other = try ParsedCertificate(der: der, subject: "a certificate in the timestamp")
            guard other.issuer != signer.issuer || other.serialNumber != signer.serialNumber else {
                throw Refusal(TimestampCode.signerCertificate, what)
            }
        }
        try token.attributes.check(token, by: signer)
        guard
            PKIXSignature.isValid(
                token.signature,
                over: token.attributes.signedBytes[...],
                by: algorithm(of: token),
                key: signer.publicKey
            )
        else { throw Refusal(TimestampCode.signature, what, at: chain.authority.uri) }
        try checkTime(response.info.moment)
        return VerifiedTimestamp(moment: response.info.moment, authority: chain.authority)
    }

    /// RSA may be named without its hash function, which then stands elsewhere (RFC 3370, 3.2).
    private func algorithm(of token: TimestampToken) -> ASN1ObjectIdentifier {
        guard token.signatureAlgorithm == [1, 2, 840, 113549, 1, 1, 1] else {
            return token.signatureAlgorithm
        }
        let last: UInt =
            switch token.digestAlgorithm {
            case .sha384: 12
            case .sha512: 13
            default: 11
            }
        return [1, 2, 840, 113549, 1, 1, last]
    }

    private func checkTime(_ moment: Moment) throws {
        let what = "the authority \(chain.authority.uri)"
        if let expired = chain.expired(at: moment) {
            throw Refusal(
                TimestampCode.authorityNotValid,
                what,
                expected: expired.validity.words,
                found: "\(moment.timestamp)"
            )
        }
        guard chain.authority.validFor.contains(moment) else {
            throw Refusal(
                TimestampCode.authorityPeriod,
                what,
                expected: chain.authority.validFor.words,
                found: "\(moment.timestamp)"
            )
        }
    }
}

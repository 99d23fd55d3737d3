// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore
import X509

/// The certificates of one authority of a trusted root, from the one that signs to the one that is believed
/// without another, which were found to hold together.
///
/// That costs a slow signature for each, so it is done once for a trusted root, and not for each bundle.
/// Times are not looked at here: they differ from bundle to bundle.
final class AuthorityChain: Sendable {
    /// What an authority of the trusted root is for.
    enum Purpose: Sendable {
        /// To issue certificates to signers: every certificate is an authority's.
        case signers
        /// To sign timestamps: the first certificate signs them, the others are authorities'.
        case timestamps

        fileprivate var usage: ExtendedKeyUsage.Usage {
            switch self {
            case .signers: .codeSigning
            case .timestamps: .timeStamping
            }
        }
    }

    /// The longest chain that is read.
    static let maximumLength = 10

    /// What the trusted root says of it.
    let authority: TrustedRoot.Authority
    /// The one that signs first; never empty.
    let first: ParsedCertificate
    let others: [ParsedCertificate]

    /// Reads an authority's certificates and checks each against the next one (RFC 5280, 6.1).
    ///
    /// - Throws: a `Refusal` with ``CertificateCode/authorityChain``, or what is wrong with one of the
    ///   certificates.
    init(_ authority: TrustedRoot.Authority, for purpose: Purpose) throws {
        let what = "the authority \(authority.uri)"
        guard authority.certificates.count <= Self.maximumLength else {
            throw Refusal(
                CertificateCode.tooMany,
                what,
                expected: "at most \(Self.maximumLength) certificates",
                found: "\(authority.certificates.count)"
            )
        }
        var certificates = try authority.certificates.map { try ParsedCertificate(der: $0, subject: what) }
        for (certificate, issuer) in zip(certificates, certificates.dropFirst()) {
            guard certificate.issuer == issuer.subject else {
                throw CertificateRules.chain(
                    what,
                    expected: "the issuer's certificate after each certificate"
                )
            }
            guard certificate.isSigned(by: issuer) else {
                throw CertificateRules.chain(what, expected: "a certificate signed by the one after it")
            }
        }
        let authorities = purpose == .timestamps ? certificates.dropFirst() : certificates[...]
        for (below, certificate) in authorities.enumerated() {
            try CertificateRules.checkAuthority(certificate, below: below, for: purpose.usage, what)
        }
        guard !certificates.isEmpty else { throw CertificateRules.chain(what, expected: "a certificate") }
        let first = certificates.removeFirst()
        if purpose == .timestamps { try CertificateRules.checkTimestamper(first, what) }
        self.authority = authority
        self.first = first
        others = certificates
    }

    /// Reads the authorities of a trusted root: those that can be used, and what is wrong with the others, which harm
    /// nobody but themselves.
    static func all(_ authorities: [TrustedRoot.Authority], for purpose: Purpose) -> (
        usable: [AuthorityChain], unusable: [Refusal]
    ) {
        var usable: [AuthorityChain] = []
        var unusable: [Refusal] = []
        for authority in authorities {
            do {
                usable.append(try AuthorityChain(authority, for: purpose))
            } catch let refusal as Refusal {
                unusable.append(refusal)
            } catch {
                unusable.append(
                    Refusal(CertificateCode.authorityChain, "the authority \(authority.uri)", cause: error)
                )
            }
        }
        return (usable, unusable)
    }

    /// The certificate that was not valid at a point in time, if any; both ends of a validity belong to it.
    func expired(at moment: Moment) -> ParsedCertificate? {
        first.validity.contains(moment) ? others.first { !$0.validity.contains(moment) } : first
    }
}

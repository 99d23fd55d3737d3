// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Verifies signers' certificates against a trusted root.
///
/// Make one for a trusted root and keep it: what the root's own certificates prove of each other is found out
/// once. Each bundle then costs one signature of the authority, and one for each log's promise.
public struct CertificateVerifier: Sendable {
    private let chains: [AuthorityChain]
    private let logs: CertificateLogs
    /// What is wrong with those authorities of the trusted root whose certificates do not hold together, or
    /// are of kinds that we do not verify. They issue nothing that is believed; the others are not harmed by
    /// them.
    public let unusable: [Refusal]

    /// Reads and checks the authorities of a trusted root.
    public init(_ root: TrustedRoot) {
        (chains, unusable) = AuthorityChain.all(root.certificateAuthorities, for: .signers)
        logs = CertificateLogs(logs: root.certificateLogs)
    }

    /// Verifies a certificate (Sigstore's client specification, 4.2 to 4.4).
    ///
    /// - Parameters:
    ///   - moments: the proven times of the signature, at each of which all certificates must be valid, and
    ///     the authority must count. There must be at least one.
    ///   - others: certificates that came with it. They prove nothing and are not used; roots among them are
    ///     refused.
    /// - Throws: a `Refusal` with a ``CertificateCode``.
    public func verify(
        _ certificate: SigningCertificate,
        at moments: [Moment],
        others: [[UInt8]] = []
    ) throws -> VerifiedCertificate {
        try Self.check(others: others)
        guard !moments.isEmpty else { throw Refusal(CertificateCode.noTime, SigningCertificate.what) }
        let issuers = try issuers(of: certificate.parsed)
        for moment in moments {
            guard certificate.validity.contains(moment) else {
                throw Self.refusal(.notValid, certificate.validity, moment, SigningCertificate.what)
            }
        }
        let chain = try Self.chain(issuers, at: moments)
        return VerifiedCertificate(
            certificate: certificate,
            authority: chain.authority,
            promises: try logs.promises(in: certificate.parsed, issuer: chain.first),
            moments: moments
        )
    }

    /// Refuses roots, and more certificates than a chain has.
    private static func check(others: [[UInt8]]) throws {
        guard others.count < AuthorityChain.maximumLength else {
            throw Refusal(
                CertificateCode.tooMany,
                SigningCertificate.what,
                expected: "at most \(AuthorityChain.maximumLength)",
                found: "\(others.count + 1)"
            )
        }
        for der in others {
            let other = try ParsedCertificate(der: der, subject: "a certificate beside the signer's")
            // The parser of bundles refuses it with the same code; not everybody has the certificates from a bundle.
            if other.isSelfIssued { throw Refusal(BundleCode.rootCertificate, SigningCertificate.what) }
        }
    }

    /// The authorities whose key signed the certificate: more than one only where a root lists a key several
    /// times, with different periods.
    private func issuers(of certificate: ParsedCertificate) throws -> [AuthorityChain] {
        var found: [AuthorityChain] = []
        for chain in chains where chain.first.subject == certificate.issuer {
            // One slow signature for a key, however often the key is listed.
            let isSame = found.contains { $0.first.subjectPublicKeyInfo == chain.first.subjectPublicKeyInfo }
            if isSame || certificate.isSigned(by: chain.first) { found.append(chain) }
        }
        guard !found.isEmpty else {
            throw Refusal(
                CertificateCode.untrusted,
                SigningCertificate.what,
                expected: "one of \(chains.count) authorities",
                cause: unusable.first
            )
        }
        return found
    }

    /// One authority that counts at all times; if there is none, what is wrong with the first.
    private static func chain(_ chains: [AuthorityChain], at moments: [Moment]) throws -> AuthorityChain {
        var first: Refusal?
        for chain in chains {
            guard let refusal = problem(chain, at: moments) else { return chain }
            first = first ?? refusal
        }
        throw first ?? Refusal(CertificateCode.untrusted, SigningCertificate.what)
    }

    private static func problem(_ chain: AuthorityChain, at moments: [Moment]) -> Refusal? {
        let what = "the authority \(chain.authority.uri)"
        for moment in moments {
            if let expired = chain.expired(at: moment) {
                return refusal(.authorityNotValid, expired.validity, moment, what)
            }
            guard chain.authority.validFor.contains(moment) else {
                return refusal(.authorityPeriod, chain.authority.validFor, moment, what)
            }
        }
        return nil
    }

    private static func refusal(
        _ code: CertificateCode,
        _ period: ValidityPeriod,
        _ moment: Moment,
        _ what: String
    ) -> Refusal {
        Refusal(code, what, expected: period.words, found: "\(moment.timestamp)")
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import SwiftASN1
import TrustCore
import X509

/// The logs of certificates that a trusted root names, and what they promised.
struct CertificateLogs: Sendable {
    let logs: [TrustedRoot.Log]

    /// Finds the promises in a certificate that are good (RFC 6962, 3.2; Sigstore's client specification,
    /// 4.4): at least one is. Those by unknown logs, and bad ones beside a good one, are left out.
    ///
    /// - Parameter issuer: whose key was found to have signed the certificate.
    func promises(in certificate: ParsedCertificate, issuer: ParsedCertificate) throws -> [LoggedCertificate]
    {
        let list = try Self.list(certificate)
        let precertificate = try Precertificate(certificate, issuer: issuer)
        var kept: [LoggedCertificate] = []
        var worst = Refusal(CertificateCode.promiseMissing, SigningCertificate.what)
        for promise in list {
            let outcome = check(promise, precertificate)
            switch outcome {
            case .success(let logged): kept.append(logged)
            case .failure(let refusal): worst = Self.further(worst, refusal)
            }
        }
        guard !kept.isEmpty else { throw worst }
        return kept
    }

    private static func list(_ certificate: ParsedCertificate) throws -> [SignedCertificateTimestamp] {
        guard let found = certificate.extensions[oid: Precertificate.listIdentifier] else {
            throw Refusal(CertificateCode.promiseMissing, SigningCertificate.what)
        }
        guard let octets = try? ASN1OctetString(derEncoded: found.value) else {
            throw SignedCertificateTimestamp.malformed("an OCTET STRING")
        }
        return try SignedCertificateTimestamp.list(octets.bytes)
    }

    private func check(_ promise: SignedCertificateTimestamp, _ precertificate: Precertificate) -> Result<
        LoggedCertificate, Refusal
    > {
        let named = logs.filter { $0.logID == promise.logID }
        let what = SigningCertificate.what
        guard !named.isEmpty else {
            return .failure(
                Refusal(CertificateCode.promiseLog, what, found: "the log `\(Hex.encode(promise.logID))`")
            )
        }
        guard let moment = promise.moment, let log = named.first(where: { $0.validFor.contains(moment) })
        else {
            return .failure(
                Refusal(
                    CertificateCode.promisePeriod,
                    what,
                    at: named[0].baseURL,
                    expected: "a time that the log counts at",
                    found: "\(promise.moment?.timestamp.description ?? "none")"
                )
            )
        }
        guard promise.algorithm.fits(log.key.algorithm),
            log.key.isValid(signature: promise.signature, for: promise.signedBytes(for: precertificate))
        else { return .failure(Refusal(CertificateCode.promiseSignature, what, at: log.baseURL)) }
        return .success(LoggedCertificate(log: log, moment: moment))
    }

    /// Of several refusals, the one of the promise that got furthest.
    private static func further(_ a: Refusal, _ b: Refusal) -> Refusal {
        let order: [CertificateCode] = [.promiseMissing, .promiseLog, .promisePeriod, .promiseSignature]
        func rank(_ refusal: Refusal) -> Int { order.firstIndex { refusal.is($0) } ?? 0 }
        return rank(b) > rank(a) ? b : a
    }
}

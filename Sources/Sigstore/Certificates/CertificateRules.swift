// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1
import TrustCore
import X509

/// What a certificate must say for its place in a chain (RFC 5280, 4.2; RFC 3161, 2.3; Sigstore's client
/// specification, 4.2).
enum CertificateRules {
    /// The extensions that are looked at, so that they may be critical.
    private static let known: Set<ASN1ObjectIdentifier> = [
        .X509ExtensionID.keyUsage, .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.basicConstraints,
    ]
    private static let emptyName: [UInt8] = [0x30, 0x00]

    /// A signer's certificate; the name in it is for ``SubjectName``.
    static func checkSigner(_ certificate: ParsedCertificate) throws {
        let what = SigningCertificate.what
        try checkCritical(certificate, known.union([.X509ExtensionID.subjectAlternativeName]), what)
        guard try !isAuthority(certificate, what) else { throw Refusal(CertificateCode.isAuthority, what) }
        try checkSigns(certificate, what)
        let usages = try usages(certificate, what)?.usages
        guard usages?.contains(.codeSigning) == true else {
            throw Refusal(
                CertificateCode.extendedKeyUsage,
                what,
                expected: "code signing",
                found: usages == nil ? "none" : nil
            )
        }
        guard certificate.subject == emptyName else { throw Refusal(CertificateCode.subject, what) }
    }

    /// The certificate that an authority signs timestamps with.
    static func checkTimestamper(_ certificate: ParsedCertificate, _ what: String) throws {
        try checkCritical(certificate, known, what)
        guard try !isAuthority(certificate, what) else { throw Refusal(CertificateCode.isAuthority, what) }
        try checkSigns(certificate, what)
        // RFC 3161, 2.3: critical, and for nothing else.
        guard let usages = try usages(certificate, what), usages.isCritical,
            Array(usages.usages) == [.timeStamping]
        else { throw Refusal(TimestampCode.extendedKeyUsage, what) }
    }

    /// A certificate of an authority.
    ///
    /// - Parameter below: how many other authorities' certificates are between it and the one that it vouches
    ///   for.
    static func checkAuthority(
        _ certificate: ParsedCertificate,
        below: Int,
        for purpose: ExtendedKeyUsage.Usage,
        _ what: String
    ) throws {
        try checkCritical(certificate, known, what)
        guard let found = try constraints(certificate, what), case .isCertificateAuthority(let length) = found
        else {
            throw chain(what, expected: "an authority's certificate (CA)")
        }
        if let length, length < below {
            throw chain(what, expected: "at most \(length) authorities below it", found: "\(below)")
        }
        guard try keyUsage(certificate, what)?.keyCertSign == true else {
            throw chain(what, expected: "a key that may sign certificates")
        }
        // An authority that is limited to some purposes is limited to them in what it issues, as browsers
        // have it.
        if let usages = try usages(certificate, what)?.usages, !usages.contains(purpose),
            !usages.contains(.any)
        {
            throw chain(what, expected: "an authority for \(purpose)")
        }
    }

    static func chain(_ what: String, expected: String, found: String? = nil) -> Refusal {
        Refusal(CertificateCode.authorityChain, what, expected: expected, found: found)
    }

    private static func checkCritical(
        _ certificate: ParsedCertificate,
        _ known: Set<ASN1ObjectIdentifier>,
        _ what: String
    ) throws {
        for found in certificate.extensions where found.critical && !known.contains(found.oid) {
            throw Refusal(CertificateCode.criticalExtension, what, found: "`\(found.oid)`")
        }
    }

    private static func checkSigns(_ certificate: ParsedCertificate, _ what: String) throws {
        guard try keyUsage(certificate, what)?.digitalSignature == true else {
            throw Refusal(CertificateCode.keyUsage, what, expected: "digital signature")
        }
    }

    private static func isAuthority(_ certificate: ParsedCertificate, _ what: String) throws -> Bool {
        guard let found = try constraints(certificate, what), case .isCertificateAuthority = found else {
            // One that may sign certificates is an authority whatever it says otherwise.
            return try keyUsage(certificate, what)?.keyCertSign == true
        }
        return true
    }

    private static func constraints(_ certificate: ParsedCertificate, _ what: String) throws
        -> BasicConstraints?
    {
        try reading(what) { try certificate.extensions.basicConstraints }
    }

    private static func keyUsage(_ certificate: ParsedCertificate, _ what: String) throws -> KeyUsage? {
        try reading(what) { try certificate.extensions.keyUsage }
    }

    private static func usages(_ certificate: ParsedCertificate, _ what: String) throws
        -> (usages: ExtendedKeyUsage, isCritical: Bool)?
    {
        let identifier = ASN1ObjectIdentifier.X509ExtensionID.extendedKeyUsage
        guard let found = certificate.extensions[oid: identifier] else { return nil }
        return (try reading(what) { try ExtendedKeyUsage(found) }, found.critical)
    }

    /// An extension that cannot be read makes the certificate one that cannot be read.
    private static func reading<Value>(_ what: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch { throw Refusal(CertificateCode.malformed, what) }
    }
}

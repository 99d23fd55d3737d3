// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TrustCore

extension Fuzzer {
    /// A certificate as a signer's, as an authority's, and as one that came along. Nobody signed it, so that
    /// no trusted root but one that names it makes anything of it.
    static let certificates = Fuzzer("certificate") { bytes in
        let verifier = CertificateVerifier(root(authority: bytes))
        Finding.unless(verifier.unusable.count <= 1, "an authority that is unusable twice")
        let certificate = try SigningCertificate(der: bytes)
        check(certificate)
        let moments = [certificate.validity.start]
        for others in [[], [bytes]] {
            let verified = try Finding.accepted {
                try verifier.verify(certificate, at: moments, others: others)
            }
            Finding.unless(verified == nil, "a certificate without a log's promise is verified")
        }
    }

    /// The logs' promises in a certificate: each is as long as its parts, and has a time.
    static let promises = Fuzzer("certificate-promises") { bytes in
        let list = try SignedCertificateTimestamp.list(bytes[...])
        Finding.unless(list.count <= SignedCertificateTimestamp.maximumCount, "too many promises")
        let length = list.reduce(0) { $0 + 49 + $1.extensions.count + $1.signature.count }
        Finding.unless(length + 2 <= bytes.count, "more is read than there is")
        for promise in list {
            Finding.unlessEqual(promise.logID.count, 32, "the length of a log's name")
            Finding.unless(promise.moment != nil, "a promise without a time")
        }
    }

    /// A timestamp, against an authority that the same bytes would be.
    static let timestamps = Fuzzer("timestamp") { bytes in
        let verifier = TimestampVerifier(root(authority: bytes))
        let response = try TimestampResponse(der: bytes)
        Finding.unlessEqual(response.der, bytes, "the bytes of a timestamp")
        Finding.unless(response.info.imprint.algorithm != .md5, "a weak hash function")
        let digest = response.info.imprint
        if let nonce = response.info.nonce, let request = TimestampRequest(imprint: digest, nonce: nonce) {
            Finding.unless(request.nonce == nonce, "a number with leading zeros")
            _ = try Finding.accepted { try response.check(answers: request) }
        }
        let verified = try Finding.accepted { try verifier.verify([bytes], of: []) }
        Finding.unless(verified == nil, "a timestamp of nobody is verified")
    }

    private static func root(authority bytes: [UInt8]) -> TrustedRoot {
        let authority = TrustedRoot.Authority(
            uri: "https://authority.example",
            certificates: [bytes],
            validFor: ValidityPeriod(start: Moment(Timestamp(seconds: 0)), end: nil)
        )
        return TrustedRoot(
            transparencyLogs: [],
            certificateAuthorities: [authority],
            certificateLogs: [],
            timestampAuthorities: [authority]
        )
    }

    private static func check(_ certificate: SigningCertificate) {
        let identity = certificate.identity
        for text in [identity.value, identity.issuer] + certificate.claims.values {
            let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            Finding.unless(isPlain, "a control character")
        }
        Finding.unless(!identity.value.isEmpty && !identity.issuer.isEmpty, "a signer without a name")
        let issuers = [certificate.claims[.issuer], certificate.claims[.issuerV1]].compactMap(\.self)
        Finding.unless(issuers.allSatisfy { ByteKey.areEqual($0, identity.issuer) }, "two issuers")
    }
}

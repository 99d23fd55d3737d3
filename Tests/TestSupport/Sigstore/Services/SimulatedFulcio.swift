// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
internal import Sigstore
package import TrustCore

/// The certificate authority as a service (Fulcio's API, version 2): it believes tokens of certain issuers, demands that
/// the private key is there, and has what it issues promised by a log first.
package struct SimulatedFulcio: Sendable {
    /// Who issues.
    package var authority: SimulatedAuthority
    /// The log that promises to show what is issued.
    package var certificateLog: SimulatedCertificateLog
    /// Whose tokens it believes.
    package var issuers: [TrustedIssuer]

    /// Answers a request for a certificate, or for its own ones.
    package func answer(_ request: LoopbackRequest, at now: Timestamp) throws -> ServerBehaviour {
        switch (request.method, request.path) {
        case ("POST", "/api/v2/signingCert"):
            let bearer = request.header("Authorization").flatMap { value in
                value.hasPrefix("Bearer ") ? String(value.dropFirst(7)) : nil
            }
            let certificate = try certificate(JSONFields(request: request.body), bearer: bearer, at: now)
            return .json([
                "signedCertificateEmbeddedSct": ["chain": Self.chain([certificate] + authority.certificates)]
            ])
        case ("GET", "/api/v2/trustBundle"):
            return .json(["chains": [Self.chain(authority.certificates)]])
        default: throw SimulatedServiceRefusal(404, "Not Found")
        }
    }

    private static func chain(_ certificates: [[UInt8]]) -> JSONValue {
        ["certificates": .array(certificates.map { .string(PEMBlock.write(label: "CERTIFICATE", $0)) })]
    }

    private func certificate(_ request: JSONFields, bearer: String?, at now: Timestamp) throws -> [UInt8] {
        let text = try request.optionalFields("credentials")?.optionalString("oidcIdentityToken") ?? bearer
        let (issuer, claims) = try believe(text ?? "", at: now)
        let key: [UInt8]
        if request.optional("certificateSigningRequest") != nil {
            key = try Self.key(certified: request.bytes("certificateSigningRequest"))
        } else {
            key = try Self.key(request.fields("publicKeyRequest"), proving: issuer.challenge(claims))
        }
        let signer = try issuer.signer(claims)
        return try authority.issue(
            .signer(
                signer.identity,
                publicKey: key,
                from: now,
                until: now.advanced(bySeconds: 600),
                claims: signer.claims
            ),
            logs: [certificateLog],
            at: now
        )
    }

    /// Checks a token as every service must that is given one.
    private func believe(_ text: String, at now: Timestamp) throws -> (TrustedIssuer, JSONObject) {
        let refusal = SimulatedServiceRefusal(400, "There was an error processing the identity token")
        guard let token = SimulatedWebToken(text), let issuer = token.claims["iss"]?.string,
            let trusted = issuers.first(where: { ByteKey.areEqual($0.url, issuer) }),
            token.isSigned(by: trusted.publicKey), let end = token.claims["exp"]?.integer, now.seconds < end,
            token.claims["nbf"]?.integer ?? 0 <= now.seconds + 60
        else { throw refusal }
        switch token.claims["aud"] {
        case .string("sigstore"): break
        case .array(let audiences) where audiences.contains(.string("sigstore")): break
        default: throw refusal
        }
        return (trusted, token.claims)
    }

    /// The key of a PKCS #10 request in PEM, which is signed with it (RFC 2986, 4).
    private static func key(certified text: [UInt8]) throws -> [UInt8] {
        let block = try PEMBlock.read(text, "request")
        let parts = try SimulatedDER.elements(block.bytes)
        let info = parts.count == 3 ? try SimulatedDER.elements(parts[0]) : []
        guard block.label == "CERTIFICATE REQUEST", info.count >= 3 else {
            throw SimulatedServiceRefusal(400, "The certificate signing request could not be parsed")
        }
        let signature = Array(try SimulatedDER.bitContents(parts[2]))
        let key = try VerificationKey(subjectPublicKeyInfo: info[2])
        guard key.isValid(signature: signature, for: parts[0]) else {
            throw SimulatedServiceRefusal(400, "The signature supplied in the request could not be verified")
        }
        return key.subjectPublicKeyInfo
    }

    private static func key(_ request: JSONFields, proving challenge: String) throws -> [UInt8] {
        let key = try VerificationKey(pem: request.fields("publicKey").string("content"))
        guard key.isValid(signature: try request.bytes("proofOfPossession"), for: Array(challenge.utf8))
        else {
            throw SimulatedServiceRefusal(400, "The signature supplied in the request could not be verified")
        }
        return key.subjectPublicKeyInfo
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What a token claims, after its issuer's signature and everything that every token must have were checked. Only
/// ``TokenVerifier`` makes one.
///
/// Not checked: whether it was used before, which is known only in the transaction that uses it.
struct VerifiedToken: Sendable {
    /// Who made it.
    let issuer: TokenIssuer
    /// What it claims.
    let claims: TokenClaims
    /// Its own name (`jti`).
    let id: String
    /// Whom it is about (`sub`).
    let subject: String
    /// From when on it is refused for its age, leeway included: until then its name must be remembered.
    let refusedFrom: Timestamp

    fileprivate init(
        _ unverified: UnverifiedToken,
        of issuer: TokenIssuer,
        audiences: [String],
        now: Timestamp
    ) throws {
        claims = TokenClaims(unverified.unverifiedClaims)
        self.issuer = issuer
        let audience = try claims.audience()
        guard audiences.contains(where: { ByteKey.areEqual($0, audience) }) else {
            throw Refusal(
                OIDCCode.audience,
                UnverifiedToken.what,
                expected: audiences.map { "`\($0)`" }.joined(separator: " or ")
            )
        }
        let (expires, notBefore, made) = (
            try claims.time("exp"), try claims.time("nbf"), try claims.time("iat")
        )
        refusedFrom = expires.advanced(bySeconds: TokenVerifier.leeway)
        guard now < refusedFrom else {
            throw Self.time(.expired, "valid at \(now)", "valid until \(expires)")
        }
        let latestStart = now.advanced(bySeconds: TokenVerifier.leeway)
        guard notBefore <= latestStart, made <= latestStart else {
            throw Self.time(.notYetValid, "valid at \(now)", "valid from \(max(notBefore, made))")
        }
        guard expires <= made.advanced(bySeconds: issuer.maximumLifetime) else {
            throw Self.time(.lifetime, "at most \(issuer.maximumLifetime) seconds", "\(made) to \(expires)")
        }
        id = try claims.text("jti")
        guard id.utf8.count <= TokenVerifier.maximumIDLength else {
            throw TokenClaims.wrong(
                "jti",
                "at most \(TokenVerifier.maximumIDLength) bytes",
                "\(id.utf8.count)"
            )
        }
        subject = try claims.text("sub")
    }

    private static func time(_ code: OIDCCode, _ expected: String, _ found: String) -> Refusal {
        Refusal(code, UnverifiedToken.what, expected: expected, found: found)
    }
}

/// Verifies tokens: the signature by JWTKit, with the one algorithm that the issuer's key is for; everything else here.
struct TokenVerifier: Sendable {
    /// How far the clocks of server and issuer may differ, in seconds.
    static let leeway: Int64 = 30
    /// The longest name of a token, in bytes.
    static let maximumIDLength = 256

    private let issuers: TokenIssuers
    private let audiences: [String]
    private let keys: [ByteKey: IssuerKeys]

    /// - Parameters:
    ///   - issuers: who is believed, and who may be meant beside the server.
    ///   - publicURL: where the server is: its host name is whom tokens are for.
    ///   - services: asks issuers for their keys.
    init(_ issuers: TokenIssuers, publicURL: String, services: any ServiceCaller) {
        self.issuers = issuers
        audiences = (ServerAudience.host(of: publicURL).map { [$0] } ?? []) + issuers.audiences
        keys = Dictionary(
            issuers.issuers.map { (ByteKey($0.url), IssuerKeys(of: $0, by: services)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// For whom clients shall ask tokens; nil if the server has no name.
    var audience: String? { audiences.first }

    /// Verifies a token.
    ///
    /// - Throws: an `oidc.…` code; a `Failure` if the issuer's keys cannot be had.
    func verify(_ text: String, now: Timestamp) async throws -> VerifiedToken {
        let token = try UnverifiedToken(text)
        guard let issuer = issuers.issuer(token.unverifiedIssuer), let known = keys[ByteKey(issuer.url)]
        else {
            throw Refusal(OIDCCode.issuer, UnverifiedToken.what)
        }
        // The issuer's own keys alone: a key of the same name elsewhere is another.
        let named = try await known.keys(named: token.keyID, now: now)
        // RFC 8725, 3.1: the key says by which algorithm; a token that says otherwise is refused.
        guard let key = named.first(where: { $0.algorithm == token.algorithm }) else {
            throw Refusal(
                OIDCCode.algorithm,
                UnverifiedToken.what,
                expected: "the algorithm that the key is for"
            )
        }
        guard key.isSignature(token.signature, over: token.signedBytes) else {
            throw Refusal(OIDCCode.signature, UnverifiedToken.what)
        }
        return try VerifiedToken(token, of: issuer, audiences: audiences, now: now)
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
public import TrustCore

/// What a provider of OpenID Connect says of itself (OpenID Connect Discovery 1.0).
public struct IdentityProvider: Sendable {
    /// Its name, which is a URL.
    public let issuer: String
    /// Where a browser goes to log in; nil if the provider has no such page.
    let authorizationEndpoint: String?
    /// Where a code is exchanged for a token.
    let tokenEndpoint: String
    /// Where a login on another device begins (RFC 8628); nil if the provider has none.
    let deviceEndpoint: String?

    /// Asks a provider for its configuration.
    ///
    /// - Throws: `identity.issuer` if it calls itself anything else than it was asked by, `identity.provider`
    ///   for addresses that secrets must not go to, `identity.answer`; or a ``Failure``.
    public static func discover(_ issuer: String, by caller: any ServiceCaller) async throws
        -> IdentityProvider
    {
        guard ServiceAddress.isProtected(issuer), !issuer.utf8.contains(UInt8(ascii: "?")) else {
            throw unprotected(issuer, "the issuer")
        }
        let base = issuer.utf8.last == UInt8(ascii: "/") ? String(issuer.dropLast()) : issuer
        let response = try await caller.send(
            ServiceRequest(
                .get,
                base + "/.well-known/openid-configuration",
                headers: [("Accept", "application/json")],
                maximumLength: ServiceAnswer.maximumLength
            )
        )
        guard response.status == 200 else {
            throw Failure(
                .network,
                "the identity provider shows no configuration: it answered with status \(response.status)",
                at: Printable.text(issuer, limit: 200),
                remedy: "check the URL of the identity provider"
            )
        }
        return try IdentityProvider(ServiceAnswer(response, of: Self.what).fields(), askedFor: issuer)
    }

    static let what = "the identity provider"

    private init(_ fields: ServiceAnswer.Fields, askedFor issuer: String) throws {
        let said = try fields.text("issuer")
        // Discovery 1.0, 4.3: exactly the URL that was asked; no slash more or less.
        guard ByteKey.areEqual(said, issuer) else {
            throw Refusal(
                IdentityCode.issuer,
                Self.what,
                expected: "`\(Printable.text(issuer, limit: 200))`",
                found: "`\(Printable.text(said, limit: 200))`"
            )
        }
        self.issuer = issuer
        tokenEndpoint = try Self.endpoint(fields.text("token_endpoint"), "token_endpoint")
        authorizationEndpoint = try fields.optionalText("authorization_endpoint").map {
            try Self.endpoint($0, "authorization_endpoint")
        }
        deviceEndpoint = try fields.optionalText("device_authorization_endpoint").map {
            try Self.endpoint($0, "device_authorization_endpoint")
        }
        try Self.checkChallengeMethods(fields)
    }

    /// RFC 8414, 2: providers that list the methods must have S256. One that lists none may know it, and
    /// ignores the challenge if it does not; the nonce binds its token all the same.
    private static func checkChallengeMethods(_ fields: ServiceAnswer.Fields) throws {
        guard let methods = fields.object["code_challenge_methods_supported"]?.array else { return }
        guard methods.contains(where: { $0.string.map { ByteKey.areEqual($0, "S256") } == true }) else {
            throw Refusal(
                IdentityCode.provider,
                what,
                at: "code_challenge_methods_supported",
                expected: "`S256` among the methods"
            )
        }
    }

    private static func endpoint(_ url: String, _ name: String) throws -> String {
        guard ServiceAddress.isProtected(url) else { throw unprotected(url, name) }
        return url
    }

    private static func unprotected(_ url: String, _ name: String) -> Refusal {
        Refusal(
            IdentityCode.provider,
            what,
            at: name,
            expected: "an `https:` URL",
            found: "`\(Printable.text(url, limit: 200))`"
        )
    }
}

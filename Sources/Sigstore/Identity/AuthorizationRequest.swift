// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// One login in a browser: what is asked, and what must come back (OpenID Connect Core 1.0, 3.1,
/// authorization code; RFC 7636; RFC 8252). Without I/O.
struct AuthorizationRequest: Sendable {
    let provider: IdentityProvider
    let clientID: String
    let redirectURI: String
    let secrets: LoginSecrets

    /// The page to open.
    func url() throws -> String {
        guard let endpoint = provider.authorizationEndpoint else {
            throw Failure(
                .configuration,
                "the identity provider has no login in a browser",
                at: Printable.text(provider.issuer, limit: 200),
                remedy: "try `--login device`"
            )
        }
        let fields = FormFields([
            ("response_type", "code"),
            ("client_id", clientID),
            ("redirect_uri", redirectURI),
            ("scope", "openid email"),
            ("state", secrets.state),
            ("nonce", secrets.nonce),
            ("code_challenge", secrets.challenge),
            ("code_challenge_method", "S256"),
        ])
        return endpoint + (endpoint.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + fields.text
    }

    /// The code in the query that the browser came back with.
    ///
    /// - Throws: `identity.state` if it does not belong to this login, `identity.issuer`, `identity.answer`;
    ///   a ``Failure`` if the provider says that there is no login.
    func code(in query: String) throws -> String {
        guard let fields = FormFields(parsing: query) else { throw Self.wrong("a query with each name once") }
        // First of all: what does not belong to this login is not looked at.
        guard let state = fields["state"], ByteKey.areEqual(state, secrets.state) else {
            throw Refusal(IdentityCode.state, Self.what)
        }
        // RFC 9207, 2.4: a provider that says who it is must be the one that was asked.
        if let issuer = fields["iss"], !ByteKey.areEqual(issuer, provider.issuer) {
            throw Refusal(
                IdentityCode.issuer,
                Self.what,
                expected: "`\(Printable.text(provider.issuer, limit: 200))`",
                found: "`\(Printable.text(issuer, limit: 200))`"
            )
        }
        if let error = fields["error"] { throw Self.failure(error) }
        guard let code = fields["code"] else { throw Self.wrong("a code") }
        return code
    }

    /// What exchanges the code for a token.
    func exchange(_ code: String) -> ServiceRequest {
        FormFields([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirectURI),
            ("client_id", clientID),
            ("code_verifier", secrets.verifier),
        ]).post(to: provider.tokenEndpoint)
    }

    /// The token of the exchange's answer, if it is this login's.
    func token(in response: ServiceResponse) throws -> IdentityToken {
        let fields = try ServiceAnswer(response, of: IdentityProvider.what).success()
        let token = try IdentityToken(fields.text("id_token"))
        try token.check(issuer: provider.issuer)
        try token.check(audience: clientID)
        guard let nonce = token.nonce, ByteKey.areEqual(nonce, secrets.nonce) else {
            throw Refusal(IdentityCode.nonce, IdentityToken.what)
        }
        return token
    }

    private static let what = "the answer of the browser"

    private static func wrong(_ expected: String) -> Refusal {
        Refusal(IdentityCode.answer, what, expected: expected)
    }

    private static func failure(_ error: String) -> Failure {
        if ByteKey.areEqual(error, "access_denied") {
            return Failure(.cancelled, "the login was refused in the browser")
        }
        let name = ServiceAnswer.known(error).map { " (\($0))" } ?? ""
        return Failure(.network, "the identity provider could not log you in\(name)")
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// A token of a build service as it was sent: read strictly, and proving nothing.
///
/// A secret while it is valid. It is never in a description, a message or a log.
struct UnverifiedToken: Sendable {
    /// How it says that it is signed.
    let algorithm: TokenAlgorithm
    /// Which of its issuer's keys it says that it is signed with (`kid`).
    let keyID: String
    /// What is signed: header and claims, as they came.
    let signedBytes: [UInt8]
    /// The signature.
    let signature: [UInt8]
    /// What it claims.
    let unverifiedClaims: JSONObject
    /// Who made it, as it says (`iss`).
    let unverifiedIssuer: String

    /// The longest token, in bytes. Those of build services have about 2,000.
    static let maximumLength = 16 << 10
    /// What it is called in messages.
    static let what = "the token"
    private static let limits = JSONLimits(bytes: maximumLength, depth: 8, values: 1_024)

    /// Reads a token.
    ///
    /// - Throws: `oidc.token-form`, `oidc.algorithm` or `oidc.claim`; never with anything of the token's text.
    init(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumLength else {
            throw Self.form("at most \(Self.maximumLength) bytes", "\(bytes.count) bytes")
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw Self.form("three parts joined by dots", "\(parts.count)") }
        guard let header = Base64URL.decode(parts[0]), let claims = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw Self.form("parts in base64url without padding", nil) }
        (algorithm, keyID) = try Self.header(try Self.object(header, "its header"))
        unverifiedClaims = try Self.object(claims, "its claims")
        unverifiedIssuer = try TokenClaims(unverifiedClaims).text("iss")
        self.signature = signature
        signedBytes = parts[0] + [UInt8(ascii: ".")] + parts[1]
    }

    /// Addresses of keys and keys in the header (`jku`, `x5u`, `jwk`, `x5c`) are not looked at: the sender wrote them.
    private static func header(_ header: JSONObject) throws -> (TokenAlgorithm, String) {
        guard let name = header["alg"]?.string else { throw form("an algorithm in its header", nil) }
        guard let algorithm = TokenAlgorithm.named(name) else {
            throw Refusal(OIDCCode.algorithm, what, expected: "`RS256` or `ES256`")
        }
        // RFC 7515, 4.1.11: extensions that must be understood, and none is.
        guard header["crit"] == nil else { throw form("no critical extensions", nil) }
        // RFC 8725, 3.11: not another sort of token, such as an access token.
        guard header["typ"].map({ $0.string?.lowercased() == "jwt" }) ?? true else {
            throw form("the type `JWT`", nil)
        }
        guard let keyID = header["kid"]?.string,
            (1...IssuerKeySet.maximumKeyIDLength).contains(keyID.utf8.count)
        else {
            throw form("the name of a key in its header, `kid`", nil)
        }
        return (algorithm, keyID)
    }

    /// Claims by themselves, as JSON.
    static func claims(json: [UInt8]) throws -> JSONObject { try object(json, "claims") }

    private static func object(_ bytes: [UInt8], _ part: String) throws -> JSONObject {
        // The reader's own refusal may quote the text.
        guard let object = (try? JSONReader.read(bytes, of: what, limits: limits))?.object else {
            throw form("a JSON object as \(part)", nil)
        }
        return object
    }

    private static func form(_ expected: String, _ found: String?) -> Refusal {
        Refusal(OIDCCode.tokenForm, what, expected: expected, found: found)
    }
}

extension UnverifiedToken: CustomStringConvertible, CustomReflectable {
    var description: String { "a token, not shown" }
    /// Nothing: `dump` and test failures show a value's parts.
    var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
public import TrustCore

/// A token of OpenID Connect: who the issuer says the bearer is (a JSON Web Token, RFC 7519).
///
/// A secret for as long as it is valid: whoever has it can sign in its bearer's name. It is never shown: not
/// in descriptions, dumps, messages or logs.
///
/// **The signature is not verified here**: the certificate authority does that, and what it puts into the
/// certificate is what counts. What is read here is for the user's eyes, and to fail early.
public struct IdentityToken: Sendable {
    /// The token, as it goes to the certificate authority.
    public let text: String
    /// Who made it (`iss`).
    public let issuer: String
    /// Whom it is about (`sub`).
    public let subject: String
    /// For whom it is (`aud`), at least one.
    public let audiences: [String]
    /// When it ceases to be valid (`exp`).
    public let expires: Timestamp
    /// Before when it is not valid (`nbf`), if it says so.
    public let notBefore: Timestamp?
    /// The bearer's e-mail address (`email`), which the issuer has verified.
    public let email: String?
    /// What binds it to one login (`nonce`).
    let nonce: String?
    /// All claims.
    let claims: JSONObject

    /// The longest token, in bytes. Those of build services have about 2,000.
    public static let maximumLength = 16 << 10
    /// The most texts in `aud`.
    static let maximumAudiences = 32
    /// The longest text that decides anything, in bytes.
    static let maximumClaimLength = 2048
    /// How far the clocks of issuer and bearer may differ, in seconds, for a token that begins to be valid.
    static let clockDifference: Int64 = 60
    /// What the token is called in messages.
    static let what = "the identity token"

    /// Reads a token. Its signature is not verified, nor whether it is valid now: ``check(audience:now:)``.
    ///
    /// - Throws: a `Refusal` with an `identity.…` or `json.…` code, or `limit.too-large`. None holds the
    /// token.
    public init(_ text: String) throws {
        guard text.utf8.count <= Self.maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                Self.what,
                expected: "at most \(Self.maximumLength) bytes",
                found: "\(text.utf8.count) bytes"
            )
        }
        let parts = Array(text.utf8).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw Self.form("three parts joined by dots", "\(parts.count)") }
        guard let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw Self.form("parts in base64url without padding", nil) }
        try Self.check(header: header, signature: signature)
        let value = try JSONReader.read(payload, of: Self.what, limits: Self.limits)
        guard let claims = value.object else { throw Self.form("a JSON object", value.typeName) }
        self.text = text
        self.claims = claims
        let reader = IdentityClaims(claims)
        issuer = try reader.text("iss")
        subject = try reader.text("sub")
        audiences = try reader.audiences()
        expires = try reader.time("exp")
        notBefore = try reader.optionalTime("nbf")
        nonce = try reader.optionalText("nonce")
        email = try reader.email()
    }

    private static let limits = JSONLimits(bytes: maximumLength, depth: 8, values: 1024)

    /// Refuses a token that says that nobody signed it, or whose signature is no proof to others.
    private static func check(header: [UInt8], signature: [UInt8]) throws {
        let value = try JSONReader.read(header, of: "the header of the identity token", limits: limits)
        guard let object = value.object else { throw form("a JSON object as its header", value.typeName) }
        guard let algorithm = object["alg"]?.string else { throw form("an algorithm in its header", nil) }
        guard asymmetric.contains(ByteKey(algorithm)), !signature.isEmpty else {
            throw Refusal(
                IdentityCode.unsigned,
                what,
                expected: "a signature with a public key",
                found: "`\(Printable.text(algorithm))`"
            )
        }
        // RFC 7515, 4.1.11: extensions that must be understood, and none is.
        guard object["crit"] == nil else { throw form("no critical extensions", nil) }
    }

    /// RFC 7518, 3.1 and RFC 8037, without `none` and what is made with a shared secret.
    private static let asymmetric = Set(
        [
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
        ].map { ByteKey($0) }
    )

    private static func form(_ expected: String, _ found: String?) -> Refusal {
        Refusal(IdentityCode.tokenForm, what, expected: expected, found: found)
    }
}

// MARK: - What it is good for

extension IdentityToken {
    /// Whom the bearer proves to be, with the new key, when asking for a certificate: the verified e-mail
    /// address if there is one, else the subject (Fulcio's API, `proofOfPossession`).
    public var proofSubject: String { email ?? subject }

    /// Refuses a token that is for somebody else (`identity.audience`), or not valid at the time
    /// (`identity.expired`, `identity.not-yet-valid`).
    public func check(audience: String, now: Timestamp) throws {
        try check(audience: audience)
        try check(now: now)
    }

    /// Refuses a token that is for somebody else (`identity.audience`).
    func check(audience: String) throws {
        guard audiences.contains(where: { ByteKey.areEqual($0, audience) }) else {
            throw Refusal(
                IdentityCode.audience,
                Self.what,
                expected: "`\(Printable.text(audience))`",
                found: audiences.map { "`\(Printable.text($0))`" }.joined(separator: ", ")
            )
        }
    }

    private func check(now: Timestamp) throws {
        guard now < expires else {
            throw Refusal(
                IdentityCode.expired,
                Self.what,
                expected: "valid at \(now)",
                found: "valid until \(expires)"
            )
        }
        guard let notBefore, now.advanced(bySeconds: Self.clockDifference) < notBefore else { return }
        throw Refusal(
            IdentityCode.notYetValid,
            Self.what,
            expected: "valid at \(now)",
            found: "valid from \(notBefore)"
        )
    }

    /// Refuses a token that somebody else than the provider made that was asked (`identity.issuer`).
    public func check(issuer expected: String) throws {
        guard ByteKey.areEqual(issuer, expected) else {
            throw Refusal(
                IdentityCode.issuer,
                Self.what,
                expected: "`\(Printable.text(expected, limit: 200))`",
                found: "`\(Printable.text(issuer, limit: 200))`"
            )
        }
    }
}

// MARK: - Not shown

extension IdentityToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Who it is about, never the token itself.
    public var description: String {
        "an identity token of \(Printable.text(issuer, limit: 200)), not shown"
    }
    /// Who it is about, never the token itself.
    public var debugDescription: String { description }
    /// Nothing: `dump` and test failures show a value's parts, and the token is one.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

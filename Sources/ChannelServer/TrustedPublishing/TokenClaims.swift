// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
internal import TrustCore

/// Reads claims of a token: in one type each, and of bounded length.
struct TokenClaims: Sendable {
    let object: JSONObject

    /// The longest text that decides anything, in bytes.
    static let maximumLength = 2_048

    init(_ object: JSONObject) { self.object = object }

    /// Text that must be there, and not be empty.
    func text(_ name: String) throws -> String {
        guard let text = try optionalText(name) else { throw Self.wrong(name, "text", "nothing") }
        return text
    }

    /// Text, if it is there. A control character in it could look like something else wherever it is shown.
    func optionalText(_ name: String) throws -> String? {
        guard let value = object[name], value != .null else { return nil }
        guard let text = value.string else { throw Self.wrong(name, "text", value.typeName) }
        guard (1...Self.maximumLength).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else {
            throw Self.wrong(name, "1 to \(Self.maximumLength) bytes of text", "\(text.utf8.count) bytes")
        }
        return text
    }

    /// A number that something was given, as text of digits; some issuers write it as a number.
    func optionalNumber(_ name: String) throws -> String? {
        guard let value = object[name], value != .null else { return nil }
        if let number = value.integer, number >= 0 { return String(number) }
        let text = try text(name)
        guard TrustedPublisher.isNumber(text) else {
            throw Self.wrong(name, "a number in digits", "something else")
        }
        return text
    }

    /// Seconds since 1970, whole and not negative, that must be there.
    func time(_ name: String) throws -> Timestamp {
        guard let value = object[name] else { throw Self.wrong(name, "whole seconds since 1970", "nothing") }
        guard let seconds = value.integer, seconds >= 0 else {
            throw Self.wrong(name, "whole seconds since 1970", value.typeName)
        }
        return Timestamp(seconds: seconds)
    }

    /// The one that the token is for. RFC 7519, 4.1.3 allows lists; of one that is for several, each of them could use it
    /// here, so that only a list of one will do.
    func audience() throws -> String {
        guard let values = object["aud"]?.array else { return try text("aud") }
        guard values.count == 1, let only = values.first?.string else {
            throw Refusal(
                OIDCCode.audience,
                UnverifiedToken.what,
                expected: "one audience",
                found: "\(values.count)"
            )
        }
        return only
    }

    static func wrong(_ name: String, _ expected: String, _ found: String?) -> Refusal {
        Refusal(OIDCCode.claim, UnverifiedToken.what, at: "`\(name)`", expected: expected, found: found)
    }
}

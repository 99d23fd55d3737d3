// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// Reads claims of an identity token: in one type each, and of bounded length.
struct IdentityClaims {
    private let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    /// Text that must be there, and not be empty.
    func text(_ name: String) throws -> String {
        guard let text = try optionalText(name) else { throw Self.wrong(name, "text", found: "none") }
        return text
    }

    /// Text, if it is there. A control character in it could look like something else wherever it is shown.
    func optionalText(_ name: String) throws -> String? {
        guard let value = object[name], value != .null else { return nil }
        guard let text = value.string else { throw Self.wrong(name, "text", found: value.typeName) }
        return try Self.checked(text, name)
    }

    /// RFC 7519, 4.1.3: one text or a list of them. A token for nobody is refused.
    func audiences() throws -> [String] {
        guard let values = object["aud"]?.array else { return [try text("aud")] }
        guard (1...IdentityToken.maximumAudiences).contains(values.count) else {
            throw Self.wrong("aud", "1 to \(IdentityToken.maximumAudiences) texts", found: "\(values.count)")
        }
        return try values.map { value in
            guard let text = value.string else { throw Self.wrong("aud", "texts", found: value.typeName) }
            return try Self.checked(text, "aud")
        }
    }

    /// Seconds since 1970, whole and not negative, that must be there.
    func time(_ name: String) throws -> Timestamp {
        guard let time = try optionalTime(name) else { throw Self.wrong(name, "a time", found: "none") }
        return time
    }

    /// Seconds since 1970, if they are there.
    func optionalTime(_ name: String) throws -> Timestamp? {
        guard let value = object[name], value != .null else { return nil }
        guard let seconds = value.integer, seconds >= 0 else {
            throw Self.wrong(name, "whole seconds since 1970", found: value.typeName)
        }
        return Timestamp(seconds: seconds)
    }

    /// The e-mail address, if there is one, which must be verified (`identity.email-unverified`). Some
    /// providers write the flag as text.
    func email() throws -> String? {
        guard let email = try optionalText("email") else { return nil }
        let flag = object["email_verified"]
        guard flag?.bool == true || flag?.string.map({ ByteKey.areEqual($0, "true") }) == true else {
            throw Refusal(IdentityCode.emailUnverified, IdentityToken.what)
        }
        return email
    }

    private static func checked(_ text: String, _ name: String) throws -> String {
        let longest = IdentityToken.maximumClaimLength
        guard (1...longest).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else {
            throw wrong(name, "1 to \(longest) bytes of text", found: "\(text.utf8.count) bytes")
        }
        return text
    }

    private static func wrong(_ name: String, _ expected: String, found: String) -> Refusal {
        Refusal(IdentityCode.claim, IdentityToken.what, at: name, expected: expected, found: found)
    }
}

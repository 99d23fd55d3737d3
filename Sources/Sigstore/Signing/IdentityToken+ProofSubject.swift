// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension IdentityToken {
    /// What the certificate authority (Fulcio) calls the bearer, and wants signed to show that the key is there: the
    /// verified e-mail address, if the token has one, and else the subject.
    ///
    /// - Throws: a `Failure` if the token names nobody.
    var proofSubject: String {
        get throws {
            let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard parts.count == 3, let payload = Self.base64URL(Array(parts[1])),
                let claims = try? JSONReader.read(payload, of: "the identity token").object
            else { throw Self.nobody }
            let isVerified: Bool =
                switch claims["email_verified"] {
                case .bool(let isVerified): isVerified
                case .string(let text): ByteKey.areEqual(text, "true")
                default: false
                }
            if isVerified, let email = claims["email"]?.string, !email.utf8.isEmpty { return email }
            guard let subject = claims["sub"]?.string, !subject.utf8.isEmpty else { throw Self.nobody }
            return subject
        }
    }

    private static var nobody: Failure { Failure(.configuration, "the identity token names nobody") }

    private static func base64URL(_ text: [UInt8]) -> [UInt8]? {
        let digits = text.map {
            $0 == UInt8(ascii: "-") ? UInt8(ascii: "+") : $0 == UInt8(ascii: "_") ? UInt8(ascii: "/") : $0
        }
        let padding = [UInt8](repeating: UInt8(ascii: "="), count: (4 - digits.count % 4) % 4)
        return Base64.decode(digits + padding)
    }
}

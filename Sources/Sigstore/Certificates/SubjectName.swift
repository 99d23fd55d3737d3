// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1
import TrustCore
import X509

/// The one name in a signer's certificate: its subject alternative name (RFC 5280, 4.2.1.6).
enum SubjectName {
    /// A user name of Sigstore's, as `otherName`.
    static let username: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 57264, 1, 7]

    static func read(_ certificate: ParsedCertificate) throws -> (SignerIdentity.Kind, String) {
        guard let found = certificate.extensions[oid: .X509ExtensionID.subjectAlternativeName] else {
            throw refusal(found: "none")
        }
        // RFC 5280, 4.2.1.6: critical where the subject is empty, as it is demanded to be.
        guard found.critical else { throw refusal("a critical extension") }
        guard let names = try? SubjectAlternativeNames(found) else { throw refusal("a list of names") }
        guard names.count == 1, let name = names.first else { throw refusal(found: "\(names.count)") }
        return try read(name)
    }

    private static func read(_ name: GeneralName) throws -> (SignerIdentity.Kind, String) {
        switch name {
        case .rfc822Name(let text): return (.email, try ascii(text))
        case .uniformResourceIdentifier(let text): return (.uri, try ascii(text))
        case .otherName(let other) where other.typeID == username:
            guard let text = other.value.flatMap(text), !text.isEmpty else {
                throw refusal("a user name as a UTF8String")
            }
            return (.username, text)
        default: throw refusal("an e-mail address, a URI or a user name")
        }
    }

    private static func text(_ value: ASN1Any) -> String? {
        var serializer = DER.Serializer()
        guard (try? serializer.serialize(value)) != nil else { return nil }
        return DERElement.utf8String(serializer.serializedBytes[...])
    }

    /// Printable ASCII: no room for what looks like something else on a terminal.
    private static func ascii(_ text: String) throws -> String {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw refusal("printable ASCII")
        }
        return text
    }

    private static func refusal(_ expected: String = "one name", found: String? = nil) -> Refusal {
        Refusal(
            CertificateCode.alternativeName,
            SigningCertificate.what,
            expected: expected,
            found: found
        )
    }
}

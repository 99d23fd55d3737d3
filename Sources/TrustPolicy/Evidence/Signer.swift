// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Who signed an attestation, as its certificate or its key says.
public struct Signer: Sendable, Equatable {
    /// What sort of identity it is.
    public enum Kind: String, Sendable, CaseIterable {
        /// A URI in the certificate: a workflow of a build service.
        case uri
        /// An e-mail address in the certificate: a person.
        case email
        /// Any other name in the certificate (OID 1.3.6.1.4.1.57264.1.7).
        case other
        /// No certificate: a key by itself, named by SHA-256 of its SubjectPublicKeyInfo, in lower-case
        /// hexadecimal.
        case key
    }

    /// What sort of identity it is.
    public let kind: Kind
    /// The identity, as it was written.
    public let value: String
    /// Who vouches for the identity, such as `https://token.actions.githubusercontent.com`; nil for a key.
    public let issuer: String?

    /// Makes a fact about a certificate's identity.
    public init(_ kind: Kind, _ value: String, issuer: String?) {
        self.kind = kind
        self.value = value
        self.issuer = issuer
    }

    /// Makes a fact about a key.
    public init(key fingerprint: Digest) { self.init(.key, fingerprint.hex, issuer: nil) }

    /// In words.
    public var description: String {
        let who = kind == .key ? "key \(value)" : "`\(Shown.text(value))`"
        return issuer.map { "\(who) by `\(Shown.text($0))`" } ?? who
    }
}

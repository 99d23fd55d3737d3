// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Who signed, and who vouches for that.
///
/// Equal exactly if all bytes are: nothing is folded, and no form of the one name stands for another.
public struct SignerIdentity: Hashable, Sendable {
    /// What sort of name it is.
    public enum Kind: String, Sendable, CaseIterable {
        /// An e-mail address.
        case email
        /// A URI: of a workflow, for instance.
        case uri
        /// A user name of Sigstore's (`1.3.6.1.4.1.57264.1.7`), such as `user!provider.example`.
        case username
    }

    /// What sort of name it is.
    public let kind: Kind
    /// The name, as the certificate has it.
    public let value: String
    /// The identity provider that vouches for it.
    public let issuer: String

    /// Takes an identity from elsewhere, to compare with.
    public init(kind: Kind, value: String, issuer: String) {
        self.kind = kind
        self.value = value
        self.issuer = issuer
    }

    /// Equal exactly if all bytes are.
    public static func == (a: SignerIdentity, b: SignerIdentity) -> Bool {
        a.kind == b.kind && ByteKey.areEqual(a.value, b.value) && ByteKey.areEqual(a.issuer, b.issuer)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(ByteKey(value))
        hasher.combine(ByteKey(issuer))
    }
}

extension SignerIdentity: CustomStringConvertible {
    /// The name and its issuer.
    public var description: String { "\(value) (\(issuer))" }
}

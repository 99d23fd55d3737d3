// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of what the services of a Sigstore instance answer while something is signed, beside those of what is
/// in the answers, which are the same as for a verifier.
@nonexhaustive
public enum SigningCode: String, RefusalCode {
    case answer = "signing.answer"
    case certificateKey = "signing.certificate-key"
    case detachedPromise = "signing.detached-promise"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .answer:
            RefusalEntry(
                .invalid,
                "a service of the Sigstore instance answered in a form that is not its protocol's",
                explanation:
                    "What cannot be read cannot be checked, and nothing of it goes into a bundle. Most often something else "
                    + "than the service answered: a proxy, or a page for people.",
                remedy: "compare the signing configuration with the instance's own, and sign again"
            )
        case .certificateKey:
            RefusalEntry(
                .invalid,
                "the authority certified another key than the one that was made for this signature",
                explanation:
                    "Nothing that was signed with our key would verify by that certificate; and whoever has the other key "
                    + "could sign in the signer's name.",
                remedy: "tell who runs the Sigstore instance, and sign again"
            )
        case .detachedPromise:
            RefusalEntry(
                .invalid,
                "the authority gives the promise of a certificate log beside the certificate, not in it",
                explanation:
                    "Bundles have no place for a promise of its own, so that no verifier could see that the certificate was "
                    + "logged.",
                remedy: "use an instance whose authority puts the promises into its certificates"
            )
        }
    }
}

extension SigningCode: ProtobufFieldCode {
    static let base64 = SigningCode.answer
    static let integer = SigningCode.answer
    static let missingField = SigningCode.answer
    static let limit = SigningCode.answer
}

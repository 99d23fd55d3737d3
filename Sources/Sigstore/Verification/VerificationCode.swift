// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of whole bundles, once their parts were found good: what they sign, and by which key.
@nonexhaustive
public enum VerificationCode: String, RefusalCode {
    private static let signAgain = "ask the publisher to sign this very file"

    // What is signed.
    case signature = "sigstore.signature"
    case messageDigest = "sigstore.message-digest"
    case artifact = "sigstore.artifact"
    case artifactNeeded = "sigstore.artifact-needed"
    // By which key, or by whom.
    case keyNeeded = "sigstore.key-needed"
    case keyUnexpected = "sigstore.key-unexpected"
    case keyHint = "sigstore.key-hint"
    case keyPeriod = "sigstore.key-period"
    case identity = "sigstore.identity"
    case issuer = "sigstore.issuer"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .signature:
            RefusalEntry(
                .invalid,
                "the signature is not by the signer's key over what is verified",
                explanation:
                    "The file or the statement was altered, or the signature belongs to something else.",
                remedy: Self.signAgain
            )
        case .messageDigest:
            RefusalEntry(
                .invalid,
                "the bundle gives another digest than the file has",
                explanation:
                    "The digest beside the signature is only a hint; but one that is wrong means another file.",
                remedy: "fetch the file and its bundle again; they do not belong together"
            )
        case .artifact:
            RefusalEntry(
                .invalid,
                "the statement is not about this file",
                explanation:
                    "The signature is good, and what it says is about files with other digests. Somebody put a genuine "
                    + "statement beside another file.",
                remedy: Self.signAgain
            )
        case .artifactNeeded:
            RefusalEntry(
                .missing,
                "a digest is not enough to verify this signature",
                explanation:
                    "Keys of this kind sign a file itself, or a digest by another hash function than was given.",
                remedy: "give the file in place of its digest"
            )
        case .keyNeeded:
            RefusalEntry(
                .missing,
                "the bundle is signed by a key that must be known beforehand, and none was given",
                explanation:
                    "Such a bundle only hints at its key. Whoever made it could hint at a key of their own, so the key "
                    + "must come from elsewhere.",
                remedy: "name the signer's public key"
            )
        case .keyUnexpected:
            RefusalEntry(
                .invalid,
                "the bundle is signed with a certificate, where a certain key was expected",
                explanation: "A certificate says who signed; that is not what was asked.",
                remedy: "name the identity that may sign in place of a key, if that is what you mean"
            )
        case .keyHint:
            RefusalEntry(
                .invalid,
                "the bundle hints at another key than its envelope or the key that was given",
                explanation: "Two names for a key that differ mean that something was exchanged.",
                remedy: "name the key that the publisher signs with now"
            )
        case .keyPeriod:
            RefusalEntry(
                .invalid,
                "the signature was made while the key did not count",
                explanation:
                    "A key counts from when to when its owner says. After that it may be in other hands.",
                remedy: "name the key that counted then, or ask the publisher to sign again"
            )
        case .identity:
            RefusalEntry(
                .policy,
                "somebody else signed than was expected",
                explanation: "The signature is good. Anybody can make one: what counts is whose it is.",
                remedy: "do not use the file unless you know why the signer is another one"
            )
        case .issuer:
            RefusalEntry(
                .policy,
                "another identity provider vouches for the signer than was expected",
                explanation: "A name means something only together with who vouches for it.",
                remedy: "do not use the file unless you know why the provider is another one"
            )
        }
    }
}

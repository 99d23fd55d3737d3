// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of certificates: why a signer's certificate does not show who signed.
@nonexhaustive
public enum CertificateCode: String, RefusalCode {
    private static let signAgain =
        "sign again, with a certificate of an authority that the trusted root names"
    private static let tellSigner = "tell the signer that the certificate is not as Sigstore's rules demand"
    private static let tellInstance =
        "tell whoever gave you the trusted root, or use the instance's current one"

    // What a certificate says.
    case size = "certificate.size"
    case malformed = "certificate.malformed"
    case keyUsage = "certificate.key-usage"
    case extendedKeyUsage = "certificate.extended-key-usage"
    case isAuthority = "certificate.is-authority"
    case subject = "certificate.subject"
    case alternativeName = "certificate.alternative-name"
    case criticalExtension = "certificate.critical-extension"
    case claim = "certificate.claim"
    case issuerMissing = "certificate.issuer-missing"
    case issuersDisagree = "certificate.issuers-disagree"
    // Who issued it, and when that counts.
    case tooMany = "certificate.too-many"
    case untrusted = "certificate.untrusted"
    case authorityChain = "certificate.authority-chain"
    case noTime = "certificate.no-time"
    case notValid = "certificate.not-valid"
    case authorityNotValid = "certificate.authority-not-valid"
    case authorityPeriod = "certificate.authority-period"
    // Which logs promised to show it.
    case promiseMissing = "certificate.promise-missing"
    case promiseMalformed = "certificate.promise-malformed"
    case promiseLog = "certificate.promise-log"
    case promisePeriod = "certificate.promise-period"
    case promiseSignature = "certificate.promise-signature"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .size, .malformed, .keyUsage, .extendedKeyUsage, .isAuthority, .subject, .alternativeName,
            .criticalExtension, .claim, .issuerMissing, .issuersDisagree:
            contentEntry
        case .tooMany, .untrusted, .authorityChain, .noTime, .notValid, .authorityNotValid,
            .authorityPeriod:
            chainEntry
        case .promiseMissing, .promiseMalformed, .promiseLog, .promisePeriod, .promiseSignature:
            promiseEntry
        }
    }

    private var contentEntry: RefusalEntry {
        switch self {
        case .size:
            RefusalEntry(
                .invalid,
                "the certificate is larger than any honest one",
                explanation: "Reading takes time and memory that whoever made it does not pay for.",
                remedy: Self.tellSigner
            )
        case .keyUsage:
            RefusalEntry(
                .invalid,
                "the certificate's key may not sign",
                explanation:
                    "The authority says what a key is for. One that is not for digital signatures, or not "
                    + "for certificates where it signed one, was not certified for what it did.",
                remedy: Self.tellSigner
            )
        case .extendedKeyUsage:
            RefusalEntry(
                .invalid,
                "the certificate is not one for signing code",
                explanation:
                    "An authority may certify web servers and mail as well: only its certificates for "
                    + "signing code say that the signer was asked who they are in the way that counts here.",
                remedy: Self.tellSigner
            )
        case .isAuthority:
            RefusalEntry(
                .invalid,
                "the signer's certificate is an authority's",
                explanation:
                    "A signer who is an authority could issue certificates in any name. No honest instance "
                    + "makes such.",
                remedy: Self.tellSigner
            )
        case .subject:
            RefusalEntry(
                .invalid,
                "the certificate names a subject beside the signer's identity",
                explanation:
                    "Who the signer is stands in one place, the subject alternative name. A second name "
                    + "could be shown to people in its place.",
                remedy: Self.tellSigner
            )
        case .alternativeName:
            RefusalEntry(
                .invalid,
                "the certificate does not name exactly one identity that can be compared",
                explanation:
                    "With two names, one tool would compare the one and another tool the other. The name "
                    + "must be an e-mail address, a URI or a user name of Sigstore's, and marked as "
                    + "critical.",
                remedy: Self.tellSigner
            )
        case .criticalExtension:
            RefusalEntry(
                .invalid,
                "the certificate has a critical extension that is not known",
                explanation:
                    "Critical means: whoever does not know this must not rely on the certificate. It may "
                    + "restrict it.",
                remedy: "update Kingsnake, or tell the signer if there is no newer version"
            )
        case .claim:
            RefusalEntry(
                .invalid,
                "what the certificate claims of the signer is not written as it must be",
                explanation:
                    "Rules compare the claims byte by byte. Text in another encoding could be compared as "
                    + "one thing and shown as another.",
                remedy: Self.tellSigner
            )
        case .issuerMissing:
            RefusalEntry(
                .missing,
                "the certificate does not say which identity provider vouched for the signer",
                explanation:
                    "An identity means something only together with who vouches for it: anyone can run a "
                    + "provider that knows every name.",
                remedy: Self.tellSigner
            )
        case .issuersDisagree:
            RefusalEntry(
                .invalid,
                "the certificate names two identity providers",
                explanation:
                    "The old and the new extension say the same thing twice. Where they differ, two tools "
                    + "would trust two different providers.",
                remedy: Self.tellSigner
            )
        default:
            RefusalEntry(
                .invalid,
                "the bytes are not an X.509 certificate in strict DER",
                explanation: "What two readers could read differently proves nothing.",
                remedy: Self.tellSigner
            )
        }
    }

    private var chainEntry: RefusalEntry {
        switch self {
        case .tooMany:
            RefusalEntry(
                .invalid,
                "there are more certificates than any honest chain has",
                explanation: "Reading takes time and memory that whoever sent them does not pay for.",
                remedy: Self.tellSigner
            )
        case .authorityChain:
            RefusalEntry(
                .invalid,
                "the trusted root names an authority whose own certificates do not hold together",
                explanation:
                    "Each certificate must be signed by the next one, which must be an authority's and "
                    + "allow so many below it. Otherwise what the authority issues leads to nothing that is "
                    + "trusted.",
                remedy: Self.tellInstance
            )
        case .noTime:
            RefusalEntry(
                .missing,
                "nothing proves when the signature was made",
                explanation:
                    "The certificate is good for minutes. Without a time that somebody else vouches for, a "
                    + "key that leaks later would sign as well as ever.",
                remedy: "sign again, with a timestamp or a log's signed entry timestamp"
            )
        case .notValid:
            RefusalEntry(
                .invalid,
                "the signature was made while the signer's certificate was not valid",
                explanation:
                    "The certificate says who held the key in a few minutes. Before and after, anybody may "
                    + "have.",
                remedy: "sign again, while the certificate is valid"
            )
        case .authorityNotValid:
            RefusalEntry(
                .invalid,
                "the signature was made while a certificate of the authority was not valid",
                explanation:
                    "All certificates up to the root must be valid at the time of signing: an authority's "
                    + "key that is retired may since be in other hands.",
                remedy: Self.signAgain
            )
        case .authorityPeriod:
            RefusalEntry(
                .invalid,
                "the signature was made while the trusted root did not count the authority",
                explanation:
                    "The trusted root says from when to when an authority counts, so that a key that was "
                    + "lost or retired issues nothing that is believed.",
                remedy: Self.signAgain
            )
        default:
            RefusalEntry(
                .invalid,
                "no authority of the trusted root issued the certificate",
                explanation:
                    "Anybody can make a certificate with any name in it. What counts is who signed it: here "
                    + "it was none of those that this instance believes.",
                remedy:
                    "name the instance that the signature was made with by its trusted root, if you trust it"
            )
        }
    }

    private var promiseEntry: RefusalEntry {
        switch self {
        case .promiseMissing:
            RefusalEntry(
                .missing,
                "no log promised to show the certificate",
                explanation:
                    "Certificates that no log shows can be issued in anybody's name without that anyone can "
                    + "notice.",
                remedy: Self.tellSigner
            )
        case .promiseLog:
            RefusalEntry(
                .invalid,
                "only logs that the trusted root does not name promised to show the certificate",
                explanation: "A log that nobody watches shows nothing to anybody.",
                remedy: Self.signAgain
            )
        case .promisePeriod:
            RefusalEntry(
                .invalid,
                "the log promised to show the certificate while the trusted root did not count it",
                explanation:
                    "The trusted root says from when to when a log's key counts. After that it may be in "
                    + "other hands.",
                remedy: Self.signAgain
            )
        case .promiseSignature:
            RefusalEntry(
                .invalid,
                "the log's promise to show the certificate is not signed by that log for this certificate",
                explanation:
                    "The promise covers the certificate and the key of the authority that issued it. Another "
                    + "certificate's promise shows another certificate.",
                remedy: Self.tellSigner
            )
        default:
            RefusalEntry(
                .invalid,
                "the logs' promises in the certificate are not a list as RFC 6962 has it",
                explanation: "What two readers could read differently proves nothing.",
                remedy: Self.tellSigner
            )
        }
    }
}

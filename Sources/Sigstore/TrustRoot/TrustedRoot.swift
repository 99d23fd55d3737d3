// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys

/// The keys and certificates of a Sigstore instance: what a verifier trusts before it sees a bundle
/// (`TrustedRoot`, protobuf-specs).
///
/// Where it came from decides what it is worth; that is not said here.
public struct TrustedRoot: Sendable {
    /// A log of signatures, or of certificates.
    public struct Log: Sendable, Hashable {
        /// Where it is, or was.
        public let baseURL: String
        /// The key that it signs with.
        public let key: VerificationKey
        /// When the key counts.
        public let validFor: ValidityPeriod
        /// How entries name it: 32 bytes, for logs of the first generation the key's fingerprint.
        public let logID: [UInt8]
        /// How the signatures of its checkpoints name its key, if the root says so.
        public let checkpointKeyID: [UInt8]?
        /// Who runs it, if the root says so.
        public let operatorName: String?

        /// Takes what a root says of a log.
        public init(
            baseURL: String,
            key: VerificationKey,
            validFor: ValidityPeriod,
            logID: [UInt8],
            checkpointKeyID: [UInt8]? = nil,
            operatorName: String? = nil
        ) {
            self.baseURL = baseURL
            self.key = key
            self.validFor = validFor
            self.logID = logID
            self.checkpointKeyID = checkpointKeyID
            self.operatorName = operatorName
        }
    }

    /// An authority for certificates, or for timestamps.
    public struct Authority: Sendable, Hashable {
        /// Where it is, or was.
        public let uri: String
        /// DER certificates, the one that signs first, the one that is believed without another last; never
        /// empty.
        public let certificates: [[UInt8]]
        /// When the authority counts.
        public let validFor: ValidityPeriod
        /// Who runs it, if the root says so.
        public let operatorName: String?

        /// Takes what a root says of an authority.
        public init(
            uri: String,
            certificates: [[UInt8]],
            validFor: ValidityPeriod,
            operatorName: String? = nil
        ) {
            self.uri = uri
            self.certificates = certificates
            self.validFor = validFor
            self.operatorName = operatorName
        }
    }

    /// A log that is in the root and not used.
    public struct SetAside: Sendable, Hashable {
        /// Where it is, or was.
        public let baseURL: String
        /// What of it is not known, for people.
        public let reason: String
    }

    /// The transparency logs of signatures (Rekor).
    public let transparencyLogs: [Log]
    /// The authorities that issue certificates to signers (Fulcio).
    public let certificateAuthorities: [Authority]
    /// The logs of those certificates (Certificate Transparency, RFC 6962).
    public let certificateLogs: [Log]
    /// The authorities that say when a signature was there (RFC 3161).
    public let timestampAuthorities: [Authority]

    /// The logs that cannot be used, because they are of algorithms that are not known.
    public let setAside: [SetAside]

    /// Takes the parts of an instance.
    public init(
        transparencyLogs: [Log],
        certificateAuthorities: [Authority],
        certificateLogs: [Log],
        timestampAuthorities: [Authority],
        setAside: [SetAside] = []
    ) {
        self.transparencyLogs = transparencyLogs
        self.certificateAuthorities = certificateAuthorities
        self.certificateLogs = certificateLogs
        self.timestampAuthorities = timestampAuthorities
        self.setAside = setAside
    }
}

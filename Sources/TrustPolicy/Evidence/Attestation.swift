// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a verifier found out about one attestation of a package: plain facts, with no opinion on whether the
/// signer may publish it.
///
/// Only an attestation that was verified in full becomes one of these: signature, certificate at the time of
/// signing, log entry, and a statement about this very file name and digest (CEP 27). What failed is an
/// ``UnverifiedAttestation``. Equality is for tests; rules compare texts as bytes.
public struct Attestation: Sendable, Equatable {
    /// Where a log has the attestation.
    public struct LogEntry: Sendable, Equatable {
        /// The log's name, such as `rekor.sigstore.dev`.
        public let log: String
        /// Where in the log; nil if the log does not vouch for a number.
        public let index: UInt64?

        /// Makes a fact.
        public init(log: String, index: UInt64?) {
            self.log = log
            self.index = index
        }
    }

    /// The predicate type by which the producer of a package attests to it (CEP 27).
    public static let publishPredicate = "https://schemas.conda.org/attestations-publish-1.schema.json"

    /// What sort of statement it is.
    public let predicateType: String
    /// The channel that it is meant for, as the statement spells it; nil if it names none.
    public let targetChannel: String?
    /// Who signed.
    public let signer: Signer
    /// What the certificate says of the run; empty for a plain key.
    public let claims: [CertificateClaim: String]
    /// The times that logs and authorities vouch for.
    public let times: [Timestamp]
    /// The logs that have it.
    public let logs: [LogEntry]

    /// Makes a fact.
    public init(
        predicateType: String = Attestation.publishPredicate,
        targetChannel: String?,
        signer: Signer,
        claims: [CertificateClaim: String] = [:],
        times: [Timestamp] = [],
        logs: [LogEntry] = []
    ) {
        self.predicateType = predicateType
        self.targetChannel = targetChannel
        self.signer = signer
        self.claims = claims
        self.times = times
        self.logs = logs
    }

    /// Whether it is the producer's statement that this is the package: any other may be true and say nothing
    /// of the kind (as in CVE-2022-35929).
    public var isPublication: Bool { ByteKey.areEqual(predicateType, Self.publishPredicate) }
}

/// An entry of a package's sidecar that could not be verified, and why.
public struct UnverifiedAttestation: Sendable, Equatable {
    /// Its place in the sidecar, from 0.
    public let position: Int
    /// The stable code of the refusal, such as `log.inclusion`.
    public let code: String
    /// Why, in words.
    public let reason: String

    /// Makes a fact.
    public init(position: Int, code: String, reason: String) {
        self.position = position
        self.code = code
        self.reason = reason
    }
}

/// What became of a package's sidecar, the file with its attestations (CEP 50).
public enum Sidecar: Sendable, Equatable {
    /// It was read: its bytes are those that the index promises, or nobody promises any.
    case read
    /// It was not there, or not with the bytes or the form that it must have. A network that does not answer
    /// is no such fact, but a failure.
    case unavailable(code: String, reason: String)
    /// Nobody could find out, for the network did not answer, and nobody demands an attestation. Where one is
    /// demanded there is no evidence at all then.
    case unknown(reason: String)
}

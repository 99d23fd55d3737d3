// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore
public import TrustPolicy

/// A package that may be installed, cached or served: its bytes are at hand, verified, and the policy allows
/// it.
///
/// Only this module makes one, by ``Gate`` or, for a channel that signs nothing, by ``ObservedUpstream``: there is no way around
/// the checks.
public struct AdmittedPackage: Sendable {
    /// Where it stands in its channel, by the channel's canonical URL.
    public let url: PackageURL
    /// Its record in the verified index.
    public let record: PackageRecord
    /// SHA-256 of its bytes, as the verified index promises, or as they were first seen where it gives only an MD5.
    public let sha256: Digest
    /// The file that holds the bytes. Whoever unpacks it checks the digest once more, on the bytes it reads.
    public let archivePath: String
    /// Every finding about it, and the evidence.
    public let verdict: Verdict
    /// As long as what it counts without being decided anew; nil if each time anew.
    package internal(set) var standing: AdmissionStanding?

    /// What its publishers attested, verified, if that was asked for: see ``GateConfiguration/attestations``.
    /// Whether they may is in the ``verdict``.
    public var attestations: [Attestation] { verdict.evidence?.attestations ?? [] }

    init(url: PackageURL, record: PackageRecord, sha256: Digest, archivePath: String, verdict: Verdict) {
        self.url = url
        self.record = record
        self.sha256 = sha256
        self.archivePath = archivePath
        self.verdict = verdict
    }
}

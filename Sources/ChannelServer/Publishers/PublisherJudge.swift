// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Gatekeeper
import Sigstore
import TUF
public import TrustCore
import TrustPolicy

/// Says which files of a channel its owner's policy refuses, by the rules that clients apply.
struct PublisherJudge {
    let policy: PublisherPolicy
    let verifier: BundleVerifier

    private static let rules = Policy([RequireAttestation(), RequirePublisher()])

    /// What speaks against a file; nil if nothing does, or if the policy says nothing of it.
    ///
    /// - Parameters:
    ///   - record: what the index says of it, or is going to say.
    ///   - sidecar: its attestations; nil if there are none.
    func objection(
        to file: ChannelFile,
        _ record: PackageRecord,
        _ sidecar: Sigstore.Sidecar?
    ) throws -> RefusedFile? {
        guard let entry = policy.entry(for: file.fileName.name) else { return nil }
        var evidence = Evidence(
            package: file.fileName.text,
            channel: policy.channel.identity,
            packageDigest: record.sha256
        )
        // The index that lists it is the owner's own, verified or about to be signed.
        evidence.pin = .index
        evidence.index = SignedIndex(
            role: file.subdir.text,
            file: ChannelLayout.file(ChannelLayout.plainIndex, in: file.subdir),
            versions: [:],
            expires: Timestamp(seconds: 0)
        )
        evidence.record = IndexRecord(
            sha256: record.sha256,
            size: record.size,
            isRemoved: false,
            indexed: record.indexedAt,
            attestations: record.attestationsSHA256
        )
        evidence.publishers = PublisherDemands(owner: entry)
        if let sidecar, let sha256 = record.sha256 {
            let verified = try VerifiedSidecar(sidecar, of: file.fileName.text, sha256: sha256, by: verifier)
            evidence.sidecar = .read
            evidence.attestations = verified.attestations
            evidence.unverifiedAttestations = verified.unverified
        }
        guard let objection = Self.rules.verdict(on: evidence).objections.first else { return nil }
        return RefusedFile(
            file: file,
            code: objection.code?.rawValue ?? objection.rule,
            reason: objection.reason
        )
    }
}

/// A file that every client refuses, by what the channel's owner demands of publishers.
public struct RefusedFile: Sendable, Equatable {
    /// The file.
    public let file: ChannelFile
    /// The stable code by which clients refuse it, such as `attested.missing`.
    public let code: String
    /// Why, in words.
    public let reason: String

    /// One object for `--json`.
    public var json: JSONObject {
        var object = JSONObject()
        object["file"] = .string(file.description)
        object["code"] = .string(code)
        object["reason"] = .string(reason)
        return object
    }
}

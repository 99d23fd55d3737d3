// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

/// Attestations, publishers and demands for tests.
enum AttestationSamples {
    static let channel = "https://conda.example.org/main"

    /// What a certificate for GitHub Actions says; nil leaves a claim out.
    static func github(
        _ repository: String = "pallets/flask",
        issuer: String? = BuildService.githubIssuer,
        id: String? = "100",
        owner: String? = "10",
        workflow: String = "release.yml",
        ref: String? = "refs/tags/v1",
        target: String? = channel,
        predicate: String = Attestation.publishPredicate,
        _ change: (inout [CertificateClaim: String]) -> Void = { _ in }
    ) -> Attestation {
        let uri = "https://github.com/\(repository)"
        let config = "\(uri)/.github/workflows/\(workflow)@\(ref ?? "refs/heads/x")"
        var claims: [CertificateClaim: String] = [
            .sourceRepositoryURI: uri, .buildConfigURI: config, .buildSignerURI: config,
            .sourceRepositoryDigest: "0123456789abcdef", .deploymentEnvironment: "release",
            .buildTrigger: "push",
        ]
        claims[.sourceRepositoryID] = id
        claims[.ownerID] = owner
        claims[.sourceRepositoryRef] = ref
        change(&claims)
        return Attestation(
            predicateType: predicate,
            targetChannel: target,
            signer: Signer(.uri, config, issuer: issuer),
            claims: claims,
            times: [Timestamp(seconds: 1_700_000_000)],
            logs: [Attestation.LogEntry(log: "rekor.example.org", index: 7)]
        )
    }

    static func person(_ address: String, issuer: String? = "https://accounts.example.org") -> Attestation {
        Attestation(targetChannel: channel, signer: Signer(.email, address, issuer: issuer))
    }

    static func key(_ byte: UInt8) -> Attestation {
        Attestation(targetChannel: nil, signer: Signer(key: Digest.of([byte])))
    }

    /// A publisher on GitHub with conditions.
    static func publisher(
        _ repository: String = "pallets/flask",
        _ change: (inout Publisher) -> Void = { _ in }
    ) throws -> Publisher {
        var publisher = try #require(Publisher.github(repository))
        change(&publisher)
        return publisher
    }

    static func entry(
        _ publishers: [Publisher],
        threshold: Int = 1,
        _ exemption: PublisherEntry.Exemption = .none,
        targets: [ChannelURL] = []
    ) throws -> PublisherEntry {
        try PublisherEntry(
            .all,
            publishers: publishers,
            threshold: threshold,
            exemption: exemption,
            targetChannels: targets
        )
    }

    /// Good evidence whose owner demands this entry, with these attestations in a sidecar that the index
    /// promises.
    static func evidence(
        owner: PublisherEntry? = nil,
        user: PublisherEntry? = nil,
        mode: PublisherDemands.Mode = .require,
        known: KnownPublishers? = nil,
        _ attestations: [Attestation],
        _ change: (inout Evidence) -> Void = { _ in }
    ) -> Evidence {
        EvidenceSamples.good {
            $0.publishers = PublisherDemands(owner: owner, user: user, userMode: mode, known: known)
            $0.attestations = attestations
            $0.sidecar = attestations.isEmpty ? nil : .read
            change(&$0)
        }
    }

    /// A record with what the index says of age and sidecar.
    static func record(indexed: Timestamp? = nil, promised: Bool = false) -> IndexRecord {
        IndexRecord(
            sha256: EvidenceSamples.right,
            size: 10,
            isRemoved: false,
            indexed: indexed,
            attestations: promised ? Digest.of([9]) : nil
        )
    }

    /// What was seen when these attestations came first.
    static func known(_ attestations: [Attestation]) throws -> KnownPublishers {
        let url = try ChannelURL(channel)
        var lock = PublisherLock()
        let file = try ArchiveFileName("zlib-1.2-0.conda")
        _ = lock.record(attestations, of: file, EvidenceSamples.wrong, in: url, now: Timestamp(seconds: 0))
        return KnownPublishers(lock.sighting(of: file.name, in: url))
    }
}

/// The refusal that a body throws; nil if it throws none.
func thrownRefusal<Result>(_ body: () throws -> Result) -> Refusal? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? Refusal
    }
}

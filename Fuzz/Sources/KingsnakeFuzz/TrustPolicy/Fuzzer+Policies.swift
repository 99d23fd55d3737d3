// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore
import TrustPolicy

extension Fuzzer {
    /// The user's policy, in YAML: what is read is written as the same, and lets nobody in whom it does not name.
    static let policyFile = Fuzzer("policy-file") { bytes in
        _ = try Finding.accepted { try PolicyFixture.read(yaml: bytes) }
        let policy = try PolicyFile(yaml: bytes)
        Finding.unless(
            policy.channels.count <= PolicyFile.maximumChannels && !policy.isEmpty,
            "a policy of nothing"
        )
        let written = policy.yaml
        let again = Finding.ifRefused("what we write is refused") { try PolicyFile(yaml: written) }
        Finding.unless(again == policy, "what is written is another policy")
        Finding.unlessEqual(again.yaml, written, "what is written the second time")
        Finding.unlessEqual(
            Set(policy.channels.map { ByteKey($0.url.identity) }).count,
            policy.channels.count,
            "channels that are listed"
        )
        check(IndexPolicy(policy), IndexPolicy(again))
        for channel in policy.channels {
            Finding.unless(policy.channel(channel.url) == channel, "a channel is not found by its own name")
            Finding.unless(
                channel.publishers != nil || channel.trustsFirstUse || !channel.rules.isEmpty,
                "a channel without demands"
            )
            if let publishers = channel.publishers { try check(publishers) }
        }
    }

    /// What an owner signs, in JSON: of its own channel, and of no other.
    static let publishersFile = Fuzzer("publishers-file") { bytes in
        let policy = try PublisherPolicy(json: bytes, of: nil)
        try check(policy)
        let written = JSONWriter.encode(policy.json)
        let again = Finding.ifRefused("what we write is refused") {
            try PublisherPolicy(json: written, of: policy.channel)
        }
        Finding.unless(again == policy, "what is written is another policy")
        let other = try ChannelURL("https://other.example/channel")
        guard other != policy.channel else { return }
        let taken = try Finding.accepted { try PublisherPolicy(json: bytes, of: other) }
        Finding.unless(taken == nil, "a file of one channel counts in another")
    }

    /// Who was seen first: what is read is written as the same, each publisher is itself, and nobody else is.
    static let publisherLock = Fuzzer("publisher-lock") { bytes in
        let lock = try PublisherLock(json: bytes)
        let written = JSONWriter.encode(lock.json)
        let again = Finding.ifRefused("what we write is refused") { try PublisherLock(json: written) }
        Finding.unless(again == lock, "what is written is another lock")
        Finding.unlessEqual(JSONWriter.encode(again.json), written, "what is written the second time")
        let stranger = PublisherIdentity(stranger)
        for (channel, sighting) in lock.sightings {
            Finding.unless(lock.sighting(of: sighting.package, in: channel) == sighting, "two of one name")
            Finding.unless(!sighting.publishers.isEmpty, "a package that nobody published")
            let known = KnownPublishers(sighting)
            Finding.unlessEqual(known.comparison([stranger], nil), .changed, "a stranger alone")
            for publisher in sighting.accepted {
                Finding.unlessEqual(known.comparison([publisher, stranger], nil), .same, "who was accepted")
            }
            for publisher in sighting.publishers + sighting.accepted {
                Finding.unless(sighting.isKnown(publisher), "who was seen is not known")
                Finding.unless(publisher.isSame(as: publisher), "a publisher who is another")
                Finding.unlessEqual(
                    publisher.isSame(as: stranger),
                    stranger.isSame(as: publisher),
                    "who is the same as whom"
                )
                Finding.unless(!publisher.isSame(as: stranger), "a stranger is taken for who was seen")
            }
            var changed = lock
            Finding.unless(changed.forget(sighting.package, in: channel), "a package is not forgotten")
            Finding.unless(changed.sighting(of: sighting.package, in: channel) == nil, "it is still there")
        }
    }

    /// What is written judges the same, and the word of a package never lets it pass.
    private static func check(_ policy: IndexPolicy, _ again: IndexPolicy) {
        Finding.unlessEqual(again.fingerprint, policy.fingerprint, "the fingerprint of what is written")
        let now = Timestamp(seconds: 1_780_000_000)
        for name in ["a", "lab-core", "zlib", "xz"] {
            var file = ListedFile(
                channel: "https://a.example.org/b",
                subdir: "noarch",
                fileName: "\(name)-1.0-0.conda",
                name: name,
                version: "1.0"
            )
            for indexed in [nil, now.advanced(byDays: -3), now.advanced(byDays: -4_000)] {
                (file.indexed, file.built) = (indexed, nil)
                let findings = policy.findings(on: file, now: now)
                Finding.unless(
                    again.findings(on: file, now: now) == findings,
                    "what is written judges otherwise"
                )
                file.built = Timestamp(seconds: 0)
                let believed = policy.findings(on: file, now: now)
                Finding.unless(findings.isEmpty == believed.isEmpty, "a package's own word counts")
            }
        }
    }

    private static func check(_ policy: PublisherPolicy) throws {
        Finding.unless(!policy.entries.isEmpty, "a policy without entries")
        for entry in policy.entries {
            let count = entry.publishers.count
            Finding.unless((1...PublisherEntry.maximumPublishers).contains(count), "publishers: \(count)")
            Finding.unless(
                (1...count).contains(entry.threshold),
                "a threshold that nobody can reach, or anybody"
            )
            for publisher in entry.publishers { check(publisher) }
        }
        // Of the patterns that fit, the one that counts fits.
        for name in ["a", "lab-core", "zlib", "x_y.z"] {
            let name = try PackageName(name)
            guard let entry = policy.entry(for: name) else { continue }
            Finding.unless(entry.pattern.matches(name), "an entry for another package counts")
        }
    }

    private static func check(_ publisher: Publisher) {
        Finding.unless(publisher.mismatch(stranger) != nil, "anybody may publish: \(publisher.description)")
        let object = publisher.json
        let again = Finding.ifRefused("a publisher that we write is refused") { try Publisher(json: object) }
        Finding.unless(again == publisher, "a publisher is written as another")
        // Nobody is let in by the right name alone, if another issuer vouches for it.
        guard case .identity(let kind, let value, let issuer) = publisher.source else { return }
        let impostor = Attestation(targetChannel: nil, signer: Signer(kind, value, issuer: issuer + "x"))
        Finding.unless(publisher.mismatch(impostor) != nil, "another issuer vouches for it")
        let nobody = Attestation(targetChannel: nil, signer: Signer(kind, value, issuer: nil))
        Finding.unless(publisher.mismatch(nobody) != nil, "nobody vouches for it")
    }

    /// Somebody whom no input names: 32 digits are beyond chance.
    private static let stranger = Attestation(
        targetChannel: nil,
        signer: Signer(
            .uri,
            "https://7f2c9b41d0e85a36c1f4.example/8ad3e07b5c219f64",
            issuer: "https://5e90a1c7d2b84f36.example"
        ),
        claims: [.sourceRepositoryURI: "https://github.com/7f2c9b41d0e85a36c1f4/8ad3e07b5c219f64"]
    )
}

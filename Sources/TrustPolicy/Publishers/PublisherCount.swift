// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Which publishers of an entry attest to a package, counted so that nobody counts twice.
struct PublisherCount {
    /// One publisher, and an attestation by which it counts.
    struct Counted {
        let publisher: Publisher
        let attestation: Attestation
    }

    /// The publishers that count, each by a signer of its own.
    let counted: [Counted]
    /// Why the nearest signer is not a publisher; nil if there was nobody to compare.
    let nearest: PublisherMismatch?

    /// Counts.
    ///
    /// - Parameter attestations: the producers' statements about the package, verified.
    init(_ entry: PublisherEntry, _ attestations: [Attestation], in channel: String) {
        var mismatches: [PublisherMismatch] = []
        var signers: [(identity: PublisherIdentity, attestation: Attestation, fits: Set<Int>)] = []
        for attestation in attestations {
            if let mismatch = Self.channelMismatch(attestation, channel, entry.targetChannels) {
                mismatches.append(mismatch)
                continue
            }
            var fits: Set<Int> = []
            for (number, publisher) in entry.publishers.enumerated() {
                if let mismatch = publisher.mismatch(attestation) {
                    mismatches.append(mismatch)
                } else {
                    fits.insert(number)
                }
            }
            guard !fits.isEmpty else { continue }
            let identity = PublisherIdentity(attestation)
            if let at = signers.firstIndex(where: { $0.identity.couldBe(identity) }) {
                signers[at].fits.formUnion(fits)
            } else {
                signers.append((identity, attestation, fits))
            }
        }
        counted = SignerPairs.largest(signers.map(\.fits), entry.publishers.count).map { pair in
            Counted(
                publisher: entry.publishers[pair.publisher],
                attestation: signers[pair.signer].attestation
            )
        }
        nearest = mismatches.max { $0.step < $1.step }
    }

    /// A statement that is meant for another channel says nothing of this one (CEP 27). One that names no
    /// channel is for any.
    static func channelMismatch(
        _ attestation: Attestation,
        _ channel: String,
        _ others: [ChannelURL] = []
    ) -> PublisherMismatch? {
        guard let target = attestation.targetChannel else { return nil }
        let own = try? ChannelURL(channel)
        if let url = try? ChannelURL(target), url == own || others.contains(url) { return nil }
        return PublisherMismatch(
            .claim,
            .otherChannel,
            "the target channel",
            expected: own?.description ?? channel,
            found: (try? ChannelURL(target))?.description ?? target
        )
    }
}

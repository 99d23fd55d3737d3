// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

extension Evidence {
    /// Whether the package's attestations can make a difference: somebody demands one of this very file, or
    /// who published the package before counts.
    ///
    /// Asked before there are any, by who collects them. Index, record and digest must be there already.
    public var isAttestationDemanded: Bool {
        publishers?.known != nil || publisherJudgements.contains { $0.exemption == nil }
    }

    /// The producers' statements about the package that count for trust on first use: those that name no
    /// other channel than this one.
    ///
    /// Whoever attested to the package for another channel is not recorded as its publisher in this one.
    public var firstUsePublications: [Attestation] {
        publications.filter { PublisherCount.channelMismatch($0, channel) == nil }
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

extension Evidence {
    /// The producers' statements about the package that count for trust on first use: those that name no other
    /// channel than this one.
    ///
    /// Whoever attested to the package for another channel is not recorded as its publisher in this one.
    public var firstUsePublications: [Attestation] {
        publications.filter { PublisherCount.channelMismatch($0, channel) == nil }
    }
}

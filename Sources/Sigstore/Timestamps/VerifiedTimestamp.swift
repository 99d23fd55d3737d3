// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A timestamp of a signature by an authority of a trusted root: the signature was there at that time.
public struct VerifiedTimestamp: Sendable, Hashable {
    /// When the signature was there, by the authority's word.
    public let moment: Moment
    /// Whose word it is.
    public let authority: TrustedRoot.Authority
}

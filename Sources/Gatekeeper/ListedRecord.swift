// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustPolicy

/// A file that a channel's verified index lists, and what the user's rules about files say of it.
public struct ListedRecord: Sendable {
    /// Where it is, by the channel's canonical URL.
    public let url: PackageURL
    /// Its record.
    public let record: PackageRecord
    /// Since when it is there, and its digests, as far as somebody vouches for them.
    public let file: ListedFile
    /// Why the rules hide it; empty if they do not. Publishers, attestations and what is in the package are not asked:
    /// ``Gate/examine(_:as:)`` and admission do that.
    public let findings: [Finding]

    /// Whether the index lists the file as removed.
    public let isRemoved: Bool
}

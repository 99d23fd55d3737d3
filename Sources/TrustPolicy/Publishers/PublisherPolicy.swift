// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import TrustCore

/// Who may publish what in one channel.
public struct PublisherPolicy: Sendable, Equatable {
    /// The most entries.
    public static let maximumEntries = 10_000

    /// The channel.
    public let channel: ChannelURL
    /// The entries, in the order they were written; never empty.
    public let entries: [PublisherEntry]
    private let index: PatternIndex

    /// Makes a policy.
    ///
    /// - Throws: a `Refusal` with `policy-file.empty`, `policy-file.too-large` or `policy-file.duplicate`.
    public init(channel: ChannelURL, entries: [PublisherEntry]) throws {
        guard !entries.isEmpty else {
            throw Refusal(
                PolicyFileCode.empty,
                channel.description,
                expected: "at least one entry for packages",
                found: "none"
            )
        }
        guard entries.count <= Self.maximumEntries else {
            throw Refusal(
                PolicyFileCode.tooLarge,
                channel.description,
                expected: "at most \(Self.maximumEntries) entries",
                found: "\(entries.count)"
            )
        }
        var seen: Set<ByteKey> = []
        for entry in entries where !seen.insert(ByteKey(entry.pattern.description)).inserted {
            throw Refusal(
                PolicyFileCode.duplicate,
                channel.description,
                expected: "each pattern once",
                found: "`\(entry.pattern.description)` twice"
            )
        }
        self.channel = channel
        self.entries = entries
        index = PatternIndex(entries.map(\.pattern))
    }

    /// The entry that counts for a package: of those that fit its name the longest, and a whole name before
    /// all. Nil if none fits, and then the policy says nothing of the package.
    public func entry(for package: PackageName) -> PublisherEntry? {
        index.closest(to: package).map { entries[$0] }
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// A channel's indexes at one moment: one consistent, verified view, whichever subdirs of it are read, and when.
public struct UpstreamView: Sendable {
    /// The channel's canonical address.
    public let channel: ChannelURL
    /// Differs whenever anything in the view differs.
    public let id: Digest
    /// When what is behind the channel last confirmed the view.
    public let checked: Timestamp
    /// Until when it may be shown; nil if nobody signs an end.
    public let goodUntil: Timestamp?
    /// Whether it was to be confirmed since, and nobody answered.
    public let isStale: Bool
    private let open: @Sendable (Subdir) async throws -> UpstreamSubdir?

    /// Makes a view.
    ///
    /// - Parameter open: reads an index of this very view; nil if the channel has none for the subdir.
    init(
        of channel: ChannelURL,
        id: Digest,
        checked: Timestamp,
        goodUntil: Timestamp?,
        isStale: Bool,
        open: @escaping @Sendable (Subdir) async throws -> UpstreamSubdir?
    ) {
        self.channel = channel
        self.id = id
        self.checked = checked
        self.goodUntil = goodUntil
        self.isStale = isStale
        self.open = open
    }

    /// The index of a subdir in this view; nil if the channel has none.
    ///
    /// - Throws: a `Refusal` where no mirror gives what the view promises, a `Failure` where none answers.
    public func subdir(_ subdir: Subdir) async throws -> UpstreamSubdir? { try await open(subdir) }
}

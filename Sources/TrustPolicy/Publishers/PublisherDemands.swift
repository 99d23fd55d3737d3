// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats

/// What is demanded of a package's publishers: by the channel's owner, by the user, and by what was seen
/// before.
///
/// The owner's and the user's demands must both hold, each by itself. So whatever the user writes narrows
/// what the owner signed, and cannot widen it; that is the whole rule of how they combine.
public struct PublisherDemands: Sendable, Equatable {
    /// What becomes of a package that the user's entry does not allow.
    public enum Mode: String, Sendable, CaseIterable {
        /// It is refused.
        case require
        /// It passes, with a warning.
        case warn
    }

    /// Whose demand it is.
    public enum Source: Sendable, Equatable {
        /// The channel's owner, by the channel's signed metadata.
        case owner
        /// The user, by the policy file.
        case user(Mode)

        /// In words.
        public var words: String {
            switch self {
            case .owner: "the channel's owner"
            case .user: "your policy"
            }
        }

        /// What becomes of a package that the demand does not allow; the owner's is always required.
        public var mode: Mode { if case .user(let mode) = self { mode } else { .require } }
    }

    /// The entry that the channel's owner signed for the package.
    public var owner: PublisherEntry?
    /// The entry of the user's policy file.
    public var user: PublisherEntry?
    /// What the user's entry is worth; the owner's is always required.
    public var userMode = Mode.require
    /// Who published the package before; nil if the user does not want that to count.
    public var known: KnownPublishers?

    /// Makes demands.
    public init(
        owner: PublisherEntry? = nil,
        user: PublisherEntry? = nil,
        userMode: Mode = .require,
        known: KnownPublishers? = nil
    ) {
        self.owner = owner
        self.user = user
        self.userMode = userMode
        self.known = known
    }

    /// The demands on a package of a channel; nil if nobody says anything of it.
    ///
    /// - Parameters:
    ///   - owner: what the channel's owner signed, of this very channel.
    ///   - user: the user's policy file.
    ///   - lock: who published packages before.
    public init?(
        on package: PackageName,
        of channel: ChannelURL,
        owner: PublisherPolicy?,
        user: PolicyFile?,
        lock: PublisherLock?
    ) {
        let settings = user?.channel(channel)
        self.init(
            // That it is of this channel was checked when it was read; if not, it demands too much rather
            // than nothing.
            owner: owner?.entry(for: package),
            user: settings?.entry(for: package),
            userMode: settings?.mode ?? .require,
            known: settings?.trustsFirstUse == true
                ? KnownPublishers(lock?.sighting(of: package, in: channel)) : nil
        )
        if self.owner == nil, self.user == nil, known == nil { return nil }
    }

    /// The entries, the strongest first.
    var entries: [(source: Source, entry: PublisherEntry)] {
        (owner.map { [(.owner, $0)] } ?? []) + (user.map { [(.user(userMode), $0)] } ?? [])
    }
}

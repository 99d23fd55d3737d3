// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import TrustCore

/// The user's policy: what each channel's packages must fulfil besides what the channel's owner demands.
///
/// It can only narrow what the owner signed: see ``PublisherDemands``.
public struct PolicyFile: Sendable, Equatable {
    /// What the user demands of one channel.
    public struct Channel: Sendable, Equatable {
        /// The channel.
        public let url: ChannelURL
        /// What becomes of packages that the entries do not allow.
        public var mode: PublisherDemands.Mode
        /// Whether publishers that were seen before count.
        public var trustsFirstUse: Bool
        /// Who may publish what; nil if only those that were seen before count.
        public var publishers: PublisherPolicy?
        /// What is demanded of its files, whoever published them.
        public var rules: PolicyRules

        /// Makes demands on a channel.
        ///
        /// - Throws: a `Refusal` with `policy-file.empty` if there is nothing that they demand.
        public init(
            _ url: ChannelURL,
            mode: PublisherDemands.Mode = .require,
            trustsFirstUse: Bool = false,
            publishers: PublisherPolicy?,
            rules: PolicyRules = PolicyRules()
        ) throws {
            guard publishers != nil || trustsFirstUse || !rules.isEmpty else {
                throw Refusal(
                    PolicyFileCode.empty,
                    url.description,
                    expected: "`packages`, `trust_on_first_use: true`, or a rule",
                    found: "none"
                )
            }
            self.url = url
            self.mode = mode
            self.trustsFirstUse = trustsFirstUse
            self.publishers = publishers
            self.rules = rules
        }

        /// The channel without demands on publishers; nil if nothing is left.
        public var withoutPublishers: Channel? {
            rules.isEmpty ? nil : try? Channel(url, publishers: nil, rules: rules)
        }

        /// The entry that counts for a package.
        public func entry(for package: PackageName) -> PublisherEntry? { publishers?.entry(for: package) }
    }

    /// The longest file that is read.
    public static let maximumLength = 16 << 20
    /// The most channels.
    public static let maximumChannels = 1_000

    /// The channels, in the order they were written.
    public private(set) var channels: [Channel]
    /// What is demanded of files of every channel, whoever published them.
    public let rules: PolicyRules
    /// Which channels packages may come from, by name; nil if that is not said.
    public let pins: NamePins?

    /// Makes a policy.
    ///
    /// - Throws: a `Refusal` with `policy-file.duplicate` or `policy-file.too-large`.
    public init(channels: [Channel], rules: PolicyRules = PolicyRules(), pins: NamePins? = nil) throws {
        guard channels.count <= Self.maximumChannels else {
            throw Refusal(
                PolicyFileCode.tooLarge,
                "the policy",
                expected: "at most \(Self.maximumChannels) channels"
            )
        }
        for (at, channel) in channels.enumerated()
        where channels[..<at].contains(where: { $0.url == channel.url }) {
            throw Refusal(
                PolicyFileCode.duplicate,
                channel.url.description,
                expected: "each channel once",
                found: "twice"
            )
        }
        let revocations = channels.reduce(rules.revocations.count) { $0 + $1.rules.revocations.count }
        guard revocations <= Revocation.maximumCount else {
            throw Refusal(
                PolicyFileCode.tooLarge,
                "the policy",
                expected: "at most \(Revocation.maximumCount) revocations",
                found: "\(revocations)"
            )
        }
        self.channels = channels
        self.rules = rules
        self.pins = pins
    }

    /// Whether it demands nothing of anybody.
    public var isEmpty: Bool { channels.isEmpty && rules.isEmpty && pins == nil }

    /// What is demanded of a channel, by its canonical URL; nil if nothing.
    public func channel(_ url: ChannelURL) -> Channel? { channels.first { $0.url == url } }

    /// Puts demands on a channel in place of those that were there, or behind the others; nil takes them
    /// away.
    public mutating func set(_ channel: Channel?, of url: ChannelURL) throws {
        var changed = channels
        switch (changed.firstIndex { $0.url == url }, channel) {
        case (let at?, let channel?): changed[at] = channel
        case (let at?, nil): changed.remove(at: at)
        case (nil, let channel?): changed.append(channel)
        case (nil, nil): break
        }
        self = try PolicyFile(channels: changed, rules: rules, pins: pins)
    }
}

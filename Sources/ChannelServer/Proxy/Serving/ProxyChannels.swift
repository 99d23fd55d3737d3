// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
public import Gatekeeper
internal import Synchronization
public import TrustCore

/// The channels that a proxy passes on: decides which channel an address means, and keeps one ``AdmittingChannel`` for each.
///
/// A channel that is asked for with credentials has an instance of its own for these very credentials, so that nobody is
/// answered by what another one was allowed to see. Instances are kept under a digest; the credentials themselves are only in
/// the instance, which shows them to the channel's own host.
public actor ProxyChannels {
    /// Makes what verifies a channel. It is the one place that decides between a channel whose root is pinned
    /// (`SignedUpstream`) and one that is only observed (`ObservedUpstream`).
    public typealias Factory = @Sendable (ProxiedChannel) async throws -> any AdmittingChannel
    /// What an instance is made by, such as a pinned root; where it changes, or cannot be read, the instance is let go.
    public typealias Basis = @Sendable (ProxiedChannel) throws -> Digest

    /// How many instances are kept at most; beyond that the one that nobody asked for longest is let go.
    static let maximumCount = 256

    private let known: [String: ProxiedChannel]
    private let acceptsAny: Bool
    private let make: Factory
    private let basis: Basis
    private var instances: [Key: Instance] = [:]
    private let lettingGo = Atomic<UInt64>(0)
    private var clock = 0

    private typealias Making = Task<any AdmittingChannel, any Error>

    private struct Key: Hashable, Sendable {
        let identity: String
        let credentials: Digest?
    }

    private struct Instance: Sendable {
        let channel: ProxiedChannel
        let task: Making
        /// Nil if it could not be read.
        let basis: Digest?
        var lastUsed: Int
    }

    /// Makes an empty collection.
    ///
    /// - Parameters:
    ///   - known: the channels of the settings.
    ///   - acceptsAny: whether any other channel is passed on, too.
    public init(
        _ known: [ProxiedChannel],
        acceptsAny: Bool,
        basis: @escaping Basis = { _ in Digest.of([]) },
        make: @escaping Factory
    ) {
        self.known = Dictionary(known.map { ($0.url.identity, $0) }) { first, _ in first }
        self.acceptsAny = acceptsAny
        self.basis = basis
        self.make = make
    }

    /// Which channel an address means.
    ///
    /// Clients ask for a channel of `https:` by `http:`, since the proxy cannot read anything else. So an address by `http:`
    /// is one of a channel of the settings by `http:`, or else by `https:`; and where any channel is passed on, it is asked
    /// by `https:`, unless it is on this machine, at a bare address, or has a port of its own.
    ///
    /// - Throws: `proxy.unknown-channel`.
    nonisolated func meant(by address: ProxyAddress) throws -> ProxiedChannel {
        let asked = address.channel
        let secure = Self.secured(asked)
        for candidate in [asked, address.isForwarded ? secure : nil].compactMap(\.self) {
            guard let channel = known[candidate.identity] else { continue }
            // By its name a channel is asked for with what the settings say of it.
            let isOwn = candidate.textWithCredentials == channel.url.textWithCredentials
            guard Self.isShown(candidate, address), address.bearer != nil || !isOwn else { return channel }
            return ProxiedChannel(candidate, shown: address.bearer)
        }
        guard acceptsAny else { throw Refusal(ProxyCode.unknownChannel, asked.description) }
        let isMeantSecure = address.isForwarded && Self.isPublicName(asked)
        let url = isMeantSecure ? secure ?? asked : asked
        return Self.isShown(url, address) ? ProxiedChannel(url, shown: address.bearer) : ProxiedChannel(url)
    }

    /// Whether a client shows credentials.
    private static func isShown(_ url: ChannelURL, _ address: ProxyAddress) -> Bool {
        address.bearer != nil || url.textWithCredentials != url.identity
    }

    /// What verifies a channel; made if it is asked for the first time.
    func instance(of channel: ProxiedChannel) async throws -> any AdmittingChannel {
        let key = Key(
            identity: channel.url.identity,
            credentials: channel.credentials
        )
        clock += 1
        if instances[key] == nil {
            letGo()
            let make = make
            instances[key] = Instance(
                channel: channel,
                task: Task { try await make(channel) },
                basis: try? basis(channel),
                lastUsed: clock
            )
        }
        instances[key]?.lastUsed = clock
        guard let task = instances[key]?.task else { return try await make(channel) }
        do {
            return try await task.value
        } catch {
            // The next one who asks tries again.
            if instances[key]?.task == task { letGo(key) }
            throw error
        }
    }

    /// Lets go of the instances whose basis is not as it was: who asks next gets one that is made anew.
    func lookAgain() async {
        for (key, task) in await Self.outdated(instances, basis) where instances[key]?.task == task {
            letGo(key)
        }
    }

    /// Changes whenever an instance is let go.
    nonisolated var state: UInt64 { lettingGo.load(ordering: .acquiring) }

    /// Those whose basis changed, or cannot be read; found out beside the actor, for it means reading files.
    @concurrent
    private static func outdated(_ instances: [Key: Instance], _ basis: Basis) async -> [Key: Making] {
        instances.filter { _, instance in
            instance.basis.map { made in (try? basis(instance.channel)) != made } ?? true
        }.mapValues(\.task)
    }

    private func letGo() {
        guard instances.count >= Self.maximumCount,
            let oldest = instances.min(by: { $0.value.lastUsed < $1.value.lastUsed })
        else { return }
        letGo(oldest.key)
    }

    private func letGo(_ key: Key) {
        instances[key] = nil
        lettingGo.add(1, ordering: .acquiringAndReleasing)
    }

    private static func secured(_ url: ChannelURL) -> ChannelURL? {
        let text = url.textWithCredentials
        guard text.hasPrefix("http://") else { return nil }
        return try? ChannelURL("https://" + text.dropFirst("http://".count))
    }

    private static func isPublicName(_ url: ChannelURL) -> Bool {
        let rest = url.identity.dropFirst("http://".count)
        let (name, port) = ProxyPlace.divided(String(rest.prefix { $0 != "/" }))
        return port == nil && !ProxyPlace.isThisMachine(name) && !ProxyPlace.isAddress(name)
    }
}

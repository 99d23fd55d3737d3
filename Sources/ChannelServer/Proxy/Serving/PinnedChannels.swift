// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
public import Gatekeeper
internal import Synchronization
public import TrustCore
internal import TrustPolicy

/// Which channels a proxy verifies from a pinned root, and by which demands: what it goes by when it opens a channel.
///
/// A root that is pinned while the proxy runs counts from then on. One that is taken away does not make a channel an observed
/// one: what was verified once is refused then, until the proxy is started anew.
public final class PinnedChannels: Sendable {
    private let store: TrustStore
    private let policy: PolicyInForce
    private let once = Mutex<Set<String>>([])

    /// - Parameters:
    ///   - store: the pinned roots.
    ///   - policy: what is demanded of packages.
    public init(_ store: TrustStore, _ policy: PolicyInForce) {
        self.store = store
        self.policy = policy
    }

    /// Whether a channel is verified from a root.
    ///
    /// - Throws: `trust.channel-unknown` for one whose root was taken away, `trust.pin-damaged`, or a `json.…` code.
    public func isPinned(_ channel: ProxiedChannel) throws -> Bool {
        guard try store.channel(channel.url) != nil else {
            guard once.withLock({ !$0.contains(channel.url.identity) }) else {
                throw Refusal(
                    GateCode.notTrusted,
                    channel.url.description,
                    expected: "the root that was pinned when the proxy began",
                    found: "none"
                )
            }
            return false
        }
        once.withLock { _ = $0.insert(channel.url.identity) }
        return true
    }

    /// What a channel is opened by: it is opened anew where that changes. A channel that is observed asks for the policy each
    /// time; one that is pinned, when it is refreshed.
    public func basis(of channel: ProxiedChannel) throws -> Digest {
        guard let pinned = try store.channel(channel.url) else { return Digest.of([]) }
        let words = [
            pinned.rootDigest?.hex, pinned.contentTrust?.rootDigest.hex, policy.policy.rules.fingerprint.hex,
        ]
        return Digest.of(Array(words.map { $0 ?? "-" }.joined(separator: " ").utf8))
    }
}

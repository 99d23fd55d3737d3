// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Logging
public import SigningKeys
public import TUF
public import TrustCore

/// Keeps the indexes of all channels up to date, and their signatures: the one that writes them.
///
/// It is woken by ``ServerParts/changed``, and comes by itself when a signature is to be renewed. All that it
/// knows is in the database and the blobs: killed at any point, it goes on where it was when it is started
/// again. Several at once do no harm, for each publication is made only in place of the one that it was made
/// from; but they do the work twice.
public struct IndexWorker: Sendable {
    private let parts: ServerParts
    private let keys: ChannelKeys

    /// Makes a worker.
    public init(parts: ServerParts, keys: ChannelKeys) {
        self.parts = parts
        self.keys = keys
    }

    /// How long it waits at most before it looks again, in seconds.
    static let longestWait: Int64 = 600
    /// How long it waits after something went wrong with a channel, in seconds.
    static let waitAfterTrouble: Int64 = 30

    /// Works until its task is cancelled.
    ///
    /// - Parameter signal: wakes it; nobody else waits for the same one.
    public func run(wokenBy signal: WorkSignal) async {
        while !Task.isCancelled {
            let next = await pass()
            let seconds = max(1, min(next.seconds - parts.now().seconds, Self.longestWait))
            guard await signal.wait(atMost: .seconds(seconds)) else { return }
        }
    }

    /// Does all that is due in all channels; answers when to come again.
    ///
    /// What is wrong with one channel is logged, and keeps no other from being indexed.
    public func pass() async -> Timestamp {
        let now = parts.now()
        var next = now.advanced(bySeconds: Self.longestWait)
        do {
            for channel in try await parts.database.read({ try $0.channels() }) {
                if Task.isCancelled { return next }
                do {
                    let moment = try await index(channel)
                    next = min(next, moment ?? next)
                    parts.condition.countIndex(of: channel.id, trouble: nil, now: now)
                } catch {
                    if !(error is CancellationError) {
                        parts.condition.countIndex(of: channel.id, trouble: "\(error)", now: now)
                        parts.metrics.add("kingsnake_index_failures_total")
                    }
                    parts.logger.error("the index of `\(channel.name)` was not made: \(error)")
                    next = min(next, now.advanced(bySeconds: Self.waitAfterTrouble))
                }
            }
        } catch {
            parts.logger.error("the channels could not be read: \(error)")
            next = now.advanced(bySeconds: Self.waitAfterTrouble)
        }
        return next
    }

    /// Does what is due in one channel; answers when to come again, if time alone changes anything.
    ///
    /// - Throws: whatever keeps the channel from being indexed; then it is as it was.
    public func index(_ channel: HostedChannel) async throws -> Timestamp? {
        try await ChannelIndexer(parts: parts, keys: keys, channel: channel).run()
    }

    /// Publishes what a ceremony signed for a channel: its first root and targets, or the next ones, with
    /// everything that has to be signed anew because of them.
    ///
    /// - Throws: a code of the ceremony, such as `ceremony.superseded`; `index.online-keys` if it names other
    ///   online keys than the server has. Then nothing has changed.
    public func accept(_ ceremony: FinishedCeremony, into channel: HostedChannel) async throws {
        try await CeremonyIntake(parts: parts, keys: keys, channel: channel).accept(ceremony)
    }

    /// The public halves of a channel's online keys, which are made where there are none: what its root has
    /// to name.
    public func onlineKeys(of channel: HostedChannel) async throws -> [PublicKey] {
        try keys.make(for: channel.name)
        return try await keys.signers(of: channel.name).map(\.publicKey)
    }
}

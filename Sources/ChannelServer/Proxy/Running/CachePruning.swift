// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Logging
public import Transport
internal import TrustCore

/// Keeps a proxy's cache within its bound, for as long as the proxy runs.
public struct CachePruning: Sendable {
    let cache: BlobCache
    let maximumBytes: UInt64

    /// How often it looks, in seconds.
    static let interval: Int64 = 300
    /// What was used in the last so many seconds stays: its path may be in somebody's hands who has not opened it yet.
    static let grace: Int64 = 600

    /// Of a cache that several processes may share.
    public init(_ cache: BlobCache, maximumBytes: UInt64) {
        self.cache = cache
        self.maximumBytes = maximumBytes
    }

    /// Looks once.
    func look(_ now: Timestamp, _ logger: Logger) {
        do {
            let result = try cache.prune(to: maximumBytes, unusedSince: now.advanced(bySeconds: -Self.grace))
            guard result.removed > 0 else { return }
            logger.info(
                "removed \(result.removed) files from the cache",
                metadata: [
                    "bytes": .string("\(result.removedBytes)"), "left": .string("\(result.remainingBytes)"),
                ]
            )
        } catch {
            logger.error("could not make the cache smaller: \(error)")
        }
    }

    /// Looks again and again, until its task is cancelled.
    func run(_ now: @Sendable () -> Timestamp, _ logger: Logger) async {
        while !Task.isCancelled {
            look(now(), logger)
            try? await Task.sleep(for: .seconds(Self.interval))
        }
    }
}

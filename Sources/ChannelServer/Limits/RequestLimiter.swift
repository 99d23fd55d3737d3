// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Synchronization
public import TrustCore

/// Counts who asks how often, and says who must wait.
///
/// Each key and each address has a bucket of its own. Memory is bounded: beyond ``capacity`` those who were quiet longest
/// are forgotten, which only ever helps them. Whoever has so many addresses that their buckets are forgotten is not
/// stopped by limits of this kind. It counts for one process: two servers let through twice as much.
public final class RequestLimiter: Sendable {
    /// Who is counted.
    enum Subject: Hashable {
        case key(Int64)
        case address(AddressBlock)
        case unknownKeys(AddressBlock)
    }

    private struct Bucket {
        var level: Double
        var filled: Timestamp
    }

    /// Two halves: what was touched since the younger one began, and what was touched before. When the younger is full,
    /// the older is forgotten.
    private struct Buckets {
        var young: [Subject: Bucket] = [:]
        var old: [Subject: Bucket] = [:]
    }

    /// How fast everybody may ask.
    public let rates: RequestAllowances
    /// How many are remembered at most.
    public let capacity: Int
    private let buckets = Mutex(Buckets())

    /// - Parameters:
    ///   - rates: how fast everybody may ask.
    ///   - capacity: how many are remembered at most.
    public init(_ rates: RequestAllowances = .standard, capacity: Int = 100_000) {
        self.rates = rates
        self.capacity = max(2, capacity)
    }

    /// Counts a request of somebody who is known by a key, or else by their address.
    ///
    /// - Throws: ``RequestsTooFast``.
    func admit(_ caller: Caller, from address: String?, now: Timestamp) throws {
        if let key = caller.key {
            try take(1, of: .key(key), rates.key, now)
        } else {
            try admit(Self.limited(address), now: now)
        }
    }

    /// Counts a request of somebody who is known by an address, as ``limited(_:)`` says it.
    ///
    /// - Throws: ``RequestsTooFast``.
    func admit(_ block: AddressBlock?, now: Timestamp) throws {
        if let block { try take(1, of: .address(block), rates.address, now) }
    }

    /// Refuses to look at a key from an address that showed too many wrong ones.
    func admitKey(from address: String?, now: Timestamp) throws {
        guard let block = Self.limited(address) else { return }
        try take(0, of: .unknownKeys(block), rates.unknownKey, now)
    }

    /// Counts a key that the server does not know.
    func countUnknownKey(from address: String?, now: Timestamp) {
        guard let block = Self.limited(address) else { return }
        try? take(1, of: .unknownKeys(block), rates.unknownKey, now)
    }

    /// How many are remembered now.
    var count: Int { buckets.withLock { $0.young.count + $0.old.count } }

    /// Takes some requests out of a bucket; there must be one in it.
    private func take(_ requests: Double, of subject: Subject, _ rate: RequestAllowance?, _ now: Timestamp)
        throws
    {
        guard let rate else { return }
        let level = buckets.withLock { buckets in
            let known = buckets.young[subject] ?? buckets.old.removeValue(forKey: subject)
            var bucket = known ?? Bucket(level: rate.burst, filled: now)
            // A clock that went back fills nothing.
            let (passed, overflow) = now.seconds.subtractingReportingOverflow(bucket.filled.seconds)
            let seconds = overflow ? 0 : Double(max(0, passed))
            bucket.level = min(rate.burst, bucket.level + seconds * rate.perSecond)
            bucket.filled = now
            let level = bucket.level
            if level >= 1 { bucket.level -= requests }
            // A bucket that is full again says nothing that a new one would not.
            if bucket.level >= rate.burst {
                buckets.young[subject] = nil
            } else {
                if buckets.young[subject] == nil, buckets.young.count >= capacity / 2 {
                    buckets.old = buckets.young
                    buckets.young = [:]
                }
                buckets.young[subject] = bucket
            }
            return level
        }
        guard level < 1 else { return }
        throw RequestsTooFast(seconds: Int64(((1 - level) / rate.perSecond).rounded(.up)))
    }

    /// The block whose requests are counted; nil for this machine, and where nobody knows.
    static func limited(_ address: String?) -> AddressBlock? {
        guard let block = address.flatMap({ AddressBlock($0) }), !block.isLoopback else { return nil }
        return block
    }
}

/// Somebody asks too fast, and may ask again after some seconds.
public struct RequestsTooFast: Error {
    /// How long they must wait: `Retry-After`.
    public let seconds: Int64

    /// What they are told.
    public var refusal: Refusal {
        Refusal(
            AccessCode.tooManyRequests,
            "the request",
            expected: "another one in \(max(1, seconds)) s at the earliest"
        )
    }
}

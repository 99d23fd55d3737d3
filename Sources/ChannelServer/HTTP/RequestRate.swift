// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import NIOCore
internal import Synchronization
internal import TrustCore

/// Counts the requests of each address: so many a second for long, and more in a burst.
///
/// IPv6 addresses count by their first 64 bits, which is what one customer has. Addresses of this machine are
/// not counted.
final class RequestRate: Sendable {
    private let perSecond: Int
    private let burst: Int
    private let buckets = Mutex<[[UInt8]: Bucket]>([:])

    private struct Bucket {
        var left: Int
        var filled: Timestamp
    }

    /// More addresses than that are not remembered at once; then those that sent nothing lately are
    /// forgotten, or all.
    static let maximumAddresses = 100_000

    init(_ limits: ServerLimits) {
        perSecond = limits.requestsPerSecond
        burst = limits.requestBurst
    }

    /// Counts one more request of an address.
    ///
    /// - Throws: `server.too-many-requests`.
    func demand(_ address: SocketAddress?, now: Timestamp) throws {
        guard !admits(address, now: now) else { return }
        throw Refusal(ServerCode.tooManyRequests, address?.ipAddress ?? "the address")
    }

    /// Whether one more request of an address may be answered.
    func admits(_ address: SocketAddress?, now: Timestamp) -> Bool {
        guard perSecond > 0, let key = address.flatMap(Self.key) else { return true }
        return buckets.withLock { buckets in
            if buckets.count >= Self.maximumAddresses, buckets[key] == nil { forget(&buckets, now) }
            var bucket = buckets[key] ?? Bucket(left: burst, filled: now)
            bucket.left = refilled(bucket, now)
            bucket.filled = now
            let admits = bucket.left > 0
            if admits { bucket.left -= 1 }
            buckets[key] = bucket
            return admits
        }
    }

    private func refilled(_ bucket: Bucket, _ now: Timestamp) -> Int {
        let seconds = max(0, min(now.seconds - bucket.filled.seconds, Int64(burst)))
        let (gain, overflows) = Int(seconds).multipliedReportingOverflow(by: perSecond)
        return overflows ? burst : min(burst, bucket.left + min(gain, burst))
    }

    private func forget(_ buckets: inout [[UInt8]: Bucket], _ now: Timestamp) {
        buckets = buckets.filter { refilled($0.value, now) < burst }
        if buckets.count >= Self.maximumAddresses { buckets = [:] }
    }

    private static func key(_ address: SocketAddress) -> [UInt8]? {
        switch address {
        case .v4:
            let bytes = bytes(of: address, 4..<8)
            return bytes.first == 127 ? nil : bytes
        case .v6:
            let bytes = bytes(of: address, 8..<24)
            // An IPv4 address in an IPv6 socket is one.
            if bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] {
                return bytes[12] == 127 ? nil : Array(bytes.suffix(4))
            }
            return bytes == [UInt8](repeating: 0, count: 15) + [1] ? nil : Array(bytes.prefix(8))
        case .unixDomainSocket: return nil
        }
    }

    /// A part of the system's own form of an address; both families have theirs at the same place everywhere.
    private static func bytes(of address: SocketAddress, _ part: Range<Int>) -> [UInt8] {
        address.withSockAddr { pointer, size in
            let all = UnsafeRawBufferPointer(start: UnsafeRawPointer(pointer), count: size)
            return part.upperBound <= size ? Array(all[part]) : []
        }
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TestSupport
import TrustCore

@testable import Transport

/// What a test needs around a fetch: short limits, a folder, a channel with one package.
enum TransportFixtures {
    /// Longer than any busy machine takes: a test that does not ask for impatience must not depend on speed.
    static var limits: TransportLimits {
        var limits = TransportLimits()
        limits.connect = .seconds(120)
        limits.idle = .seconds(120)
        limits.overall = .seconds(600)
        limits.window = .seconds(120)
        return limits
    }

    /// Short enough to wait for, for servers that never deliver, or hardly.
    static var impatientLimits: TransportLimits {
        var limits = limits
        limits.idle = .seconds(6)
        limits.window = .seconds(2)
        limits.minimumBytesPerWindow = 20_000
        return limits
    }

    /// The limits for a server that behaves like this.
    static func limits(for behaviour: ServerBehaviour) -> TransportLimits {
        switch behaviour {
        case .drip, .silence, .delay: impatientLimits
        default: limits
        }
    }

    /// A name and bytes that are long enough to need many reads.
    static let path = "noarch/a-1.0-0.conda"
    static let content: [UInt8] = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    static let digest = Digest.of(content)

    static func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(content, to: path)
        return folder
    }

    /// Runs a body with a fetcher, and shuts the fetcher down.
    static func fetching<Value>(
        _ limits: TransportLimits = TransportFixtures.limits,
        _ options: HTTPOptions = HTTPOptions(),
        observer: (any TransferObserver)? = nil,
        _ body: (URLFetcher) async throws -> Value
    ) async throws -> Value {
        let fetcher = URLFetcher(limits: limits, options: options, observer: observer)
        do {
            let value = try await body(fetcher)
            await fetcher.shutdown()
            return value
        } catch {
            await fetcher.shutdown()
            throw error
        }
    }

    /// The fault of the failure that a body throws; nil if it throws none.
    static func fault(_ body: () async throws -> Void) async -> TransferFault? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? Failure)?.cause as? TransferFault
        }
    }
}

/// Writes down what an observer is told.
final class RecordingObserver: TransferObserver {
    private let lines = Mutex<[String]>([])
    private let bytes = Mutex(0)

    var events: [String] { lines.withLock { $0 } }
    var byteCount: Int { bytes.withLock { $0 } }

    func began(_ transfer: Transfer) {
        lines.withLock { $0.append("began \(transfer.expectedLength.map(String.init) ?? "?")") }
    }
    func received(_ byteCount: Int, in transfer: Transfer) { bytes.withLock { $0 += byteCount } }
    func ended(_ transfer: Transfer, completely: Bool) { lines.withLock { $0.append("ended \(completely)") } }
    func rejected(_ report: MirrorReport) { lines.withLock { $0.append("rejected \(report.code ?? "-")") } }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Logging
internal import TrustCore

/// What a server does now and then: forget keys and tokens that have expired, and sweep away blobs that nothing refers
/// to.
struct Housekeeping: Sendable {
    let parts: ServerParts

    /// How often it looks.
    private static let interval: Duration = .seconds(3_600)

    /// Works until its task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await pass()
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Does it once. What goes wrong is logged, and tried again.
    func pass() async {
        let now = parts.now()
        do {
            try await parts.database.write { transaction in
                try transaction.removeKeys(expiredBefore: now)
                try transaction.forgetMinted(tokensBefore: now, keysBefore: now)
            }
            let count = try await BlobAudit(database: parts.database, blobs: parts.blobs).sweep(now: now)
            let bytes = try await parts.database.read { try $0.referencedBytes() }
            parts.metrics.set("kingsnake_blob_bytes", to: Double(bytes))
            if count > 0 { parts.logger.info("\(count) stored files that nothing refers to were swept away") }
        } catch {
            parts.logger.error("housekeeping: \(error)")
        }
    }
}

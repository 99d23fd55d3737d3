// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TUF
import TrustCore

/// Metadata of an earlier refresh, by which a channel is read on while no mirror shows anything better.
///
/// Nothing is believed because it is held: it goes through the same workflow as a mirror's, from the pinned root on,
/// at the present moment. Only that there may be something newer is not known then, which its expiry bounds.
final class HeldMetadata: Sendable {
    /// The timestamp; the other roles come from the store of the same refresh.
    private let timestamp: [UInt8]
    private let isOffline = Mutex(true)

    /// Holds the metadata that this timestamp leads to.
    init(timestamp: [UInt8]) { self.timestamp = timestamp }

    /// Lets mirrors be asked for what the held metadata names: other roles' metadata and files, never for another
    /// top-level role.
    func allowMirrors() { isOffline.withLock { $0 = false } }

    /// Answers for the mirror; nil if it may be asked.
    ///
    /// - Throws: a `Failure` of kind `network` for what is not at hand.
    func answer(
        _ url: String,
        below metadataURL: String,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> FetchOutcome? {
        guard url.utf8.starts(with: metadataURL.utf8) else {
            if isOffline.withLock({ $0 }) { throw Self.notAtHand(url) }
            return nil
        }
        let file = String(decoding: Array(url.utf8.dropFirst(metadataURL.utf8.count)), as: UTF8.self)
        switch file.drop(while: { $0.isASCII && $0.isNumber }) {
        case "timestamp.json":
            try timestamp.withUnsafeBytes(receive)
            return .complete
        // That the store knows no newer root ends the chain of roots.
        case ".root.json": return .notFound
        case ".snapshot.json", ".targets.json", "snapshot.json", "targets.json": throw Self.notAtHand(url)
        default:
            if isOffline.withLock({ $0 }) { throw Self.notAtHand(url) }
            return nil
        }
    }

    private static func notAtHand(_ url: String) -> Failure {
        Failure(.network, "earlier refreshes did not bring it", at: url)
    }
}

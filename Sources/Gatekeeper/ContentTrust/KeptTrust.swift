// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import TrustCore

/// What was verified of a channel's content trust before, as if a mirror showed it: to verify it again at another
/// moment, from the pinned root on.
///
/// It knows no root that the store has not, so that a newer one is not seen.
struct KeptTrust: Fetcher {
    private let store: ContentTrustStore

    init(_ store: ContentTrustStore) { self.store = store }

    func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        guard request.url.hasSuffix("/" + TrustRole.keyManager.fileName(version: 1)) else { return .notFound }
        guard let bytes = try store.keyManager() else {
            throw Failure(
                .network,
                "earlier refreshes did not bring the key manager's metadata",
                at: request.url
            )
        }
        try bytes.withUnsafeBytes(receive)
        return .complete
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import TrustCore

extension ChannelTrust {
    /// `pkg_mgr.json` anew, if mamba needs one and its end is near; nil otherwise.
    func renewedPackageManager(
        now: Timestamp,
        open: () async throws -> RecordSigners
    ) async throws -> [UInt8]? {
        guard profile.forms.contains(.mamba), PackageManagerFile.isDue(packageManager?.metadata, now: now)
        else { return nil }
        return try await PackageManagerFile.make(
            after: packageManager?.metadata,
            by: authority,
            signers: open().signers.map(\.signer),
            now: now
        )
    }
}

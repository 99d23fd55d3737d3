// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import ContentTrust
import TrustCore

extension TrustFolder {
    /// Makes `pkg_mgr.json` anew after a change, where mamba needs it and the package keys are here; else
    /// notes that somebody must.
    func renewPackageManager(
        _ change: inout Change,
        keys: KeyRing,
        passphrase: @escaping KeyRing.PassphraseSource,
        lifetime: Lifetime = TrustExpiryOptions.packageManagerDefault,
        now: Timestamp
    ) async throws {
        do {
            let isWritten = try await renewPackageManager(
                keys: keys,
                passphrase: passphrase,
                lifetime: lifetime.seconds,
                margin: 0,
                now: now
            )
            if isWritten { change.written.append(TrustRole.packageManager.fileName(version: 0)) }
        } catch let refusal as Refusal where refusal.is(TrustCeremonyCode.incomplete) {
            change.awaiting = refusal
        }
    }
}

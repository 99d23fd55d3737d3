// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

@testable import ChannelServer

/// Knows nobody: everybody may read what is public, and whoever shows a key is refused.
struct PublicAccess: AccessControl {
    func caller(_ credentials: Credentials?, now: Timestamp) async throws -> Caller {
        guard credentials == nil else { throw Refusal(AccessCode.unknownKey, "the key that was shown") }
        return .anonymous
    }

    func demand(_ action: ServerAction, of caller: Caller, on channel: HostedChannel?, package: String?)
        async throws
    {
        guard action == .read, channel?.visibility == .everybody else {
            throw unknownChannel(channel?.name.text ?? "the server", to: caller)
        }
    }
}

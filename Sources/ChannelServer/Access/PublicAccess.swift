// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Knows nobody: everybody may read what is public, and nobody may do anything else. Whoever shows a key is
/// refused.
struct PublicAccess: AccessControl {
    func caller(_ credentials: Credentials?, now: Timestamp) async throws -> Caller {
        guard credentials == nil else { throw Refusal(ServerCode.keyUnknown, "the key that was shown") }
        return .anonymous
    }

    func demand(_ action: ServerAction, of caller: Caller, on channel: HostedChannel?, package: String?)
        async throws
    {
        guard action == .read, channel?.visibility == .everybody else {
            throw Refusal(ServerCode.channelUnknown, channel?.name.text ?? "the server")
        }
    }
}

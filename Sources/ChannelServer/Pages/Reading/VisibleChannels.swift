// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The channels that a caller may read, by name.
struct VisibleChannels: Sendable {
    let parts: ServerParts
    let caller: Caller

    /// The most channels that one request looks at.
    static let examined = 2000

    /// Some of them, after one if a name is given; and whether there are more.
    func page(after: String?, limit: Int) async throws -> (channels: [HostedChannel], hasMore: Bool) {
        let all = try await parts.database.read { try $0.channels() }
        var found: [HostedChannel] = []
        let rest = all.lazy.filter { channel in
            after.map { $0.utf8.lexicographicallyPrecedes(channel.name.text.utf8) } ?? true
        }
        for channel in rest.prefix(Self.examined) {
            guard try await mayRead(channel) else { continue }
            if found.count == limit { return (found, true) }
            found.append(channel)
        }
        return (found, false)
    }

    /// All of them that one request looks at.
    func all() async throws -> [HostedChannel] { try await page(after: nil, limit: Self.examined).channels }

    private func mayRead(_ channel: HostedChannel) async throws -> Bool {
        if channel.visibility == .everybody { return true }
        guard caller.holder != nil else { return false }
        do {
            try await parts.access.demand(.read, of: caller, on: channel, package: nil)
            return true
        } catch is Refusal {
            return false
        }
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport

/// What takes time: servers that keep their clients waiting, and channels of which nobody hears for days.
extension ProxyAttack {
    static let slow: [ProxyAttack] = [
        waiting("package that never comes", .unavailable, .unavailable, isNewPackage, by: .silence),
        waiting(
            "package drop by drop",
            .unavailable,
            .unavailable,
            isNewPackage,
            by: .drip(bytesPerSecond: 20)
        ),
        waiting(
            "timestamp that never comes",
            .stays("-"),
            nil,
            { $0.hasSuffix("/timestamp.json") },
            by: .silence
        ),
        waiting(
            "index that never comes",
            .stays("-"),
            .stays([]),
            { $0.hasSuffix("repodata.json.zst") },
            by: .silence
        ),
    ]

    /// After three days, whatever they were.
    static let late: [ProxyAttack] = [
        ProxyAttack(name: "freeze for days", pinned: .refused("tuf.expired"), observed: .older) { channel in
            channel.serve(try channel.asItWas()) { !$0.hasSuffix(".conda") }
        },
        ProxyAttack(
            name: "nobody answers for days",
            pinned: .refused("tuf.expired"),
            observed: .refused("ledger.view-too-old")
        ) { $0.server.follow { _ in .status(503) } },
    ]

    private static func waiting(
        _ name: String,
        _ pinned: Outcome?,
        _ observed: Outcome?,
        _ isSlow: @escaping @Sendable (String) -> Bool,
        by behaviour: ServerBehaviour
    ) -> ProxyAttack {
        var attack = spoiling(name, pinned: pinned, observed: observed, isSlow, by: behaviour)
        attack.isSlow = isSlow
        return attack
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import TrustCore

/// What happens to attestations that the owner (pinned) or the user (observed) demands.
extension ProxyAttack {
    private static let isNewSidecar: @Sendable (String) -> Bool = { $0.contains("/tool-2-0.conda.sigs.") }

    static let attestations: [ProxyAttack] = [
        attested("attestations good", nil) { _ in },
        attested("attestations stripped", "attested.stripped") { channel in
            channel.server.follow { isNewSidecar($0.path) ? .status(404) : .normal }
        },
        attested("attestations altered", "attested.stripped") { channel in
            channel.server.follow { isNewSidecar($0.path) ? .altered : .normal }
        },
        attested("attestations of another package", "attested.stripped") { channel in
            let other = try channel.publishers?.sidecar(about: channel.fixture.packages[0]) ?? []
            channel.server.follow { isNewSidecar($0.path) ? .replace(other) : .normal }
        },
        attested("attestations of another package, promised", "attested.invalid") { channel in
            try channel.publishers?.attest(&channel.fixture, 1, about: 0)
            try await channel.fixture.publish(now: Clock.now)
        },
        attested("attestations by a stranger, promised", "publisher.other-identity") { channel in
            try channel.publishers?.attest(&channel.fixture, 1, by: .workflow(of: "evil/tool"))
            try await channel.fixture.publish(now: Clock.now)
        },
        attested("attestations stripped, and none promised", "attested.missing") { channel in
            channel.fixture.packages[1].recordChanges["attestations_sha256"] = nil
            try await channel.fixture.publish(now: Clock.now)
        },
    ]

    /// An attack on the attestations of version 2; nil for none.
    private static func attested(
        _ name: String,
        _ code: Codes?,
        _ commit: @escaping @Sendable (inout AttackedChannel) async throws -> Void
    ) -> ProxyAttack {
        let outcome = code.map { Outcome.refused($0) } ?? .unaffected
        return ProxyAttack(
            name: name,
            pinned: outcome,
            observed: outcome,
            isAttested: true,
            commit: commit
        )
    }
}

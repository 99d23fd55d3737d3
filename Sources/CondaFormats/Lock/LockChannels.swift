// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reads the channels that conda-lock and pixi name: `url: NAME-OR-URL`.
enum LockChannels {
    static func channel(_ node: LockNode, _ subject: String) throws -> ChannelSpec {
        guard let text = try node.mapping?.string("url", subject) ?? node.text else {
            throw Refusal(
                LockCode.shape,
                subject,
                at: "line \(node.line)",
                expected: "a channel's `url`",
                found: node.typeName
            )
        }
        do {
            return try ChannelSpec(text)
        } catch let refusal as Refusal {
            throw Refusal(
                LockCode.badURL,
                subject,
                at: "line \(node.line)",
                expected: "a channel's name or URL",
                found: refusal.found,
                cause: refusal
            )
        }
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore
public import TrustPolicy

extension PublisherPolicy {
    /// Where the entry is that was made with a pattern (`channel.pattern-unknown`).
    public func place(of pattern: PackagePattern) throws -> Int {
        guard let place = entries.firstIndex(where: { $0.pattern == pattern }) else {
            throw Refusal(
                ChannelCode.patternUnknown,
                pattern.description,
                expected: entries.map { "`\($0.pattern.description)`" }.joined(separator: ", ")
            )
        }
        return place
    }
}

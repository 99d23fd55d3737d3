// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// How long what is trusted now can be relied on without an update.
public struct FreshnessHorizon: Sendable, Equatable {
    /// The first moment at which a part of it is expired.
    public let moment: Timestamp
    /// The role that expires then; of several, the first by name.
    public let role: RoleName
}

extension FreshnessHorizon: CustomStringConvertible {
    /// The moment, and the role in parentheses.
    public var description: String { "\(moment) (`\(role)`)" }
}

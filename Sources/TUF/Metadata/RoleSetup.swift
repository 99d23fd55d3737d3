// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys

/// The keys a role shall have and how many of them must sign: what an editor is told.
public struct RoleSetup: Sendable {
    /// The keys.
    public var keys: [PublicKey]
    /// How many different keys must sign.
    public var threshold: Int

    /// Makes a setup.
    public init(_ keys: [PublicKey], threshold: Int = 1) {
        self.keys = keys
        self.threshold = threshold
    }
}

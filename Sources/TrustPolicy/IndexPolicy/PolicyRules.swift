// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a policy says of files, whoever published them: of all channels, or of one.
public struct PolicyRules: Sendable, Equatable {
    /// How long files wait. One channel's counts in place of the general one.
    public var cooldown: Cooldown?
    /// What becomes of packages with link scripts. One channel's counts in place of the general one.
    public var linkScripts: LinkScriptPolicy?
    /// What is not to be used any more. One channel's counts beside the general ones.
    public var revocations: [Revocation]

    /// Makes rules; at first none.
    public init(
        cooldown: Cooldown? = nil,
        linkScripts: LinkScriptPolicy? = nil,
        revocations: [Revocation] = []
    ) {
        self.cooldown = cooldown
        self.linkScripts = linkScripts
        self.revocations = revocations
    }

    /// Whether they say nothing.
    public var isEmpty: Bool { cooldown == nil && linkScripts == nil && revocations.isEmpty }
}

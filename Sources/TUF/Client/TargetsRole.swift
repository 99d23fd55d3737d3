// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// A targets role, as one particular document delegates to it.
///
/// A role that two roles delegate to is two of these, since each delegator may trust other keys: what was
/// verified for one says nothing to the other (python-tuf 2977, TOB-SIGSTORE-14).
public struct TargetsRole: Hashable, Sendable {
    /// The role.
    public let name: RoleName
    /// Who delegates to it; `root` for the top-level role.
    public let delegator: RoleName
    /// SHA-256 of the delegator's metadata, as it arrived.
    let document: Digest
}

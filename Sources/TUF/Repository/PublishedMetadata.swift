// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The newest signed version of every role of a repository.
struct PublishedMetadata: Sendable {
    var root: VerifiedMetadata<RootMetadata>?
    var timestamp: VerifiedMetadata<TimestampMetadata>?
    var snapshot: VerifiedMetadata<SnapshotMetadata>?
    var targets: [RoleName: MetadataHeader] = [:]

    /// Nothing was published yet.
    init() {}

    /// What was read from a repository.
    init(_ trusted: TrustedMetadata, _ roles: [RoleName: TargetsMetadata]) {
        root = trusted.root
        timestamp = trusted.timestamp
        snapshot = trusted.snapshot
        targets = roles.mapValues(\.header)
    }

    /// Version and expiry of a role; nil if it was never signed.
    func header(of name: RoleName) -> MetadataHeader? {
        switch name.topLevelKind {
        case .root: root?.role.header
        case .timestamp: timestamp?.role.header
        case .snapshot: snapshot?.role.header
        case .targets, nil: targets[name]
        }
    }
}

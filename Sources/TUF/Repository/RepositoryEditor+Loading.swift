// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension RepositoryEditor {
    /// Goes on with a repository: reads its metadata files and verifies all of them, as a client would, from
    /// the trusted root down through every delegation.
    ///
    /// Only expiry does not matter: an expired repository is one to be renewed. What metadata may ask of a
    /// client does not matter either, for the files are our own.
    ///
    /// - Parameters:
    ///   - trustedRoot: The bytes of a root file that the owner trusts.
    ///   - isSignedElsewhere: Whether others sign a role. Such a role may be delegated and not be in the
    ///     snapshot yet, or not be signed by its new keys yet: then it is left out, as one that is awaited.
    ///   - read: Reads a file of the metadata folder by its name; nil if there is none.
    /// - Throws: a `Refusal` for files that no client would accept either, or whatever `read` throws.
    public init(
        trustedRoot: [UInt8],
        isSignedElsewhere: @escaping @Sendable (RoleName) -> Bool = { _ in false },
        read: @escaping (String) throws -> [UInt8]?
    ) throws {
        var loader = try RoleLoader(trustedRoot: trustedRoot, isSignedElsewhere: isSignedElsewhere)
        try loader.loadTopLevel(read)
        let roles = try loader.loadAll(read)
        self.init(
            published: PublishedMetadata(loader.trusted, roles),
            root: loader.trusted.root.role,
            roles: roles,
            isSignedElsewhere: isSignedElsewhere
        )
    }

    /// Goes on with a repository of many roles: reads and verifies the top-level ones now, and of the others
    /// each when it is first edited or asked for by ``read(_:)``.
    ///
    /// So publishing one file in sixteen thousand hash bins reads one bin. The files must stay as they are
    /// while the editor is in use, but for those that it publishes itself. ``status``, ``roles`` and renewal
    /// know of no role that was not read; and bad metadata of such a role is not noticed.
    ///
    /// - Parameters:
    ///   - trustedRoot: The bytes of a root file that the owner trusts.
    ///   - isSignedElsewhere: Whether others sign a role: see ``init(trustedRoot:isSignedElsewhere:read:)``.
    ///   - read: Reads a file of the metadata folder by its name; nil if there is none.
    /// - Throws: a `Refusal` for files that no client would accept either, or whatever `read` throws.
    public init(
        onDemand trustedRoot: [UInt8],
        isSignedElsewhere: @escaping @Sendable (RoleName) -> Bool = { _ in false },
        read: @escaping @Sendable (String) throws -> [UInt8]?
    ) throws {
        let source = try RoleSource(
            trustedRoot: trustedRoot,
            isSignedElsewhere: isSignedElsewhere,
            read: read
        )
        let trusted = source.trusted
        let targets = trusted.targets(of: trusted.topLevelTargets)
        let roles = targets.map { [RoleName.targets: $0] } ?? [:]
        self.init(
            published: PublishedMetadata(trusted, roles),
            root: trusted.root.role,
            roles: roles,
            source: source,
            isSignedElsewhere: isSignedElsewhere
        )
    }
}

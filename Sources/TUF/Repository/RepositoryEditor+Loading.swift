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
        isSignedElsewhere: @escaping (RoleName) -> Bool = { _ in false },
        read: @escaping (String) throws -> [UInt8]?
    ) throws {
        var loading = RepositoryLoading(
            workflow: try UpdateWorkflow(
                trustedRoot: trustedRoot,
                now: Timestamp(seconds: .min),
                limits: Self.ownLimits
            ),
            read: read,
            isSignedElsewhere: isSignedElsewhere
        )
        try loading.drive(loading.workflow.start())
        let roles = try loading.loadAllTargets()
        let trusted = loading.workflow.trusted
        var published = PublishedMetadata()
        published.root = trusted.root
        published.timestamp = trusted.timestamp
        published.snapshot = trusted.snapshot
        published.targets = roles.mapValues { $0.header }
        self.init(published: published, root: trusted.root.role, roles: roles)
    }

    private static var ownLimits: TUFLimits {
        var limits = TUFLimits()
        limits.promisedSnapshot = 1 << 30
        limits.promisedTargets = 1 << 30
        limits.rootRotations = .max
        return limits
    }
}

/// Drives the client workflow over files that can be read at once.
private struct RepositoryLoading {
    var workflow: UpdateWorkflow
    let read: (String) throws -> [UInt8]?
    let isSignedElsewhere: (RoleName) -> Bool

    mutating func drive(_ first: WorkflowStep) throws {
        var step = first
        while let request = step.next {
            switch request.source {
            case .store: step = try workflow.receive(nil, to: request)
            case .repository(let fileName, let maximumLength):
                let bytes = try read(fileName)
                guard bytes?.count ?? 0 <= maximumLength else {
                    throw Refusal(
                        CoreCode.tooLarge,
                        fileName,
                        expected: "at most \(maximumLength) bytes",
                        found: "\(bytes?.count ?? 0) bytes"
                    )
                }
                do {
                    step = try workflow.receive(bytes, to: request)
                } catch let refusal as Refusal { throw refusal.located(at: fileName) }
            }
        }
    }

    /// Every role that a delegation leads to, verified for each of its delegators.
    mutating func loadAllTargets() throws -> [RoleName: TargetsMetadata] {
        var roles: [RoleName: TargetsMetadata] = [:]
        var pending = [workflow.trusted.topLevelTargets]
        var visited: Set<TargetsRole> = []
        while let role = pending.popLast() {
            guard visited.insert(role).inserted else { continue }
            do {
                try drive(try workflow.load(role))
            } catch let refusal as Refusal where isSignedElsewhere(role.name) && Self.isAwaited(refusal) {
                continue
            }
            guard let metadata = workflow.trusted.targets(of: role) else { continue }
            roles[role.name] = metadata
            pending += (metadata.delegations?.names ?? []).compactMap {
                workflow.trusted.delegated($0, by: role)
            }
        }
        return roles
    }
    private static func isAwaited(_ refusal: Refusal) -> Bool {
        refusal.is(TUFCode.roleNotInSnapshot) || refusal.is(TUFCode.signatures)
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Drives the client workflow over files that can be read at once.
struct RoleLoader: Sendable {
    private var workflow: UpdateWorkflow
    private let isSignedElsewhere: @Sendable (RoleName) -> Bool

    /// Starts from a root that the owner trusts.
    ///
    /// Expiry does not matter: an expired repository is one to be renewed. What metadata may ask of a client
    /// does not matter either, for the files are our own.
    ///
    /// - Parameter isSignedElsewhere: Whether others sign a role. Such a role may be delegated and not be in the
    ///   snapshot yet, or not be signed by its new keys yet: then it is left out, as one that is awaited.
    init(
        trustedRoot: [UInt8],
        isSignedElsewhere: @escaping @Sendable (RoleName) -> Bool = { _ in false }
    ) throws {
        self.isSignedElsewhere = isSignedElsewhere
        var limits = TUFLimits()
        limits.promisedSnapshot = 1 << 30
        limits.snapshot = 1 << 30
        limits.promisedTargets = 1 << 30
        limits.targets = 1 << 30
        limits.rootRotations = .max
        limits.jsonValues = .max
        workflow = try UpdateWorkflow(
            trustedRoot: trustedRoot,
            now: Timestamp(seconds: .min),
            limits: limits
        )
    }

    /// What is trusted so far.
    var trusted: TrustedMetadata { workflow.trusted }

    /// Root, timestamp, snapshot and targets.
    mutating func loadTopLevel(_ read: (String) throws -> [UInt8]?) throws {
        try drive(workflow.start(), read)
        try checkListable(workflow.trusted.targets(of: workflow.trusted.topLevelTargets))
    }

    /// A role, as one delegator trusts it; nil if it is awaited from others.
    mutating func load(_ role: TargetsRole, _ read: (String) throws -> [UInt8]?) throws -> TargetsMetadata? {
        do {
            try drive(try workflow.load(role), read)
        } catch let refusal as Refusal where isSignedElsewhere(role.name) && Self.isAwaited(refusal) {
            return nil
        }
        let metadata = workflow.trusted.targets(of: role)
        try checkListable(metadata)
        return metadata
    }

    /// Whoever signs a delegated role could otherwise have four billion names listed.
    private func checkListable(_ metadata: TargetsMetadata?) throws {
        if case .bins(let bins) = metadata?.delegations?.roles { try bins.checkListable() }
    }

    private static func isAwaited(_ refusal: Refusal) -> Bool {
        refusal.is(TUFCode.roleNotInSnapshot) || refusal.is(TUFCode.signatures)
    }

    /// Every role that a delegation leads to, verified for each of its delegators.
    mutating func loadAll(_ read: (String) throws -> [UInt8]?) throws -> [RoleName: TargetsMetadata] {
        var roles: [RoleName: TargetsMetadata] = [:]
        var pending = [workflow.trusted.topLevelTargets]
        var visited: Set<TargetsRole> = []
        while let role = pending.popLast() {
            guard visited.insert(role).inserted, let metadata = try load(role, read) else { continue }
            roles[role.name] = metadata
            pending += (metadata.delegations?.names ?? []).compactMap {
                workflow.trusted.delegated($0, by: role)
            }
        }
        return roles
    }

    private mutating func drive(_ first: WorkflowStep, _ read: (String) throws -> [UInt8]?) throws {
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
}

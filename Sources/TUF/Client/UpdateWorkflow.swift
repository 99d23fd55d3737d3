// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The client workflow of the specification (1.0.34, section 5) as a value: it takes what was found and
/// answers what to do next. It does no input and output; a driver does, one request after another or many at
/// once.
///
/// Start with ``start()``, then answer each request by ``receive(_:to:)`` until a step has none. After that,
/// any number of ``load(_:)`` may be under way at the same time.
public struct UpdateWorkflow: Sendable {
    /// What is trusted so far.
    public private(set) var trusted: TrustedMetadata
    private let pinnedRoot: [UInt8]
    private let pinnedVersion: Int64
    private var rotations = 0
    /// The root version whose rotation an earlier update may not have finished.
    private var unfinishedRotation: Int64?

    /// Starts from the root that the user trusts.
    ///
    /// - Parameters:
    ///   - trustedRoot: The bytes of a root file that came by a way the user trusts. It may be expired.
    ///   - now: The moment of the update, fixed for all of it (5.1).
    ///   - limits: What the metadata may ask of us.
    /// - Throws: a `Refusal` with `tuf.signatures` if the root did not sign itself, or with a code of
    /// parsing.
    public init(trustedRoot: [UInt8], now: Timestamp, limits: TUFLimits = TUFLimits()) throws {
        trusted = try TrustedMetadata(trustedRoot: trustedRoot, now: now, limits: limits)
        pinnedRoot = trustedRoot
        pinnedVersion = trusted.root.role.version
    }

    /// The first step of an update of the top-level roles.
    public func start() -> WorkflowStep {
        WorkflowStep(next: MetadataRequest(subject: .rotation, source: .store))
    }

    /// The first step of loading a targets role; a step without a request if it is already loaded.
    ///
    /// - Throws: a `Refusal` with `tuf.role-not-in-snapshot`: such a role is not even asked for.
    public func load(_ role: TargetsRole) throws -> WorkflowStep {
        guard trusted.targets(of: role) == nil else { return WorkflowStep() }
        _ = try trusted.promised(role.name)
        return WorkflowStep(next: MetadataRequest(subject: .targets(role), source: .store))
    }

    /// Takes the answer to a request.
    ///
    /// - Parameter answer: The bytes, or nil if the store, or the repository explicitly, says that there are
    /// none. A server that does not answer is neither: the driver throws a `Failure`, and the workflow is
    /// not continued.
    /// - Throws: a `Refusal`; the update ends there, and nothing after the last step may be kept.
    public mutating func receive(_ answer: [UInt8]?, to request: MetadataRequest) throws -> WorkflowStep {
        switch (request.subject, request.source) {
        case (.rotation, _): recallRotation(answer)
        case (.root, .store): recallRoot(answer)
        case (.root, .repository): try receiveRoot(answer)
        case (.timestamp, .store): recallTimestamp(answer)
        case (.timestamp, .repository): try receiveTimestamp(answer)
        case (.snapshot, .store): try recallSnapshot(answer)
        case (.snapshot, .repository): try receiveSnapshot(answer)
        case (.targets(let role), .store): try recallTargets(answer, of: role)
        case (.targets(let role), .repository): try receiveTargets(answer, of: role)
        }
    }

    // MARK: Root (5.3)

    private mutating func recallRotation(_ answer: [UInt8]?) -> WorkflowStep {
        unfinishedRotation = answer.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
        return WorkflowStep(next: nextRoot(.store))
    }

    /// Follows the stored chain from the pinned root; what does not verify is ignored and fetched again.
    private mutating func recallRoot(_ answer: [UInt8]?) -> WorkflowStep {
        if let answer, (try? trusted.updateRoot(answer)) != nil {
            return WorkflowStep(next: nextRoot(.store))
        }
        let atPinnedRoot = trusted.root.role.version == pinnedVersion
        var changes = atPinnedRoot ? [StoreChange.write(pinnedRoot, .root(version: pinnedVersion))] : []
        // An update that was killed after it had kept such a root is finished here; one that was killed
        // before has not rotated anything.
        if let unfinishedRotation {
            let isKept = unfinishedRotation <= trusted.root.role.version
            changes += isKept ? Self.forgetting : [.remove(.rotation)]
        }
        return WorkflowStep(
            changes: changes,
            next: nextRoot(repositoryFile("root", limit: trusted.limits.root))
        )
    }

    private mutating func receiveRoot(_ answer: [UInt8]?) throws -> WorkflowStep {
        guard let answer else {
            // 5.3.3: "not found" ends the chain. 5.3.10: its last root must not be expired.
            try trusted.checkRootIsFresh()
            return WorkflowStep(next: MetadataRequest(subject: .timestamp, source: .store))
        }
        rotations += 1
        guard rotations <= trusted.limits.rootRotations else {
            throw Refusal(
                TUFCode.rootChainTooLong,
                "root metadata",
                expected: "at most \(trusted.limits.rootRotations) new versions",
                found: "more"
            )
        }
        // 5.3.4, 5.3.5 in TrustedMetadata.
        let rotated = try trusted.updateRoot(answer)
        let version = trusted.root.role.version
        // 5.3.8: kept as soon as it is verified, for the chain goes on from it.
        var changes = [StoreChange.write(answer, .root(version: version))]
        if rotated {
            // 5.3.11: fast-forward recovery, since who held the old keys may have raised the versions out of
            // reach. The stored ones are not loaded yet. Forgotten before the new root is kept, a crash
            // between the two would leave the old root without any versions, and open to rollback; forgotten
            // after it, versions that the new keys never reach. So the intention is noted first, and the next
            // update finishes it.
            changes.insert(.write(Array("\(version)".utf8), .rotation), at: 0)
            changes += Self.forgetting
        }
        return WorkflowStep(
            changes: changes,
            next: nextRoot(repositoryFile("root", limit: trusted.limits.root))
        )
    }

    private static let forgetting: [StoreChange] = [
        .remove(.role(.timestamp)), .remove(.role(.snapshot)), .remove(.rotation),
    ]

    private func nextRoot(_ source: MetadataRequest.Source) -> MetadataRequest {
        MetadataRequest(subject: .root(version: nextRootVersion), source: source)
    }

    private var nextRootVersion: Int64 {
        // After the highest version there is none; asking for it again ends in a version mismatch.
        let (next, overflow) = trusted.root.role.version.addingReportingOverflow(1)
        return overflow ? .max : next
    }

    // MARK: Timestamp (5.4)

    private mutating func recallTimestamp(_ answer: [UInt8]?) -> WorkflowStep {
        if let answer { try? trusted.recallTimestamp(answer) }
        // 5.4.1: never versioned, since nobody knows its version.
        let source = MetadataRequest.Source.repository(
            fileName: "timestamp.json",
            maximumLength: trusted.limits.timestamp
        )
        return WorkflowStep(next: MetadataRequest(subject: .timestamp, source: source))
    }

    private mutating func receiveTimestamp(_ answer: [UInt8]?) throws -> WorkflowStep {
        let bytes = try required(answer, .timestamp)
        // 5.4.2 to 5.4.4 in TrustedMetadata. 5.4.5: kept if it is new.
        let isNew = try trusted.updateTimestamp(bytes)
        return WorkflowStep(
            changes: isNew ? [.write(bytes, .role(.timestamp))] : [],
            next: MetadataRequest(subject: .snapshot, source: .store)
        )
    }

    // MARK: Snapshot (5.5)

    private mutating func recallSnapshot(_ answer: [UInt8]?) throws -> WorkflowStep {
        if let answer, (try? trusted.recallSnapshot(answer)) == true {
            return try load(trusted.topLevelTargets)
        }
        // 5.5.1
        let promised = try trusted.promisedSnapshot()
        let limit = try maximumLength(
            promised,
            of: .snapshot,
            unpromised: trusted.limits.snapshot,
            promised: trusted.limits.promisedSnapshot
        )
        return WorkflowStep(
            next: MetadataRequest(
                subject: .snapshot,
                source: repositoryFile(.snapshot, version: promised.version, limit: limit)
            )
        )
    }

    private mutating func receiveSnapshot(_ answer: [UInt8]?) throws -> WorkflowStep {
        let bytes = try required(answer, .snapshot)
        // 5.5.2 to 5.5.6 in TrustedMetadata. 5.5.7: kept.
        try trusted.updateSnapshot(bytes)
        let step = try load(trusted.topLevelTargets)
        return WorkflowStep(changes: [.write(bytes, .role(.snapshot))], next: step.next)
    }

    // MARK: Targets (5.6)

    private mutating func recallTargets(_ answer: [UInt8]?, of role: TargetsRole) throws -> WorkflowStep {
        if let answer, (try? trusted.updateTargets(answer, of: role)) != nil { return WorkflowStep() }
        // 5.6.1
        let promised = try trusted.promised(role.name)
        let limit = try maximumLength(
            promised,
            of: role.name,
            unpromised: trusted.limits.targets,
            promised: trusted.limits.promisedTargets
        )
        return WorkflowStep(
            next: MetadataRequest(
                subject: .targets(role),
                source: repositoryFile(role.name, version: promised.version, limit: limit)
            )
        )
    }

    private mutating func receiveTargets(_ answer: [UInt8]?, of role: TargetsRole) throws -> WorkflowStep {
        let bytes = try required(answer, role.name)
        // 5.6.2 to 5.6.5 in TrustedMetadata. 5.6.6: kept.
        try trusted.updateTargets(bytes, of: role)
        return WorkflowStep(changes: [.write(bytes, .role(role.name))])
    }

    // MARK: Files of the repository

    private func repositoryFile(_ name: String, limit: Int) -> MetadataRequest.Source {
        .repository(fileName: "\(nextRootVersion).\(name).json", maximumLength: limit)
    }

    /// The file of a role: with its version in front if the repository has consistent snapshots (section
    /// 6.2).
    private func repositoryFile(_ name: RoleName, version: Int64, limit: Int) -> MetadataRequest.Source {
        let prefix = trusted.root.role.consistentSnapshot ? "\(version)." : ""
        return .repository(fileName: "\(prefix)\(name.encoded).json", maximumLength: limit)
    }

    /// The length that was promised, if that is not too much; else the limit for what was not.
    private func maximumLength(
        _ file: MetaFile,
        of name: RoleName,
        unpromised: Int,
        promised limit: Int
    ) throws -> Int {
        guard let length = file.length else { return unpromised }
        guard let length = Int(exactly: length), length <= limit else {
            throw Refusal(
                CoreCode.tooLarge,
                "\(name) metadata",
                expected: "at most \(limit) bytes",
                found: "\(length) bytes promised"
            )
        }
        return length
    }

    private func required(_ answer: [UInt8]?, _ name: RoleName) throws -> [UInt8] {
        guard let answer else { throw Refusal(TUFCode.metadataMissing, "\(name) metadata") }
        return answer
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Sigstore
internal import TrustCore

/// A package that was inspected and is to be taken in.
struct PlannedIntake: Sendable {
    let package: InspectedPackage
    /// Its bytes; nil where only attestations come.
    let staged: (any StagedBlob)?
    var attestations: GivenAttestations?
    /// What else is known of it if it is imported; nil for an upload.
    var imported: ImportedFacts?

    var name: String { "\(package.subdir.text)/\(package.fileName.text)" }
}

/// The last step of an upload: compares with what the channel has, judges attestations, keeps the blobs, and
/// commits rows, documents and log entries in one transaction.
struct IntakeCommit: Sendable {
    private let parts: ServerParts
    private let settings: UploadSettings
    private let channel: HostedChannel
    private let publisher: FilePublisher
    private let caller: Caller

    init(
        _ parts: ServerParts,
        _ settings: UploadSettings,
        _ channel: HostedChannel,
        _ publisher: FilePublisher,
        _ caller: Caller
    ) {
        self.parts = parts
        self.settings = settings
        self.channel = channel
        self.publisher = publisher
        self.caller = caller
    }

    /// What is going to happen to one file, if it still is as it was found.
    private struct Step: Sendable {
        let plan: PlannedIntake
        let known: HostedFile?
        /// All its attestations from now on; nil if they do not change.
        let sidecar: PackageSidecar?

        var outcome: IntakeOutcome { known == nil ? .accepted : sidecar == nil ? .unchanged : .attested }
    }

    /// How often it begins anew because somebody else changed the same files meanwhile.
    private static let attempts = 8

    /// Takes all in, or none.
    func run(_ plans: [PlannedIntake]) async throws -> [IntakeReceipt] {
        for _ in 0..<Self.attempts {
            var steps: [Step] = []
            for plan in plans { steps.append(try await step(plan)) }
            guard steps.contains(where: { $0.outcome != .unchanged }) else {
                return steps.compactMap { step in
                    step.known.map { IntakeReceipt(channel: channel.name, file: $0, outcome: .unchanged) }
                }
            }
            try await keepBlobs(steps)
            if let files = try await commit(steps) {
                parts.changed()
                return zip(steps, files).map {
                    IntakeReceipt(channel: channel.name, file: $1, outcome: $0.outcome)
                }
            }
        }
        throw Failure(.disk, "others keep changing the same files of the channel")
    }

    /// Compares a package with what the channel has under its name.
    private func step(_ plan: PlannedIntake) async throws -> Step {
        let package = plan.package, channel = channel
        let known = try await parts.database.read {
            try $0.file(package.fileName, in: package.subdir, of: channel.id)
        }
        guard let known else {
            try await MaintainersDemand(parts: parts, channel: channel).check(
                package.fileName,
                in: package.subdir,
                sha256: package.sha256,
                size: package.size
            )
            let demand = try await AttestationDemand(parts, settings, channel)
            let sidecar = plan.attestations?.sidecar
            try await demand.judge(package, sidecar, before: nil, isNew: true)
            return Step(plan: plan, known: nil, sidecar: sidecar)
        }
        guard known.sha256 == package.sha256 else {
            throw Refusal(
                ServerCode.fileExists,
                plan.name,
                expected: known.sha256.hex,
                found: package.sha256.hex
            )
        }
        guard known.state != .removed else { throw Refusal(UploadCode.fileRemoved, plan.name) }
        return Step(plan: plan, known: known, sidecar: try await news(plan, known))
    }

    /// The attestations of a known file with those that came; nil if they are the same.
    private func news(_ plan: PlannedIntake, _ known: HostedFile) async throws -> PackageSidecar? {
        guard let given = plan.attestations else { return nil }
        var before: Sigstore.Sidecar?
        if let digest = known.attestations {
            let limit = Sigstore.Sidecar.maximumLength
            let bytes = try await parts.blobs.bytes(of: digest, maximumLength: limit)
            before = try Sigstore.Sidecar(parsing: bytes, expecting: digest, of: plan.name)
        }
        let all = try given.added(to: before, of: known.fileName, sha256: known.sha256)
        guard all.digest != known.attestations else { return nil }
        let demand = try await AttestationDemand(parts, settings, channel)
        try await demand.judge(plan.package, all, before: before, isNew: false)
        return all
    }

    /// Makes the bytes durable, before anything refers to them.
    private func keepBlobs(_ steps: [Step]) async throws {
        let channel = channel, publisher = publisher, quota = settings.quota
        let sizes = steps.filter { $0.known == nil }.map { $0.plan.package.size }
        try await parts.database.read { transaction in
            for size in sizes { try quota.demand(size, in: channel, for: publisher, transaction) }
        }
        for step in steps {
            if step.known == nil, let staged = step.plan.staged { try await parts.blobs.commit(staged) }
            if let sidecar = step.sidecar { _ = try await parts.blobs.put(sidecar.bytes) }
        }
    }

    /// Commits; nil if a file is not as it was found any more.
    private func commit(_ steps: [Step]) async throws -> [HostedFile]? {
        let now = parts.now(), channel = channel, publisher = publisher, quota = settings.quota
        let caller = caller, publicURL = parts.publicURL
        let events = FileEvents(publicURL: publicURL, now: now)
        return try await parts.database.write { transaction in
            for step in steps {
                let package = step.plan.package
                let current = try transaction.file(package.fileName, in: package.subdir, of: channel.id)
                guard current == step.known else { return nil }
            }
            return try steps.map { step in
                if let known = step.known, step.sidecar == nil { return known }
                if step.known == nil {
                    let package = step.plan.package
                    try quota.demand(package.size, in: channel, for: publisher, transaction)
                    try transaction.willPublish(
                        package.fileName.name,
                        in: channel,
                        by: caller,
                        now: now,
                        publicURL: publicURL
                    )
                }
                let file = try Self.write(step, channel, publisher, events, transaction)
                if let sidecar = step.sidecar {
                    try transaction.put(Self.documents(sidecar, of: file, now))
                }
                return file
            }
        }
    }

    /// Writes one file's row, and the entry of the log that says so.
    private static func write(
        _ step: Step,
        _ channel: HostedChannel,
        _ publisher: FilePublisher,
        _ events: FileEvents,
        _ transaction: any WriteTransaction
    ) throws -> HostedFile {
        let package = step.plan.package
        func log(_ event: PublishLogEntry.Event) throws -> Int64 {
            var entry = events.entry(event, of: channel, package.subdir, package.fileName, by: publisher)
            entry.sha256 = package.sha256
            entry.size = package.size
            entry.attestations = event == .yank ? nil : step.sidecar?.digest
            step.plan.imported?.origin.mark(&entry)
            return try events.append(entry, of: channel, to: transaction)
        }
        if var file = step.known {
            file.attestations = step.sidecar?.digest
            // The server's statement names the attestations: a new one is to be made.
            file.counterSignature = nil
            _ = try log(.attest)
            try transaction.update(file)
            return file
        }
        let imported = step.plan.imported
        let file = HostedFile(
            channel: channel.id,
            subdir: package.subdir,
            fileName: package.fileName,
            sha256: package.sha256,
            size: package.size,
            record: JSONWriter.encode(.object(imported?.record(package.record) ?? package.record.raw)),
            publisher: publisher,
            acceptedAt: events.milliseconds,
            state: imported?.isYanked == true ? .yanked : .listed,
            attestations: step.sidecar?.digest,
            logIndex: try log(.publish)
        )
        try transaction.insert(file)
        if file.state == .yanked { _ = try log(.yank) }
        // The archive was read just now: its index is complete at once, and is not made a second time.
        if let facts = package.facts { try transaction.keep(facts, of: package.sha256) }
        return file
    }

    /// The attestations under both their names (CEP 50).
    private static func documents(
        _ sidecar: PackageSidecar,
        of file: HostedFile,
        _ now: Timestamp
    ) -> [HostedDocument] {
        let paths = [
            (ChannelLayout.sidecar(of: file.fileName, sidecar.digest, in: file.subdir), true),
            (ChannelLayout.sidecar(of: file.fileName, in: file.subdir), false),
        ]
        return paths.map { path, isImmutable in
            HostedDocument(
                scope: .channel(file.channel),
                path: path,
                blob: sidecar.digest,
                size: UInt64(sidecar.bytes.count),
                mediaType: "application/json",
                isImmutable: isImmutable,
                modified: now
            )
        }
    }
}

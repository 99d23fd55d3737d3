// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// Takes packages into channels, by whatever protocol they come: everything from the first byte to the
/// commit.
///
/// What it answers is a promise: the bytes are durable, the file's row and the publish log's entry are
/// committed together, and its subdir is marked, so that its index will be made anew. A process that dies
/// before the commit leaves at most a blob that nothing refers to.
///
/// The same bytes again, by somebody who may publish them, are a success without a second event, so that
/// whoever did not hear the answer can ask again; other bytes under a name that is taken are refused for
/// ever.
struct PackageIntake: Sendable {
    let parts: ServerParts
    let settings: UploadSettings
    private let inspections: InspectionQueue

    init(_ parts: ServerParts, _ settings: UploadSettings) {
        self.parts = parts
        self.settings = settings
        inspections = InspectionQueue(width: settings.limits.inspections)
    }

    /// Begins a package that a caller may publish. Whoever begins it ends it: by ``take(_:into:by:)``, or by
    /// discarding what was staged.
    ///
    /// - Throws: what ``ServerParts/channel(_:for:of:package:)`` throws, `upload.too-large` for what is
    ///   announced as too large.
    func begin(_ announcement: PackageAnnouncement, in channel: String, by caller: Caller) async throws
        -> ReceivedPackage
    {
        _ = try await self.channel(channel, for: announcement.fileName, caller)
        let limit = settings.limits.packageBytes
        if let length = announcement.length, length > limit {
            throw ReceivedPackage.tooLarge(announcement.fileName, limit)
        }
        let room = { @Sendable [self] in try demandRoom(for: $0, announcement.fileName) }
        try room(announcement.length ?? 0)
        return ReceivedPackage(
            announcement,
            staged: try await parts.blobs.stage(),
            limit: limit,
            room: room
        )
    }

    /// Refuses what would eat into the reserve of the disk: `upload.storage-full`.
    private func demandRoom(for bytes: UInt64, _ name: ArchiveFileName) throws {
        let reserve = settings.limits.reserveBytes
        guard reserve > 0, let free = try parts.blobs.freeBytes() else { return }
        guard free < reserve || free - reserve < bytes else { return }
        throw Refusal(UploadCode.storageFull, name.text)
    }

    /// A package to be taken in, with the attestations that came along.
    struct Delivery: Sendable {
        let package: ReceivedPackage
        /// One bundle, or an array of bundles as in `FILE.sigs`; nil for none.
        var attestations: [UInt8]?
    }

    /// Takes packages in, all of them or none.
    ///
    /// - Throws: the first refusal: of what does not fit what was announced; of the archive; of a name that
    ///   is taken (`server.file-exists`, `upload.file-removed`); of attestations; of the quota.
    func take(_ deliveries: [Delivery], into channelName: String, by caller: Caller) async throws
        -> [IntakeReceipt]
    {
        var packages: [PlannedIntake] = []
        var channel: HostedChannel?
        for delivery in deliveries {
            let announcement = delivery.package.announcement
            let blob = try await delivery.package.finish()
            // Once more: a key may have ended while the package came.
            let allowed = try await self.channel(channelName, for: announcement.fileName, caller)
            channel = allowed
            let package = try await inspected(delivery.package, blob, in: allowed)
            let attestations = try delivery.attestations.map {
                try GivenAttestations($0, of: package.fileName, sha256: package.sha256)
            }
            packages.append(
                PlannedIntake(package: package, staged: delivery.package.staged, attestations: attestations)
            )
        }
        guard let channel else { return [] }
        return try await IntakeCommit(parts, settings, channel, try publisher(caller), caller).run(packages)
    }

    /// Adds attestations to a file that a channel has.
    ///
    /// - Throws: `upload.file-unknown`, `upload.file-removed`, or a refusal of the attestations.
    func attest(
        _ fileName: ArchiveFileName,
        in subdir: Subdir,
        of channelName: String,
        with bytes: [UInt8],
        by caller: Caller
    ) async throws -> IntakeReceipt {
        let channel = try await self.channel(channelName, for: fileName, caller)
        let known = try await parts.database.read { try $0.file(fileName, in: subdir, of: channel.id) }
        guard let known else {
            throw Refusal(UploadCode.fileUnknown, "\(subdir.text)/\(fileName.text)")
        }
        let given = try GivenAttestations(bytes, of: fileName, sha256: known.sha256)
        let plan = PlannedIntake(
            package: try KnownPackage(known).inspected,
            staged: nil,
            attestations: given
        )
        let receipts = try await IntakeCommit(parts, settings, channel, try publisher(caller), caller).run([
            plan
        ])
        guard let receipt = receipts.first else { preconditionFailure("each plan has a receipt") }
        return receipt
    }

    /// The channel, if the caller may publish that package in it.
    private func channel(_ name: String, for fileName: ArchiveFileName, _ caller: Caller) async throws
        -> HostedChannel
    {
        let channel = try await parts.channel(
            name,
            for: .publish,
            of: caller,
            package: fileName.name.normalized
        )
        _ = try publisher(caller)
        return channel
    }

    private func publisher(_ caller: Caller) throws -> FilePublisher {
        guard let publisher = caller.holder else { throw Refusal(UploadCode.anonymous, "the upload") }
        return publisher
    }

    /// What the package is; reads the archive, unless the channel has these very bytes under that name, which
    /// were read when they came.
    ///
    /// - Throws: a refusal of the archive; `upload.subdir`, `upload.built-in-future`.
    func inspected(_ received: ReceivedPackage, _ blob: BlobDigest, in channel: HostedChannel)
        async throws -> InspectedPackage
    {
        let announcement = received.announcement, name = announcement.fileName
        let known = try await parts.database.read { try $0.files(named: name.name, of: channel.id) }
            .first { $0.fileName == name && $0.sha256 == blob.sha256 }
        let path = received.staged.localPath, limits = settings.archives
        let package =
            if let known { try KnownPackage(known).inspected } else {
                try await inspections.run {
                    try InspectedPackage(path, as: name, limits: limits, md5: blob.md5)
                }
            }
        try blob.sha256.check(package.sha256, of: name.text)
        if let subdir = announcement.subdir, subdir != package.subdir {
            throw Refusal(UploadCode.subdir, name.text, expected: subdir.text, found: package.subdir.text)
        }
        let limit = parts.now().advanced(bySeconds: settings.limits.clockSkew)
        if known == nil, let built = package.record.builtAt, built > limit {
            throw Refusal(
                UploadCode.builtInFuture,
                name.text,
                expected: "at most \(limit)",
                found: "\(built)"
            )
        }
        return package
    }
}

/// A file that a channel has, as a package that was inspected: it was, when it came.
struct KnownPackage {
    let inspected: InspectedPackage

    init(_ file: HostedFile) throws {
        inspected = InspectedPackage(
            fileName: file.fileName,
            subdir: file.subdir,
            sha256: file.sha256,
            size: file.size,
            record: try PackageRecord(
                try JSONReader.read(file.record, of: file.fileName.text),
                fileName: file.fileName.text,
                subdir: file.subdir
            )
        )
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import DurableFiles
internal import Sigstore
internal import TrustCore

/// Imports a channel into one of a server's: every package that its index lists, with what stands beside it.
///
/// A package is compared with what the old index promises, inspected to its last byte as an upload is, and committed with
/// an entry of the publish log, many in one transaction. Who published it once is not known, so the log says that it was
/// imported, from where and by whom. What is refused is reported, and the rest goes on.
///
/// It can be stopped at any moment and begun again: the same bytes count as done.
public struct ChannelImport: Sendable {
    let source: ImportSource
    let target: ImportTarget
    let options: ImportOptions
    let origin: ImportOrigin
    private let channelName: String

    /// - Parameters:
    ///   - channel: the name of the server's channel, which must be there.
    ///   - source: the channel that is imported.
    public init(
        into channel: String,
        of target: ImportTarget,
        from source: ImportSource,
        _ options: ImportOptions = ImportOptions()
    ) {
        channelName = channel
        self.target = target
        self.source = source
        self.options = options
        origin = ImportOrigin(name: source.name, person: options.person)
    }

    /// What the publish log calls the old channel.
    public var sourceName: String { origin.name }

    /// Imports it.
    ///
    /// - Parameter progress: is told how far it has got.
    /// - Throws: `server.channel-unknown`; what is wrong with the old channel as a whole; a `Failure` of the disk, or of the
    ///   network where package after package cannot be fetched. What was committed stays.
    public func run(_ progress: @escaping (ImportProgress) -> Void = { _ in }) async throws -> ImportReport {
        let channel = try await hosted()
        let indexes = try await ImportIndexes(source, now: target.parts.now())
        let lock = try takeSpool()
        defer {
            try? Folder.removeTree(target.spool)
            withExtendedLifetime(lock) {}
        }
        var report = ImportReport()
        var found = 0
        for subdir in try await subdirs(indexes) {
            guard let listing = try await indexes.listing(of: subdir) else {
                try refuseIfDemanded(subdir, &report)
                continue
            }
            found += 1
            listing.problems.forEach { report.add($0) }
            report.unlisted += try unlisted(listing)
            try await run(listing, channel, &report, vouched: indexes.isVerified, progress)
        }
        if found == 0, report.problemCount == 0 {
            throw Refusal(ImportCode.indexMissing, source.channel.description)
        }
        return report
    }

    private func subdirs(_ indexes: ImportIndexes) async throws -> [Subdir] {
        if let subdirs = options.subdirs { return Set(subdirs).sorted() }
        return try await indexes.subdirs()
    }

    private func hosted() async throws -> HostedChannel {
        let name = try ChannelName(channelName)
        guard let channel = try await target.parts.database.read({ try $0.channel(name) }) else {
            throw Refusal(ServerCode.channelUnknown, channelName)
        }
        return channel
    }

    /// Empties the folder for what is fetched: an import that died left what it had there. One at a time has it.
    private func takeSpool() throws -> FileLock {
        guard let lock = try FileLock.ifFree(target.spool + ".lock") else {
            throw Failure(
                .configuration,
                "another import runs on this server",
                at: target.spool,
                remedy: "wait until it has ended"
            )
        }
        if Folder.exists(target.spool) { try Folder.removeTree(target.spool) }
        try Folder.create(target.spool, mode: 0o700)
        return lock
    }

    /// A subdir that was named, or whose folder has packages, must have an index.
    private func refuseIfDemanded(_ subdir: Subdir, _ report: inout ImportReport) throws {
        let hasPackages = try source.folder.map { try !packages(in: $0 + "/" + subdir.text).isEmpty } ?? false
        guard options.subdirs != nil || hasPackages else { return }
        report.add(ImportProblem(subdir.text, Refusal(ImportCode.indexMissing, subdir.text)))
    }

    private func packages(in folder: String) throws -> [ArchiveFileName] {
        try Folder.names(in: folder).compactMap { try? ArchiveFileName($0) }
    }

    /// How many packages in a folder the index does not speak of.
    private func unlisted(_ listing: ImportListing) throws -> Int {
        guard let folder = source.folder else { return 0 }
        let listed = Set(listing.files.map(\.fileName))
        return try packages(in: folder + "/" + listing.subdir.text).count { !listed.contains($0) }
    }
}

// MARK: - One subdir

extension ChannelImport {
    /// How many packages in a row may fail for the network's sake.
    private static let failureLimit = 10

    private func run(
        _ listing: ImportListing,
        _ channel: HostedChannel,
        _ report: inout ImportReport,
        vouched: Bool,
        _ progress: @escaping (ImportProgress) -> Void
    ) async throws {
        var state = ImportProgress(
            subdir: listing.subdir.text,
            totalFiles: listing.files.count,
            totalBytes: listing.bytes
        )
        progress(state)
        let files = listing.files, place = listing.place
        let reader = ImportedPackages(self, channel, place, isVouched: vouched)
        var chunk = ImportChunk(self, channel)
        var failures = 0
        try await withThrowingTaskGroup(of: (ListedFile, ImportedPackages.Answer).self) { group in
            var next = 0
            func begin() {
                guard next < files.count else { return }
                let file = files[next]
                next += 1
                group.addTask { (file, try await reader.read(file)) }
            }
            for _ in 0..<max(1, options.width) { begin() }
            while let (file, answer) = try await group.next() {
                begin()
                state.files += 1
                state.bytes = state.bytes.addingReportingOverflow(file.promise?.size ?? 0).partialValue
                failures = answer.isFailure ? failures + 1 : 0
                try await take(file, answer, &chunk, &report)
                if failures >= Self.failureLimit, case .problem(let error) = answer { throw error }
                progress(state)
            }
        }
        try await chunk.commit(into: &report)
        progress(state)
    }

    private func take(
        _ file: ListedFile,
        _ answer: ImportedPackages.Answer,
        _ chunk: inout ImportChunk,
        _ report: inout ImportReport
    ) async throws {
        switch answer {
        case .known: report.unchanged += 1
        case .gone: report.gone += 1
        case .wanted:
            report.imported += 1
            report.bytes += file.promise?.size ?? 0
        case .problem(let error): report.add(ImportProblem(file.name, error))
        case .package(let plan, let isStripped):
            if isStripped { report.withoutAttestations += 1 }
            chunk.add(plan)
            if chunk.isFull { try await chunk.commit(into: &report) }
        }
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Logging
internal import NIOCore
internal import SigningKeys
internal import TUF
internal import TrustCore

/// Brings the index of one channel up to date, and its signatures.
///
/// Everything that it knows it reads; what it makes becomes visible in one transaction. Whoever stops it at
/// any point loses work, and nothing else.
struct ChannelIndexer: Sendable {
    let parts: ServerParts
    let keys: ChannelKeys
    let channel: HostedChannel

    private var database: any ServerDatabase { parts.database }
    private var blobs: any BlobStore { parts.blobs }
    private var scope: HostedDocument.Scope { .channel(channel.id) }

    /// What is in force, and what there is to do.
    struct State: Sendable {
        var repository: HostedRepository?
        let settings: ChannelIndexSettings
        /// What the channel's settings say about conda content trust, and the same verified; nil where records are not
        /// signed.
        let trustSetting: JSONValue?
        let trust: HostedTrust?
        let agenda: IndexAgenda
    }

    /// Does what is due.
    ///
    /// - Returns: when to come again, if nobody says before that something changed.
    /// - Throws: whatever keeps the channel from being indexed; then it is as it was.
    func run() async throws -> Timestamp? {
        // A key is made once. Where one was lost that a root names, another would only hide it.
        let scope = scope
        if try await database.read({ try $0.document(HostedRepository.firstRootPath, in: scope) }) == nil {
            try keys.make(for: channel.name)
        }
        // Each round begins with what is there. Whoever changes something meanwhile, such as an accepted
        // ceremony, wins.
        while true {
            try Task.checkCancellation()
            let state = try await state()
            guard !state.agenda.isEmpty else {
                try await prune()
                // What packages say in files of their own is read when all else is done: nobody waits for it.
                guard try await readFacts() else { return state.agenda.next }
                continue
            }
            let began = NIODeadline.now()
            _ = try await perform(state)
            parts.metrics.add("kingsnake_index_runs_total")
            parts.metrics.time(
                "kingsnake_index_seconds",
                seconds: Double((NIODeadline.now() - began).nanoseconds) / 1e9
            )
        }
    }

    // MARK: What there is to do

    /// Reads what is in force, and decides what to do.
    func state() async throws -> State {
        let settings = try ChannelIndexSettings(channel.settings)
        var opened = try await HostedRepository(
            of: channel,
            lifetimes: settings.lifetimes,
            database: database,
            blobs: blobs
        )
        opened?.editor.leastVersion = settings.leastVersion
        let repository = opened
        let (channel, now) = (channel.id, parts.now())
        let delegated = repository?.subdirs ?? []
        // All of it at one moment: whoever changes what signs records marks every subdir in the same transaction.
        let found = try await database.read { transaction in
            var situation = IndexAgenda.Situation(channel: channel)
            situation.stale = try transaction.staleSubdirs()
            situation.wanted = Set(try transaction.subdirs(of: channel) + settings.subdirs + delegated)
            situation.served = try situation.wanted.filter { subdir in
                try Self.files(of: subdir, channel, transaction).count == IndexFile.names.count
            }
            for subdir in delegated {
                let files = try Self.files(of: subdir, channel, transaction)
                if repository?.vouches(for: files, in: subdir) == false { situation.unsigned.insert(subdir) }
            }
            return (situation, try transaction.channel(id: channel)?.settings ?? JSONObject())
        }
        var situation = found.0
        let current = found.1
        situation.renewals = repository?.renewals(at: now)
        return State(
            repository: repository,
            settings: settings,
            trustSetting: current[HostedTrust.setting],
            trust: try HostedTrust(current),
            agenda: IndexAgenda(situation)
        )
    }

    /// The files of a subdir's index that are served.
    static func files(of subdir: Subdir, _ channel: Int64, _ transaction: any ReadTransaction) throws
        -> [IndexFile]
    {
        try IndexFile.names.compactMap { name in
            try transaction.document(ChannelLayout.file(name, in: subdir), in: .channel(channel)).map {
                IndexFile(name: name, sha256: $0.blob, size: $0.size)
            }
        }
    }

    // MARK: Doing it

    /// Does what is on the agenda; says whether it is in force now.
    private func perform(_ state: State) async throws -> Bool {
        let now = parts.now()
        let signers = try await keys.signers(of: channel.name)
        var repository = state.repository
        var publication = IndexPublication(
            channel: channel,
            publicURL: parts.publicURL,
            timestamp: repository?.timestamp
        )
        let recordSigner = try await recordSigner(state)
        if !state.agenda.subdirs.isEmpty { publication.trust = try await trustPublication(state, now: now) }
        for stale in state.agenda.subdirs {
            try await PackageRefresh(
                parts: parts,
                channel: channel,
                subdir: stale.subdir,
                signers: signers,
                recordSigner: recordSigner
            )
            .run(stale)
            let assembler = IndexAssembler(
                database: database,
                blobs: blobs,
                channel: channel.id,
                subdir: stale.subdir,
                hasSignatures: recordSigner != nil
            )
            guard let index = try await assembler.assemble() else { return false }
            publication.add(index, replacing: try await documents(of: stale.subdir), now: now)
            publication.stale.append(stale)
            try repository?.vouch(for: index.files, in: stale.subdir)
        }
        if !state.agenda.subdirs.isEmpty { publication.documents.append(try await channelData(now: now)) }
        for subdir in state.agenda.unsigned {
            let channel = channel.id
            let files = try await database.read { try Self.files(of: subdir, channel, $0) }
            try repository?.vouch(for: files, in: subdir)
        }
        if let signed = try await repository?.sign(by: signers, renewing: state.agenda.renewals, now: now) {
            try await keep(signed.files)
            publication.add(signed.files, superseding: signed.superseded, now: now)
        }
        publication.snapshot = repository?.snapshotVersion
        let made = publication
        let isDone = try await database.write { try made.commit(in: $0, now: now) }
        if isDone {
            parts.logger.info(
                "index of `\(channel.name)`: \(made.indexes.map(\.subdir.text).joined(separator: ", "))"
            )
            // The publish log has grown. Nothing is stale because of it, so that this is no circle.
            if !made.indexes.isEmpty { parts.changed() }
        }
        return isDone
    }

    private func recordSigner(_ state: State) async throws -> HostedRecordSigner? {
        guard let trust = state.trust, !state.agenda.subdirs.isEmpty else { return nil }
        return try HostedRecordSigner(
            trust,
            of: channel.name,
            signers: try await keys.packageSigners(of: channel.name)
        )
    }

    /// The metadata of content trust that are served with the index.
    private func trustPublication(_ state: State, now: Timestamp) async throws -> HostedTrustPublication {
        let scope = scope
        let served = try await database.read { try HostedTrustPublication.served(in: scope, $0) }
        var documents: [HostedDocument] = []
        for (name, bytes) in state.trust?.files ?? [] {
            let digest = Digest.of(bytes)
            if let present = served.first(where: { $0.path == name && $0.blob == digest }) {
                documents.append(present)
                continue
            }
            documents.append(
                HostedDocument(
                    scope: scope,
                    path: name,
                    blob: try await blobs.put(bytes),
                    size: UInt64(bytes.count),
                    mediaType: "application/json",
                    isImmutable: name != HostedTrust.keyManagerPath,
                    modified: now
                )
            )
        }
        return HostedTrustPublication(setting: state.trustSetting, documents: documents)
    }

    /// Keeps metadata files as blobs, all at once: each waits for the disk.
    func keep(_ files: [RepositoryFile]) async throws {
        let blobs = blobs
        try await withThrowingTaskGroup(of: Void.self) { group in
            for file in files { group.addTask { _ = try await blobs.put(file.bytes) } }
            try await group.waitForAll()
        }
    }

    /// The documents of a subdir's index under their plain names.
    private func documents(of subdir: Subdir) async throws -> [HostedDocument] {
        let scope = scope
        return try await database.read { transaction in
            try IndexFile.names.compactMap {
                try transaction.document(ChannelLayout.file($0, in: subdir), in: scope)
            }
        }
    }

    /// Removes documents that nothing has led to for long enough.
    private func prune() async throws {
        let (channel, scope, now) = (channel.id, scope, parts.now())
        while true {
            let paths = try await database.read {
                try $0.supersededDocuments(of: channel, keptUntilBefore: now, limit: IndexRetention.batch)
            }
            guard !paths.isEmpty else { return }
            try await database.write { transaction in
                try transaction.removeDocuments(paths, in: scope)
                try transaction.forgetSuperseded(paths, of: channel)
            }
        }
    }

    // MARK: What packages say in files of their own

    /// How many packages are read before the index is made again.
    private static let factsBatch = 64

    /// Reads packages that were not read yet, a few at once; says whether there were any.
    private func readFacts() async throws -> Bool {
        let channel = channel.id
        let files = try await database.read {
            try $0.filesWithoutFacts(of: channel, limit: Self.factsBatch)
        }
        for file in files {
            try Task.checkCancellation()
            let facts = try await PackageFacts.read(file, in: blobs)
            let isNews = facts?.runExports != nil || facts?.about != nil
            try await database.write { transaction in
                try transaction.unwantFacts(of: file)
                guard let facts else { return }
                try transaction.keep(facts, of: file.sha256)
                guard isNews else { return }
                try transaction.markStale(file.subdir, of: channel, package: file.fileName.name)
            }
        }
        return !files.isEmpty
    }

    /// Puts `channeldata.json` together. No role signs it: it is for people and search, and nothing is
    /// installed by it.
    private func channelData(now: Timestamp) async throws -> HostedDocument {
        let channel = channel.id
        let subdirs = try await database.read { try $0.subdirs(of: channel) }
        let staged = try await blobs.stageWithoutMD5()
        do {
            try await staged.write(ByteBuffer(string: "{\"channeldata_version\":1,\"packages\":{"))
            var last: String? = ""
            var isFirst = true
            while let after = last {
                let page = try await database.read {
                    try $0.channelDataPage(of: channel, after: after, limit: IndexAssembler.pageSize)
                }
                last = page.last
                guard page.count > 0 else { break }
                if !isFirst { try await staged.write(ByteBuffer(string: ",")) }
                try await staged.write(ByteBuffer(bytes: page.text))
                isFirst = false
            }
            let names = JSONWriter.encode(.array(subdirs.map { .string($0.text) }))
            try await staged.write(
                ByteBuffer(bytes: Array("},\"subdirs\":".utf8) + names + Array("}\n".utf8))
            )
            let blob = try await staged.finish()
            try await blobs.commit(staged)
            return HostedDocument(
                scope: scope,
                path: "channeldata.json",
                blob: blob.sha256,
                size: blob.size,
                mediaType: "application/json",
                isImmutable: false,
                modified: now
            )
        } catch {
            await staged.discard()
            throw error
        }
    }
}

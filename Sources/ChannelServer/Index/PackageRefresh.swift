// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Logging
internal import SigningKeys
internal import TrustCore

/// Makes the elements and shards of a subdir's packages that changed, and the server's statements about new
/// files, and stores them.
///
/// Elements are not served, and nothing leads to a new shard yet. So all of this may happen before the
/// publication, in transactions of its own, again and again.
struct PackageRefresh: Sendable {
    /// How many packages are made at once.
    static let batch = 64
    /// How many names are read at once.
    static let page = 1024
    /// What a channel's owner corrects in the records of a subdir.
    static let patchName = "patch_instructions.json"

    let parts: ServerParts
    let channel: HostedChannel
    let subdir: Subdir
    /// Who signs the server's own statements about files.
    let signers: [any Signer]
    /// Who signs records for conda content trust; nil where nobody does.
    var recordSigner: HostedRecordSigner?

    /// Makes what is stale.
    func run(_ stale: StaleSubdir) async throws {
        let patch = try await patch()
        if let packages = stale.packages {
            try await refresh(packages.sorted(), patch)
        } else {
            var last: PackageName?
            let channel = channel.id
            while true {
                let after = last
                let names = try await parts.database.read {
                    try $0.packageNames(of: channel, after: after, limit: Self.page)
                }
                guard let end = names.last else { break }
                try await refresh(names, patch)
                last = end
            }
        }
    }

    private func patch() async throws -> RepodataPatch? {
        let path = ChannelLayout.file(Self.patchName, in: subdir)
        let scope = HostedDocument.Scope.channel(channel.id)
        guard let document = try await parts.database.read({ try $0.document(path, in: scope) }) else {
            return nil
        }
        let bytes = try await parts.blobs.bytes(
            of: document.blob,
            maximumLength: RepodataPatch.maximumLength
        )
        return try RepodataPatch(parsing: bytes, of: path)
    }

    private func refresh(_ packages: [PackageName], _ patch: RepodataPatch?) async throws {
        for start in stride(from: 0, to: packages.count, by: Self.batch) {
            try Task.checkCancellation()
            try await refresh(packages[start..<min(start + Self.batch, packages.count)], patch)
        }
    }

    /// A package's files, of all subdirs, and what is known of them.
    private struct Known: Sendable {
        let name: PackageName
        let files: [HostedFile]
        let facts: [Digest: PackageFacts]
        let signed: HostedRecordSigner.Known
    }

    /// What is stored of a package.
    private struct Made: Sendable {
        let known: Known
        let elements: PackageElements
        let channelData: [UInt8]?
        let statements: [(file: HostedFile, bytes: [UInt8])]
    }

    private func refresh(_ packages: ArraySlice<PackageName>, _ patch: RepodataPatch?) async throws {
        let (number, subdir, now) = (channel.id, subdir, parts.now())
        let isSigned = recordSigner != nil
        let known = try await parts.database.read { transaction in
            try packages.map { name in
                let files = try transaction.files(named: name, of: number)
                var facts: [Digest: PackageFacts] = [:]
                for file in files { facts[file.sha256] = try transaction.facts(of: file.sha256) }
                let old = isSigned ? try transaction.indexElements(of: name, in: subdir, of: number) : []
                return Known(name: name, files: files, facts: facts, signed: .init(old))
            }
        }
        var made: [Made] = []
        for known in known { made.append(try await make(known, patch)) }
        for problem in made.flatMap(\.elements.problems) {
            parts.logger.error("left out of the index of `\(channel.name)`: \(problem)")
        }
        for record in made.flatMap(\.elements.unsigned) {
            parts.logger.warning("not signed in the index of `\(channel.name)`: \(record)")
        }
        let blobs = parts.blobs
        try await withThrowingTaskGroup(of: Void.self) { group in
            for bytes in made.flatMap({
                [$0.elements.shard?.bytes].compactMap(\.self) + $0.statements.map(\.bytes)
            }) {
                group.addTask { _ = try await blobs.put(bytes) }
            }
            try await group.waitForAll()
        }
        let all = made
        try await parts.database.write { transaction in
            for made in all {
                try Self.store(made.elements, in: subdir, of: number, transaction, now: now)
                try transaction.setChannelData(made.channelData, of: made.known.name, in: number)
                for (file, bytes) in made.statements {
                    let blob = Digest.of(bytes)
                    try transaction.setCounterSignature(blob, of: file)
                    try transaction.put([
                        CounterStatement.document(of: file, blob: blob, size: bytes.count, now: now)
                    ])
                }
                for file in made.known.files
                where file.subdir == subdir && file.state == .listed && made.known.facts[file.sha256] == nil {
                    try transaction.wantFacts(of: file)
                }
            }
        }
    }

    private func make(_ known: Known, _ patch: RepodataPatch?) async throws -> Made {
        let files = known.files.filter { $0.subdir == subdir }
        var exports: [ArchiveFileName: [UInt8]] = [:]
        for file in files { exports[file.fileName] = known.facts[file.sha256]?.runExports }
        var statements: [(file: HostedFile, bytes: [UInt8])] = []
        for file in files where file.counterSignature == nil && file.state != .removed && !signers.isEmpty {
            let statement = CounterStatement(of: file, channelURL: "\(parts.publicURL)/\(channel.name)")
            statements.append((file, try await statement.envelope(by: signers)))
        }
        var elements = try PackageElements(
            known.name,
            in: subdir,
            files: files,
            patch: patch,
            runExports: exports
        )
        if let recordSigner {
            let count = try await elements.sign(by: recordSigner, in: subdir, known: known.signed)
            if count > 0 { parts.metrics.add("kingsnake_records_signed_total", [:], Double(count)) }
        }
        return Made(
            known: known,
            elements: elements,
            channelData: ChannelDataElement.text(of: known.name, files: known.files, facts: known.facts),
            statements: statements
        )
    }

    private static func store(
        _ made: PackageElements,
        in subdir: Subdir,
        of channel: Int64,
        _ transaction: any WriteTransaction,
        now: Timestamp
    ) throws {
        let old = try transaction.setElements(
            made.elements,
            shard: made.shard?.digest,
            of: made.package,
            in: subdir,
            of: channel
        )
        if let old, old != made.shard?.digest {
            try transaction.noteSuperseded(
                [ChannelLayout.shard(old, in: subdir)],
                of: channel,
                keptUntil: now.advanced(bySeconds: IndexRetention.shards)
            )
        }
        guard let shard = made.shard else { return }
        let path = ChannelLayout.shard(shard.digest, in: subdir)
        try transaction.forgetSuperseded([path], of: channel)
        guard old != shard.digest else { return }
        try transaction.put([
            HostedDocument(
                scope: .channel(channel),
                path: path,
                blob: shard.digest,
                size: UInt64(shard.bytes.count),
                mediaType: IndexFile.mediaType(of: path),
                isImmutable: true,
                modified: now
            )
        ])
    }
}

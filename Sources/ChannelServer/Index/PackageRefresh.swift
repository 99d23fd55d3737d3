// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Logging
internal import TrustCore

/// Makes the elements and shards of a subdir's packages that changed, and stores them.
///
/// Elements are not served, and nothing leads to a new shard yet. So all of this may happen before the publication,
/// in transactions of its own, again and again.
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

    private func refresh(_ packages: ArraySlice<PackageName>, _ patch: RepodataPatch?) async throws {
        let (channel, subdir, now) = (channel.id, subdir, parts.now())
        let files = try await parts.database.read { transaction in
            try packages.map { name in
                (name, try transaction.files(named: name, of: channel).filter { $0.subdir == subdir })
            }
        }
        let made = try files.map { name, files in
            try PackageElements(name, in: subdir, files: files, patch: patch)
        }
        for problem in made.flatMap(\.problems) {
            parts.logger.error("left out of the index of `\(self.channel.name)`: \(problem)")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for bytes in made.compactMap({ $0.shard?.bytes }) {
                group.addTask { _ = try await parts.blobs.put(bytes) }
            }
            try await group.waitForAll()
        }
        try await parts.database.write { transaction in
            for elements in made {
                try Self.store(elements, in: subdir, of: channel, transaction, now: now)
            }
        }
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

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
internal import TrustCore

/// Looks at one publish log: the tree is made anew from the entries, and every tile, the root, the checkpoint, the key and
/// the signer's memory are compared with it.
struct LogCheck: Sendable {
    let log: HostedLog
    /// The folder of the log's key.
    let folder: String
    let database: any ServerDatabase
    let blobs: any BlobStore

    private static let rounds = 5

    /// Looks at a log; again, where a running server published meanwhile.
    ///
    /// Throws the first thing that is wrong, a code of `publish-log`; `server.key-missing`; a `key.…` code.
    static func run(
        _ log: HostedLog,
        folder: String,
        _ database: any ServerDatabase,
        _ blobs: any BlobStore
    ) async throws {
        for round in 1... {
            // What was signed had been decided on, so it is read first.
            let head = try CheckpointSigner.head(of: log.origin, in: folder)
            let standing = try await LogStanding(of: log, in: database, blobs)
            do {
                return try await LogCheck(log: standing.log, folder: folder, database: database, blobs: blobs)
                    .run(standing, head)
            } catch let refusal as Refusal {
                let later = try await LogStanding(of: log, in: database, blobs)
                let isSame =
                    later.decided?.size == standing.decided?.size && later.published == standing.published
                if isSame || round == rounds { throw refusal }
            }
        }
    }

    private func run(_ standing: LogStanding, _ head: LogSituation.Head?) async throws {
        try checkKey(standing)
        if let head {
            try await standing.demand(
                Checkpoint(origin: log.origin, size: head.size, root: head.root),
                "the signer's memory",
                in: database
            )
        }
        guard let decided = standing.decided else { return }
        guard decided.size <= log.size else {
            throw Refusal(
                PublishLogCode.databaseBehind,
                "log `\(log.origin)`",
                expected: "at least \(decided.size) entries, by the root that was decided on",
                found: "\(log.size)"
            )
        }
        try await checkTiles(decided)
        guard let published = standing.published else { return }
        let root = try await LogStanding.root(of: log, size: published.size, in: database)
        guard root == published.root else { throw differs("the served checkpoint", published.root, root) }
    }

    /// The key must be there, and the one that signed so far.
    private func checkKey(_ standing: LogStanding) throws {
        guard let stated = standing.key else { return }
        guard let own = try CheckpointSigner.key(of: log.origin, in: folder) else {
            throw Refusal(ServerCode.keyMissing, "log `\(log.origin)`", expected: stated.description)
        }
        guard own.keyID == stated.keyID else {
            throw Refusal(
                PublishLogCode.keyDiffers,
                "log `\(log.origin)`",
                expected: stated.description,
                found: own.description
            )
        }
    }

    private func checkTiles(_ decided: LoggedRoot) async throws {
        var edge = TileEdge()
        while edge.size < decided.size {
            let start = edge.size, limit = Int(min(Int64(LogTile.fullWidth), decided.size - start))
            let entries = try await database.read { try $0.entries(of: log.id, from: start, limit: limit) }
            guard entries.count == limit else {
                throw Refusal(
                    PublishLogCode.databaseBehind,
                    "log `\(log.origin)`",
                    expected: "\(decided.size) entries without a gap",
                    found: "none after \(start + Int64(entries.count))"
                )
            }
            var tiles: [(tile: LogTile, bytes: [UInt8])] = []
            for entry in entries { tiles += edge.append(leafHash: MerkleHash.leaf(entry)) }
            let index = start / Int64(LogTile.fullWidth)
            if let bundle = LogTile(.entries, index: index, treeSize: decided.size) {
                tiles.append((bundle, try EntryBundle.encode(entries)))
            }
            try await compare(tiles)
        }
        try await compare(edge.partialTiles)
        guard edge.root == decided.root.bytes else {
            throw differs("the root", decided.root.bytes, edge.root)
        }
    }

    private func compare(_ tiles: [(tile: LogTile, bytes: [UInt8])]) async throws {
        let id = log.id, paths = tiles.map(\.tile.path)
        let documents = try await database.read { transaction in
            try paths.map { try transaction.document($0, in: .log(id)) }
        }
        for ((tile, bytes), document) in zip(tiles, documents) {
            let digest = Digest.of(bytes)
            guard document?.blob == digest else {
                throw Refusal(
                    PublishLogCode.tilesDiffer,
                    "log `\(log.origin)`",
                    at: tile.path,
                    expected: digest.description,
                    found: document?.blob.description ?? "nothing"
                )
            }
        }
    }

    private func differs(_ what: String, _ found: [UInt8], _ expected: [UInt8]) -> Refusal {
        Refusal(
            PublishLogCode.tilesDiffer,
            "log `\(log.origin)`",
            at: what,
            expected: "\(Hex.encode(expected)), from the entries",
            found: Hex.encode(found)
        )
    }
}

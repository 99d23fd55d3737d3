// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Where a publish log stands, for people: its name and key, and what its newest checkpoint says.
struct LogState: Sendable {
    let log: HostedLog
    /// The path of its folder, as parts.
    let path: [String]
    /// The key that its checkpoints are verified with, as text; nil until the first of them is published.
    let key: String?
    /// The entries that the published checkpoint covers; nil if there is none, or it cannot be read.
    let published: Int64?
    /// How many signatures beside the log's own the checkpoint has. Nobody verified them here.
    let cosignatures: Int

    /// The longest key file, in bytes.
    private static let maximumKey = 4 << 10

    /// Reads it.
    init(of log: HostedLog, in channel: HostedChannel?, _ parts: ServerParts) async throws {
        self.log = log
        path = log.channel == nil ? ["log"] : [channel?.name.text ?? "", "log"]
        let (key, checkpoint) = try await parts.database.read { transaction in
            (
                try transaction.document(LogDocuments.key, in: .log(log.id)),
                try transaction.document(LogDocuments.checkpoint, in: .log(log.id))
            )
        }
        var text: String?
        if let key {
            let bytes = try await parts.blobs.bytes(of: key.blob, maximumLength: Self.maximumKey)
            text = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        }
        self.key = text
        var note: SignedNote?
        if let checkpoint {
            let bytes = try await parts.blobs.bytes(
                of: checkpoint.blob,
                maximumLength: SignedNote.maximumLength
            )
            note = try? SignedNote(parsing: bytes)
        }
        published = note.flatMap { try? Checkpoint(text: $0.text).size }
        cosignatures = max(0, (note?.signatures.count ?? 0) - 1)
    }

    /// Where something of the log is.
    func address(_ parts: String...) -> PageAddress { PageAddress(path + parts) }

    /// The bundle of entries that has the one of an index.
    func bundle(of index: Int64) -> PageAddress? {
        guard let published, index < published else { return nil }
        let tile = LogTile(.entries, index: index / Int64(LogTile.fullWidth), treeSize: published)
        return tile.map { tile in
            PageAddress(
                path + tile.path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
            )
        }
    }
}

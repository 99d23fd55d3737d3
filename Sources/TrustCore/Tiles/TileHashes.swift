// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The hashes of a tile, as its bytes have them.
public struct TileHashes: Sendable, Equatable {
    /// The hashes, from the left.
    public let hashes: [[UInt8]]

    /// Reads a tile.
    ///
    /// That its hashes are those of the log's tree shows only in a proof that leads to the log's root.
    ///
    /// - Throws: `tiled-log.tile` if the bytes are not as many hashes as the tile is wide.
    public init(_ bytes: [UInt8], of tile: LogTile) throws {
        guard bytes.count == tile.width * MerkleHash.byteCount else {
            throw Refusal(
                TiledLogCode.tile,
                tile.path,
                expected: "\(tile.width) hashes of \(MerkleHash.byteCount) bytes",
                found: "\(bytes.count) bytes"
            )
        }
        hashes = stride(from: 0, to: bytes.count, by: MerkleHash.byteCount).map {
            Array(bytes[$0..<($0 + MerkleHash.byteCount)])
        }
    }

    /// The root of the full tree over some of the hashes, as many as a power of two.
    func root(of range: Range<Int>) -> [UInt8] {
        var row = Array(hashes[range])
        while row.count > 1 {
            row = stride(from: 0, to: row.count - 1, by: 2).map { MerkleHash.node(row[$0], row[$0 + 1]) }
        }
        return row.first ?? MerkleHash.empty
    }
}

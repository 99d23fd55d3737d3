// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A tile of a transparency log: up to 256 consecutive hashes of one level of its tree, or the entries below
/// 256 hashes of the lowest level (C2SP tlog-tiles).
public struct LogTile: Hashable, Sendable {
    /// What is in a tile.
    public enum Content: Hashable, Sendable {
        /// Hashes: at level 0 of leaves, at each level above of full tiles of the level below.
        case hashes(level: Int)
        /// Entries, as an ``EntryBundle``.
        case entries
    }

    /// How many hashes or entries a full tile has.
    public static let fullWidth = 256
    /// The highest level that a tree of fewer than 2^63 entries has.
    public static let highestLevel = 7

    /// What is in it.
    public let content: Content
    /// Its place in its level, from 0.
    public let index: Int64
    /// How many hashes or entries it has.
    public let width: Int

    /// The tile at a place, as wide as it is in a tree of a size; nil if nothing of it is in that tree.
    public init?(_ content: Content, index: Int64, treeSize: Int64) {
        let level: Int
        switch content {
        case .hashes(let given): level = given
        case .entries: level = 0
        }
        guard (0...Self.highestLevel).contains(level), index >= 0, treeSize > 0 else { return nil }
        let hashes = treeSize >> Int64(8 * level)
        let (start, overflow) = index.multipliedReportingOverflow(by: Int64(Self.fullWidth))
        guard !overflow, start < hashes else { return nil }
        self.content = content
        self.index = index
        width = Int(min(hashes - start, Int64(Self.fullWidth)))
    }

    private init(_ content: Content, index: Int64, width: Int) {
        self.content = content
        self.index = index
        self.width = width
    }

    /// Whether nothing can be added to it.
    public var isFull: Bool { width == Self.fullWidth }

    /// The tile as it is when nothing can be added any more.
    public var filled: LogTile { LogTile(content, index: index, width: Self.fullWidth) }

    /// Its path below the log's URL, such as `tile/0/x001/234` or `tile/entries/000.p/7`.
    public var path: String {
        isFull ? filledPath : partialPrefix + String(width)
    }

    /// What the paths of the partial tiles at its place begin with.
    public var partialPrefix: String { filledPath + ".p/" }

    private var filledPath: String {
        let kind =
            switch content {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        var groups = [Self.threeDigits(index % 1000)], rest = index / 1000
        while rest > 0 {
            groups.append("x" + Self.threeDigits(rest % 1000))
            rest /= 1000
        }
        return "tile/\(kind)/" + groups.reversed().joined(separator: "/")
    }

    private static func threeDigits(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
    }

    /// The tiles that are partial in a tree of a size, lowest level first: its right edge.
    public static func partialHashes(treeSize: Int64) -> [LogTile] {
        (0...highestLevel).compactMap { level in
            LogTile(
                .hashes(level: level),
                index: treeSize >> Int64(8 * (level + 1)),
                treeSize: treeSize
            )
        }
    }
}

extension LogTile: CustomStringConvertible {
    /// Its path.
    public var description: String { path }
}

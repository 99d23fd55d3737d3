// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Entries of a transparency log one after another, each with its length in two bytes before it (C2SP
/// tlog-tiles).
public enum EntryBundle {
    /// The longest entry, in bytes: no length above fits.
    public static let maximumEntryLength = 65_535
    /// The longest bundle, in bytes.
    public static let maximumLength = LogTile.fullWidth * (maximumEntryLength + 2)

    /// Writes entries.
    ///
    /// - Throws: `tiled-log.entry-length`.
    public static func encode(_ entries: some Sequence<[UInt8]>) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries {
            try check(entry)
            bytes.append(UInt8(entry.count >> 8))
            bytes.append(UInt8(entry.count & 0xFF))
            bytes += entry
        }
        return bytes
    }

    /// Refuses an entry that is too long for a bundle.
    ///
    /// - Throws: `tiled-log.entry-length`.
    public static func check(_ entry: [UInt8]) throws {
        guard entry.count <= maximumEntryLength else {
            throw Refusal(
                TiledLogCode.entryLength,
                "an entry",
                expected: "at most \(maximumEntryLength) bytes",
                found: "\(entry.count)"
            )
        }
    }

    /// Reads exactly so many entries.
    ///
    /// - Parameter subject: what the bytes are, for messages.
    /// - Throws: `tiled-log.bundle` if there are fewer or more, or the last one is cut off.
    public static func read(_ bytes: [UInt8], count: Int, of subject: String) throws -> [[UInt8]] {
        let entries = try read(bytes, atMost: count, of: subject)
        guard entries.count == count else { throw wrong(subject, count, found: "\(entries.count)") }
        return entries
    }

    /// Reads as many entries as there are.
    ///
    /// - Throws: `tiled-log.bundle` if there are more than a number, or the last one is cut off.
    public static func read(_ bytes: [UInt8], atMost count: Int, of subject: String) throws -> [[UInt8]] {
        var entries: [[UInt8]] = [], at = 0
        while at < bytes.count {
            guard bytes.count - at >= 2 else {
                throw wrong(subject, count, found: "half a length at the end")
            }
            let length = Int(bytes[at]) << 8 | Int(bytes[at + 1])
            at += 2
            guard bytes.count - at >= length else {
                throw wrong(subject, count, found: "an entry that is cut off")
            }
            guard entries.count < count else { throw wrong(subject, count, found: "more") }
            entries.append(Array(bytes[at..<(at + length)]))
            at += length
        }
        return entries
    }

    private static func wrong(_ subject: String, _ count: Int, found: String) -> Refusal {
        Refusal(TiledLogCode.bundle, subject, expected: "\(count) whole entries", found: found)
    }
}

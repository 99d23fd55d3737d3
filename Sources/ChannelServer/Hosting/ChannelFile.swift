// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import TrustCore

/// A package in a channel, written `SUBDIR/FILE`.
public struct ChannelFile: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The subdir.
    public let subdir: Subdir
    /// The file.
    public let fileName: ArchiveFileName

    /// Names a file.
    public init(subdir: Subdir, fileName: ArchiveFileName) {
        self.subdir = subdir
        self.fileName = fileName
    }

    /// Reads `SUBDIR/FILE` (a `name.…` code for anything else).
    public init(_ text: String) throws {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        subdir = try Subdir(parts.count == 2 ? String(parts[0]) : "")
        fileName = try ArchiveFileName(parts.last.map(String.init) ?? text)
    }

    /// `SUBDIR/FILE`.
    public var description: String { "\(subdir.text)/\(fileName.text)" }

    /// By subdir, then by name.
    public static func < (a: ChannelFile, b: ChannelFile) -> Bool {
        (a.subdir, a.fileName) < (b.subdir, b.fileName)
    }
}

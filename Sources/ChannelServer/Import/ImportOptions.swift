// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats

/// How a channel is imported.
public struct ImportOptions: Sendable {
    /// Which subdirs; nil for all that there are.
    public var subdirs: [Subdir]?
    /// Whether it is only said what would be done: the index is compared with the channel, no package is read.
    public var isDryRun = false
    /// Whether a package whose attestations do not hold comes without them. Otherwise it does not come.
    public var dropsBadAttestations = false
    /// How many packages are fetched and inspected at once.
    public var width = 4
    /// Who imports, for the publish log; nil for whoever owns the server's folder.
    public var person: String?

    /// How many packages are committed in one transaction, at most.
    static let chunkFiles = 64
    /// How many bytes are kept waiting for it, but for one larger package.
    static let chunkBytes: UInt64 = 512 << 20

    /// The defaults.
    public init() {}
}

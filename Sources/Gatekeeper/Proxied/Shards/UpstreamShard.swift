// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// A shard whose bytes have the digest that a verified index names.
public struct UpstreamShard: Sendable {
    /// The bytes, as the channel has them.
    public let bytes: [UInt8]
    /// What of it may not be passed on, and why. Empty if the bytes themselves may be passed on.
    public let faults: [Refusal]
    private let name: PackageName
    private let subdir: Subdir

    /// Takes bytes whose digest was compared.
    ///
    /// - Parameter faults: what is known to be wrong with them.
    init(_ bytes: [UInt8], of name: PackageName, in subdir: Subdir, faults: [Refusal]) {
        self.bytes = bytes
        self.name = name
        self.subdir = subdir
        self.faults = faults
    }

    /// What of it may be passed on.
    public func contents() throws -> Shard { try ShardReading(bytes, of: name, subdir: subdir).shard }
}

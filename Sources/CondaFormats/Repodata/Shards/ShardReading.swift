// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a shard says that can be passed on to clients which check nothing: the well-formed records of its own package, and
/// what else there is.
///
/// ``Shard/read(_:expected:of:subdir:at:)`` refuses a shard for one bad record. Who passes a channel on leaves out that
/// record, for it would leave it out of any other form of the index. That the bytes are the ones that an index names is for
/// the caller to have checked.
public struct ShardReading: Sendable {
    /// What may be passed on.
    public let shard: Shard
    /// What may not, and why. Empty if the bytes themselves may be passed on.
    public let faults: [Refusal]

    /// What a shard may have. A version, where somebody writes one, is that of `repodata.json`.
    private static let knownMembers: Set<String> = [
        "packages", "packages.conda", "removed", "repodata_version",
    ]

    /// Reads a shard.
    ///
    /// - Throws: a `Refusal` with a `compression.…`, `msgpack.…` or `shard.shape` code, where nothing of it can be read.
    public init(_ compressed: [UInt8], of name: PackageName, subdir: Subdir) throws {
        let top = try Shard.members(compressed, of: name)
        var faults = top.map.members.filter { !Self.knownMembers.contains($0.key) }.map { member in
            Refusal(ShardCode.unknownMember, top.subject, found: "`\(QuotedText.short(member.key))`")
        }
        var records: [PackageRecord] = []
        for (key, format) in [("packages", ArchiveFormat.tarBz2), ("packages.conda", .conda)] {
            guard let section = try top.optionalFields(key) else { continue }
            for member in section.map.members {
                do {
                    let record = try Shard.record(member, in: section, format, subdir)
                    try record.checkShardForm()
                    guard record.name == name else {
                        throw Shard.otherPackage(member.key, record.name, expected: name)
                    }
                    records.append(record)
                } catch let refusal as Refusal {
                    faults.append(refusal)
                }
            }
        }
        var removed: [String] = []
        for file in try top.strings("removed") {
            // What is no file name of a package takes nothing away.
            if let other = try? ArchiveFileName(file).name, other != name {
                faults.append(Shard.otherPackage(QuotedText.short(file), other, expected: name))
            } else {
                removed.append(file)
            }
        }
        shard = try Shard(name, records: records, removed: removed)
        self.faults = faults
    }
}

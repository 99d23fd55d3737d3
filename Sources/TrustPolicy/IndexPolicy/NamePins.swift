// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import TrustCore

/// Which channels packages may come from, by name: what others have under that name is hidden (dependency confusion).
public struct NamePins: Sendable, Equatable {
    /// The most channels of one name.
    public static let maximumChannels = 64

    let table: PatternTable<[ChannelURL]>
    /// The pins, in the order they were written.
    public var pins: [(PackagePattern, [ChannelURL])] { table.rows.map { ($0.pattern, $0.value) } }

    /// Makes pins. Of several patterns that fit a name the closest counts, alone.
    ///
    /// - Throws: a `Refusal` with `policy-file.empty`, `policy-file.too-large` or `policy-file.duplicate`.
    public init(_ pins: [(PackagePattern, [ChannelURL])]) throws {
        for (pattern, channels) in pins {
            guard !channels.isEmpty else {
                throw Refusal(
                    PolicyFileCode.empty,
                    pattern.description,
                    expected: "at least one channel",
                    found: "none"
                )
            }
            guard channels.count <= Self.maximumChannels else {
                throw Refusal(
                    PolicyFileCode.tooLarge,
                    pattern.description,
                    expected: "at most \(Self.maximumChannels) channels"
                )
            }
        }
        table = try PatternTable(pins, of: "the pins")
    }

    /// What stands in the way of a file: its name belongs to other channels. Nil if nothing does.
    func objection(to file: ListedFile) -> Finding? {
        guard let name = file.packageName else {
            return Finding(
                RequirePinnedChannel.ruleName,
                PolicyCode.pinnedElsewhere,
                "its name \(Shown.quoted(file.name)) cannot be read, and could be one that is pinned"
            )
        }
        guard let row = table.row(for: name),
            !row.value.contains(where: { ByteKey.areEqual($0.identity, file.channel) })
        else { return nil }
        let channels = row.value.map { "`\($0.description)`" }.joined(separator: " and ")
        return Finding(
            RequirePinnedChannel.ruleName,
            PolicyCode.pinnedElsewhere,
            "your policy pins `\(row.pattern.description)` to \(channels), and this is \(Shown.quoted(file.channel))"
        )
    }
}

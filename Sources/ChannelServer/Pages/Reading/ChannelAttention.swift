// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TUF
internal import TrustCore

/// What of a channel needs somebody who operates the server, or its owner: each in words.
struct ChannelAttention: Sendable {
    /// One matter.
    struct Matter: Sendable {
        let isUrgent: Bool
        let text: String
        /// What helps, in words; nil where there is nothing to be done but to look.
        let remedy: String?
    }

    let channel: HostedChannel
    let matters: [Matter]

    /// Which part of a quota is used up before it is told, in percent.
    private static let quotaPercent: Int64 = 90

    /// Looks at a channel.
    ///
    /// - Throws: a `Failure` of the database or the disk.
    init(of channel: HostedChannel, _ parts: ServerParts, _ keys: ChannelKeys) async throws {
        self.channel = channel
        var matters: [Matter] = []
        if let trouble = parts.condition.troubles[.index(channel.id)] {
            matters.append(
                Matter(
                    isUrgent: true,
                    text: "The index is not made since \(trouble.since): \(trouble.text)",
                    remedy: "The server’s log has the whole of it."
                )
            )
        }
        do {
            let indexer = ChannelIndexer(parts: parts, keys: keys, channel: channel)
            matters += Self.matters(of: try await SigningReport(of: indexer), channel, now: parts.now())
        } catch let refusal as Refusal {
            matters.append(
                Matter(
                    isUrgent: true,
                    text: "The metadata cannot be read: \(refusal.code.entry.summary) [\(refusal.codeName)]",
                    remedy: refusal.remedy
                )
            )
        }
        let usage = try await parts.database.read { try $0.usage(of: channel.id) }
        let quota = parts.quotas.quota(usage)
        for (used, limit, unit) in [(usage.bytes, quota.bytes, "bytes"), (usage.files, quota.files, "files")]
        {
            guard let limit, limit != ChannelQuota.endless, used >= limit / 100 * Self.quotaPercent else {
                continue
            }
            matters.append(
                Matter(
                    isUrgent: used >= limit,
                    text: "\(used) of \(limit) \(unit) of its quota are used.",
                    remedy: "kingsnake server channel set \(channel.name)"
                )
            )
        }
        self.matters = matters
    }

    private static func matters(of report: SigningReport, _ channel: HostedChannel, now: Timestamp)
        -> [Matter]
    {
        var matters: [Matter] = []
        if report.lagging > 0 {
            let subdirs = report.lagging == 1 ? "One subdir has" : "\(report.lagging) subdirs have"
            matters.append(
                Matter(
                    isUrgent: false,
                    text: "\(subdirs) changes that the index does not say yet.",
                    remedy: nil
                )
            )
        }
        for (role, expires) in report.trustDue {
            let text =
                expires <= now
                ? "The content trust’s \(role) has expired: clients that ask for it refuse the channel."
                : "The content trust’s \(role) expires on \(expires), and offline keys must sign it before."
            matters.append(
                Matter(
                    isUrgent: expires <= now,
                    text: text,
                    remedy: "kingsnake content-trust ceremony, server content-trust submit"
                )
            )
        }
        guard report.verdict != .unsigned else {
            let text = "There is no root: clients cannot verify the channel. It waits for the first ceremony."
            return matters + [Matter(isUrgent: false, text: text, remedy: "kingsnake root init")]
        }
        let expired = report.roles.filter { $0.expires.map { $0 <= now } ?? false }
        for role in expired {
            matters.append(
                Matter(
                    isUrgent: true,
                    text: "The role \(role.role.text) has expired: clients refuse the channel.",
                    remedy: remedy(role.role)
                )
            )
        }
        for role in report.due where !expired.contains(role) {
            guard let expires = role.expires else { continue }
            matters.append(
                Matter(
                    isUrgent: false,
                    text:
                        "The role \(role.role.text) expires on \(expires), and offline keys must sign it before.",
                    remedy: remedy(role.role)
                )
            )
        }
        let unsigned = report.subdirs.filter { !$0.isSigned }.map(\.subdir.text)
        if !unsigned.isEmpty {
            matters.append(
                Matter(
                    isUrgent: false,
                    text: "No role signs the index of \(unsigned.joined(separator: ", ")).",
                    remedy: "kingsnake root propose, sign, publish"
                )
            )
        }
        return matters
    }

    private static func remedy(_ role: RoleName) -> String {
        role == .root || role == .targets
            ? "kingsnake root propose, sign, publish"
            : "The online key signs it: see the server’s log for why it does not."
    }
}

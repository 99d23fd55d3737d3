// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension PageReader {
    /// `/login`.
    func login(_ caller: Caller) async throws -> Page {
        guard let holder = caller.holder else { return NoticePage.login }
        return NoticePage.loggedIn(holder, isOperator: try await mayOperate(caller))
    }

    private func mayOperate(_ caller: Caller) async throws -> Bool {
        do {
            try await parts.access.demand(.operate, of: caller, on: nil, package: nil)
            return true
        } catch is Refusal {
            return false
        }
    }

    /// `/operations/`, for those who may operate the server. They learn which channels there are, and not what is in them.
    func attention(after: String?, _ caller: Caller) async throws -> Page {
        try await parts.access.demand(.operate, of: caller, on: nil, package: nil)
        let (all, logs, failures) = try await parts.database.read { transaction in
            (
                try transaction.channels(), try transaction.logs(),
                try transaction.failedUploads(limit: AttentionPage.failuresPerPage)
            )
        }
        let rest = all.filter { channel in
            after.map { $0.utf8.lexicographicallyPrecedes(channel.name.text.utf8) } ?? true
        }
        let shown = rest.prefix(AttentionPage.channelsPerPage)
        var attention: [ChannelAttention] = []
        for channel in shown { attention.append(try await ChannelAttention(of: channel, parts, keys)) }
        let channels = Dictionary(all.map { ($0.id, $0) }) { first, _ in first }
        let troubles = parts.condition.troubles
        var states: [(log: LogState, trouble: ServerCondition.Trouble?)] = []
        for log in logs.prefix(AttentionPage.channelsPerPage) {
            let channel = log.channel.flatMap { channels[$0] }
            states.append((try await LogState(of: log, in: channel, parts), troubles[.log(log.id)]))
        }
        return AttentionPage(
            channels: attention,
            examined: shown.count,
            next: rest.count > shown.count ? shown.last?.name.text : nil,
            logs: states,
            failures: failures.compactMap { failure in channels[failure.channel].map { ($0.name, failure) } }
        ).page
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import TrustPolicy

/// What a channel's owner demands of publishers, in counts, for people.
struct PublisherStatusReport {
    private static let shownDates = 3
    private let status: PublisherStatus

    init(_ status: PublisherStatus) { self.status = status }

    func say(on console: Console) {
        console.say(
            "who may publish: \(Counted(status.policy.entries.count, "rule")) of the owner's: \(demands)"
        )
        PublisherTrialReport(status.trial, isInForce: true).say(on: console)
    }

    /// How many of the rules are about every file, and which files the others leave out.
    private var demands: String {
        var parts: [String] = []
        if status.unconditionalCount > 0 { parts.append("\(status.unconditionalCount) for every file") }
        let dates = status.requiredSince
        parts += dates.prefix(Self.shownDates).map { "\($0.count) for files listed since \($0.moment)" }
        let later = dates.dropFirst(Self.shownDates).map(\.count).reduce(0, +)
        if later > 0 { parts.append("\(later) for files listed since later dates") }
        let exceptions = status.exceptions
        if exceptions.count > 0 {
            parts.append("\(exceptions.count) for all but \(Counted(exceptions.files, "excepted file"))")
        }
        return parts.joined(separator: ", ")
    }
}

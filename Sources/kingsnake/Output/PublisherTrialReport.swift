// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer

/// What a policy of publishers would make of a channel's files, for people.
struct PublisherTrialReport {
    private static let shownFiles = 10
    private let trial: PublisherTrial
    private let isInForce: Bool

    /// - Parameter isInForce: whether the policy is signed already, so that clients refuse nothing more by it.
    init(_ trial: PublisherTrial, isInForce: Bool = false) {
        self.trial = trial
        self.isInForce = isInForce
    }

    func say(on console: Console) {
        guard trial.judgedCount > 0 else {
            return console.say("it is about no file that the channel lists now")
        }
        let about = Counted(trial.judgedCount, "file")
        guard !trial.refused.isEmpty else {
            return console.say(
                "it is about \(about) that the channel lists now, and clients accept all of them"
            )
        }
        let changed = isInForce ? "" : ", \(trial.lockedOut.count) of which they accept until now"
        console.say(
            """
            it is about \(about) that the channel lists now; \(console.bad("clients refuse")) \(trial.refused.count) of \
            them\(changed)
            """
        )
        for file in trial.refused.prefix(Self.shownFiles) {
            console.say("  \(file.file): \(file.reason) [\(file.code)]")
        }
        let rest = trial.refused.count - Self.shownFiles
        if rest > 0 { console.say("  and \(Counted(rest, "file")) more; --json names all") }
    }
}

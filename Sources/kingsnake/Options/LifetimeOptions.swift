// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer

/// How long each role's signature is good.
struct LifetimeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How long the root is good.", valueName: "time"))
    var rootLifetime = Lifetime(days: 365)
    @Option(help: ArgumentHelp("How long the top-level targets role is good.", valueName: "time"))
    var targetsLifetime = Lifetime(days: 365)
    @Option(help: ArgumentHelp("How long a subdir's role is good.", valueName: "time"))
    var subdirLifetime = Lifetime(days: 30)
    @Option(help: ArgumentHelp("How long the snapshot is good.", valueName: "time"))
    var snapshotLifetime = Lifetime(days: 7)
    @Option(
        help: ArgumentHelp(
            "How long the timestamp is good: the longest a mirror can hide news.",
            valueName: "time"
        )
    )
    var timestampLifetime = Lifetime(days: 1)

    var lifetimes: ChannelSettings.Lifetimes {
        var lifetimes = ChannelSettings.Lifetimes()
        lifetimes.root = rootLifetime.seconds
        lifetimes.targets = targetsLifetime.seconds
        lifetimes.subdir = subdirLifetime.seconds
        lifetimes.snapshot = snapshotLifetime.seconds
        lifetimes.timestamp = timestampLifetime.seconds
        return lifetimes
    }
}

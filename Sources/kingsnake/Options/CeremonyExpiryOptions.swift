// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

/// How long what a ceremony signs is good.
struct CeremonyExpiryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How long the root is good, from now on.", valueName: "time"))
    var rootLifetime = Lifetime(days: 365)
    @Option(
        help: ArgumentHelp("How long the top-level targets role is good, from now on.", valueName: "time")
    )
    var targetsLifetime = Lifetime(days: 365)
}
